//! The oracle committee: who reports what, what counts of it, and who has to leave.
//!
//! Medians, the quorum and faults are the chain's own (`pallet-oracles`).

use crate::{
    assumptions::*,
    dice::{Dice, Draw},
};
use neurite_primitives::{oracle::OracleId, EpochIndex, PAGE_SIZE};
use pallet_oracles::{deviations, is_fault, page_medians, reaches_quorum, FaultRecord, PageReport, MIN_ORACLES};
use sp_core::sr25519;

/// How a colluding oracle reports a deed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bias {
    /// As it is.
    None,
    /// There for all of the epoch.
    Up,
    /// Not there at all.
    Down,
}

/// What became of the reports of an epoch.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// The availability of each deed that counts; nothing if there was no quorum.
    pub(crate) medians: Option<Vec<u8>>,
    /// Colluding oracles that sat in the committee.
    pub(crate) colluders: u32,
}

/// Streams of oracles begin here.
const ORACLE_STREAMS: u64 = 1 << 40;
/// Streams of deeds, as oracles see them, begin here.
const DEED_STREAMS: u64 = 1 << 48;

/// All oracles, in the committee or thrown out of it.
#[derive(Clone, Debug)]
pub(crate) struct Committee {
    dice: Dice,
    colluders: u32,
    records: Vec<FaultRecord>,
}

impl Committee {
    /// Makes a committee of which the first ones collude.
    pub(crate) fn new(dice: Dice, oracles: u32, colluders: u32) -> Self {
        let records = (0..oracles).map(|number| FaultRecord { oracle: oracle_id(number), epochs: Default::default() }).collect();
        Self { dice, colluders, records }
    }

    /// Has everybody who sits in the committee report an epoch, and judges the reports.
    pub(crate) fn report(&mut self, epoch: EpochIndex, present: &[u8], bias: &[Bias]) -> Outcome {
        let seats = self.seats(epoch);
        let speakers: Vec<u32> = seats.iter().copied().filter(|oracle| !self.is_silent(*oracle, epoch)).collect();
        let colluders = seats.iter().filter(|oracle| **oracle < self.colluders).count();
        let colluders = u32::try_from(colluders).unwrap_or(u32::MAX);
        if !reaches_quorum(speakers.len(), seats.len()) {
            return Outcome { medians: None, colluders };
        }
        let page = PAGE_SIZE as usize;
        let mut medians = Vec::with_capacity(present.len());
        for (number, (present, bias)) in present.chunks(page).zip(bias.chunks(page)).enumerate() {
            let reports = self.page_reports(epoch, number * page, &speakers, present, bias);
            let page = page_medians(&reports);
            for report in reports.iter().filter(|report| is_fault(deviations(&report.values, &page), &page)) {
                self.note_fault(report.oracle, epoch);
            }
            medians.extend(page);
        }
        Outcome { medians: Some(medians), colluders }
    }

    /// Returns the oracles of an epoch's committee: all but those who had to leave, as long as enough stay.
    fn seats(&self, epoch: EpochIndex) -> Vec<u32> {
        let mut left = self.records.len();
        let mut seats = Vec::with_capacity(left);
        for (number, record) in (0u32..).zip(&self.records) {
            if record.is_over(epoch) && left > MIN_ORACLES {
                left -= 1;
            } else {
                seats.push(number);
            }
        }
        seats
    }

    fn is_silent(&self, oracle: u32, epoch: EpochIndex) -> bool {
        if oracle < self.colluders {
            return epoch.is_multiple_of(STRIKE_PERIOD);
        }
        let blacked_out = BLACKOUT.contains(&epoch) && oracle < self.colluders + BLACKED_OUT;
        blacked_out || self.dice.chance(SILENT, ORACLE_STREAMS + u64::from(oracle), epoch, Draw::Silence)
    }

    fn page_reports(&self, epoch: EpochIndex, first: usize, speakers: &[u32], present: &[u8], bias: &[Bias]) -> Vec<PageReport> {
        let noise: Vec<u64> =
            (first..first + present.len()).map(|deed| self.dice.roll(DEED_STREAMS + deed as u64, epoch, Draw::Noise)).collect();
        let report = |oracle: u32| {
            let value = |deed: usize| match bias[deed] {
                Bias::Up if oracle < self.colluders => u8::MAX,
                Bias::Down if oracle < self.colluders => 0,
                _ => present[deed].saturating_sub(missed_by(noise[deed], oracle)),
            };
            let values = (0..present.len()).map(value).collect::<Vec<u8>>();
            PageReport { oracle, values: values.try_into().expect("a chunk is at most a page; qed") }
        };
        speakers.iter().map(|oracle| report(*oracle)).collect()
    }

    /// Notes a fault, at most one an epoch, as the chain does.
    fn note_fault(&mut self, oracle: u32, epoch: EpochIndex) {
        let Some(record) = self.records.get_mut(oracle as usize) else { return };
        if record.is_forgotten(epoch) {
            record.epochs = Default::default();
        }
        if record.epochs.last() == Some(&epoch) {
            return;
        }
        if record.epochs.is_full() {
            record.epochs.remove(0);
        }
        record.epochs.try_push(epoch).expect("there is room; qed");
    }
}

/// Returns how much less than the truth an oracle saw, from 0 to 3 of 255: heartbeats get lost on the way.
fn missed_by(noise: u64, oracle: u32) -> u8 {
    (noise.rotate_right(2 * (oracle % 32)) & 3) as u8
}

fn oracle_id(number: u32) -> OracleId {
    let mut key = [0; 32];
    key[..4].copy_from_slice(&number.to_le_bytes());
    OracleId::from(sr25519::Public::from_raw(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEEDS: usize = 600;

    fn committee(colluders: u32) -> Committee {
        Committee::new(Dice::new(1), ORACLES, colluders)
    }

    fn half_up() -> Vec<Bias> {
        (0..DEEDS).map(|deed| if deed % 2 == 0 { Bias::Up } else { Bias::None }).collect()
    }

    #[test]
    fn honest_oracles_agree_with_the_truth_up_to_what_gets_lost() {
        let present: Vec<u8> = (0..DEEDS).map(|deed| (deed % 256) as u8).collect();
        let outcome = committee(0).report(1, &present, &[Bias::None; DEEDS]);
        let medians = outcome.medians.unwrap();
        assert_eq!(medians.len(), DEEDS);
        assert!(medians.iter().zip(&present).all(|(median, present)| median <= present && present - median <= 3));
    }

    #[test]
    fn fewer_than_a_third_cannot_leave_the_range_of_the_honest() {
        for bias in [Bias::Up, Bias::Down] {
            let outcome = committee(COLLUDERS).report(1, &[100; DEEDS], &[bias; DEEDS]);
            assert!(outcome.medians.unwrap().iter().all(|median| (97..=100).contains(median)));
        }
    }

    #[test]
    fn more_than_a_half_decide() {
        let outcome = committee(ORACLES / 2 + 1).report(1, &[100; DEEDS], &[Bias::Down; DEEDS]);
        assert!(outcome.medians.unwrap().iter().all(|median| *median == 0));
    }

    #[test]
    fn who_lies_three_times_leaves_and_comes_back_when_it_lapses() {
        let mut committee = committee(COLLUDERS);
        let mut sat = |epoch| committee.report(epoch, &[100; DEEDS], &half_up()).colluders;
        assert_eq!((1..=3).map(&mut sat).collect::<Vec<_>>(), [COLLUDERS; 3]);
        assert_eq!((4..=20).map(&mut sat).sum::<u32>(), 0);
        assert_eq!(sat(21), COLLUDERS);
    }

    #[test]
    fn without_more_than_two_thirds_nothing_counts() {
        let mut committee = committee(COLLUDERS);
        assert!(committee.report(BLACKOUT[0], &[100; DEEDS], &[Bias::None; DEEDS]).medians.is_none());
        // Ten of 31 are fewer than a third: their strike alone stops nothing.
        let mut outcomes = (1..=4).map(|strike| committee.report(strike * STRIKE_PERIOD, &[100; DEEDS], &[Bias::None; DEEDS]));
        assert!(outcomes.any(|outcome| outcome.medians.is_some()));
    }
}
