//! Escrow: a hold on the sender with a ledger entry per job.

use crate::{pallet::*, JobKeyOf};
use frame_support::{
    ensure,
    pallet_prelude::DispatchResult,
    traits::{
        fungible::{InspectHold, MutateHold},
        tokens::{Fortitude, Precision, Restriction},
    },
};
use neurite_primitives::Balance;
use sp_runtime::ArithmeticError;

impl<T: Config> Pallet<T> {
    /// Holds `amount` on the sender and adds it to the job's entry.
    pub(crate) fn hold_escrow(job: &JobKeyOf<T>, amount: Balance) -> DispatchResult {
        let reason = HoldReason::Escrow.into();
        ensure!(T::Currency::can_hold(&reason, &job.sender, amount), Error::<T>::InsufficientBalance);
        let entry = Escrows::<T>::get(&job.sender, job.id).checked_add(amount).ok_or(ArithmeticError::Overflow)?;
        let total = TotalEscrow::<T>::get().checked_add(amount).ok_or(ArithmeticError::Overflow)?;
        T::Currency::hold(&reason, &job.sender, amount)?;
        Escrows::<T>::insert(&job.sender, job.id, entry);
        TotalEscrow::<T>::put(total);
        Ok(())
    }

    /// Moves `amount` of the job's escrow to another account, where it is free.
    pub(crate) fn pay_from_escrow(job: &JobKeyOf<T>, to: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        let remaining = Self::after_withdrawal(job, amount)?;
        let reason = HoldReason::Escrow.into();
        T::Currency::transfer_on_hold(&reason, &job.sender, to, amount, Precision::Exact, Restriction::Free, Fortitude::Force)?;
        Self::set_escrow(job, remaining);
        Ok(())
    }

    /// Gives `amount` of the job's escrow back to its sender.
    pub(crate) fn refund_from_escrow(job: &JobKeyOf<T>, amount: Balance) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        let remaining = Self::after_withdrawal(job, amount)?;
        T::Currency::release(&HoldReason::Escrow.into(), &job.sender, amount, Precision::Exact)?;
        Self::set_escrow(job, remaining);
        Ok(())
    }

    /// Returns what the job's entry and the total are after a withdrawal.
    fn after_withdrawal(job: &JobKeyOf<T>, amount: Balance) -> Result<(Balance, Balance), ArithmeticError> {
        let entry = Escrows::<T>::get(&job.sender, job.id).checked_sub(amount).ok_or(ArithmeticError::Underflow)?;
        let total = TotalEscrow::<T>::get().checked_sub(amount).ok_or(ArithmeticError::Underflow)?;
        Ok((entry, total))
    }

    fn set_escrow(job: &JobKeyOf<T>, (entry, total): (Balance, Balance)) {
        if entry == 0 {
            Escrows::<T>::remove(&job.sender, job.id);
        } else {
            Escrows::<T>::insert(&job.sender, job.id, entry);
        }
        TotalEscrow::<T>::put(total);
    }
}

impl<T: Config> neurite_traits::JobLedger for Pallet<T> {
    fn total_escrow() -> Balance {
        TotalEscrow::<T>::get()
    }
}
