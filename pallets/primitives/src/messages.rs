//! The messages that are signed off chain and verified by the runtime, each under a domain of its own.

use crate::*;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::{AccountId32, BoundedVec, Permill};

/// Domain of [`LinkProof`].
pub const LINK_DOMAIN: &[u8] = b"neurite/link/v1";
/// Domain of [`Attestation`].
pub const ATTEST_DOMAIN: &[u8] = b"neurite/attest/v1";
/// Domain of [`AvailabilityReport`].
pub const AVAILABILITY_DOMAIN: &[u8] = b"neurite/availability/v1";

/// What a node signs to prove that its owner may link it: bound to chain, deed, owner and the deed's generation, so that it
/// serves once.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct LinkProof<AccountId = AccountId32> {
    /// Hash of the genesis block.
    pub genesis: H256,
    /// The deed.
    pub deed: DeedId,
    /// The deed's owner.
    pub owner: AccountId,
    /// How often the deed was linked or transferred before.
    pub generation: u32,
}

impl<AccountId: Encode> LinkProof<AccountId> {
    /// Returns the bytes to sign with the node's key (ECDSA over their blake2-256, as `sp_core::ecdsa` does).
    pub fn signing_bytes(&self) -> Vec<u8> {
        (LINK_DOMAIN, self).encode()
    }
}

/// What an oracle says of a job.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Attestation<AccountId = AccountId32> {
    /// The epoch of the committee that the oracle belongs to.
    pub epoch: EpochIndex,
    /// The oracle's position in the committee.
    pub oracle: u32,
    /// The job.
    pub job: JobKey<AccountId>,
    /// What it saw.
    pub status: AttestedStatus,
    /// The progress it saw.
    pub progress: Permill,
    /// The finalized block that it looked at.
    pub block: BlockNumber,
    /// Hash of that block.
    pub hash: H256,
}

impl<AccountId: Encode> Attestation<AccountId> {
    /// Returns the bytes to sign with the oracle's session key.
    pub fn signing_bytes(&self, genesis: H256) -> Vec<u8> {
        (ATTEST_DOMAIN, genesis, self).encode()
    }
}

/// What an oracle says of the availability of a page of deeds in an epoch.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct AvailabilityReport {
    /// The epoch that is closing.
    pub epoch: EpochIndex,
    /// The oracle's position in that epoch's committee.
    pub oracle: u32,
    /// The page.
    pub page: PageIndex,
    /// One value per deed of the page, 255 for all of the epoch.
    pub values: BoundedVec<u8, ConstU32<PAGE_SIZE>>,
}

impl AvailabilityReport {
    /// Returns the bytes to sign with the oracle's session key.
    pub fn signing_bytes(&self, genesis: H256) -> Vec<u8> {
        (AVAILABILITY_DOMAIN, genesis, self).encode()
    }
}
