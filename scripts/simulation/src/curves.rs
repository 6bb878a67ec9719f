//! What one deed earns when a single thing about it changes, among so many others that it moves nobody's share.
//!
//! Each curve is computed with the same entries of deeds as a year.

use crate::{
    assumptions::*,
    committee::{Bias, Committee},
    dice::{Dice, Draw},
    rule::Rule,
};
use neurite_primitives::{epoch::Offence, Balance, EpochIndex, PAGE_SIZE};
use pallet_oracles::reaches_quorum;
use pallet_poai::entry::DeedEntry;

/// Deeds over which luck is averaged.
const DEEDS: u64 = 64;
/// Epochs over which a deed is watched.
const EPOCHS: EpochIndex = 365;
/// The parts into which a machine is split.
pub(crate) const PARTS: [u64; 14] = [1, 2, 3, 5, 10, 20, 40, 55, 80, 120, 200, 400, 800, 1_600];
/// Sizes of machines in permille of the reference machine.
pub(crate) const SIZES: [u64; 13] = [20, 50, 100, 250, 500, 1_000, 2_000, 3_000, 5_000, 8_000, 13_000, 20_000, 50_000];
/// Units of an epoch of the reference machine, in permille of their reference.
pub(crate) const WORKLOADS: [u64; 13] = [50, 100, 200, 350, 600, 1_000, 1_700, 3_000, 4_000, 5_000, 9_000, 16_000, 30_000];
/// By how much boasters boast.
pub(crate) const FACTORS: [u64; 4] = [2, 4, 16, 50];
/// How many deeds in a thousand are checked, or challenged, in an epoch.
pub(crate) const RATES: [u64; 16] = [0, 10, 20, 30, 40, 50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 600];

/// Returns the power index of a deed that was always there, with a score and units in permille of their references.
pub(crate) fn index(rule: Rule, size: f64, units: f64) -> f64 {
    let score = (size * SCORE_REF as f64 / 1_000.0).round().max(1.0) as u64;
    let units = (units * UNITS_REF as f64 / 1_000.0) as Balance;
    let mut entry = linked(score);
    entry.credit(units, 1, 0);
    to_float(rule.settle(&mut entry, 1, u8::MAX, 1, units))
}

/// Returns what a reference machine with this many units earns in so many equal deeds, relative to one.
pub(crate) fn splitting(rule: Rule, units: u64, parts: u64) -> f64 {
    let (whole, parts, units) = (1_000.0, parts as f64, units as f64);
    parts * index(rule, whole / parts, units / parts) / index(rule, whole, units)
}

/// Returns what a machine earns for its capability, relative to the reference machine, if work is proportional to capability.
pub(crate) fn by_size(rule: Rule, size: u64, workload: u64) -> f64 {
    let units = workload as f64 * size as f64 / 1_000.0;
    index(rule, size as f64, units) / (size as f64 / 1_000.0) / index(rule, 1_000.0, workload as f64)
}

/// Returns what a reference machine without work earns, relative to one with this many units.
pub(crate) fn idling(rule: Rule, workload: u64) -> f64 {
    index(rule, 1_000.0, 0.0) / index(rule, 1_000.0, workload as f64)
}

/// Returns by how much the index of a machine grows with a reference of units that it orders from itself beside the usual work.
pub(crate) fn washing(rule: Rule, size: u64, workload: u64) -> f64 {
    let units = workload as f64 * size as f64 / 1_000.0;
    index(rule, size as f64, units + 1_000.0) - index(rule, size as f64, units)
}

/// Returns what a machine earns that always commits this many times its score, relative to one that does not, by how often scores are
/// checked.
pub(crate) fn boasting(rule: Rule, dice: Dice, workload: u64, factor: u64, checked: u64) -> f64 {
    let boast = watched(rule, factor * SCORE_REF, workload, |entry, deed, epoch| {
        if factor > 1 && dice.chance(checked, deed, epoch, Draw::Check) {
            entry.penalise(Offence::FailedSpotCheck, epoch, epoch - 1);
        }
        true
    });
    boast / index(rule, 1_000.0, workload as f64)
}

/// Returns what a machine earns that makes results up, relative to one that computes them, by how often it is challenged.
pub(crate) fn forging(rule: Rule, dice: Dice, workload: u64, challenged: u64) -> f64 {
    let forge = watched(rule, SCORE_REF, workload, |entry, deed, epoch| {
        let caught = dice.chance(challenged, deed, epoch, Draw::Challenge);
        if caught {
            entry.penalise(Offence::LostChallenge, epoch, epoch - 1);
        }
        !caught
    });
    forge / index(rule, 1_000.0, workload as f64)
}

/// What a number of colluding oracles achieves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Collusion {
    /// The mean availability that counts of deeds that are there half of the time and are reported as always there.
    pub(crate) raised: f64,
    /// The mean availability that counts of deeds that are always there and are reported as away.
    pub(crate) lowered: f64,
    /// Whether their silence voids the epoch.
    pub(crate) voids: bool,
}

/// Returns what so many of the committee's oracles achieve in an epoch in which they all collude.
pub(crate) fn collusion(dice: Dice, colluders: u32) -> Collusion {
    let mean = |present: u8, bias: Bias| {
        let deeds = PAGE_SIZE as usize;
        let outcome = Committee::new(dice, ORACLES, colluders).report(1, &vec![present; deeds], &vec![bias; deeds]);
        let medians = outcome.medians.unwrap_or_default();
        medians.iter().map(|median| f64::from(*median)).sum::<f64>() / deeds as f64 / 255.0
    };
    let speakers = ORACLES.saturating_sub(colluders) as usize;
    Collusion { raised: mean(128, Bias::Up), lowered: mean(u8::MAX, Bias::Down), voids: !reaches_quorum(speakers, ORACLES as usize) }
}

/// Returns the mean index of deeds over a year in which `happening` may penalise them, and tells whether their work was paid.
fn watched(rule: Rule, score: u64, workload: u64, happening: impl Fn(&mut DeedEntry, u64, EpochIndex) -> bool) -> f64 {
    let units = UNITS_REF * u128::from(workload) / u128::from(PERMILLE);
    let mut sum = 0.0;
    for deed in 0..DEEDS {
        let mut entry = linked(score);
        for epoch in 1..=EPOCHS {
            let units = if happening(&mut entry, deed, epoch) { units } else { 0 };
            entry.credit(units, epoch, epoch - 1);
            sum += to_float(rule.settle(&mut entry, epoch, u8::MAX, epoch, units));
        }
    }
    sum / DEEDS as f64 / f64::from(EPOCHS)
}

fn linked(score: u64) -> DeedEntry {
    let mut entry = DeedEntry::default();
    entry.link(0);
    entry.commit_score(score, 0);
    entry
}

fn to_float(index: u128) -> f64 {
    index as f64 / 1e18
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64) -> bool {
        (value - expected).abs() < 1e-6
    }

    #[test]
    fn splitting_gains_nothing_until_the_parts_reach_the_floor_of_capacity() {
        for (rule, workload) in [(Rule::Lifetime, 0), (Rule::Lifetime, 4_000), (Rule::Product, 0), (Rule::Product, 4_000)] {
            for parts in PARTS.into_iter().filter(|parts| *parts <= 40) {
                assert!(splitting(rule, workload, parts) <= 1.0 + 1e-9, "{rule:?} {workload} {parts}");
            }
        }
        assert!(close(splitting(Rule::Lifetime, 4_000, 40), 1.0));
        assert!(splitting(Rule::Lifetime, 0, 200) > 1.0);
    }

    #[test]
    fn a_product_favours_large_machines_and_the_chains_rule_does_not() {
        assert!(close(by_size(Rule::Product, 2_000, 4_000), 9.0 / 5.0));
        assert!(close(by_size(Rule::Lifetime, 2_000, 4_000), 1.0));
    }

    #[test]
    fn an_idler_keeps_what_its_capability_earns() {
        for rule in [Rule::Lifetime, Rule::Product] {
            assert!(close(idling(rule, 4_000), 0.2));
        }
    }

    #[test]
    fn work_raises_the_index_by_one_or_by_the_size_of_the_machine() {
        assert!(close(washing(Rule::Lifetime, 8_000, 4_000), 1.0));
        assert!(close(washing(Rule::Product, 8_000, 4_000), 8.0));
        assert!(close(washing(Rule::Product, 20_000, 4_000), 0.0));
    }

    #[test]
    fn cheating_that_nobody_looks_for_pays_and_looking_ends_it() {
        let dice = Dice::new(1);
        assert!(close(boasting(Rule::Lifetime, dice, 4_000, 4, 0), 8.0 / 5.0));
        assert!(boasting(Rule::Lifetime, dice, 4_000, 4, 300) < 0.5);
        assert!(close(forging(Rule::Lifetime, dice, 4_000, 0), 1.0));
        assert!(forging(Rule::Lifetime, dice, 4_000, 50) < 0.7);
    }

    #[test]
    fn collusion_needs_a_half_to_lie_and_a_third_to_stop() {
        let dice = Dice::new(1);
        let few = collusion(dice, COLLUDERS);
        assert!(few.raised < 0.51 && few.lowered > 0.98 && !few.voids);
        assert!(collusion(dice, COLLUDERS + 1).voids);
        let many = collusion(dice, ORACLES / 2 + 1);
        assert!(many.raised > 0.99 && many.lowered < 0.01);
    }
}
