//! The chain's clocks.

use neurite_primitives::{EpochIndex, Moment};

/// Tells the time of the chain.
pub trait ChainClock {
    /// Returns the Unix time of the chain in milliseconds; zero before the first timestamp.
    fn now() -> Moment;

    /// Returns the active clock in milliseconds: it advances with the timestamp, at most
    /// [`neurite_primitives::MAX_ACTIVE_STEP`] per block.
    fn active_now() -> Moment;

    /// Returns the current reward epoch, or zero before the first one.
    fn epoch() -> EpochIndex;

    /// Converts a Unix time to the active clock as it would read then if the chain did not sleep; saturates.
    fn to_active(moment: Moment) -> Moment {
        let (now, active) = (Self::now(), Self::active_now());
        if moment >= now {
            active.saturating_add(moment.saturating_sub(now))
        } else {
            active.saturating_sub(now.saturating_sub(moment))
        }
    }
}
