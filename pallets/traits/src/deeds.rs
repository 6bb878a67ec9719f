//! What others may ask of the deeds, and hear of them.

use neurite_primitives::{DeedId, NodePublic, NodeSpecs};

/// Answers questions about deeds.
pub trait Deeds<AccountId> {
    /// Returns the number of deeds, issued or not; deeds are `0..count`.
    fn count() -> u32;
    /// Returns the owner of an issued deed.
    fn owner(deed: DeedId) -> Option<AccountId>;
    /// Returns the deed that a node's account is linked to.
    fn deed_of(node: &AccountId) -> Option<DeedId>;
    /// Returns the account of the node linked to a deed.
    fn node(deed: DeedId) -> Option<AccountId>;
    /// Returns the public key of the node linked to a deed.
    fn node_public(deed: DeedId) -> Option<NodePublic>;
    /// Returns the specs that the linked node committed.
    fn specs(deed: DeedId) -> Option<NodeSpecs>;
    /// Tells whether a deed is linked and its bond held in full, so that it may take work.
    fn is_eligible(deed: DeedId) -> bool;
    /// Returns how often the deed was linked or transferred.
    fn generation(deed: DeedId) -> u32;
}

/// Hears of changes to deeds, so that the epoch's work finds everything in its pages.
pub trait DeedChanges {
    /// A node was linked (or its bond completed): the deed counts from the next epoch on.
    fn linked(deed: DeedId);
    /// The node was unlinked or its bond fell short: the deed does not count for the current epoch.
    fn unlinked(deed: DeedId);
    /// New specs were committed: the score counts from the next epoch on.
    fn score_committed(deed: DeedId, score: u64);
}

impl DeedChanges for () {
    fn linked(_: DeedId) {}
    fn unlinked(_: DeedId) {}
    fn score_committed(_: DeedId, _: u64) {}
}
