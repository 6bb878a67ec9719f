//! Judges reports by the medians, and decides who has to leave.

use crate::{attestations::member, availability::page_medians, *};
use neurite_primitives::{oracle::OracleId, EpochIndex, PageIndex};
use neurite_traits::ChainClock;

impl<T: Config> Pallet<T> {
    /// Records the faults of a page that had a quorum.
    pub(crate) fn judge_reports(epoch: EpochIndex, page: PageIndex, reports: &[PageReport]) {
        let Some(committee) = Committees::<T>::get(epoch) else { return };
        let medians = page_medians(reports);
        for report in reports {
            let deeds = deviations(&report.values, &medians);
            let Some(oracle) = member(&committee, report.oracle) else { continue };
            if is_fault(deeds, &medians) && Self::record_fault(&oracle, epoch) {
                Self::deposit_event(Event::OracleFaulted { epoch, page, oracle, deeds });
            }
        }
    }

    /// Records a fault; tells whether it is the oracle's first one in this epoch.
    fn record_fault(oracle: &OracleId, epoch: EpochIndex) -> bool {
        Faults::<T>::mutate(|records| {
            records.retain(|record| !record.is_forgotten(epoch));
            if let Some(record) = records.iter_mut().find(|record| record.oracle == *oracle) {
                if record.epochs.last().is_some_and(|last| *last >= epoch) {
                    return false;
                }
                if record.epochs.is_full() {
                    // Not empty, being full; the oldest makes room for the newest.
                    record.epochs.remove(0);
                }
                return record.epochs.try_push(epoch).is_ok();
            }
            let mut record = FaultRecord { oracle: oracle.clone(), epochs: Default::default() };
            record.epochs.try_push(epoch).is_ok() && records.try_push(record).is_ok()
        })
    }

    /// Takes those out who have to leave, in the order of their first faults, as long as enough stay.
    pub(crate) fn without_faulty(oracles: impl Iterator<Item = OracleId>) -> Committee {
        // One list of bounded length: a session has no more validators than the committee has seats.
        let mut oracles = Committee::truncate_from(oracles.collect());
        let epoch = T::Clock::epoch();
        let before = Validators::<T>::get();
        for record in Faults::<T>::get().iter().filter(|record| record.is_over(epoch)) {
            if oracles.len() <= MIN_ORACLES || !oracles.contains(&record.oracle) {
                continue;
            }
            oracles.retain(|oracle| *oracle != record.oracle);
            if before.contains(&record.oracle) {
                Self::deposit_event(Event::OracleLeft { oracle: record.oracle.clone() });
            }
        }
        oracles
    }
}

/// Returns how many values are further from the median than tolerated.
pub fn deviations(values: &[u8], medians: &[u8]) -> u32 {
    let far = values.iter().zip(medians).filter(|(value, median)| value.abs_diff(**median) > TOLERANCE).count();
    u32::try_from(far).unwrap_or(u32::MAX)
}

/// Tells whether a report in which this number of values are too far from the medians is a fault.
pub fn is_fault(deeds: u32, medians: &[u8]) -> bool {
    let length = u32::try_from(medians.len()).unwrap_or(u32::MAX);
    deeds > TOLERATED_DEEDS && deeds > TOLERATED_SHARE.mul_floor(length)
}
