//! The calls of our pallets, with their arguments encoded as the runtime decodes them.
//!
//! A call names pallet and function; the numbers that stand for them on chain come from the metadata of the node that it is sent to.

use codec::{Compact, Encode};
use neurite_primitives::{
    Balance, ContentHash, DeedId, EpochIndex, FailureCode, JobId, JobKey, JobSpec, Moment, NodePublic, NodeSignature, NodeSpecs,
    ShardIndex, Step, MAX_CLAIM_EPOCHS, MAX_WORKERS,
};
use sp_core::ConstU32;
use sp_runtime::{AccountId32, BoundedVec, MultiAddress};

/// The bytes of an optional proof of progress.
pub type Proof = BoundedVec<u8, ConstU32<1024>>;
/// The deeds of an assignment, one per shard.
pub type AssignedDeeds = BoundedVec<DeedId, ConstU32<MAX_WORKERS>>;
/// The epochs of a claim.
pub type ClaimEpochs = BoundedVec<EpochIndex, ConstU32<MAX_CLAIM_EPOCHS>>;

/// What a transaction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The pallet's name in the runtime.
    pub pallet: &'static str,
    /// The function's name.
    pub name: &'static str,
    /// The arguments.
    pub arguments: Arguments,
}

/// The arguments of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// In SCALE, one after another.
    Encoded(Vec<u8>),
    /// One other call.
    Call(Box<Call>),
    /// A list of other calls.
    Calls(Vec<Call>),
}

impl Call {
    /// Makes a call of any pallet from arguments whose encoding is that of the runtime's.
    pub fn new(pallet: &'static str, name: &'static str, arguments: impl Encode) -> Self {
        Self { pallet, name, arguments: Arguments::Encoded(arguments.encode()) }
    }

    /// Names the call for people.
    pub fn title(&self) -> String {
        match &self.arguments {
            Arguments::Call(inner) => format!("{}.{}({})", self.pallet, self.name, inner.title()),
            Arguments::Encoded(_) | Arguments::Calls(_) => format!("{}.{}", self.pallet, self.name),
        }
    }

    /// Lets the sudo key make this call as root.
    pub fn sudo(self) -> Self {
        Self { pallet: "Sudo", name: "sudo", arguments: Arguments::Call(Box::new(self)) }
    }

    /// Makes several calls in one transaction, all or none.
    pub fn batch_all(calls: Vec<Self>) -> Self {
        Self { pallet: "Utility", name: "batch_all", arguments: Arguments::Calls(calls) }
    }

    /// Gives NEU away, in units of 10⁻¹², keeping the signer's account alive.
    pub fn transfer(to: AccountId32, amount: Balance) -> Self {
        Self::new("Balances", "transfer_keep_alive", (MultiAddress::<AccountId32, ()>::Id(to), Compact(amount)))
    }

    /// Encodes the arguments; `numbers` gives the numbers of pallet and function for the calls within.
    pub fn encode_arguments<E>(&self, numbers: &impl Fn(&Self) -> Result<[u8; 2], E>) -> Result<Vec<u8>, E> {
        let whole = |call: &Self| Ok([numbers(call)?.to_vec(), call.encode_arguments(numbers)?].concat());
        match &self.arguments {
            Arguments::Encoded(bytes) => Ok(bytes.clone()),
            Arguments::Call(call) => whole(call),
            Arguments::Calls(calls) => {
                let mut bytes = Compact(u32::try_from(calls.len()).unwrap_or(u32::MAX)).encode();
                for call in calls {
                    bytes.extend(whole(call)?);
                }
                Ok(bytes)
            }
        }
    }
}

/// Calls of the pallet `jobs`.
pub mod jobs {
    use super::*;

    const PALLET: &str = "Jobs";

    /// Submits a job and holds its reward.
    pub fn submit(spec: &JobSpec) -> Call {
        Call::new(PALLET, "submit", spec)
    }

    /// Raises the reward of a job of the signer by `amount` units of 10⁻¹² NEU.
    pub fn top_up(id: JobId, amount: Balance) -> Call {
        Call::new(PALLET, "top_up", (id, amount))
    }

    /// Moves the deadlines of a job of the signer; both are Unix times in milliseconds.
    pub fn extend(id: JobId, accept_by: Moment, complete_by: Moment) -> Call {
        Call::new(PALLET, "extend", (id, accept_by, complete_by))
    }

    /// Cancels a job of the signer.
    pub fn cancel(id: JobId) -> Call {
        Call::new(PALLET, "cancel", (id,))
    }

    /// Offers the shards of a job to workers, by the sender or the delegate.
    pub fn assign(job: &JobKey, deeds: &AssignedDeeds) -> Call {
        Call::new(PALLET, "assign", (job, deeds))
    }

    /// Accepts a shard, by its worker.
    pub fn accept(job: &JobKey, shard: ShardIndex) -> Call {
        Call::new(PALLET, "accept", (job, shard))
    }

    /// Gives a shard back, by its worker.
    pub fn release(job: &JobKey, shard: ShardIndex) -> Call {
        Call::new(PALLET, "release", (job, shard))
    }

    /// Reports the last step done, by the shard's worker.
    pub fn report_progress(job: &JobKey, shard: ShardIndex, step: Step, commitment: &ContentHash, proof: Option<Proof>) -> Call {
        Call::new(PALLET, "report_progress", (job, shard, step, commitment, proof))
    }

    /// Reports that a shard cannot be done, by its worker.
    pub fn report_failure(job: &JobKey, shard: ShardIndex, code: FailureCode) -> Call {
        Call::new(PALLET, "report_failure", (job, shard, code))
    }

    /// Gives a shard to another worker, by the sender or the delegate.
    pub fn reassign(job: &JobKey, shard: ShardIndex, deed: DeedId) -> Call {
        Call::new(PALLET, "reassign", (job, shard, deed))
    }

    /// Applies whatever deadline of a job is due.
    pub fn poke(job: &JobKey) -> Call {
        Call::new(PALLET, "poke", job)
    }

    /// Names the account that assigns for senders who name no delegate; root.
    pub fn set_supervisor(account: Option<&AccountId32>) -> Call {
        Call::new(PALLET, "set_supervisor", account)
    }
}

/// Calls of the pallet `node-deeds`.
pub mod deeds {
    use super::*;

    const PALLET: &str = "NodeDeeds";

    /// Gives a deed to its first owner; root.
    pub fn issue(deed: DeedId, to: &AccountId32) -> Call {
        Call::new(PALLET, "issue", (deed, to))
    }

    /// Gives a deed of the signer to another owner.
    pub fn transfer(deed: DeedId, to: &AccountId32) -> Call {
        Call::new(PALLET, "transfer", (deed, to))
    }

    /// Links a node to a deed of the signer; the proof is the node's signature over a `LinkProof`.
    pub fn link(deed: DeedId, node: &NodePublic, proof: &NodeSignature) -> Call {
        Call::new(PALLET, "link", (deed, node, proof))
    }

    /// Unlinks the node of a deed, by the owner or the node.
    pub fn unlink(deed: DeedId) -> Call {
        Call::new(PALLET, "unlink", (deed,))
    }

    /// Releases the bond of a deed that was unlinked long enough ago.
    pub fn release_bond(deed: DeedId) -> Call {
        Call::new(PALLET, "release_bond", (deed,))
    }

    /// Holds what is missing of a deed's bond, by the owner.
    pub fn complete_bond(deed: DeedId) -> Call {
        Call::new(PALLET, "complete_bond", (deed,))
    }

    /// Commits what the signing node can do.
    pub fn commit_specs(specs: &NodeSpecs) -> Call {
        Call::new(PALLET, "commit_specs", specs)
    }
}

/// Calls of the pallet `poai`.
pub mod poai {
    use super::*;

    /// Pays the owner of a deed its rewards of settled epochs, by anyone.
    pub fn claim(deed: DeedId, epochs: &ClaimEpochs) -> Call {
        Call::new("Poai", "claim", (deed, epochs))
    }
}

#[cfg(test)]
mod tests;
