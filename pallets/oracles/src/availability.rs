//! Keeps availability reports and gives their medians.

use crate::{attestations::member, *};
use alloc::vec::Vec;
use frame_support::pallet_prelude::*;
use neurite_primitives::{messages::AvailabilityReport, EpochIndex, PageIndex, MAX_ORACLES};
use neurite_traits::AvailabilityMedians;
use poai_math::lower_median;

impl<T: Config> Pallet<T> {
    /// Keeps a report that was authorized.
    pub(crate) fn do_report_availability(report: AvailabilityReport) -> DispatchResult {
        let AvailabilityReport { epoch, page, values, .. } = report;
        let committee = Committees::<T>::get(epoch).ok_or(Error::<T>::NotFound)?;
        let oracle = member(&committee, report.oracle).ok_or(Error::<T>::NotFound)?;
        PageReports::<T>::try_mutate(epoch, page, |reports| {
            reports.try_push(PageReport { oracle: report.oracle, values }).map_err(|_| Error::<T>::AlreadyExists)
        })?;
        Self::deposit_event(Event::PageReported { epoch, page, oracle });
        Ok(())
    }

    /// Returns a closing epoch that still takes reports.
    pub(crate) fn open_closing(epoch: EpochIndex) -> Option<ClosingEpoch> {
        Closing::<T>::get().into_iter().find(|closing| closing.epoch == epoch && closing.open)
    }

    /// Tells whether more than two thirds of the epoch's committee are among the reports.
    pub(crate) fn is_quorum(epoch: EpochIndex, reports: usize) -> bool {
        reaches_quorum(reports, Committees::<T>::decode_len(epoch).unwrap_or_default())
    }
}

/// Tells whether a page with this number of reports has a quorum: more than two thirds of the committee.
pub fn reaches_quorum(reports: usize, committee: usize) -> bool {
    committee > 0 && reports.saturating_mul(3) > committee.saturating_mul(2)
}

/// Returns the lower median of each position; all reports have the same length.
pub fn page_medians(reports: &[PageReport]) -> Vec<u8> {
    let length = reports.first().map_or(0, |report| report.values.len());
    let at = |position: usize| {
        let mut values: Vec<u8> = reports.iter().filter_map(|report| report.values.get(position).copied()).collect();
        lower_median(&mut values).unwrap_or_default()
    };
    (0..length).map(at).collect()
}

impl<T: Config> AvailabilityMedians for Pallet<T> {
    fn has_quorum(epoch: EpochIndex, page: PageIndex) -> bool {
        let reports = PageReports::<T>::decode_len(epoch, page).unwrap_or_default();
        Self::is_quorum(epoch, reports)
    }

    fn medians(epoch: EpochIndex, page: PageIndex) -> Option<Vec<u8>> {
        let reports = PageReports::<T>::get(epoch, page);
        Self::is_quorum(epoch, reports.len()).then(|| page_medians(&reports))
    }

    /// Removes the reports of a page, after judging those who made them. Pages are cleared in ascending order, before or after the epoch is
    /// finished; with both done the epoch's committee is forgotten.
    fn clear(epoch: EpochIndex, page: PageIndex) {
        let reports = PageReports::<T>::take(epoch, page);
        if Self::is_quorum(epoch, reports.len()) {
            Self::judge_reports(epoch, page, &reports);
        }
        Self::mutate_closing(epoch, |closing| closing.cleared = closing.cleared.max(page.saturating_add(1)));
    }

    fn committee_bound() -> u32 {
        MAX_ORACLES
    }
}
