//! Tokens that are held at genesis and released over years.
//!
//! The supply is fixed. At genesis its parts are allocated by purpose, as Table 1 of the BitNeuron paper has it, and held on
//! the accounts that own them; each purpose has a [curve] that says how much is released when.
//!
//! | purpose | part of the supply | released |
//! |---|---|---|
//! | network rewards | 20 % | to the reward pool over 7 years after a cliff of one, each year two thirds of the one before |
//! | team | 20 % | over 4 years, with a cliff of one |
//! | partners and advisors | 5 % | over 4 years, with a cliff of one |
//! | private sale | 20 % | over 4 years, with a cliff of one |
//! | ecosystem participation | 35 % | over 4 years, with a cliff of one |
//!
//! | call | who may |
//! |---|---|
//! | [`release`](pallet::Call::release) | anyone, for anyone |
//!
//! Terms:
//! * The **start** is the Unix time from which all schedules count. It may lie before the first block. Schedules follow Unix time,
//!   not the active clock: they are promises by the calendar, and a halt of the chain makes nobody lose anything.
//! * **Held** tokens belong to their account: they count where the network asks who owns tokens, as in votes, but they pay no fee,
//!   no bond and no job. What keeps an account alive, the existential deposit, is never held.
//!
//! Guarantees:
//! * There is no call that makes a schedule or changes one: after genesis tokens are only released.
//! * What is held under [`HoldReason::Vesting`] equals what the schedules have not released, account by account.
//! * At every time exactly what the curve says is released or may be; the last release releases everything, to the last unit.
//! * Network rewards belong to the reward pool and flow into it by themselves, at the start of each epoch.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

extern crate alloc;

pub mod curve;
mod schedules;
#[cfg(feature = "try-runtime")]
mod try_state;
mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

const LOG_TARGET: &str = "runtime::vesting";

/// Tokens that are held at genesis and released over years.
#[frame_support::pallet]
// The framework's macros expand to `expect`; no hand-written line of this module does.
#[allow(clippy::expect_used)]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::{pallet_prelude::*, traits::fungible};
    use frame_system::pallet_prelude::*;
    use neurite_primitives::{Balance, Moment};
    use neurite_traits::{ChainClock, RewardPool};

    /// The version of the pallet's storage.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The schedules of an account.
    pub type AccountSchedules = BoundedVec<Schedule, ConstU32<MAX_SCHEDULES>>;

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What the pallet needs from its runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The token.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + fungible::InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
            + fungible::MutateHold<Self::AccountId>;

        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// The chain's clocks.
        type Clock: ChainClock;

        /// Names the account to which network rewards belong.
        type RewardPool: RewardPool<Self::AccountId>;

        /// The weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// Why this pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Tokens that a schedule has not released yet.
        Vesting,
    }

    /// Unix time in milliseconds from which all schedules count.
    #[pallet::storage]
    pub type Start<T: Config> = StorageValue<_, Moment, ValueQuery>;

    /// The schedules that are not over, by account.
    // Hasher: accounts are chosen by people.
    #[pallet::storage]
    pub type Schedules<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, AccountSchedules, ValueQuery>;

    /// What is held from the start.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Unix time in milliseconds from which all schedules count.
        pub start: Moment,
        /// Accounts, purposes, and the amounts that are held of what the accounts have at genesis. Network rewards are the pool's.
        pub allocations: Vec<(T::AccountId, Purpose, Balance)>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            Start::<T>::put(self.start);
            for (who, purpose, total) in &self.allocations {
                let allocated = Pallet::<T>::allocate(who, *purpose, *total);
                assert!(allocated.is_ok(), "{total} for {purpose:?} cannot be held on {who:?}: {allocated:?}");
            }
        }
    }

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Tokens were released to their account.
        Released {
            /// The account.
            who: T::AccountId,
            /// What was released.
            amount: Balance,
            /// What its schedules still hold.
            held: Balance,
        },
    }

    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The account has no schedule, or all of them are over.
        NotFound,
        /// Nothing more is vested yet: wait for the cliff, or for time to pass.
        NothingToRelease,
        /// Genesis gives an account two schedules for one purpose: add them up.
        AlreadyExists,
        /// Genesis gives network rewards to another account than the reward pool, or something else to the pool.
        WrongPurpose,
        /// Genesis gives an account more schedules than there are purposes.
        MaxSchedulesExceeded,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            let whole = Purpose::ALL.iter().fold(0u8, |sum, purpose| sum.saturating_add(purpose.share().deconstruct()));
            assert!(whole == 100, "the purposes' shares add up to {whole} %");
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Releases what is vested of an account's tokens and has not been released.
        ///
        /// Origin: anyone. Errors: `NotFound`, `NothingToRelease`. Event: `Released`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::release())]
        pub fn release(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_release(&who).map(|_| ())
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// Returns the schedules of an account that are not over.
        pub fn schedules_of(who: T::AccountId) -> Vec<Schedule> {
            Schedules::<T>::get(who).into_inner()
        }

        /// Returns what `release` would release to an account now.
        pub fn releasable(who: T::AccountId) -> Balance {
            let elapsed = Self::elapsed();
            crate::schedules::sum(Schedules::<T>::get(who).iter().map(|schedule| schedule.due(elapsed)))
        }
    }
}
