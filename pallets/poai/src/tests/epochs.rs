//! When epochs start and close, and what closing reserves.

use crate::{mock::*, *};
use neurite_primitives::epoch::EpochState;
use neurite_traits::{
    mock::{with, EpochCall},
    ChainClock,
};

#[test]
fn nothing_starts_before_the_first_timestamp() {
    build_and_execute(|| {
        run_block(0);
        run_block(0);
        assert_eq!(Poai::epoch(), 0);
        assert_eq!(Poai::epoch_view(None), None);
    });
}

#[test]
fn the_first_epoch_starts_at_the_first_timestamp() {
    build_and_execute(|| {
        run_block(GENESIS);
        run_block(GENESIS + SLOT);
        assert_eq!(Current::<Test>::get(), Some(OpenEpoch { index: 1, start: GENESIS, end: GENESIS + PERIOD }));
        let started = Event::EpochStarted { epoch: 1, start: GENESIS, end: GENESIS + PERIOD };
        assert_eq!(take_events(), [started]);
        assert_eq!(with(|state| state.epoch_calls.clone()), [EpochCall::Started(1)]);
    });
}

#[test]
fn an_epoch_closes_when_its_time_is_over() {
    build_and_execute(|| {
        link(300, 1);
        fund(700);
        run_to(GENESIS + PERIOD);
        assert_eq!(Poai::epoch(), 1);
        take_events();
        run_block(GENESIS + PERIOD + SLOT);
        assert_eq!(Poai::epoch(), 2);
        assert_eq!(Current::<Test>::get().unwrap().start, GENESIS + PERIOD);
        let closing = Event::EpochClosing { epoch: 1, reserved: 700, deeds: 301, pages: 2 };
        let started = Event::EpochStarted { epoch: 2, start: GENESIS + PERIOD, end: GENESIS + 2 * PERIOD };
        assert_eq!(take_events(), [closing, started]);
        let calls = [EpochCall::Started(1), EpochCall::Closing(1, 301, 2), EpochCall::Started(2)];
        assert_eq!(with(|state| state.epoch_calls.clone()), calls);
    });
}

#[test]
fn a_gap_closes_one_epoch_and_skips_the_rest() {
    build_and_execute(|| {
        run_to_epoch(2);
        run_block(GENESIS + 7 * PERIOD + PERIOD / 2);
        run_block(GENESIS + 7 * PERIOD + PERIOD / 2 + SLOT);
        let start = GENESIS + 7 * PERIOD;
        assert_eq!(Current::<Test>::get(), Some(OpenEpoch { index: 3, start, end: start + PERIOD }));
        let states: Vec<_> = Poai::epochs().iter().map(|view| (view.index, view.state)).collect();
        assert_eq!(states, [(1, EpochState::Settled), (2, EpochState::Closing), (3, EpochState::Open)]);
    });
}

#[test]
fn an_epoch_stays_open_while_the_one_before_is_worked_on() {
    build_and_execute(|| {
        link(0, 1);
        run_to_epoch(2);
        // The gap ends a second before the next boundary: epoch 3 is over long before the report window of epoch 2 is.
        let boundary = GENESIS + 9 * PERIOD;
        run_block(boundary - 1_000);
        run_block(boundary + 2_000);
        assert_eq!(Poai::epoch(), 3);
        run_block(boundary + 5_000);
        assert_eq!(Poai::epoch(), 3);
        run_to(boundary + 30_000);
        assert_eq!(Current::<Test>::get(), Some(OpenEpoch { index: 4, start: boundary, end: boundary + PERIOD }));
    });
}

#[test]
fn closing_reserves_what_is_neither_deposit_nor_reserved() {
    build_and_execute(|| {
        link(0, 1);
        settle_epoch(500, 255);
        settle_epoch(700, 255);
        fund(20);
        report(3, 255);
        run_to_epoch(4);
        let reserved: Vec<_> = (1..=3).map(|epoch| Epochs::<Test>::get(epoch).unwrap().reserved).collect();
        // In epoch 1 the deed was not yet linked for the whole epoch: all was released to the next.
        assert_eq!(reserved, [500, 1_200, 20]);
        assert_eq!(Reserved::<Test>::get(), 1_220);
        assert_eq!(Poai::pool(), 0);
    });
}
