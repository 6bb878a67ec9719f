//! The invariants.

use crate::*;
use frame_support::{ensure, traits::fungible::Inspect};
use neurite_primitives::{epoch::EpochState, Balance, EpochIndex, PAGE_SIZE};
use neurite_traits::ChainClock;
use sp_runtime::{FixedI128, TryRuntimeError};

impl<T: Config> Pallet<T> {
    /// Checks money, epochs, claims, pages and cursors against each other.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_state_money()?;
        Self::try_state_epochs()?;
        for (epoch, record) in Epochs::<T>::iter() {
            Self::try_state_claims(epoch, &record)?;
        }
        Self::try_state_pages()?;
        Self::try_state_cursors()
    }

    fn try_state_money() -> Result<(), TryRuntimeError> {
        let outstanding = Epochs::<T>::iter_values().try_fold(0u128, |sum, record| {
            let spent = record.claimed.checked_add(record.released)?;
            sum.checked_add(record.reserved.checked_sub(spent)?)
        });
        ensure!(outstanding == Some(Reserved::<T>::get()), "the epochs' reservations do not sum to what is reserved");
        let needed = Reserved::<T>::get().saturating_add(T::Currency::minimum_balance());
        ensure!(T::Currency::balance(&Self::pot()) >= needed, "the pot holds less than the existential deposit and what is reserved");
        Ok(())
    }

    fn try_state_epochs() -> Result<(), TryRuntimeError> {
        let (oldest, current) = (OldestEpoch::<T>::get(), Self::epoch());
        ensure!(current == 0 || oldest <= current, "the oldest epoch is in the future");
        ensure!(SettledCount::<T>::get() <= current, "more epochs were settled than there are");
        for (epoch, record) in Epochs::<T>::iter() {
            ensure!((oldest..current).contains(&epoch), "an epoch is stored that should not be");
            ensure!(record.pages == record.deeds.div_ceil(PAGE_SIZE), "pages and deeds of an epoch disagree");
            ensure!(record.start < record.end, "an epoch ends before it starts");
            ensure!(record.settled_count <= epoch, "an epoch counts more settled epochs than there were");
            match record.state {
                EpochState::Open => return Err("a stored epoch is open".into()),
                EpochState::Closing => ensure!(record.claimed == 0 && record.released == 0, "money left a closing epoch"),
                EpochState::Voided => ensure!(record.outstanding() == 0 && record.claimed == 0, "money is left in a voided epoch"),
                EpochState::Settled => {
                    ensure!(record.total_index > 0 || record.outstanding() == 0, "money is reserved for nobody")
                }
            }
        }
        Ok(())
    }

    /// Every bit of a bitmap stands for a reward, those that are set sum to what was claimed, and all of them fit the reservation.
    fn try_state_claims(epoch: EpochIndex, record: &EpochRecord) -> Result<(), TryRuntimeError> {
        let (mut total_index, mut claimed, mut rewards): (u128, Balance, Balance) = (0, 0, 0);
        for (page, indices) in Indices::<T>::iter_prefix(epoch) {
            let bitmap = Claimed::<T>::get(epoch, page);
            for position in 0..PAGE_SIZE {
                let entry = usize::try_from(position).ok().and_then(|position| indices.get(position));
                let reward = entry.map_or(0, |entry| record.reward(entry.index));
                total_index = total_index.saturating_add(entry.map_or(0, |entry| entry.index));
                rewards = rewards.saturating_add(reward);
                if bitmap.contains(position) {
                    ensure!(reward > 0, "a deed was paid that earned nothing");
                    claimed = claimed.saturating_add(reward);
                }
            }
        }
        let unknown = Claimed::<T>::iter_prefix(epoch).any(|(page, _)| !Indices::<T>::contains_key(epoch, page));
        ensure!(!unknown, "a page without indices has claims");
        ensure!(claimed == record.claimed, "the claims of an epoch do not sum to what was claimed");
        ensure!(record.total_index == 0 || rewards <= record.reserved, "an epoch promises more than was reserved");
        let settled = record.state == EpochState::Settled;
        ensure!(!settled || total_index == record.total_index, "the indices of an epoch do not sum to their total");
        Ok(())
    }

    fn try_state_pages() -> Result<(), TryRuntimeError> {
        let (current, mut tracked) = (Self::epoch(), 0u32);
        for (page, entries) in Pages::<T>::iter() {
            let length = u32::try_from(entries.len()).unwrap_or(u32::MAX);
            tracked = tracked.max(page.saturating_mul(PAGE_SIZE).saturating_add(length));
            for entry in &entries {
                ensure!(entry.active_from <= Some(current.saturating_add(1)), "a deed is active from too far ahead");
                ensure!(entry.ended.is_none_or(|span| span.from < span.until), "an ended span is empty");
                ensure!(entry.earlier.epoch <= entry.latest.epoch && entry.latest.epoch <= current, "a bucket's epoch is wrong");
                ensure!(entry.penalty >= FixedI128::default(), "a penalty is negative");
                ensure!(entry.scores.is_sorted_by(|later, sooner| later.from >= sooner.from), "scores are out of order");
            }
        }
        ensure!(tracked == TrackedDeeds::<T>::get(), "pages and the number of tracked deeds disagree");
        Ok(())
    }

    fn try_state_cursors() -> Result<(), TryRuntimeError> {
        let closing = Epochs::<T>::iter().filter(|(_, record)| record.state == EpochState::Closing).count();
        match WorkCursor::<T>::get() {
            None => ensure!(closing == 0, "nothing works on a closing epoch"),
            Some(cursor) => {
                let record = Epochs::<T>::get(cursor.epoch).ok_or("the cursor's epoch is unknown")?;
                ensure!(cursor.epoch.saturating_add(1) == Self::epoch(), "the cursor's epoch is not the last one");
                ensure!(cursor.page <= record.pages, "the cursor is beyond the last page");
                let finished = cursor.phase == Phase::Clearing;
                ensure!((record.state == EpochState::Closing) != finished, "the cursor's phase and the epoch's state disagree");
                ensure!(closing == usize::from(!finished), "several epochs are closing");
            }
        }
        if let Some(cursor) = Pruning::<T>::get() {
            ensure!(cursor.epoch < OldestEpoch::<T>::get(), "an epoch is pruned that is still kept");
            ensure!(cursor.page <= cursor.pages, "the pruning cursor is beyond the last page");
        }
        Ok(())
    }
}
