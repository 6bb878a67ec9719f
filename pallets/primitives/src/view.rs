//! What the runtime APIs answer to explorers, agents and SDKs.

use crate::{epoch::*, oracle::OracleId, *};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{AccountId32, Permill};

/// A shard as the API shows it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct ShardView {
    /// The worker's deed.
    pub deed: DeedId,
    /// The worker's account; `None` once the job has ended.
    pub node: Option<AccountId32>,
    /// Where the shard stands.
    pub state: ShardState,
    /// The last step reported.
    pub step: Step,
    /// The last commitment reported.
    pub commitment: ContentHash,
    /// Active moment after which the shard may be reassigned.
    pub deadline: Moment,
}

/// A job with its history of states, alive or ended.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct JobView {
    /// The job.
    pub key: JobKey,
    /// Where it stands.
    pub status: JobStatus,
    /// Why it ended, or will end once a wait is over.
    pub ending: Option<Ending>,
    /// blake3 hash of its document; all zero once the job has ended.
    pub document: ContentHash,
    /// The main node that assigns for the sender.
    pub delegate: Option<AccountId32>,
    /// What each worker must be able to do.
    pub requirements: Requirements,
    /// Workers asked for.
    pub workers: u16,
    /// Steps per shard.
    pub steps: Step,
    /// The whole reward.
    pub reward: Balance,
    /// What is held in escrow now.
    pub escrow: Balance,
    /// What went to the reward pool.
    pub to_pool: Balance,
    /// What went straight to the workers.
    pub to_workers: Balance,
    /// What went back to the sender.
    pub refunded: Balance,
    /// Active moment by which all workers must have accepted.
    pub accept_by: Moment,
    /// Active moment by which the job must be done.
    pub complete_by: Moment,
    /// Active moment at which the current wait is over; zero if there is none.
    pub wait_until: Moment,
    /// Attested progress.
    pub progress: Permill,
    /// The shards in order.
    pub shards: Vec<ShardView>,
    /// All changes of state.
    pub history: Vec<HistoryEntry>,
}

/// A document of a job, for the worker that runs it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct DocumentView {
    /// blake3 hash of the document.
    pub hash: ContentHash,
    /// Where it is.
    pub source: DocumentSource,
}

/// A deed in one settled epoch.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct DeedEpochView {
    /// The epoch.
    pub epoch: EpochIndex,
    /// Median availability, 255 for all of the epoch.
    pub availability: u8,
    /// Terms of the power score.
    pub terms: PowerTerms,
    /// Power index, fixed-point with 10¹⁸ for one.
    pub index: u128,
    /// The reward.
    pub reward: Balance,
    /// Whether it was claimed.
    pub claimed: bool,
}

/// A deed as the API shows it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct DeedView {
    /// The deed.
    pub id: DeedId,
    /// Its owner; `None` before it is issued.
    pub owner: Option<AccountId32>,
    /// The linked node's public key.
    pub node: Option<NodePublic>,
    /// The linked node's account.
    pub node_account: Option<AccountId32>,
    /// Counts links and transfers; part of the proof of possession.
    pub generation: u32,
    /// The first epoch for whose whole length the node is linked.
    pub active_from: Option<EpochIndex>,
    /// Whether the bond is held in full and the deed may take work.
    pub eligible: bool,
    /// The committed specs.
    pub specs: Option<NodeSpecs>,
    /// Life-time availability in units of 1/255 epoch.
    pub lifetime: u64,
    /// Terms of the power score as they stand now.
    pub terms: PowerTerms,
    /// The last settled epochs that are still kept, oldest first.
    pub epochs: Vec<DeedEpochView>,
}

/// An epoch as the API shows it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct EpochView {
    /// The epoch.
    pub index: EpochIndex,
    /// Where it stands.
    pub state: EpochState,
    /// Unix time of its start in milliseconds.
    pub start: Moment,
    /// Unix time of its end in milliseconds, planned while it is open.
    pub end: Moment,
    /// Pages of deeds.
    pub pages: PageIndex,
    /// Number of deeds at closing.
    pub deeds: u32,
    /// What was reserved from the pool.
    pub reserved: Balance,
    /// Sum of the power indices.
    pub total_index: u128,
    /// What was claimed so far.
    pub claimed: Balance,
    /// Settled epochs so far, this one included if it is settled (`E`).
    pub settled_count: u32,
}

/// What one deed could claim for one epoch.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct ClaimableView {
    /// The deed.
    pub deed: DeedId,
    /// The epoch.
    pub epoch: EpochIndex,
    /// The amount.
    pub amount: Balance,
}

/// The oracle committee of the current epoch.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct CommitteeView {
    /// The epoch.
    pub epoch: EpochIndex,
    /// The members' session keys; an oracle's number is its position.
    pub members: Vec<OracleId>,
}

/// What the chain's clocks and the reward pool say.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct NetworkView {
    /// Hash of the genesis block.
    pub genesis: H256,
    /// Unix time of the last block in milliseconds.
    pub now: Moment,
    /// The active clock in milliseconds.
    pub active_now: Moment,
    /// The account that pools rewards.
    pub pot: AccountId32,
    /// Its balance.
    pub pot_balance: Balance,
    /// What is reserved in it for claims.
    pub reserved: Balance,
    /// Sum of all escrows.
    pub escrow: Balance,
    /// The account that assigns for senders who name no delegate.
    pub supervisor: Option<AccountId32>,
    /// Number of deeds, issued or not.
    pub deeds: u32,
}
