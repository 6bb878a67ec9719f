//! Attestations of job status and availability by the oracle committee.
//!
//! The **committee** of a reward epoch is the list of oracles at its start: the validators' session keys of type `orac`, less those that
//! had to leave. Each member **attests** the status and progress of jobs; its latest attestation counts, and more than one half of
//! the committee for the same status moves the job. After an epoch each member of its committee **reports** the availability of
//! every page of deeds once; a page with reports from more than two thirds has a **quorum**, and the lower median of each deed counts.
//!
//! | call | who may |
//! |---|---|
//! | `attest` | a member of the current committee, by a signature in the call |
//! | `report_availability` | a member of a closing epoch's committee, by a signature in the call |
//!
//! Oracles have no balance: their calls are free and authorized by [`frame_system::AuthorizeCall`]. What keeps them from being abused is
//! checked before a transaction enters pool or block: membership, signature over genesis and domain, novelty, and that an attestation
//! looks at a later block than the one before, so that none can be replayed and at most one per finalized block is possible.
//!
//! A report that is further than [`TOLERANCE`] from the median for more than [`TOLERATED_SHARE`] of a page's deeds, and for more than
//! [`TOLERATED_DEEDS`] of them, is a **fault** of its oracle, counted once per epoch. With [`MAX_FAULTS`] faults in [`FAULT_MEMORY`]
//! epochs an oracle leaves at the next session, as long as [`MIN_ORACLES`] stay; it returns when its faults have lapsed.
//!
//! The off-chain worker asks the engine beside the node what it saw and sends what is owed (`neurite-hook`, `neurite-duties`).
//!
//! Invariants:
//! * a committee is kept exactly for the current epoch and the closing ones;
//! * reports are kept only for pages of closing epochs, at most one per member and page, of the page's length;
//! * a job has at most one attestation per oracle, and none once it has ended.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

extern crate alloc;

mod attestations;
mod authorization;
mod availability;
mod committees;
mod faults;
#[cfg(feature = "try-runtime")]
mod try_state;
mod types;
pub mod weights;
mod worker;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use availability::{page_medians, reaches_quorum};
pub use faults::{deviations, is_fault};
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

/// The target of the runtime's log lines.
const LOG_TARGET: &str = "runtime::oracles";

/// Attestations of job status and availability by the oracle committee.
#[frame_support::pallet]
// The framework's macros expand to `expect`; no hand-written line of this module does.
#[allow(clippy::expect_used)]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::pallet_prelude::*;
    use frame_system::{ensure_authorized, offchain::CreateAuthorizedTransaction, pallet_prelude::*};
    use neurite_primitives::{
        messages::{Attestation, AvailabilityReport},
        oracle::{OracleId, OracleSignature},
        view::CommitteeView,
        AttestedStatus, EpochIndex, JobKey, PageIndex, MAX_ORACLES,
    };
    use neurite_traits::{ChainClock, JobStatusUpdates};
    use sp_runtime::Permill;

    /// The version of the pallet's storage.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What the pallet needs from its runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config + CreateAuthorizedTransaction<Call<Self>> {
        /// The chain's clocks: they tell the current epoch.
        type Clock: ChainClock;

        /// Moves jobs when a majority attests them.
        type Jobs: JobStatusUpdates<Self::AccountId>;

        /// The weights of the calls and of their authorization.
        type WeightInfo: WeightInfo;
    }

    /// The oracles of the current session, from which the next epoch's committee is taken.
    #[pallet::storage]
    pub type Validators<T: Config> = StorageValue<_, Committee, ValueQuery>;

    /// The committees of the current and the closing epochs.
    // The keys are counted by the chain itself.
    #[pallet::storage]
    pub type Committees<T: Config> = StorageMap<_, Twox64Concat, EpochIndex, Committee>;

    /// The epochs whose time is over and whose pages have not all been cleared, oldest first.
    #[pallet::storage]
    pub type Closing<T: Config> = StorageValue<_, BoundedVec<ClosingEpoch, ConstU32<MAX_CLOSING>>, ValueQuery>;

    /// The reports of a page in a closing epoch.
    // The keys are counted by the chain itself.
    #[pallet::storage]
    pub type PageReports<T: Config> =
        StorageDoubleMap<_, Twox64Concat, EpochIndex, Twox64Concat, PageIndex, BoundedVec<PageReport, ConstU32<MAX_ORACLES>>, ValueQuery>;

    /// The latest attestations of a job, one per oracle.
    // Senders choose their accounts, so the hasher must not be steerable.
    #[pallet::storage]
    pub type Attestations<T: Config> =
        StorageMap<_, Blake2_128Concat, JobKey<T::AccountId>, BoundedVec<LatestAttestation, ConstU32<MAX_ORACLES>>, ValueQuery>;

    /// The oracles with faults that still count.
    #[pallet::storage]
    pub type Faults<T: Config> = StorageValue<_, BoundedVec<FaultRecord, ConstU32<MAX_ORACLES>>, ValueQuery>;

    /// What the oracles did.
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An oracle said something new of a job.
        Attested {
            /// The job.
            job: JobKey<T::AccountId>,
            /// The oracle.
            oracle: OracleId,
            /// What it saw.
            status: AttestedStatus,
            /// The progress it saw.
            progress: Permill,
        },
        /// More than one half of the committee agrees on the status of a job, for the first time or with other progress.
        MajorityReached {
            /// The job.
            job: JobKey<T::AccountId>,
            /// What they agree on.
            status: AttestedStatus,
            /// The lower median of the progress that they saw.
            progress: Permill,
        },
        /// An oracle reported the availability of a page.
        PageReported {
            /// The closing epoch.
            epoch: EpochIndex,
            /// The page.
            page: PageIndex,
            /// The oracle.
            oracle: OracleId,
        },
        /// An oracle's report was too far from the medians.
        OracleFaulted {
            /// The epoch that it reported.
            epoch: EpochIndex,
            /// The page.
            page: PageIndex,
            /// The oracle.
            oracle: OracleId,
            /// How many deeds of the page were further away than tolerated.
            deeds: u32,
        },
        /// An oracle left for its faults.
        OracleLeft {
            /// The oracle.
            oracle: OracleId,
        },
    }

    /// Why an authorized call fails; everything else is refused before a transaction is included.
    #[pallet::error]
    pub enum Error<T> {
        /// The committee has no such member, or is not kept any more. Send the call as a transaction of its own, so that it is checked.
        NotFound,
        /// The committee has as many reports or attestations as it has members. Send the call as a transaction of its own, so that it
        /// is checked.
        AlreadyExists,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Asks the engine beside the node what it saw, and sends what is owed.
        fn offchain_worker(_: BlockNumberFor<T>) {
            neurite_hook::run_and_log::<Self>();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call(weight = T::WeightInfo)]
    impl<T: Config> Pallet<T> {
        /// Attests the status and progress of a job.
        ///
        /// * Origin: authorized by the signature of a member of the current committee.
        /// * Details: replaces what the oracle attested before. If more than one half of the committee now says the same, the job
        ///   is moved, with the lower median of all members' progress.
        /// * Refused before inclusion: another epoch, no member, a job that is not attestable, an unknown block, a block that is
        ///   not later than the latest attestation's, nothing new, a wrong signature.
        /// * Events: `Attested`, `MajorityReached`, and those of the job.
        #[pallet::call_index(0)]
        #[pallet::authorize(Self::authorize_attest)]
        pub fn attest(origin: OriginFor<T>, attestation: Attestation<T::AccountId>, _signature: OracleSignature) -> DispatchResult {
            ensure_authorized(origin)?;
            Self::do_attest(attestation)
        }

        /// Reports the availability of the deeds of a page in a closing epoch.
        ///
        /// * Origin: authorized by the signature of a member of that epoch's committee.
        /// * Details: kept until the page is cleared.
        /// * Refused before inclusion: an epoch that is not closing, no member, no such page, not one value per deed, a page that the
        ///   oracle has reported, a wrong signature.
        /// * Events: `PageReported`.
        #[pallet::call_index(1)]
        #[pallet::authorize(Self::authorize_report_availability)]
        pub fn report_availability(origin: OriginFor<T>, report: AvailabilityReport, _signature: OracleSignature) -> DispatchResult {
            ensure_authorized(origin)?;
            Self::do_report_availability(report)
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// Returns the committee of an epoch that is kept, `None` meaning the current one.
        pub fn committee(epoch: Option<EpochIndex>) -> Option<CommitteeView> {
            let epoch = epoch.unwrap_or_else(T::Clock::epoch);
            Committees::<T>::get(epoch).map(|members| CommitteeView { epoch, members: members.into_inner() })
        }

        /// Returns the latest attestations of a job.
        pub fn attestations_of(job: JobKey<T::AccountId>) -> Vec<LatestAttestation> {
            Attestations::<T>::get(job).into_inner()
        }

        /// Returns the faults that still count.
        pub fn faults() -> Vec<FaultRecord> {
            Faults::<T>::get().into_inner()
        }
    }
}
