//! What the methods answer, as JSON.
//!
//! The same fields as the runtime's views, with amounts as decimal strings, hashes as hexadecimal, and tags as text.

use neurite_primitives::{
    view::{ClaimableView, JobView, ShardView},
    Backend, Balance, ContentHash, DeedId, Ending, EpochIndex, HistoryEntry, JobKey, JobStatus, Moment, Requirements, ShardState, Step,
};
use neurite_runtime::{AccountId, Hash};
use serde::{Serialize, Serializer};
use sp_core::H256;
use sp_runtime::Permill;

/// An amount in units of 10⁻¹² NEU, in JSON a decimal string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amount(Balance);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// What each worker must be able to do.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RequirementsAnswer {
    memory_mib: u32,
    gpu_memory_mib: u32,
    score: u64,
    backends: Vec<Backend>,
    tags: Vec<String>,
}

/// A shard.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ShardAnswer {
    deed: DeedId,
    node: Option<AccountId>,
    state: ShardState,
    step: Step,
    commitment: H256,
    deadline: Moment,
}

/// A job.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct JobAnswer {
    key: JobKey,
    status: JobStatus,
    ending: Option<Ending>,
    document: H256,
    delegate: Option<AccountId>,
    requirements: RequirementsAnswer,
    workers: u16,
    steps: Step,
    reward: Amount,
    escrow: Amount,
    to_pool: Amount,
    to_workers: Amount,
    refunded: Amount,
    accept_by: Moment,
    complete_by: Moment,
    wait_until: Moment,
    /// In millionths.
    progress: Permill,
    shards: Vec<ShardAnswer>,
    history: Vec<HistoryEntry>,
}

/// What one deed could claim for one epoch.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ClaimableAnswer {
    deed: DeedId,
    epoch: EpochIndex,
    amount: Amount,
}

/// What an account could claim.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RewardsAnswer {
    account: AccountId,
    /// The block that was asked.
    block: Hash,
    total: Amount,
    claimable: Vec<ClaimableAnswer>,
}

fn hash(bytes: ContentHash) -> H256 {
    H256(bytes)
}

impl From<Requirements> for RequirementsAnswer {
    fn from(requirements: Requirements) -> Self {
        let Requirements { memory_mib, gpu_memory_mib, score, backends, tags } = requirements;
        let tags = tags.iter().map(|tag| String::from_utf8_lossy(tag).into_owned()).collect();
        Self { memory_mib, gpu_memory_mib, score, backends: backends.into_inner(), tags }
    }
}

impl From<ShardView> for ShardAnswer {
    fn from(shard: ShardView) -> Self {
        let ShardView { deed, node, state, step, commitment, deadline } = shard;
        Self { deed, node, state, step, commitment: hash(commitment), deadline }
    }
}

impl From<JobView> for JobAnswer {
    fn from(job: JobView) -> Self {
        Self {
            key: job.key,
            status: job.status,
            ending: job.ending,
            document: hash(job.document),
            delegate: job.delegate,
            requirements: job.requirements.into(),
            workers: job.workers,
            steps: job.steps,
            reward: Amount(job.reward),
            escrow: Amount(job.escrow),
            to_pool: Amount(job.to_pool),
            to_workers: Amount(job.to_workers),
            refunded: Amount(job.refunded),
            accept_by: job.accept_by,
            complete_by: job.complete_by,
            wait_until: job.wait_until,
            progress: job.progress,
            shards: job.shards.into_iter().map(Into::into).collect(),
            history: job.history,
        }
    }
}

impl From<ClaimableView> for ClaimableAnswer {
    fn from(claimable: ClaimableView) -> Self {
        let ClaimableView { deed, epoch, amount } = claimable;
        Self { deed, epoch, amount: Amount(amount) }
    }
}

impl RewardsAnswer {
    /// Adds up what the account could claim at this block.
    pub(super) fn new(account: AccountId, block: Hash, claimable: Vec<ClaimableView>) -> Self {
        let total = claimable.iter().fold(0, |total: Balance, entry| total.saturating_add(entry.amount));
        Self { account, block, total: Amount(total), claimable: claimable.into_iter().map(Into::into).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ACCOUNT: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    fn account() -> AccountId {
        sp_keyring::Sr25519Keyring::Alice.to_account_id()
    }

    fn job() -> JobView {
        let tag = b"eu-west".to_vec().try_into().expect("a tag may be this long");
        JobView {
            key: JobKey { sender: account(), id: 3 },
            status: JobStatus::UnderReview,
            ending: Some(Ending::CancelledBySender),
            document: [0xab; 32],
            delegate: None,
            requirements: Requirements { tags: vec![tag].try_into().expect("one tag is allowed"), ..Default::default() },
            workers: 1,
            steps: 10,
            reward: u128::MAX,
            escrow: 9_007_199_254_740_993,
            to_pool: 0,
            to_workers: 0,
            refunded: 0,
            accept_by: 1,
            complete_by: 2,
            wait_until: 0,
            progress: Permill::from_percent(50),
            shards: vec![ShardView {
                deed: 7,
                node: Some(account()),
                state: ShardState::Accepted,
                step: 5,
                commitment: [1; 32],
                deadline: 9,
            }],
            history: vec![HistoryEntry { status: JobStatus::Open, block: 4, at: 5 }],
        }
    }

    #[test]
    fn job_is_json_that_javascript_reads_exactly() {
        let expected = json!({
            "key": {"sender": ACCOUNT, "id": 3},
            "status": "UnderReview",
            "ending": "CancelledBySender",
            "document": format!("0x{}", "ab".repeat(32)),
            "delegate": null,
            "requirements": {"memory_mib": 0, "gpu_memory_mib": 0, "score": 0, "backends": [], "tags": ["eu-west"]},
            "workers": 1,
            "steps": 10,
            "reward": "340282366920938463463374607431768211455",
            "escrow": "9007199254740993",
            "to_pool": "0",
            "to_workers": "0",
            "refunded": "0",
            "accept_by": 1,
            "complete_by": 2,
            "wait_until": 0,
            "progress": 500_000,
            "shards": [{
                "deed": 7,
                "node": ACCOUNT,
                "state": "Accepted",
                "step": 5,
                "commitment": format!("0x{}", "01".repeat(32)),
                "deadline": 9,
            }],
            "history": [{"status": "Open", "block": 4, "at": 5}],
        });
        assert_eq!(serde_json::to_value(JobAnswer::from(job())).expect("answers are JSON"), expected);
    }

    #[test]
    fn rewards_are_added_up() {
        let claimable = |epoch, amount| ClaimableView { deed: 2, epoch, amount };
        let answer = RewardsAnswer::new(account(), H256::zero(), vec![claimable(1, 10), claimable(2, 32)]);
        let expected = json!({
            "account": ACCOUNT,
            "block": format!("0x{}", "00".repeat(32)),
            "total": "42",
            "claimable": [{"deed": 2, "epoch": 1, "amount": "10"}, {"deed": 2, "epoch": 2, "amount": "32"}],
        });
        assert_eq!(serde_json::to_value(answer).expect("answers are JSON"), expected);
    }

    #[test]
    fn rewards_of_nobody_are_nothing() {
        let answer = serde_json::to_value(RewardsAnswer::new(account(), H256::zero(), Vec::new())).expect("answers are JSON");
        assert_eq!((&answer["total"], &answer["claimable"]), (&json!("0"), &json!([])));
    }
}
