//! Reward epochs: power, settling by pages, claims.
//!
//! Rewards of ended jobs gather in a pot. When an epoch's time is over, everything in the pot that is not reserved yet is
//! reserved for it; oracles report which nodes were available; each deed's share follows from its power index; the deed's owner
//! claims it.
//!
//! ```text
//! Open ─time over─> Closing ─report window over─┬─ quorum on every page ─> Settled ─claim window over─> released, pruned
//!                                               └─ a page without quorum ─> Voided ─────────────────────────────> pruned
//! ```
//!
//! | call | who may |
//! |---|---|
//! | [`claim`](pallet::Call::claim), [`claim_many`](pallet::Call::claim_many) | anyone; the deeds' owners are paid |
//! | [`set_parameters`](pallet::Call::set_parameters) | root |
//!
//! # Terms
//! * **Epoch**: a reward epoch. Epochs follow each other on a grid of chain time; after a gap the next one starts at the latest
//!   boundary that has passed, and the ones between do not exist.
//! * **Active clock**: advances with chain time but by at most 30 s per block, so that a halted chain expires nobody. The report
//!   window is counted by it.
//! * **Page**: 256 deeds in one storage value. Settling a page reads it and the oracles' reports, and writes it and its indices.
//! * **Settled count** (`E`): epochs settled so far; voided ones do not count.
//!
//! # Guarantees
//! * Money is neither created nor lost: the pot always holds the existential deposit and everything reserved; a share is paid at
//!   most once; the rounding rest and what nobody claimed return to the pool when the claim window is over.
//! * At most one epoch is closing. While its work lasts the next one stays open beyond its time, so that epochs settle in order
//!   and two buckets of units and penalties per deed suffice.
//! * `on_initialize` takes constant time. Settling and pruning happen in `on_poll` (10 % of a block) and `on_idle`, page by page
//!   with a cursor in storage: whatever the number of deeds, no block exceeds its weight.
//! * What decides shares is fixed when the epoch closes: parameters, deeds and the reservation. Links, scores, units and penalties
//!   that arise later belong to later epochs. An epoch is voided before anything of it changed; its penalties are carried on.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

extern crate alloc;

pub mod entry;
pub mod types;
pub mod weights;

mod claims;
mod epochs;
mod parameters;
mod pool;
mod pruning;
mod settling;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
mod views;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use parameters::{MAX_CLAIM_WINDOW, MAX_EPOCH_PERIOD, MIN_EPOCH_PERIOD, MIN_REPORT_WINDOW};
pub use types::*;
pub use views::VIEW_EPOCHS;
pub use weights::WeightInfo;

#[frame_support::pallet]
// The framework's macros expand to `expect`; no hand-written line of this module does.
#[allow(clippy::expect_used)]
pub mod pallet {
    use crate::{entry::DeedEntry, types::*, weights::WeightInfo};
    use frame_support::{
        pallet_prelude::*,
        traits::{fungible, Time},
        weights::WeightMeter,
        PalletId,
    };
    use frame_system::pallet_prelude::*;
    use neurite_primitives::{
        epoch::{AliveMode, Offence},
        Balance, DeedId, EpochIndex, Moment, PageIndex, MAX_CLAIM_DEEDS, MAX_CLAIM_EPOCHS, PAGE_SIZE,
    };
    use neurite_traits::{AvailabilityMedians, Deeds, EpochHooks};
    use sp_runtime::Permill;

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// Deeds in one claim for several.
    pub type ClaimDeeds = BoundedVec<DeedId, ConstU32<MAX_CLAIM_DEEDS>>;

    /// Epochs in one claim.
    pub type ClaimEpochs = BoundedVec<EpochIndex, ConstU32<MAX_CLAIM_EPOCHS>>;

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The money that rewards are paid in.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance> + fungible::Mutate<Self::AccountId>;
        /// Names the account that pools rewards.
        #[pallet::constant]
        type PotId: Get<PalletId>;
        /// The chain's time in Unix milliseconds.
        type Time: Time<Moment = Moment>;
        /// Owners and specs of deeds.
        type Deeds: Deeds<Self::AccountId>;
        /// What the oracles reported.
        type Medians: AvailabilityMedians;
        /// Hears of epochs.
        type Hooks: EpochHooks;
        /// Weights of calls, hooks and steps of work.
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// The parameters.
    #[pallet::storage]
    pub type CurrentParameters<T> = StorageValue<_, Parameters, ValueQuery>;

    /// The active clock in milliseconds.
    #[pallet::storage]
    pub type ActiveNow<T> = StorageValue<_, Moment, ValueQuery>;

    /// Unix time in milliseconds at which the active clock was advanced last; zero before the first timestamp.
    #[pallet::storage]
    pub type LastMoment<T> = StorageValue<_, Moment, ValueQuery>;

    /// The epoch that runs; none before the first timestamp.
    #[pallet::storage]
    pub type Current<T> = StorageValue<_, OpenEpoch>;

    /// Number of settled epochs (`E`).
    #[pallet::storage]
    pub type SettledCount<T> = StorageValue<_, u32, ValueQuery>;

    /// Epochs that are closing or finished, until the claim window is over.
    #[pallet::storage]
    pub type Epochs<T> = StorageMap<_, Twox64Concat, EpochIndex, EpochRecord>;

    /// The earliest epoch whose record is kept, or will be.
    #[pallet::storage]
    pub type OldestEpoch<T> = StorageValue<_, EpochIndex, ValueQuery, ConstU32<1>>;

    /// Where the work on the closing epoch stands.
    #[pallet::storage]
    pub type WorkCursor<T> = StorageValue<_, Cursor>;

    /// Pages of a released epoch that are still to be removed.
    #[pallet::storage]
    pub type Pruning<T> = StorageValue<_, PruneCursor>;

    /// What is reserved in the pot and neither claimed nor released.
    #[pallet::storage]
    pub type Reserved<T> = StorageValue<_, Balance, ValueQuery>;

    /// One more than the highest deed that was ever linked: reports and pages go so far.
    #[pallet::storage]
    pub type TrackedDeeds<T> = StorageValue<_, u32, ValueQuery>;

    /// What the work of epochs needs of each deed, by page.
    #[pallet::storage]
    pub type Pages<T> = StorageMap<_, Twox64Concat, PageIndex, BoundedVec<DeedEntry, ConstU32<PAGE_SIZE>>, ValueQuery>;

    /// Indices and power terms of a settled epoch, by epoch and page.
    #[pallet::storage]
    pub type Indices<T> =
        StorageDoubleMap<_, Twox64Concat, EpochIndex, Twox64Concat, PageIndex, BoundedVec<IndexEntry, ConstU32<PAGE_SIZE>>, ValueQuery>;

    /// Which deeds have been paid, by epoch and page.
    #[pallet::storage]
    pub type Claimed<T> = StorageDoubleMap<_, Twox64Concat, EpochIndex, Twox64Concat, PageIndex, ClaimBitmap, ValueQuery>;

    /// The parameters at genesis; [`Parameters`] tells their units and bounds.
    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// Length of an epoch in milliseconds of chain time.
        pub epoch_period: Moment,
        /// Time for reports after an epoch in active milliseconds.
        pub report_window: Moment,
        /// Epochs for which a reward may be claimed.
        pub claim_window: EpochIndex,
        /// Benchmark score of capacity zero.
        pub score_ref: u64,
        /// Units for which the actual term of a deed of capacity zero is `ln 2`.
        pub units_ref: Balance,
        /// Whether only the epoch's own availability counts (`AliveMode::Epoch`).
        pub alive_by_epoch: bool,
        /// Part of a job's reward that goes straight to its workers.
        pub direct_share: Permill,
        /// The type parameter's place.
        #[serde(skip)]
        pub marker: core::marker::PhantomData<T>,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            let Parameters { epoch_period, report_window, claim_window, score_ref, units_ref, alive_mode, direct_share } =
                Parameters::default();
            let alive_by_epoch = alive_mode == AliveMode::Epoch;
            let marker = Default::default();
            Self { epoch_period, report_window, claim_window, score_ref, units_ref, alive_by_epoch, direct_share, marker }
        }
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let parameters = Parameters {
                epoch_period: self.epoch_period,
                report_window: self.report_window,
                claim_window: self.claim_window,
                score_ref: self.score_ref,
                units_ref: self.units_ref,
                alive_mode: if self.alive_by_epoch { AliveMode::Epoch } else { AliveMode::Lifetime },
                direct_share: self.direct_share,
            };
            Pallet::<T>::build_genesis(parameters);
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An epoch began; `end` is planned. Both are Unix times in milliseconds.
        EpochStarted {
            /// The epoch.
            epoch: EpochIndex,
            /// When it began.
            start: Moment,
            /// When its time will be over.
            end: Moment,
        },
        /// An epoch's time is over: oracles report the availability of its deeds.
        EpochClosing {
            /// The epoch.
            epoch: EpochIndex,
            /// What was reserved from the pot for its rewards.
            reserved: Balance,
            /// Deeds to be reported.
            deeds: u32,
            /// Pages to be reported.
            pages: PageIndex,
        },
        /// An epoch is settled: its rewards may be claimed.
        EpochSettled {
            /// The epoch.
            epoch: EpochIndex,
            /// What is divided among its nodes; zero if no node counted, then the reservation was released.
            reserved: Balance,
            /// Sum of the power indices with 18 decimals.
            total_index: u128,
            /// Number of settled epochs, this one included.
            settled_count: u32,
        },
        /// Too few oracles reported a page in time.
        PageWithoutQuorum {
            /// The epoch.
            epoch: EpochIndex,
            /// The page.
            page: PageIndex,
        },
        /// An epoch is voided: nobody's life-time availability changed, and the reservation was released to the pool.
        EpochVoided {
            /// The epoch.
            epoch: EpochIndex,
            /// What was released.
            released: Balance,
        },
        /// The owner of a deed was paid for an epoch.
        RewardClaimed {
            /// The deed.
            deed: DeedId,
            /// The epoch.
            epoch: EpochIndex,
            /// The owner at this time.
            owner: T::AccountId,
            /// What was paid.
            amount: Balance,
        },
        /// The claim window of an epoch is over; the rounding rest and what nobody claimed was released to the pool.
        RewardsReleased {
            /// The epoch.
            epoch: EpochIndex,
            /// What was released.
            amount: Balance,
        },
        /// A deed was credited with reward that left escrow.
        UnitsCredited {
            /// The deed.
            deed: DeedId,
            /// The epoch in which they count.
            epoch: EpochIndex,
            /// The units.
            units: Balance,
        },
        /// A deed was penalised.
        Penalised {
            /// The deed.
            deed: DeedId,
            /// The epoch from which the penalty counts.
            epoch: EpochIndex,
            /// Why.
            offence: Offence,
        },
        /// The parameters were changed.
        ParametersSet {
            /// All of them, as they are now.
            parameters: Parameters,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The deed is not issued, so that nobody can be paid. Name an issued deed.
        DeedNotFound,
        /// The epoch is unknown: it has not closed yet, was skipped, or its claim window is over. See the view `epochs`.
        EpochNotFound,
        /// The epoch is still closing, or was voided and has no rewards. Wait for `EpochSettled`; so must who transfers a deed that
        /// counts in a closing epoch.
        EpochNotSettled,
        /// The reward of this deed for this epoch was paid before, or is named twice. Leave it out.
        AlreadyClaimed,
        /// The deed earned nothing in any of the epochs. Name epochs of the view `claimable`.
        NothingToClaim,
        /// The owner has no account and the sum is below the existential deposit. It stays claimable: claim more epochs at once.
        BelowExistentialDeposit,
        /// An epoch is at least 10 seconds and at most 31 days long.
        EpochPeriodOutOfBounds,
        /// The report window is at least 3 seconds and at most half an epoch long.
        ReportWindowOutOfBounds,
        /// The claim window is at least 1 and at most 366 epochs long.
        ClaimWindowOutOfBounds,
        /// The references of score and units must not be zero.
        ReferenceIsZero,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            Self::advance_clock();
            Self::turn_epoch()
        }

        fn on_poll(_: BlockNumberFor<T>, weight: &mut WeightMeter) {
            let mut meter = WeightMeter::with_limit(weight.remaining().min(Self::poll_budget()));
            Self::work(&mut meter);
            weight.consume(meter.consumed());
        }

        fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
            let mut meter = WeightMeter::with_limit(remaining);
            Self::work(&mut meter);
            meter.consumed()
        }

        fn integrity_test() {
            Self::check_weights();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Pays the rewards of a deed for some settled epochs to its owner.
        ///
        /// Origin: signed, by anyone.
        ///
        /// Details: the owner at this time is paid the sum in one transfer. Epochs without a reward are ignored. What cannot be paid
        /// because the owner has no account and the sum is below the existential deposit stays claimable.
        ///
        /// Errors: `DeedNotFound`, `EpochNotFound`, `EpochNotSettled`, `AlreadyClaimed`, `NothingToClaim`,
        /// `BelowExistentialDeposit`.
        ///
        /// Events: `RewardClaimed` per epoch with a reward.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::claim(u32::try_from(epochs.len()).unwrap_or(MAX_CLAIM_EPOCHS)))]
        pub fn claim(origin: OriginFor<T>, deed: DeedId, epochs: ClaimEpochs) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_claim(deed, &epochs)
        }

        /// Changes the parameters.
        ///
        /// Origin: root.
        ///
        /// Details: the epoch that runs keeps its planned end; an epoch that is closing keeps the terms it closed with.
        ///
        /// Errors: `EpochPeriodOutOfBounds`, `ReportWindowOutOfBounds`, `ClaimWindowOutOfBounds`, `ReferenceIsZero`.
        ///
        /// Events: `ParametersSet`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::set_parameters())]
        pub fn set_parameters(origin: OriginFor<T>, parameters: Parameters) -> DispatchResult {
            ensure_root(origin)?;
            Self::do_set_parameters(parameters)
        }

        /// Pays the rewards of several deeds for some settled epochs to their owners.
        ///
        /// Origin: signed, by anyone.
        ///
        /// Details: what is due is paid, deed by deed; what is not, as an epoch that was claimed before, is passed over, and so is a
        /// deed whose owner cannot be paid.
        ///
        /// Errors: `NothingToClaim` if nothing could be paid.
        ///
        /// Events: `RewardClaimed` per deed and epoch with a reward.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::claim(u32::try_from(epochs.len()).unwrap_or(MAX_CLAIM_EPOCHS))
            .saturating_mul(u64::try_from(deeds.len()).unwrap_or(u64::MAX).max(1)))]
        pub fn claim_many(origin: OriginFor<T>, deeds: ClaimDeeds, epochs: ClaimEpochs) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_claim_many(&deeds, &epochs)
        }
    }
}
