//! Timestamp and authorship.

use crate::*;
use frame_support::{parameter_types, traits::FindAuthor};

parameter_types! {
    pub const MinimumPeriod: u64 = SLOT_DURATION / 2;
}

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    type OnTimestampSet = Babe;
    type MinimumPeriod = MinimumPeriod;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

/// Finds the account of a block's author among the validators of the session.
#[derive(Debug)]
pub struct SessionAuthor;

impl FindAuthor<AccountId> for SessionAuthor {
    fn find_author<'a, I>(digests: I) -> Option<AccountId>
    where
        I: 'a + IntoIterator<Item = (sp_runtime::ConsensusEngineId, &'a [u8])>,
    {
        pallet_session::FindAccountFromAuthorIndex::<Runtime, Babe>::find_author(digests)
    }
}

impl pallet_authorship::Config for Runtime {
    type FindAuthor = SessionAuthor;
    type EventHandler = ();
}
