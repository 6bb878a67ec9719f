//! A deed as it is stored, and the parameters of the pallet.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use neurite_primitives::{node_account, Balance, DeedId, EpochIndex, Moment, NodePublic, NodeSignature, NodeSpecs};
use scale_info::TypeInfo;
use sp_runtime::{traits::Convert, AccountId32};

/// The longest time that a parameter may set, in active milliseconds: 30 days.
pub const MAX_WINDOW: Moment = 30 * 24 * 60 * 60 * 1_000;
/// The highest bond that may be required: a million NEU.
pub const MAX_DEED_BOND: Balance = 1_000_000_000_000_000_000;

/// The most links in one call.
pub const MAX_LINKS: u32 = 16;

/// The parameters of the pallet, each with its bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct DeedParameters {
    /// The bond that a link requires, at most [`MAX_DEED_BOND`].
    pub bond: Balance,
    /// Time from an unlinking to the earliest next link, in active milliseconds, at most [`MAX_WINDOW`].
    pub link_cool_down: Moment,
    /// Time that a bond stays held after the unlinking, in active milliseconds, at most [`MAX_WINDOW`].
    pub challenge_window: Moment,
}

impl DeedParameters {
    /// Tells whether every parameter is within its bounds.
    pub fn are_within_bounds(&self) -> bool {
        self.bond <= MAX_DEED_BOND && self.link_cool_down <= MAX_WINDOW && self.challenge_window <= MAX_WINDOW
    }
}

/// A deed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Deed<AccountId> {
    /// Its owner; `None` before it is issued.
    pub owner: Option<AccountId>,
    /// How often it was linked or transferred.
    pub generation: u32,
    /// The linked node.
    pub link: Option<Link<AccountId>>,
    /// The bond that is held, whether the deed is linked or its window still runs.
    pub bond: Option<Bond<AccountId>>,
    /// Active moment of the last unlinking.
    pub unlinked_at: Option<Moment>,
}

impl<AccountId> Deed<AccountId> {
    /// Returns a deed without an owner.
    pub fn unissued() -> Self {
        Self { owner: None, generation: 0, link: None, bond: None, unlinked_at: None }
    }
}

/// A node linked to a deed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Link<AccountId> {
    /// The node's public key.
    pub node: NodePublic,
    /// The node's account.
    pub account: AccountId,
    /// The specs that the node committed since it was linked.
    pub specs: Option<NodeSpecs>,
    /// The epoch of the last commit.
    pub committed_in: Option<EpochIndex>,
}

/// A deed and the node that it shall be linked to.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct LinkRequest {
    /// The deed.
    pub deed: DeedId,
    /// The node's public key.
    pub node: NodePublic,
    /// The node's signature of the `LinkProof`.
    pub proof: NodeSignature,
}

/// The bond of a deed: an entry of the ledger behind the holds.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Bond<AccountId> {
    /// The account on which it is held.
    pub holder: AccountId,
    /// What is held.
    pub amount: Balance,
    /// What was required at the link; the bond is short while less is held.
    pub required: Balance,
    /// Active moment from which on it may be released; `None` while the deed is linked.
    pub release_at: Option<Moment>,
}

/// Gives a node the account of its key as `MultiSigner::Ecdsa` does.
#[derive(Debug)]
pub struct EcdsaNodeAccount;

impl Convert<NodePublic, AccountId32> for EcdsaNodeAccount {
    fn convert(node: NodePublic) -> AccountId32 {
        node_account(&node)
    }
}
