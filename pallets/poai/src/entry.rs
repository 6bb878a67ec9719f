//! What the work of epochs needs of a deed.
//!
//! Changes take effect with an epoch, while the epoch before may still wait to be settled. So an entry remembers, besides the
//! present, just as much of the past as the closing epoch needs: the last span of whole epochs, three scores and two buckets.

use crate::types::{Basis, IndexEntry};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use neurite_primitives::{
    epoch::{AliveMode, Offence, PowerTerms},
    Balance, EpochIndex,
};
use scale_info::TypeInfo;
use sp_runtime::{FixedI128, FixedPointNumber, Saturating};

/// A span of whole epochs for which a deed was linked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Span {
    /// The first epoch of the span.
    pub from: EpochIndex,
    /// The first epoch after the span.
    pub until: EpochIndex,
}

/// A committed benchmark score.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Score {
    /// The first epoch in which it counts.
    pub from: EpochIndex,
    /// The score.
    pub score: u64,
}

/// What arose in one epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Bucket {
    /// The epoch.
    pub epoch: EpochIndex,
    /// Reward that left escrow for the pool, credited to this deed.
    pub units: Balance,
    /// Penalties that are not part of the settled penalty yet.
    pub penalty: FixedI128,
}

/// A deed in its page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct DeedEntry {
    /// The first epoch for whose whole length the deed is linked and bonded; `None` while it is not.
    pub active_from: Option<EpochIndex>,
    /// The last span that ended.
    pub ended: Option<Span>,
    /// The last scores, latest first.
    pub scores: [Score; 3],
    /// Life-time availability in units of 1/255 epoch (`T_N`).
    pub lifetime: u64,
    /// The settled penalty as it was at `penalised_at`; it decays from there.
    pub penalty: FixedI128,
    /// The count of settled epochs that `penalty` belongs to.
    pub penalised_at: u32,
    /// What arose in the latest epoch in which anything did.
    pub latest: Bucket,
    /// What arose in the one before that.
    pub earlier: Bucket,
}

/// Returns what an offence adds to the penalty: 0.25, 1 or 2.
pub fn penalty_of(offence: Offence) -> FixedI128 {
    match offence {
        Offence::MissedAssignment => FixedI128::from_inner(FixedI128::DIV / 4),
        Offence::FailedSpotCheck => FixedI128::from_u32(1),
        Offence::LostChallenge => FixedI128::from_u32(2),
    }
}

impl DeedEntry {
    /// Notes that the deed is linked and bonded: it counts from the epoch after the current one on.
    pub fn link(&mut self, current: EpochIndex) {
        if self.active_from.is_none() {
            self.active_from = Some(current.saturating_add(1));
        }
    }

    /// Notes that the deed is not linked or not bonded any more: it does not count in the current epoch.
    pub fn unlink(&mut self, current: EpochIndex) {
        if let Some(from) = self.active_from.take().filter(|from| *from < current) {
            self.ended = Some(Span { from, until: current });
        }
    }

    /// Notes a score, which counts from the epoch after the current one on.
    pub fn commit_score(&mut self, score: u64, current: EpochIndex) {
        let new = Score { from: current.saturating_add(1), score };
        let [first, second, third] = self.scores;
        self.scores = if first.from == new.from { [new, second, third] } else { [new, first, second] };
    }

    /// Credits units in the current epoch.
    pub fn credit(&mut self, units: Balance, current: EpochIndex, settled: u32) {
        let bucket = self.open_bucket(current, settled);
        bucket.units = bucket.units.saturating_add(units);
    }

    /// Penalises the deed in the current epoch.
    pub fn penalise(&mut self, offence: Offence, current: EpochIndex, settled: u32) {
        let bucket = self.open_bucket(current, settled);
        bucket.penalty = bucket.penalty.saturating_add(penalty_of(offence));
    }

    /// Tells whether the deed is linked and bonded for the whole of an epoch, which is the current or the closing one.
    pub fn counts_in(&self, epoch: EpochIndex) -> bool {
        self.active_from.is_some_and(|from| from <= epoch) || self.ended.is_some_and(|span| span.from <= epoch && epoch < span.until)
    }

    /// Returns the terms of the power score in an epoch, with the given number of settled epochs.
    pub fn terms(&self, epoch: EpochIndex, settled: u32, basis: &Basis) -> PowerTerms {
        let score = self.scores.iter().find(|score| score.from <= epoch).map_or(0, |score| score.score);
        let units = self.buckets().filter(|bucket| bucket.epoch == epoch).fold(0, |sum: Balance, bucket| sum.saturating_add(bucket.units));
        let fresh = self.buckets().filter(|bucket| bucket.epoch <= epoch).map(|bucket| bucket.penalty);
        let penalty = fresh.fold(self.decayed(settled), |sum, penalty| sum.saturating_add(penalty));
        let capacity = poai_math::capacity(score, basis.score_ref);
        let actual = poai_math::actual(units, basis.units_ref, capacity);
        PowerTerms { capacity, actual, penalty, power: poai_math::power(capacity, actual, penalty) }
    }

    /// Settles an epoch and returns how the deed fared; `settled` includes this epoch.
    pub fn settle(&mut self, epoch: EpochIndex, reported: u8, settled: u32, basis: &Basis) -> IndexEntry {
        if self.active_from.is_none() && self.ended.is_none() {
            return IndexEntry::default();
        }
        let availability = if self.counts_in(epoch) { reported } else { 0 };
        let terms = self.terms(epoch, settled, basis);
        self.lifetime = self.lifetime.saturating_add(availability.into());
        self.absorb_until(epoch, settled);
        let mode = match basis.alive_mode {
            AliveMode::Lifetime => poai_math::AliveMode::Lifetime,
            AliveMode::Epoch => poai_math::AliveMode::Epoch,
        };
        let index = match availability {
            0 => 0,
            _ => poai_math::index(terms.power, self.lifetime, settled, availability, mode),
        };
        IndexEntry { availability, index, terms }
    }

    fn buckets(&self) -> impl Iterator<Item = &Bucket> {
        [&self.latest, &self.earlier].into_iter()
    }

    fn decayed(&self, settled: u32) -> FixedI128 {
        poai_math::decay(self.penalty, settled.saturating_sub(self.penalised_at))
    }

    /// Returns the bucket of the current epoch. What it displaces belongs to an epoch that is finished: if that was voided, its
    /// penalty is still fresh and is carried on.
    fn open_bucket(&mut self, current: EpochIndex, settled: u32) -> &mut Bucket {
        if self.latest.epoch != current {
            self.absorb(self.earlier.penalty, settled);
            self.earlier = self.latest;
            self.latest = Bucket { epoch: current, ..Default::default() };
        }
        &mut self.latest
    }

    /// Makes the fresh penalties of an epoch and of those before it part of the settled penalty.
    fn absorb_until(&mut self, epoch: EpochIndex, settled: u32) {
        let mut fresh = FixedI128::default();
        for bucket in [&mut self.latest, &mut self.earlier] {
            if bucket.epoch <= epoch {
                fresh.saturating_accrue(core::mem::take(&mut bucket.penalty));
            }
        }
        self.absorb(fresh, settled);
    }

    fn absorb(&mut self, fresh: FixedI128, settled: u32) {
        if fresh > FixedI128::default() {
            self.penalty = self.decayed(settled).saturating_add(fresh);
            self.penalised_at = settled;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASIS: Basis = Basis { score_ref: 1_000, units_ref: 10, alive_mode: AliveMode::Lifetime };

    fn zero() -> FixedI128 {
        FixedI128::from_u32(0)
    }

    fn one() -> FixedI128 {
        FixedI128::from_u32(1)
    }

    #[test]
    fn only_whole_epochs_count() {
        let mut entry = DeedEntry::default();
        entry.link(3);
        assert!(!entry.counts_in(3) && entry.counts_in(4) && entry.counts_in(5));
        entry.unlink(6);
        assert!(!entry.counts_in(3) && entry.counts_in(5) && !entry.counts_in(6));
        entry.link(6);
        assert!(entry.counts_in(5) && !entry.counts_in(6) && entry.counts_in(7));
        entry.unlink(6);
        assert!(entry.counts_in(5) && !entry.counts_in(6) && !entry.counts_in(7));
    }

    #[test]
    fn linking_again_changes_nothing() {
        let mut entry = DeedEntry::default();
        entry.link(3);
        entry.link(5);
        assert_eq!(entry.active_from, Some(4));
    }

    #[test]
    fn an_unlinked_deed_keeps_its_closing_epoch() {
        let mut entry = DeedEntry { active_from: Some(2), lifetime: 5, ..Default::default() };
        entry.unlink(5);
        assert_eq!(entry.settle(4, 200, 4, &BASIS).availability, 200);
        assert_eq!(entry.lifetime, 205);
        let after = entry.settle(5, 200, 5, &BASIS);
        assert_eq!((after.availability, after.index), (0, 0));
        assert_eq!(entry.lifetime, 205);
    }

    #[test]
    fn the_last_score_of_an_epoch_counts_from_the_next_on() {
        let capacity = |entry: &DeedEntry, epoch| entry.terms(epoch, 0, &BASIS).capacity;
        let mut entry = DeedEntry::default();
        entry.commit_score(1_000, 1);
        entry.commit_score(2_000, 2);
        entry.commit_score(7_000, 3);
        entry.commit_score(3_000, 3);
        for (epoch, score) in [(2, 1_000), (3, 2_000), (4, 3_000), (9, 3_000)] {
            assert_eq!(capacity(&entry, epoch), poai_math::capacity(score, 1_000), "epoch {epoch}");
        }
    }

    #[test]
    fn units_count_in_their_epoch_only() {
        let mut entry = DeedEntry { active_from: Some(1), ..Default::default() };
        entry.commit_score(1_000, 0);
        entry.credit(4, 1, 0);
        entry.credit(6, 1, 0);
        entry.credit(30, 2, 0);
        assert_eq!(entry.terms(1, 1, &BASIS).actual, poai_math::actual(10, 10, zero()));
        assert_eq!(entry.terms(2, 1, &BASIS).actual, poai_math::actual(30, 10, zero()));
        assert_eq!(entry.terms(3, 1, &BASIS).actual, zero());
    }

    #[test]
    fn work_adds_to_the_index_whatever_the_machine() {
        let units_ref = 1_000_000_000_000;
        let index = |score: u64, units: u128| {
            let mut entry = DeedEntry { active_from: Some(1), ..Default::default() };
            entry.commit_score(score, 0);
            entry.credit(units * units_ref, 1, 0);
            entry.settle(1, 255, 1, &Basis { units_ref, ..BASIS }).index
        };
        // In thousandths: score/score_ref + units/units_ref.
        for (score, units, sum) in [(1_000, 0, 1_000), (1_000, 4, 5_000), (3_000, 4, 7_000), (250, 2, 2_250), (20_000, 100, 120_000)] {
            let expected = sum * 1_000_000_000_000_000;
            assert!(index(score, units).abs_diff(expected) <= expected / 1_000_000_000_000, "{score} {units}");
        }
    }

    #[test]
    fn penalties_count_from_their_epoch_and_decay_with_settled_ones() {
        let mut entry = DeedEntry { active_from: Some(1), ..Default::default() };
        entry.penalise(Offence::FailedSpotCheck, 2, 1);
        assert_eq!(entry.settle(1, 255, 1, &BASIS).terms.penalty, FixedI128::default());
        assert_eq!(entry.settle(2, 255, 2, &BASIS).terms.penalty, one());
        assert_eq!(entry.terms(3, 2, &BASIS).penalty, one());
        assert_eq!(entry.terms(20, 12, &BASIS).penalty, FixedI128::from_rational(1, 2));
    }

    #[test]
    fn penalties_of_voided_epochs_are_carried_on() {
        let mut entry = DeedEntry { active_from: Some(1), ..Default::default() };
        for epoch in 1..=5 {
            entry.penalise(Offence::MissedAssignment, epoch, 0);
        }
        // The two latest are fresh in the first settled epoch; the others joined the settled penalty before it.
        let sum = poai_math::decay(FixedI128::from_rational(3, 4), 1).saturating_add(FixedI128::from_rational(1, 2));
        assert_eq!(entry.settle(5, 255, 1, &BASIS).terms.penalty, sum);
        assert_eq!(entry.settle(6, 255, 11, &BASIS).terms.penalty, poai_math::decay(sum, 10));
    }

    #[test]
    fn a_deed_that_was_never_linked_has_nothing() {
        assert_eq!(DeedEntry::default().settle(1, 255, 1, &BASIS), IndexEntry::default());
    }
}
