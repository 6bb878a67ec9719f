//! The life of a job: escrow, assignment, progress, ending.
//!
//! ```text
//! submit ─> Open ─all accepted─> InProgress ─oracles: Done─> Done ─challenge window─> record with ending Completed
//!             │ cancel, deadline     │ cancel, failure, deadline
//!             ▼                      ▼
//!          Expired               UnderReview ─review period─> Settled
//! ```
//!
//! | call | who may | free for |
//! |---|---|---|
//! | `submit` | anyone who can pay the reward | |
//! | `top_up`, `extend`, `cancel` | the sender | |
//! | `assign`, `reassign` | the sender or the delegate | the delegate |
//! | `accept`, `release`, `report_progress`, `report_failure` | the shard's worker | the worker |
//! | `poke` | anyone | |
//! | `set_supervisor`, `set_parameters` | root | |
//!
//! A call is free exactly when it would be valid, so that a worker or delegate without a balance can send it once.
//!
//! Terms:
//! * A job is divided into **shards**, one per **worker**: the node that is linked to a deed.
//! * The **delegate** is the main node that assigns for the sender; without a name in the job it is the **supervisor** of the
//!   network. Its account is sufficient while the job lives.
//! * **Escrow** is the reward, held on the sender until the job ends. The ledger has an entry per job.
//! * **Progress** is the attested part of the work, never more than what the workers reported on chain.
//! * A job **ends** when its money is divided; a record of it stays for a challenge window.
//!
//! Guarantees:
//! * The ledger's entries of a sender sum to what is held on it under [`HoldReason::Escrow`]; money only moves from there to
//!   the reward pool, the workers' owners and back to the sender, and the parts sum to the whole.
//! * Every live job has a deadline after which anyone may `poke` it onwards; `on_idle` does so unasked, a few jobs per block.
//! * A majority of the oracles for `Done` counts only if every worker reported its shard complete before the deadline and
//!   before any cancellation; it then prevails over both until the review is over.
//! * Collections are bounded and storage is freed: live jobs by `MaxOpenJobs` per sender, records by their time.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

extern crate alloc;

mod assignment;
mod attestation;
mod calls;
mod endings;
mod errors;
mod escrow;
mod events;
mod payout;
mod sender;
mod sweep;
#[cfg(feature = "try-runtime")]
mod try_state;
mod types;
mod views;
pub mod weights;
mod work;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

pub use pallet::*;
pub use types::*;
pub use views::MAX_VIEWS;
pub use weights::WeightInfo;

/// The life of a job: escrow, assignment, progress, ending.
#[import_section(calls::calls)]
#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame_support::pallet]
// The framework's macros expand to `expect`; no hand-written line of this module does.
#[allow(clippy::expect_used)]
pub mod pallet {
    use super::*;
    use frame_support::{pallet_prelude::*, traits::fungible};
    use frame_system::pallet_prelude::*;
    use neurite_primitives::*;
    use neurite_traits::{ChainClock, Deeds, JobAttestations, RewardPool};
    use sp_runtime::Permill;

    /// The version of the pallet's storage.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What the pallet needs from its runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The token in which rewards are paid.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + fungible::InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
            + fungible::MutateHold<Self::AccountId>;

        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// The chain's clocks.
        type Clock: ChainClock;

        /// The deeds whose nodes do the work.
        type Deeds: Deeds<Self::AccountId>;

        /// Where rewards go, and who counts what workers earned and missed.
        type RewardPool: RewardPool<Self::AccountId>;

        /// The attestations that are forgotten with a job.
        type Attestations: JobAttestations<Self::AccountId>;

        /// The weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// Why this pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// The rewards of the account's live jobs.
        Escrow,
    }

    /// How many jobs an account has submitted; the id of its last job.
    #[pallet::storage]
    pub type JobCount<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, JobId, ValueQuery>;

    /// The live jobs by sender and id.
    #[pallet::storage]
    pub type Jobs<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, JobId, JobOf<T>>;

    /// What is left of ended jobs, for a challenge window.
    #[pallet::storage]
    pub type Records<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, JobId, JobRecord>;

    /// The ledger behind the holds: what is held for each live job.
    #[pallet::storage]
    pub type Escrows<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, JobId, Balance, ValueQuery>;

    /// Sum of the ledger.
    #[pallet::storage]
    pub type TotalEscrow<T: Config> = StorageValue<_, Balance, ValueQuery>;

    /// Number of live jobs of each sender.
    #[pallet::storage]
    pub type OpenJobs<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

    /// The account that assigns for senders who name no delegate.
    #[pallet::storage]
    pub type Supervisor<T: Config> = StorageValue<_, T::AccountId>;

    /// The most live jobs of one sender.
    #[pallet::storage]
    pub type MaxOpenJobs<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// How long money is locked for review, in active milliseconds.
    #[pallet::storage]
    pub type ReviewPeriod<T: Config> = StorageValue<_, Moment, ValueQuery>;

    /// How long a result waits before it is paid, and a record before it is pruned, in active milliseconds.
    #[pallet::storage]
    pub type ChallengeWindow<T: Config> = StorageValue<_, Moment, ValueQuery>;

    /// The smallest reward.
    #[pallet::storage]
    pub type MinReward<T: Config> = StorageValue<_, Balance, ValueQuery>;

    /// The last job that `on_idle` looked at; none before the first and after the last one in the order of storage.
    #[pallet::storage]
    pub type JobCursor<T: Config> = StorageValue<_, JobKeyOf<T>>;

    /// The last record that `on_idle` looked at; none before the first and after the last one in the order of storage.
    #[pallet::storage]
    pub type RecordCursor<T: Config> = StorageValue<_, JobKeyOf<T>>;

    /// The supervisor and the parameters.
    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// The account that assigns for senders who name no delegate.
        pub supervisor: Option<T::AccountId>,
        /// The most live jobs of one sender.
        pub max_open_jobs: u32,
        /// How long money is locked for review, in active milliseconds.
        pub review_period: Moment,
        /// How long a result waits before it is paid, and a record before it is pruned, in active milliseconds.
        pub challenge_window: Moment,
        /// The smallest reward.
        pub min_reward: Balance,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            let JobParameters { max_open_jobs, review_period, challenge_window, min_reward } = JobParameters::default();
            Self { supervisor: None, max_open_jobs, review_period, challenge_window, min_reward }
        }
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let parameters = JobParameters {
                max_open_jobs: self.max_open_jobs,
                review_period: self.review_period,
                challenge_window: self.challenge_window,
                min_reward: self.min_reward,
            };
            assert!(parameters.are_within_bounds(), "a parameter of the jobs is out of its bounds");
            Pallet::<T>::put_parameters(&parameters);
            Supervisor::<T>::set(self.supervisor.clone());
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
            Self::sweep(remaining)
        }

        fn integrity_test() {
            // Open, InProgress, UnderReview, Done and a last state at most.
            const { assert!(MAX_HISTORY >= 5, "the history of a job has too little room") };
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }
}
