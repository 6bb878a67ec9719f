//! Why a call on deeds is refused.

use frame_support::pallet_macros::pallet_section;

/// The errors of the pallet.
#[pallet_section]
mod errors {
    /// Why a call on deeds is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// There is no such deed, or it has no bond to release. Deeds are numbered from 0 to the total less one.
        NotFound,
        /// The signer is neither the owner nor, where that is allowed, the linked node.
        NotAuthorized,
        /// The deed has an owner already.
        AlreadyIssued,
        /// The deed is linked to a node: unlink it first.
        AlreadyLinked,
        /// The node is linked to a deed already: a node belongs to one deed at most.
        NodeAlreadyLinked,
        /// The deed is not linked, or the signer is not a linked node.
        NotLinked,
        /// The deed was unlinked too recently: wait for the cool-down.
        CoolingDown,
        /// The proof is not the node's signature over this chain, deed, owner and generation.
        InvalidProof,
        /// The owner cannot pay the bond and keep the existential deposit.
        InsufficientBalance,
        /// The bond is still held: the deed is linked, or its challenge window is not over.
        BondLocked,
        /// Nothing is missing of the bond.
        BondComplete,
        /// The specs name no processor, no memory or no score, repeat a backend or tag, or a tag is not lower-case ASCII.
        InvalidSpecs,
        /// A parameter is outside its documented bounds.
        ParameterOutOfBounds,
    }
}
