//! The rules under which a year is simulated: the chain's two, and the product that the chain's index used to be.

use crate::assumptions::{basis, UNITS_REF};
use neurite_primitives::{epoch::AliveMode, Balance, EpochIndex};
use pallet_poai::{entry::DeedEntry, Basis, IndexEntry};
use sp_runtime::FixedI128;

/// How indices are computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rule {
    /// The chain's rule in `AliveMode::Lifetime`, its default.
    Lifetime,
    /// The chain's rule in `AliveMode::Epoch`.
    Epoch,
    /// `Lifetime` with `actual = ln(1 + units/units_ref)`, whatever the machine: the index of a clean deed is then
    /// `score/score_ref·(1 + units/units_ref)` instead of `score/score_ref + units/units_ref`.
    Product,
}

impl Rule {
    /// All rules, the default first.
    pub(crate) const ALL: [Self; 3] = [Self::Lifetime, Self::Epoch, Self::Product];

    /// Returns the rule's name in files.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Lifetime => "lifetime",
            Self::Epoch => "epoch",
            Self::Product => "product",
        }
    }

    /// Returns what the chain is told.
    pub(crate) fn basis(self) -> Basis {
        basis(match self {
            Self::Lifetime | Self::Product => AliveMode::Lifetime,
            Self::Epoch => AliveMode::Epoch,
        })
    }

    /// Settles an epoch of a deed and returns its power index; `units` are those of the epoch.
    pub(crate) fn settle(self, entry: &mut DeedEntry, epoch: EpochIndex, reported: u8, settled: u32, units: Balance) -> u128 {
        let fared = entry.settle(epoch, reported, settled, &self.basis());
        match self {
            Self::Lifetime | Self::Epoch => fared.index,
            Self::Product => product_index(&fared, entry.lifetime, settled, units),
        }
    }
}

fn product_index(fared: &IndexEntry, lifetime: u64, settled: u32, units: Balance) -> u128 {
    if fared.availability == 0 {
        return 0;
    }
    let actual = poai_math::actual(units, UNITS_REF, FixedI128::default());
    let power = poai_math::power(fared.terms.capacity, actual, fared.terms.penalty);
    poai_math::index(power, lifetime, settled, fared.availability, poai_math::AliveMode::Lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assumptions::SCORE_REF;

    fn index(rule: Rule, score: u64, units: Balance) -> u128 {
        let mut entry = DeedEntry::default();
        entry.link(0);
        entry.commit_score(score, 0);
        entry.credit(units, 1, 0);
        rule.settle(&mut entry, 1, u8::MAX, 1, units)
    }

    fn close(value: u128, expected: f64) -> bool {
        (value as f64 / 1e18 - expected).abs() < expected * 1e-9
    }

    #[test]
    fn the_chains_rule_adds_capability_and_work() {
        for rule in [Rule::Lifetime, Rule::Epoch] {
            assert!(close(index(rule, SCORE_REF, 0), 1.0));
            assert!(close(index(rule, 3 * SCORE_REF, 4 * UNITS_REF), 7.0));
        }
    }

    #[test]
    fn the_product_multiplies_them() {
        assert!(close(index(Rule::Product, SCORE_REF, 0), 1.0));
        assert!(close(index(Rule::Product, 3 * SCORE_REF, 4 * UNITS_REF), 15.0));
        assert_eq!(index(Rule::Product, SCORE_REF, 4 * UNITS_REF), index(Rule::Lifetime, SCORE_REF, 4 * UNITS_REF));
    }

    #[test]
    fn a_score_that_is_too_low_gains_nothing() {
        let honest = index(Rule::Lifetime, SCORE_REF, 4 * UNITS_REF);
        for score in [1, 100, 2_000, 10_000, SCORE_REF / 2] {
            assert!(index(Rule::Lifetime, score, 4 * UNITS_REF) < honest, "{score}");
        }
    }
}
