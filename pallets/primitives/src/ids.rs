//! Identifiers and the bounds of every shared collection.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::AccountId32;

/// An amount in units of 10⁻¹² NEU.
pub type Balance = u128;
/// The number of a block.
pub type BlockNumber = u32;
/// A point of a clock in milliseconds: Unix time, or active time where so named.
pub type Moment = u64;
/// Permanent number of a node deed; never reused.
pub type DeedId = u32;
/// Number of a job among those of its sender, counted from 1 (Algorithm 2, `JobID`).
pub type JobId = u32;
/// Number of a reward epoch, counted from 1.
pub type EpochIndex = u32;
/// Number of a page of [`PAGE_SIZE`] deeds.
pub type PageIndex = u32;
/// Position of a shard within its job.
pub type ShardIndex = u16;
/// A worker's progress within its shard, from 0 to the job's `steps`.
pub type Step = u32;
/// A blake3 hash of a document, or a commitment to a result.
pub type ContentHash = [u8; 32];
/// The public key of an engine's node, compressed secp256k1.
pub type NodePublic = sp_core::ecdsa::Public;
/// The signature of an engine's node: recoverable ECDSA over the blake2-256 of the message.
pub type NodeSignature = sp_core::ecdsa::Signature;

/// Deeds in a page of the epoch's work.
pub const PAGE_SIZE: u32 = 256;
/// The most workers a job may ask for.
pub const MAX_WORKERS: u32 = 64;
/// The longest pipeline document stored on chain, in bytes.
pub const MAX_INLINE_DOCUMENT: u32 = 16 * 1024;
/// The longest URI of a document, in bytes.
pub const MAX_URI: u32 = 512;
/// The most tags of a node or a requirement.
pub const MAX_TAGS: u32 = 8;
/// The longest tag, in bytes.
pub const MAX_TAG: u32 = 32;
/// The most members of an oracle committee.
pub const MAX_ORACLES: u32 = 128;
/// The most entries in a job's history of states.
pub const MAX_HISTORY: u32 = 8;
/// The most epochs in one claim.
pub const MAX_CLAIM_EPOCHS: u32 = 32;
/// The most deeds in one claim for several.
pub const MAX_CLAIM_DEEDS: u32 = 16;
/// The most recipients of an encrypted job.
pub const MAX_RECIPIENTS: u32 = 16;
/// The most the active clock advances in one block, in milliseconds.
pub const MAX_ACTIVE_STEP: Moment = 30_000;
/// Time after a deadline in which reports made before it may still be attested: 20 blocks of 3 s, in active milliseconds.
pub const GRACE: Moment = 60_000;

/// Names a job: its sender and the sender's count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize, Hash))]
pub struct JobKey<AccountId = AccountId32> {
    /// The account that submitted the job and pays for it.
    pub sender: AccountId,
    /// The sender's count at submission.
    pub id: JobId,
}

/// Returns the chain account of an engine's node: the blake2-256 hash of its compressed public key (`MultiSigner::Ecdsa`).
pub fn node_account(node: &NodePublic) -> AccountId32 {
    AccountId32::new(sp_crypto_hashing::blake2_256(&node.0))
}

/// Returns the page and the position within it of a deed.
pub fn page_of(deed: DeedId) -> (PageIndex, u32) {
    // The divisor is a non-zero constant.
    #[allow(clippy::arithmetic_side_effects)]
    (deed / PAGE_SIZE, deed % PAGE_SIZE)
}
