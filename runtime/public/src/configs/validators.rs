//! Validators: listed by governance, with session keys set.

use crate::*;
use frame_support::traits::Contains;
use frame_system::EnsureRoot;

/// Tells whether an account has set session keys.
#[derive(Debug)]
pub struct HasSessionKeys;

impl Contains<AccountId> for HasSessionKeys {
    fn contains(account: &AccountId) -> bool {
        pallet_session::NextKeys::<Runtime>::contains_key(account)
    }
}

impl pallet_validators::Config for Runtime {
    type ManageOrigin = EnsureRoot<AccountId>;
    type MaxValidators = super::babe::MaxAuthorities;
    type HasKeys = HasSessionKeys;
    type WeightInfo = pallet_validators::SubstrateWeight<Runtime>;
}
