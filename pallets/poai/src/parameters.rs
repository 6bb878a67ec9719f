//! The parameters' bounds, genesis, and relations between constants.

use crate::*;
use frame_support::{
    ensure,
    traits::{
        fungible::{Inspect, Mutate},
        Get,
    },
    weights::Weight,
};
use neurite_primitives::{EpochIndex, Moment, MAX_CLAIM_DEEDS, MAX_CLAIM_EPOCHS};
use neurite_traits::{AvailabilityMedians, DeedRewards};
use sp_runtime::DispatchResult;

/// The shortest epoch in milliseconds.
pub const MIN_EPOCH_PERIOD: Moment = 10_000;
/// The longest epoch in milliseconds: 31 days.
pub const MAX_EPOCH_PERIOD: Moment = 31 * 24 * 60 * 60 * 1_000;
/// The shortest report window in active milliseconds.
pub const MIN_REPORT_WINDOW: Moment = 3_000;
/// The longest claim window in epochs.
pub const MAX_CLAIM_WINDOW: EpochIndex = 366;

/// `on_poll` keeps a block's weight divided by this for the work on epochs.
const POLL_DIVISOR: u64 = 10;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_set_parameters(parameters: Parameters) -> DispatchResult {
        Self::check_bounds(&parameters)?;
        CurrentParameters::<T>::put(parameters);
        Self::deposit_event(Event::ParametersSet { parameters });
        Ok(())
    }

    fn check_bounds(parameters: &Parameters) -> Result<(), Error<T>> {
        let period = parameters.epoch_period;
        let periods = MIN_EPOCH_PERIOD..=MAX_EPOCH_PERIOD;
        ensure!(periods.contains(&period), Error::<T>::EpochPeriodOutOfBounds);
        let windows = MIN_REPORT_WINDOW..=period / 2;
        ensure!(windows.contains(&parameters.report_window), Error::<T>::ReportWindowOutOfBounds);
        let windows = 1..=MAX_CLAIM_WINDOW;
        ensure!(windows.contains(&parameters.claim_window), Error::<T>::ClaimWindowOutOfBounds);
        ensure!(parameters.score_ref != 0 && parameters.units_ref != 0, Error::<T>::ReferenceIsZero);
        Ok(())
    }

    /// Stores the parameters, which must be within their bounds, and completes the pot's existential deposit where the genesis
    /// balances, which must be built before, do not: so the pot is never reaped, and all that arrives later is rewards.
    pub(crate) fn build_genesis(parameters: Parameters) {
        assert!(Self::check_bounds(&parameters).is_ok(), "a parameter of the reward epochs is out of its bounds: {parameters:?}");
        CurrentParameters::<T>::put(parameters);
        let pot = Self::pot();
        let missing = T::Currency::minimum_balance().saturating_sub(T::Currency::balance(&pot));
        let endowed = T::Currency::mint_into(&pot, missing);
        assert!(endowed.is_ok(), "the pot of the reward epochs cannot hold the existential deposit: {endowed:?}");
    }

    /// Returns the weight that `on_poll` may use.
    pub(crate) fn poll_budget() -> Weight {
        T::BlockWeights::get().max_block.saturating_div(POLL_DIVISOR)
    }

    /// Checks that every step of the work fits into what `on_poll` keeps for it, so that the work always proceeds, and that a
    /// claim fits into a block.
    pub(crate) fn check_weights() {
        let oracles = T::Medians::committee_bound();
        for step in [
            T::WeightInfo::check_quorum(oracles).saturating_add(T::WeightInfo::finish_epoch()),
            T::WeightInfo::settle_page(oracles),
            T::WeightInfo::clear_page(oracles),
            T::WeightInfo::release_epoch(),
            T::WeightInfo::prune_page(),
        ] {
            let needed = T::WeightInfo::work_base().saturating_add(step);
            assert!(needed.all_lte(Self::poll_budget()), "a step of the work needs {needed:?}: more than a tenth of a block");
        }
        let many = T::WeightInfo::claim(MAX_CLAIM_EPOCHS).saturating_mul(MAX_CLAIM_DEEDS.into());
        let settlement = <Self as DeedRewards>::max_weight();
        let half = T::BlockWeights::get().max_block.saturating_div(2);
        assert!(many.all_lt(half), "a claim of the most deeds and epochs needs {many:?}: half a block");
        assert!(settlement.all_lt(half), "a settlement of the most epochs needs {settlement:?}: half a block");
    }
}
