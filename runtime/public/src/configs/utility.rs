//! Utility, proxy and multisig: batches, keys that act for others, accounts of several.

use crate::*;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    parameter_types,
    traits::{ConstU32, InstanceFilter},
};
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

/// What a deposit costs for `items` storage items and `bytes` bytes in them.
pub(super) const fn deposit(items: u32, bytes: u32) -> Balance {
    items as Balance * 10 * NEU / 100 + bytes as Balance * NEU / 10_000
}

parameter_types! {
    pub const MultisigDepositBase: Balance = deposit(1, 88);
    pub const MultisigDepositFactor: Balance = deposit(0, 32);
    pub const ProxyDepositBase: Balance = deposit(1, 8);
    pub const ProxyDepositFactor: Balance = deposit(0, 33);
    pub const AnnouncementDepositBase: Balance = deposit(1, 8);
    pub const AnnouncementDepositFactor: Balance = deposit(0, 66);
}

impl pallet_utility::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PalletsOrigin = OriginCaller;
    type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_multisig::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type DepositBase = MultisigDepositBase;
    type DepositFactor = MultisigDepositFactor;
    type MaxSignatories = ConstU32<100>;
    type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
    type BlockNumberProvider = System;
}

/// What a proxy may do in the name of its account; the order is part of the protocol.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Encode, Decode, DecodeWithMemTracking, Debug, MaxEncodedLen, TypeInfo, Default)]
pub enum ProxyType {
    /// Everything.
    #[default]
    Any,
    /// Everything but giving away or spending what the account owns, tokens or deeds.
    NonTransfer,
    /// Linking the account's deeds to nodes, and claiming what they earn: for who runs machines for an owner.
    Deeds,
    /// Voting, and putting forward what is voted on: for keys that stay cold otherwise.
    Governance,
}

/// Tells whether a call is a batch, whose parts a proxy's filter sees one by one.
fn is_batch(call: &RuntimeCall) -> bool {
    use pallet_utility::Call::{batch, batch_all, force_batch};
    matches!(call, RuntimeCall::Utility(batch { .. } | batch_all { .. } | force_batch { .. }))
}

/// Tells whether a call links deeds or claims what they earn.
fn runs_deeds(call: &RuntimeCall) -> bool {
    use pallet_node_deeds::Call::{complete_bond, link, link_many, release_bond, unlink};
    use pallet_poai::Call::{claim, claim_many};
    match call {
        RuntimeCall::NodeDeeds(call) => {
            matches!(call, link { .. } | link_many { .. } | unlink { .. } | complete_bond { .. } | release_bond { .. })
        }
        RuntimeCall::Poai(call) => matches!(call, claim { .. } | claim_many { .. }),
        _ => false,
    }
}

/// Tells whether a call is known to leave an account all that it owns: it gives neither tokens nor deeds away, pays for no job, and acts
/// for no other account, of several or as a proxy, whose filter would be another.
fn keeps_property(call: &RuntimeCall) -> bool {
    match call {
        RuntimeCall::NodeDeeds(call) => !matches!(call, pallet_node_deeds::Call::transfer { .. }),
        RuntimeCall::Jobs(call) => !matches!(call, pallet_jobs::Call::submit { .. } | pallet_jobs::Call::top_up { .. }),
        RuntimeCall::Proxy(call) => !matches!(call, pallet_proxy::Call::proxy { .. } | pallet_proxy::Call::proxy_announced { .. }),
        RuntimeCall::System(..)
        | RuntimeCall::Babe(..)
        | RuntimeCall::Validators(..)
        | RuntimeCall::Session(..)
        | RuntimeCall::Grandpa(..)
        | RuntimeCall::Utility(..)
        | RuntimeCall::Preimage(..)
        | RuntimeCall::Treasury(..)
        | RuntimeCall::ConvictionVoting(..)
        | RuntimeCall::Referenda(..)
        | RuntimeCall::Poai(..)
        | RuntimeCall::Vesting(..) => true,
        _ => false,
    }
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        match self {
            Self::Any => true,
            Self::NonTransfer => keeps_property(call),
            Self::Deeds => runs_deeds(call) || is_batch(call),
            Self::Governance => {
                matches!(call, RuntimeCall::ConvictionVoting(..) | RuntimeCall::Referenda(..) | RuntimeCall::Preimage(..)) || is_batch(call)
            }
        }
    }

    fn is_superset(&self, other: &Self) -> bool {
        match self {
            Self::Any => true,
            Self::NonTransfer => *other != Self::Any,
            Self::Deeds | Self::Governance => self == other,
        }
    }
}

impl pallet_proxy::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type ProxyType = ProxyType;
    type ProxyDepositBase = ProxyDepositBase;
    type ProxyDepositFactor = ProxyDepositFactor;
    type MaxProxies = ConstU32<32>;
    type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
    type MaxPending = ConstU32<32>;
    type CallHasher = BlakeTwo256;
    type AnnouncementDepositBase = AnnouncementDepositBase;
    type AnnouncementDepositFactor = AnnouncementDepositFactor;
    type BlockNumberProvider = System;
}
