//! Claims: a deed's owner is paid its shares of settled epochs, when somebody asks or before the deed changes hands.

use crate::*;
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{
        fungible::{Inspect, Mutate},
        tokens::{DepositConsequence, Preservation, Provenance},
    },
    weights::Weight,
};
use neurite_primitives::{epoch::EpochState, page_of, Balance, DeedId, EpochIndex};
use neurite_traits::{ChainClock, DeedRewards, Deeds};
use sp_runtime::{DispatchError, DispatchResult};

/// The most epochs that a settlement looks at: those of the longest claim window, and the ones that end beside it.
const MAX_SETTLED_EPOCHS: u32 = MAX_CLAIM_WINDOW + 2;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_claim(deed: DeedId, epochs: &[EpochIndex]) -> DispatchResult {
        let owner = T::Deeds::owner(deed).ok_or(Error::<T>::DeedNotFound)?;
        let mut sum: Balance = 0;
        for &epoch in epochs {
            let amount = Self::take_reward(deed, epoch)?;
            if amount > 0 {
                sum = sum.saturating_add(amount);
                Self::deposit_event(Event::RewardClaimed { deed, epoch, owner: owner.clone(), amount });
            }
        }
        ensure!(sum > 0, Error::<T>::NothingToClaim);
        Self::pay(&owner, sum)
    }

    pub(crate) fn do_claim_many(deeds: &[DeedId], epochs: &[EpochIndex]) -> DispatchResult {
        let mut paid = false;
        for deed in deeds {
            // What cannot be paid stays claimable, and stands in nobody else's way.
            paid |= with_storage_layer(|| Self::pay_due(*deed, epochs.iter().copied())).is_ok_and(|sum| sum > 0);
        }
        ensure!(paid, Error::<T>::NothingToClaim);
        Ok(())
    }

    /// Pays what a deed has earned and was not paid of some epochs to its owner; returns it.
    fn pay_due(deed: DeedId, epochs: impl Iterator<Item = EpochIndex>) -> Result<Balance, DispatchError> {
        let owner = T::Deeds::owner(deed).ok_or(Error::<T>::DeedNotFound)?;
        let mut sum: Balance = 0;
        for epoch in epochs {
            // Refused is what is not due: an epoch that is unknown, not settled or paid.
            let amount = Self::take_reward(deed, epoch).unwrap_or_default();
            if amount > 0 {
                sum = sum.saturating_add(amount);
                Self::deposit_event(Event::RewardClaimed { deed, epoch, owner: owner.clone(), amount });
            }
        }
        if sum > 0 {
            Self::pay(&owner, sum)?;
        }
        Ok(sum)
    }

    /// Tells whether a deed counts in the epoch that runs or in one that is still closing.
    fn is_undecided(deed: DeedId) -> bool {
        let closing = WorkCursor::<T>::get().filter(|cursor| cursor.phase != Phase::Clearing).map(|cursor| cursor.epoch);
        let entry = Self::entry(deed).unwrap_or_default();
        closing.into_iter().chain([Self::epoch()]).any(|epoch| entry.counts_in(epoch))
    }

    /// Marks the reward of a deed for an epoch as claimed and returns it; zero if it earned nothing.
    fn take_reward(deed: DeedId, epoch: EpochIndex) -> Result<Balance, DispatchError> {
        let mut record = Epochs::<T>::get(epoch).ok_or(Error::<T>::EpochNotFound)?;
        ensure!(record.state == EpochState::Settled, Error::<T>::EpochNotSettled);
        let amount = Self::index_entry(epoch, deed).map_or(0, |entry| record.reward(entry.index));
        if amount == 0 {
            return Ok(0);
        }
        let (page, position) = page_of(deed);
        let fresh = Claimed::<T>::mutate(epoch, page, |bitmap| bitmap.insert(position));
        ensure!(fresh, Error::<T>::AlreadyClaimed);
        record.claimed = record.claimed.saturating_add(amount);
        Epochs::<T>::insert(epoch, record);
        Ok(amount)
    }

    /// Pays from what is reserved in the pot.
    fn pay(owner: &T::AccountId, amount: Balance) -> DispatchResult {
        match T::Currency::can_deposit(owner, amount, Provenance::Extant) {
            DepositConsequence::BelowMinimum => return Err(Error::<T>::BelowExistentialDeposit.into()),
            consequence => consequence.into_result()?,
        }
        T::Currency::transfer(&Self::pot(), owner, amount, Preservation::Preserve)?;
        Reserved::<T>::mutate(|sum| *sum = sum.saturating_sub(amount));
        Ok(())
    }

    /// Returns how a deed fared in a settled epoch.
    pub(crate) fn index_entry(epoch: EpochIndex, deed: DeedId) -> Option<IndexEntry> {
        let (page, position) = page_of(deed);
        let position = usize::try_from(position).ok()?;
        Indices::<T>::get(epoch, page).get(position).copied()
    }
}

impl<T: Config> DeedRewards for Pallet<T> {
    fn settle(deed: DeedId) -> Result<Weight, DispatchError> {
        // Who was never linked has no entry, and earned nothing.
        if Self::entry(deed).is_none() {
            return Ok(T::WeightInfo::claim(0));
        }
        ensure!(!Self::is_undecided(deed), Error::<T>::EpochNotSettled);
        let current = Self::epoch();
        let oldest = OldestEpoch::<T>::get().max(current.saturating_sub(MAX_SETTLED_EPOCHS));
        Self::pay_due(deed, oldest..current)?;
        Ok(T::WeightInfo::claim(current.saturating_sub(oldest)))
    }

    fn max_weight() -> Weight {
        T::WeightInfo::claim(MAX_SETTLED_EPOCHS)
    }
}
