//! Checks the invariants that the crate's header names.

use crate::*;
use alloc::collections::BTreeSet;
use frame_support::ensure;
use neurite_traits::ChainClock;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant of the pallet's storage.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::check_committees()?;
        Self::check_reports()?;
        Self::check_attestations()?;
        for record in Faults::<T>::get() {
            ensure!(record.epochs.is_sorted_by(|one, next| one < next), "faults are not in the order of epochs");
        }
        Ok(())
    }

    fn check_committees() -> Result<(), TryRuntimeError> {
        let current = T::Clock::epoch();
        let closing = Closing::<T>::get();
        for (epoch, committee) in Committees::<T>::iter() {
            let kept = epoch == current || closing.iter().any(|closing| closing.epoch == epoch);
            ensure!(kept, "a committee is kept for an epoch that is neither current nor closing");
            let members: BTreeSet<_> = committee.iter().collect();
            ensure!(members.len() == committee.len(), "an oracle is in a committee twice");
        }
        for closing in closing {
            ensure!(Committees::<T>::contains_key(closing.epoch), "a closing epoch has no committee");
            ensure!(closing.open || closing.cleared < closing.pages, "a closing epoch should have been forgotten");
        }
        Ok(())
    }

    fn check_reports() -> Result<(), TryRuntimeError> {
        let closing = Closing::<T>::get();
        for (epoch, page, reports) in PageReports::<T>::iter() {
            let closing = closing.iter().find(|closing| closing.epoch == epoch && page < closing.pages);
            let closing = closing.ok_or("a page is reported that no closing epoch has")?;
            let committee = Committees::<T>::decode_len(epoch).unwrap_or_default();
            let oracles: BTreeSet<_> = reports.iter().map(|report| report.oracle).collect();
            ensure!(oracles.len() == reports.len(), "an oracle has reported a page twice");
            for report in reports {
                ensure!(usize::try_from(report.oracle).is_ok_and(|oracle| oracle < committee), "a reporter is no member");
                let length = u32::try_from(report.values.len()).unwrap_or(u32::MAX);
                ensure!(length == closing.page_length(page), "a report has another length than its page");
            }
        }
        Ok(())
    }

    fn check_attestations() -> Result<(), TryRuntimeError> {
        for latest in Attestations::<T>::iter_values() {
            let oracles: BTreeSet<_> = latest.iter().map(|one| &one.oracle).collect();
            ensure!(oracles.len() == latest.len(), "an oracle has two attestations of a job");
            ensure!(!latest.is_empty(), "a job without attestations takes storage");
        }
        Ok(())
    }
}
