//! What passes between the reward epochs and the others.

use neurite_primitives::{epoch::Offence, Balance, DeedId, EpochIndex, PageIndex};
use sp_runtime::{DispatchError, Permill, Weight};

/// Receives what jobs earn; implemented by the epochs.
pub trait RewardPool<AccountId> {
    /// Returns the account that pools rewards; it always holds at least the existential deposit.
    fn account() -> AccountId;
    /// Returns the part of a job's reward that goes straight to its workers (`DirectShare`).
    fn direct_share() -> Permill;
    /// Credits a deed with reward that left escrow for the pool in the current epoch, as units of actual power.
    fn credit_units(deed: DeedId, units: Balance);
    /// Penalises a deed in the current epoch.
    fn penalise(deed: DeedId, offence: Offence);
}

/// Pays what deeds have earned; implemented by the epochs.
pub trait DeedRewards {
    /// Pays everything that a deed has earned to its owner, so that nothing of it passes to the next one; returns what that weighed.
    ///
    /// Fails while an epoch in which the deed counts is not settled, and if what it earned cannot be paid.
    fn settle(deed: DeedId) -> Result<Weight, DispatchError>;
    /// Returns the most that [`Self::settle`] weighs.
    fn max_weight() -> Weight;
}

/// Hears of epochs; implemented by the oracles and by what is released or given back with them.
pub trait EpochHooks {
    /// A new epoch begins now: its committee is fixed.
    fn epoch_started(epoch: EpochIndex);
    /// An epoch's time is over: `pages` pages covering `deeds` deeds may be reported.
    fn epoch_closing(epoch: EpochIndex, deeds: u32, pages: PageIndex);
    /// An epoch is settled or voided: nothing of it is needed any more.
    fn epoch_finished(epoch: EpochIndex);
}

impl EpochHooks for () {
    fn epoch_started(_: EpochIndex) {}
    fn epoch_closing(_: EpochIndex, _: u32, _: PageIndex) {}
    fn epoch_finished(_: EpochIndex) {}
}

/// Tells both, the first one first.
impl<First: EpochHooks, Second: EpochHooks> EpochHooks for (First, Second) {
    fn epoch_started(epoch: EpochIndex) {
        First::epoch_started(epoch);
        Second::epoch_started(epoch);
    }

    fn epoch_closing(epoch: EpochIndex, deeds: u32, pages: PageIndex) {
        First::epoch_closing(epoch, deeds, pages);
        Second::epoch_closing(epoch, deeds, pages);
    }

    fn epoch_finished(epoch: EpochIndex) {
        First::epoch_finished(epoch);
        Second::epoch_finished(epoch);
    }
}

/// Tells what the pool holds, for views.
pub trait PoolSummary {
    /// Returns what is reserved for claims.
    fn reserved() -> Balance;
}
