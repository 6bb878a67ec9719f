//! Draws that depend on nothing but a seed and what they are for.
//!
//! A draw is a hash of the seed, a stream (a machine, say), an epoch and a purpose, so that neither the order of the work nor what
//! others draw changes it: machines with the same stream meet the same luck, whatever they do.

use neurite_primitives::EpochIndex;

/// What a draw is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Draw {
    /// The class of a machine.
    Class,
    /// How much a machine differs from others of its class.
    Spread,
    /// Whether the machine has an outage.
    Outage,
    /// How long the outage is.
    OutageLength,
    /// How much of the work that it could do the market has for the machine.
    Luck,
    /// Whether an owner leaves.
    Leaving,
    /// Whether an owner comes back.
    Return,
    /// Whether an owner never claims.
    Forgetful,
    /// Whether an assignment is missed, by its number.
    Missed(u8),
    /// Whether a result is challenged.
    Challenge,
    /// Whether the score is checked.
    Check,
    /// How much less than the truth the oracles see of a deed.
    Noise,
    /// Whether an oracle does not report.
    Silence,
}

impl Draw {
    fn code(self) -> u64 {
        match self {
            Self::Class => 1,
            Self::Spread => 2,
            Self::Outage => 3,
            Self::OutageLength => 4,
            Self::Luck => 5,
            Self::Leaving => 6,
            Self::Return => 7,
            Self::Forgetful => 8,
            Self::Challenge => 9,
            Self::Check => 10,
            Self::Noise => 11,
            Self::Silence => 12,
            Self::Missed(assignment) => 256 + u64::from(assignment),
        }
    }
}

/// All draws of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dice {
    seed: u64,
}

impl Dice {
    /// Makes the draws of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Returns 64 even bits.
    pub(crate) fn roll(self, stream: u64, epoch: EpochIndex, draw: Draw) -> u64 {
        [stream, u64::from(epoch), draw.code()].into_iter().fold(mix(self.seed), |state, part| mix(state ^ mix(part)))
    }

    /// Returns an even number below `bound`; zero if that is zero.
    pub(crate) fn below(self, bound: u64, stream: u64, epoch: EpochIndex, draw: Draw) -> u64 {
        let product = u128::from(self.roll(stream, epoch, draw)) * u128::from(bound);
        u64::try_from(product >> 64).expect("a product of two 64-bit numbers has 128 bits; qed")
    }

    /// Tells whether something happens that happens this often in a thousand times.
    pub(crate) fn chance(self, permille: u64, stream: u64, epoch: EpochIndex, draw: Draw) -> bool {
        self.below(1_000, stream, epoch, draw) < permille
    }
}

/// The step and the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_draw_falls_the_same() {
        let (one, other) = (Dice::new(7), Dice::new(8));
        assert_eq!(one.roll(1, 2, Draw::Luck), Dice::new(7).roll(1, 2, Draw::Luck));
        assert_ne!(one.roll(1, 2, Draw::Luck), other.roll(1, 2, Draw::Luck));
        assert_ne!(one.roll(1, 2, Draw::Luck), one.roll(2, 1, Draw::Luck));
        assert_ne!(one.roll(1, 2, Draw::Luck), one.roll(1, 2, Draw::Outage));
    }

    #[test]
    fn chances_are_kept() {
        let dice = Dice::new(1);
        for permille in [0, 50, 500, 1_000] {
            let hits = (0..100_000).filter(|stream| dice.chance(permille, *stream, 3, Draw::Check)).count();
            assert!(hits.abs_diff(usize::try_from(permille).unwrap() * 100) < 600, "{permille}: {hits}");
        }
    }

    #[test]
    fn numbers_stay_below_their_bound() {
        let dice = Dice::new(1);
        assert_eq!(dice.below(0, 1, 1, Draw::Spread), 0);
        let drawn: std::collections::BTreeSet<u64> = (0..1_000).map(|stream| dice.below(7, stream, 1, Draw::Spread)).collect();
        assert_eq!(drawn, (0..7).collect());
    }
}
