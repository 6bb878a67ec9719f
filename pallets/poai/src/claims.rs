//! Claims: a deed's owner is paid its shares of settled epochs.

use crate::*;
use frame_support::{
    ensure,
    traits::{
        fungible::{Inspect, Mutate},
        tokens::{DepositConsequence, Preservation, Provenance},
    },
};
use neurite_primitives::{epoch::EpochState, page_of, Balance, DeedId, EpochIndex};
use neurite_traits::Deeds;
use sp_runtime::{DispatchError, DispatchResult};

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
