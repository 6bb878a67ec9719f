//! The active clock and the conversion of moments.

use crate::mock::*;
use neurite_primitives::MAX_ACTIVE_STEP;
use neurite_traits::ChainClock;

#[test]
fn the_active_clock_follows_the_timestamps_of_parents() {
    build_and_execute(|| {
        run_block(GENESIS);
        assert_eq!((Poai::now(), Poai::active_now()), (GENESIS, 0));
        run_block(GENESIS + 3_000);
        assert_eq!((Poai::now(), Poai::active_now()), (GENESIS + 3_000, 0));
        run_block(GENESIS + 10_000);
        assert_eq!((Poai::now(), Poai::active_now()), (GENESIS + 10_000, 3_000));
    });
}

#[test]
fn a_gap_counts_for_the_longest_step_only() {
    build_and_execute(|| {
        run_block(GENESIS);
        run_block(GENESIS + 1_000_000);
        run_block(GENESIS + 1_003_000);
        assert_eq!(Poai::active_now(), MAX_ACTIVE_STEP);
        run_block(GENESIS + 1_006_000);
        assert_eq!(Poai::active_now(), MAX_ACTIVE_STEP + 3_000);
    });
}

#[test]
fn moments_are_converted_relative_to_now() {
    build_and_execute(|| {
        run_to(GENESIS + 30_000);
        let active = Poai::active_now();
        assert_eq!(Poai::to_active(GENESIS + 31_000), active + 1_000);
        assert_eq!(Poai::to_active(GENESIS + 29_000), active - 1_000);
        assert_eq!(Poai::to_active(0), 0);
    });
}
