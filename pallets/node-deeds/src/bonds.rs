//! The bonds of deeds: held at the link, released a window after the unlinking.

use crate::{pallet::*, Bond};
use frame_support::{
    ensure,
    pallet_prelude::DispatchResult,
    traits::{
        fungible::{InspectHold, MutateHold},
        tokens::Precision,
    },
};
use neurite_primitives::{Balance, DeedId};
use neurite_traits::{ChainClock, DeedChanges};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    /// Holds the bond for a new link and returns its entry; `former` is the bond that is still held from the last link.
    ///
    /// The owner's own former bond counts. Another owner's is released if its window is over, and bars the link otherwise.
    pub(crate) fn hold_bond(
        deed: DeedId,
        owner: &T::AccountId,
        former: Option<Bond<T::AccountId>>,
    ) -> Result<Bond<T::AccountId>, DispatchError> {
        let required = DeedBond::<T>::get();
        let amount = match former {
            Some(bond) if bond.holder == *owner => {
                Self::hold(owner, required.saturating_sub(bond.amount))?;
                bond.amount.max(required)
            }
            other => {
                Self::ensure_can_hold(owner, required)?;
                if let Some(bond) = other {
                    Self::release(deed, bond)?;
                }
                Self::hold(owner, required)?;
                required
            }
        };
        Ok(Bond { holder: owner.clone(), amount, required, release_at: None })
    }

    pub(crate) fn do_release_bond(deed: DeedId) -> DispatchResult {
        let mut found = Self::existing(deed)?;
        let bond = found.bond.take().ok_or(Error::<T>::NotFound)?;
        Self::release(deed, bond)?;
        Deeds::<T>::insert(deed, found);
        Ok(())
    }

    pub(crate) fn do_complete_bond(owner: T::AccountId, deed: DeedId) -> DispatchResult {
        let mut found = Self::owned(deed, &owner)?;
        ensure!(found.link.is_some(), Error::<T>::NotLinked);
        let bond = found.bond.as_mut().ok_or(Error::<T>::NotLinked)?;
        let amount = bond.required.saturating_sub(bond.amount);
        ensure!(amount > 0, Error::<T>::BondComplete);
        Self::hold(&owner, amount)?;
        bond.amount = bond.required;
        Deeds::<T>::insert(deed, found);
        T::Changes::linked(deed);
        Self::deposit_event(Event::BondCompleted { deed, amount });
        Ok(())
    }

    /// Releases a bond whose window is over.
    fn release(deed: DeedId, bond: Bond<T::AccountId>) -> DispatchResult {
        let due = bond.release_at.is_some_and(|moment| T::Clock::active_now() >= moment);
        ensure!(due, Error::<T>::BondLocked);
        if bond.amount > 0 {
            T::Currency::release(&HoldReason::DeedBond.into(), &bond.holder, bond.amount, Precision::Exact)?;
        }
        Self::deposit_event(Event::BondReleased { deed, holder: bond.holder, amount: bond.amount });
        Ok(())
    }

    fn hold(who: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        Self::ensure_can_hold(who, amount)?;
        T::Currency::hold(&HoldReason::DeedBond.into(), who, amount)
    }

    fn ensure_can_hold(who: &T::AccountId, amount: Balance) -> DispatchResult {
        let possible = T::Currency::can_hold(&HoldReason::DeedBond.into(), who, amount);
        ensure!(possible, Error::<T>::InsufficientBalance);
        Ok(())
    }
}
