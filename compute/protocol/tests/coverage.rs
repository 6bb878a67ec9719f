//! Availability from heartbeats against the definition.

use neurite_protocol::{
    heartbeat::{interval, value, Coverage, Recorded},
    Address, Identity,
};
use proptest::prelude::*;

fn node(byte: u8) -> Address {
    *Identity::from_secret(&[byte; 32]).unwrap().address()
}

/// The union by its definition: every millisecond is looked at.
fn union(start: u64, end: u64, heartbeats: &[u64]) -> u64 {
    let span = (interval(end - start) * 3).div_ceil(2);
    let covers = |at: &u64, moment: u64| (start..end).contains(at) && (*at..*at + span).contains(&moment);
    (start..end).filter(|moment| heartbeats.iter().any(|at| covers(at, *moment))).count() as u64
}

#[test]
fn the_interval_follows_the_epoch() {
    for (epoch, expected) in [(60_000, 2000), (86_400_000, 10_000), (300_000, 10_000), (299_999, 9999), (0, 1), (29, 1)] {
        assert_eq!(interval(epoch), expected);
    }
}

#[test]
fn values_round_half_up() {
    for (covered, epoch, expected) in
        [(0, 60_000, 0), (60_000, 60_000, 255), (70_000, 60_000, 255), (1, 510, 1), (1, 511, 0), (30_000, 60_000, 128), (5, 0, 0)]
    {
        assert_eq!(value(covered, epoch), expected, "{covered}/{epoch}");
    }
    assert_eq!(value(u64::MAX, u64::MAX), 255);
    assert_eq!(value(u64::MAX, 1), 255);
}

#[test]
fn one_lost_heartbeat_of_a_steady_node_costs_little() {
    let mut coverage = Coverage::new(1_000_000, 1_060_000, 10);
    for beat in (0..30).filter(|beat| *beat != 12) {
        assert_eq!(coverage.record(&node(1), 1_000_000 + beat * 2000), Recorded::Counted);
    }
    assert_eq!(coverage.covered_ms(&node(1)), 59_000);
    assert_eq!(coverage.availability(&node(1)), 251);
    assert_eq!(coverage.availability(&node(2)), 0);
}

#[test]
fn only_the_epoch_counts() {
    let mut coverage = Coverage::new(1000, 61_000, 10);
    for outside in [0, 999, 61_000, u64::MAX] {
        assert_eq!(coverage.record(&node(1), outside), Recorded::OutsideEpoch);
    }
    assert_eq!(coverage.record(&node(1), 60_999), Recorded::Counted);
    assert_eq!(coverage.covered_ms(&node(1)), 1);
}

#[test]
fn the_number_of_nodes_is_bounded() {
    let mut coverage = Coverage::new(0, 60_000, 2);
    assert_eq!(coverage.record(&node(1), 1), Recorded::Counted);
    assert_eq!(coverage.record(&node(2), 1), Recorded::Counted);
    assert_eq!(coverage.record(&node(3), 1), Recorded::TooManyNodes);
    assert_eq!(coverage.record(&node(1), 2), Recorded::Counted);
    assert_eq!(coverage.nodes().count(), 2);
}

#[test]
fn a_clock_that_runs_backwards_gives_nothing_twice() {
    let mut coverage = Coverage::new(0, 60_000, 2);
    coverage.record(&node(1), 10_000);
    coverage.record(&node(1), 9000);
    assert_eq!(coverage.covered_ms(&node(1)), 3000);
}

#[test]
fn an_earlier_end_takes_away_what_lies_beyond() {
    let mut coverage = Coverage::new(0, 60_000, 2);
    coverage.record(&node(1), 50_000);
    coverage.set_end(51_000);
    assert_eq!(coverage.covered_ms(&node(1)), 1000);
    assert_eq!(coverage.epoch(), (0, 51_000));
}

#[test]
fn what_was_heard_survives_storage() {
    let mut coverage = Coverage::new(0, 60_000, 2);
    coverage.record(&node(1), 50_000);
    let stored = serde_json::to_string(&coverage).unwrap();
    assert_eq!(serde_json::from_str::<Coverage>(&stored).unwrap(), coverage);
}

proptest! {
    #[test]
    fn covered_time_is_the_union(start in 0..1000u64, length in 1..3000u64, beats in proptest::collection::vec(0..5000u64, 0..60)) {
        let mut beats = beats;
        beats.sort_unstable();
        let mut coverage = Coverage::new(start, start + length, 1);
        for beat in &beats {
            coverage.record(&node(1), *beat);
        }
        prop_assert_eq!(coverage.covered_ms(&node(1)), union(start, start + length, &beats));
    }

    #[test]
    fn covered_time_never_exceeds_the_epoch(length in 0..100_000u64, beats in proptest::collection::vec(any::<u64>(), 0..60)) {
        let mut coverage = Coverage::new(5, 5 + length, 1);
        for beat in beats {
            coverage.record(&node(1), beat % (length + 20));
        }
        prop_assert!(coverage.covered_ms(&node(1)) <= length);
    }
}
