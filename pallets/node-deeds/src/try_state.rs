//! The pallet's invariants, checked over its whole state.

use crate::{pallet::*, Deed};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::InspectHold};
use neurite_primitives::{Balance, DeedId};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant that the crate's documentation guarantees.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut bonds = BTreeMap::<T::AccountId, Balance>::new();
        let (mut deeds, mut links) = (0u32, 0u32);
        for (id, deed) in Deeds::<T>::iter() {
            ensure!(id < Total::<T>::get(), "a deed lies beyond the total");
            Self::check_deed(id, &deed)?;
            deeds = deeds.saturating_add(1);
            links = links.saturating_add(u32::from(deed.link.is_some()));
            if let Some(bond) = deed.bond {
                let sum = bonds.entry(bond.holder).or_default();
                *sum = sum.saturating_add(bond.amount);
            }
        }
        ensure!(deeds == Total::<T>::get(), "not all deeds exist");
        let reverse = u32::try_from(DeedOf::<T>::iter_keys().count()).unwrap_or(u32::MAX);
        ensure!(reverse == links, "DeedOf has entries that are no links");
        Self::check_holds(&bonds)
    }

    fn check_deed(id: DeedId, deed: &Deed<T::AccountId>) -> Result<(), TryRuntimeError> {
        let Some(link) = &deed.link else {
            let releasable = deed.bond.as_ref().is_none_or(|bond| bond.release_at.is_some());
            ensure!(releasable, "the bond of an unlinked deed has no time of release");
            return Ok(());
        };
        let bond = deed.bond.as_ref().ok_or("a linked deed has no bond")?;
        ensure!(bond.release_at.is_none(), "the bond of a linked deed has a time of release");
        ensure!(deed.owner.as_ref() == Some(&bond.holder), "the bond of a linked deed is not its owner's");
        ensure!(DeedOf::<T>::get(&link.account) == Some(id), "a link is missing in DeedOf");
        ensure!(frame_system::Pallet::<T>::sufficients(&link.account) > 0, "a linked node may not sign");
        ensure!(link.specs.is_some() == link.committed_in.is_some(), "specs and their epoch do not go together");
        Ok(())
    }

    /// Compares the ledger of bonds with what is held, on every account of the chain.
    fn check_holds(bonds: &BTreeMap<T::AccountId, Balance>) -> Result<(), TryRuntimeError> {
        let reason = HoldReason::DeedBond.into();
        for (holder, amount) in bonds {
            ensure!(T::Currency::balance_on_hold(&reason, holder) == *amount, "bonds and hold of an account differ");
        }
        for account in frame_system::Account::<T>::iter_keys() {
            let recorded = bonds.get(&account).copied().unwrap_or_default();
            ensure!(T::Currency::balance_on_hold(&reason, &account) == recorded, "an account holds without a bond");
        }
        Ok(())
    }
}
