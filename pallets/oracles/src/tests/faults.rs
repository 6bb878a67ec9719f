//! Faults: whose reports are too far from the medians, and what follows.

use crate::{mock::*, *};
use neurite_primitives::{AttestedStatus, EpochIndex};
use neurite_traits::{mock as world, AvailabilityMedians, EpochHooks};

const DEEDS: usize = 100;

/// Closes and clears an epoch in which oracle 0 reports `far` deeds as `by` too high and the others agree; tells the epoch.
fn epoch_with(far: usize, by: u8) -> EpochIndex {
    let epoch = close_epoch(DEEDS as u32);
    let mut values = [100; DEEDS];
    values[..far].fill(100 + by);
    report_page(report(epoch, 0, 0, &values)).unwrap().unwrap();
    for oracle in 1..4 {
        report_page(report(epoch, oracle, 0, &[100; DEEDS])).unwrap().unwrap();
    }
    Oracles::epoch_finished(epoch);
    Oracles::clear(epoch, 0);
    epoch
}

fn faults() -> Vec<EpochIndex> {
    Oracles::faults().iter().find(|record| record.oracle == id(0)).map(|record| record.epochs.to_vec()).unwrap_or_default()
}

#[test]
fn far_means_more_than_the_tolerance_for_more_than_the_tolerated_deeds() {
    build_and_execute(|| {
        epoch_with(DEEDS, TOLERANCE);
        epoch_with(5, 200 - 100);
        assert!(faults().is_empty());
        let epoch = epoch_with(6, TOLERANCE + 1);
        assert_eq!(faults(), [epoch]);
        System::assert_has_event(Event::OracleFaulted { epoch, page: 0, oracle: id(0), deeds: 6 }.into());
    });
}

#[test]
fn on_a_small_page_four_deeds_are_needed() {
    build_and_execute(|| {
        for (deeds, expected) in [(3, 0), (4, 1)] {
            let epoch = close_epoch(deeds);
            report_page(report(epoch, 0, 0, &vec![255; deeds as usize])).unwrap().unwrap();
            for oracle in 1..4 {
                report_page(report(epoch, oracle, 0, &vec![0; deeds as usize])).unwrap().unwrap();
            }
            Oracles::clear(epoch, 0);
            Oracles::epoch_finished(epoch);
            assert_eq!(faults().len(), expected);
        }
    });
}

#[test]
fn without_a_quorum_nobody_is_judged() {
    build_and_execute(|| {
        let epoch = close_epoch(4);
        report_page(report(epoch, 0, 0, &[255; 4])).unwrap().unwrap();
        report_page(report(epoch, 1, 0, &[0; 4])).unwrap().unwrap();
        Oracles::clear(epoch, 0);
        assert_eq!(Oracles::faults(), []);
    });
}

#[test]
fn faults_on_many_pages_of_an_epoch_are_one() {
    build_and_execute(|| {
        let epoch = close_epoch(512);
        for page in 0..2 {
            report_page(report(epoch, 0, page, &[255; 256])).unwrap().unwrap();
            for oracle in 1..4 {
                report_page(report(epoch, oracle, page, &[0; 256])).unwrap().unwrap();
            }
        }
        Oracles::clear(epoch, 0);
        Oracles::clear(epoch, 1);
        assert_eq!(faults(), [epoch]);
    });
}

#[test]
fn an_oracle_leaves_after_three_faults_and_returns_when_they_have_lapsed() {
    build_and_execute(|| {
        session(0..5);
        start_epoch(EPOCH + 1);
        for _ in 0..2 {
            epoch_with(DEEDS, 100);
        }
        session(0..5);
        assert_eq!(Validators::<Test>::get().len(), 5);
        let last = epoch_with(DEEDS, 100);
        session(0..5);
        assert_eq!(Validators::<Test>::get().to_vec(), [1, 2, 3, 4].map(id));
        System::assert_last_event(Event::OracleLeft { oracle: id(0) }.into());
        start_epoch(world::with(|world| world.epoch) + 1);
        assert!(attest(attestation(0, AttestedStatus::Done, 100, 95)).is_err());
        start_epoch(last - 2 + FAULT_MEMORY);
        session(0..5);
        assert_eq!(Validators::<Test>::get().len(), 5, "the oldest fault has lapsed");
        // The test has jumped over the epochs between.
        Committees::<Test>::remove(last + 2);
    });
}

#[test]
fn nobody_leaves_if_fewer_than_four_would_stay() {
    build_and_execute(|| {
        for _ in 0..3 {
            epoch_with(DEEDS, 100);
        }
        session(0..4);
        assert_eq!(Validators::<Test>::get().len(), 4);
    });
}

#[test]
fn more_faults_push_out_the_oldest() {
    build_and_execute(|| {
        let epochs: Vec<_> = (0..5).map(|_| epoch_with(DEEDS, 100)).collect();
        assert_eq!(faults(), epochs[2..]);
    });
}
