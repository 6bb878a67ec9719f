//! Deposits of referenda that were rejected or ran out of time: whoever submitted one gets them back when an epoch begins.
//!
//! The SDK's pallet gives them back for what was approved or cancelled alone, and would keep the others reserved for ever.

use crate::*;
use frame_support::{pallet_prelude::ValueQuery, storage_alias, traits::ReservableCurrency};
use neurite_primitives::{EpochIndex, PageIndex};
use neurite_traits::EpochHooks;
use pallet_referenda::{ReferendumCount, ReferendumIndex, ReferendumInfo, ReferendumInfoFor};

/// The most referenda that are looked at when an epoch begins.
const MAX_LOOKS: ReferendumIndex = 16;

/// The first referendum that was not over when it was looked at last.
#[storage_alias]
type FirstOpen = StorageValue<Governance, ReferendumIndex, ValueQuery>;

/// Gives back the deposits of those who submitted what was not approved.
#[derive(Debug)]
pub struct SubmissionDeposits;

impl EpochHooks for SubmissionDeposits {
    fn epoch_started(_: EpochIndex) {
        let first = FirstOpen::get();
        let end = ReferendumCount::<Runtime>::get().min(first.saturating_add(MAX_LOOKS));
        // A referendum is open for weeks at most, so that those behind it are not held up for long.
        let open = (first..end).find(|index| !give_back(*index)).unwrap_or(end);
        FirstOpen::put(open);
    }

    fn epoch_closing(_: EpochIndex, _: u32, _: PageIndex) {}

    fn epoch_finished(_: EpochIndex) {}
}

/// Gives back the submission deposit of a referendum if nobody else can; returns whether the referendum is over.
fn give_back(index: ReferendumIndex) -> bool {
    use ReferendumInfo::{Ongoing, Rejected, TimedOut};
    let (info, deposit) = match ReferendumInfoFor::<Runtime>::get(index) {
        Some(Ongoing(_)) => return false,
        Some(Rejected(since, Some(deposit), decision)) => (Rejected(since, None, decision), deposit),
        Some(TimedOut(since, Some(deposit), decision)) => (TimedOut(since, None, decision), deposit),
        _ => return true,
    };
    Balances::unreserve(&deposit.who, deposit.amount);
    ReferendumInfoFor::<Runtime>::insert(index, info);
    true
}
