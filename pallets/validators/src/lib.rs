//! The accounts that author blocks and attest, under the control of governance.
//!
//! The list is handed to `pallet-session` at every session; a change takes effect with the session after the next. An account
//! must have set session keys before it is added, or the session pallet leaves it out.
//!
//! | call | who may |
//! |---|---|
//! | `add` | `ManageOrigin` |
//! | `remove` | `ManageOrigin` |
//!
//! Whoever is proven to have equivocated leaves the list, unless it is the last: a chain without authors could not even elect
//! new ones.
//!
//! Invariants: the list is never empty, never longer than [`Config::MaxValidators`], and names nobody twice.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

extern crate alloc;

mod session;
mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use weights::{SubstrateWeight, WeightInfo};

const LOG_TARGET: &str = "runtime::validators";

/// The pallet's declarations.
#[frame_support::pallet]
// The framework's macros expand to `expect`; no hand-written line of this module does.
#[allow(clippy::expect_used)]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;

    /// The configuration of the pallet.
    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// Who may change the list.
        type ManageOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// The most validators.
        #[pallet::constant]
        type MaxValidators: Get<u32>;
        /// Tells whether an account has set its session keys.
        type HasKeys: frame_support::traits::Contains<Self::AccountId>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The validators of the next session to be planned.
    #[pallet::storage]
    pub type Validators<T: Config> = StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

    /// The validators at the start.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Accounts whose session keys are in the genesis of the session pallet.
        pub validators: Vec<T::AccountId>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let count = self.validators.len();
            match BoundedVec::try_from(self.validators.clone()) {
                Ok(validators) => Validators::<T>::put(validators),
                Err(_) => panic!("genesis names {count} validators, more than MaxValidators"),
            }
        }
    }

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A validator was added; it takes part from the session after the next.
        Added {
            /// The validator.
            validator: T::AccountId,
        },
        /// A validator was removed; it stops with the session after the next.
        Removed {
            /// The validator.
            validator: T::AccountId,
        },
        /// A validator was removed because it equivocated.
        Expelled {
            /// The validator.
            validator: T::AccountId,
        },
    }

    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The account is a validator already.
        AlreadyExists,
        /// The account is no validator.
        NotFound,
        /// The account has no session keys: it must call `session.setKeys` first.
        NoSessionKeys,
        /// The list is full: remove a validator first.
        MaxValidatorsExceeded,
        /// The last validator cannot be removed: the chain would stop.
        LastValidator,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Adds a validator from the session after the next.
        ///
        /// Origin: `ManageOrigin`. Errors: `NoSessionKeys`, `AlreadyExists`, `MaxValidatorsExceeded`. Events: `Added`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::add())]
        pub fn add(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
            T::ManageOrigin::ensure_origin(origin)?;
            Self::do_add(&validator)?;
            Self::deposit_event(Event::Added { validator });
            Ok(())
        }

        /// Removes a validator from the session after the next.
        ///
        /// Origin: `ManageOrigin`. Errors: `NotFound`, `LastValidator`. Events: `Removed`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::remove())]
        pub fn remove(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
            T::ManageOrigin::ensure_origin(origin)?;
            Self::do_remove(&validator)?;
            Self::deposit_event(Event::Removed { validator });
            Ok(())
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    impl<T: Config> Pallet<T> {
        fn do_add(validator: &T::AccountId) -> DispatchResult {
            use frame_support::traits::Contains;
            ensure!(T::HasKeys::contains(validator), Error::<T>::NoSessionKeys);
            Validators::<T>::try_mutate(|validators| {
                ensure!(!validators.contains(validator), Error::<T>::AlreadyExists);
                validators.try_push(validator.clone()).map_err(|_| Error::<T>::MaxValidatorsExceeded.into())
            })
        }

        /// Removes `validator` unless it is the last one.
        pub(crate) fn do_remove(validator: &T::AccountId) -> DispatchResult {
            Validators::<T>::try_mutate(|validators| {
                let position = validators.iter().position(|other| other == validator).ok_or(Error::<T>::NotFound)?;
                ensure!(validators.len() > 1, Error::<T>::LastValidator);
                validators.remove(position);
                Ok(())
            })
        }

        /// Checks the invariants of the module.
        #[cfg(any(feature = "try-runtime", test))]
        pub fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
            let validators = Validators::<T>::get();
            ensure!(!validators.is_empty(), "the list of validators is empty");
            let distinct: alloc::collections::BTreeSet<_> = validators.iter().collect();
            ensure!(distinct.len() == validators.len(), "a validator is listed twice");
            Ok(())
        }
    }
}
