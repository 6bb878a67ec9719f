//! The results that workers sent, to be compared with the commitments on chain.

use neurite_primitives::{view::JobView, ContentHash, DeedId, JobKey, ShardIndex};
use serde::Serialize;
use serde_json::Value;
use sp_core::crypto::Ss58Codec;
use sp_runtime::AccountId32;
use std::collections::{BTreeMap, VecDeque};

/// Ended jobs whose results are still kept for whoever asks.
const ENDED_JOBS: usize = 64;

/// A result as its worker signed it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShardResult {
    /// The shard.
    pub shard: ShardIndex,
    /// The deed that the worker names.
    pub deed: DeedId,
    /// The result.
    pub result: Value,
    /// blake3 of its canonical JSON.
    #[serde(skip)]
    pub hash: ContentHash,
}

/// The results of one job, as `GET /v1/jobs` shows them.
#[derive(Debug, Clone, Serialize)]
pub struct JobResults {
    /// SS58 address of the sender.
    pub sender: String,
    /// The sender's count.
    pub id: u32,
    /// What is known, by shard.
    pub shards: Vec<ShardResult>,
}

#[derive(Debug, Default)]
struct Entry {
    /// The account of each shard's worker, as finalized.
    workers: Vec<Option<AccountId32>>,
    results: BTreeMap<ShardIndex, ShardResult>,
}

/// The latest result of each shard that its worker signed.
///
/// Only what the worker of a finalized assignment signed is kept, at most one result per shard, so that strangers can neither fill
/// the table nor displace anything. Workers send their results again until the job moves on.
#[derive(Debug, Default)]
pub struct ResultTable {
    jobs: BTreeMap<JobKey, Entry>,
    ended: VecDeque<JobKey>,
}

impl ResultTable {
    /// Follows the live jobs of a finalized block; `complete` tells whether they are all.
    pub fn follow(&mut self, live: &[JobView], complete: bool) {
        for job in live {
            let entry = self.jobs.entry(job.key.clone()).or_default();
            let workers: Vec<_> = job.shards.iter().map(|shard| shard.node.clone()).collect();
            if entry.workers != workers {
                let kept = |shard: ShardIndex| entry.workers.get(usize::from(shard)) == workers.get(usize::from(shard));
                entry.results = std::mem::take(&mut entry.results).into_iter().filter(|(shard, _)| kept(*shard)).collect();
                entry.workers = workers;
            }
        }
        if complete {
            let is_over = |key: &&JobKey| !live.iter().any(|job| job.key == **key) && !self.ended.contains(*key);
            let over: Vec<JobKey> = self.jobs.keys().filter(is_over).cloned().collect();
            self.ended.extend(over);
        }
        while self.ended.len() > ENDED_JOBS {
            if let Some(oldest) = self.ended.pop_front() {
                self.jobs.remove(&oldest);
            }
        }
    }

    /// Records a result; tells whether its signer is the worker of that shard.
    pub fn record(&mut self, job: &JobKey, signer: &AccountId32, result: ShardResult) -> bool {
        let Some(entry) = self.jobs.get_mut(job) else { return false };
        let worker = entry.workers.get(usize::from(result.shard)).and_then(Option::as_ref);
        let is_worker = worker == Some(signer);
        if is_worker {
            entry.results.insert(result.shard, result);
        }
        is_worker
    }

    /// Returns the hash of a shard's result.
    pub fn hash(&self, job: &JobKey, shard: ShardIndex) -> Option<ContentHash> {
        Some(self.jobs.get(job)?.results.get(&shard)?.hash)
    }

    /// Returns everything that is known.
    pub fn list(&self) -> Vec<JobResults> {
        let results = |(key, entry): (&JobKey, &Entry)| JobResults {
            sender: key.sender.to_ss58check(),
            id: key.id,
            shards: entry.results.values().cloned().collect(),
        };
        self.jobs.iter().map(results).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurite_primitives::{view::ShardView, JobStatus, Requirements, ShardState};
    use sp_runtime::Permill;

    fn account(number: u8) -> AccountId32 {
        AccountId32::new([number; 32])
    }

    fn job(id: u32, worker: u8) -> JobView {
        let shard =
            ShardView { deed: 0, node: Some(account(worker)), state: ShardState::Accepted, step: 0, commitment: [0; 32], deadline: 0 };
        JobView {
            key: JobKey { sender: account(1), id },
            status: JobStatus::InProgress,
            ending: None,
            document: [0; 32],
            delegate: None,
            requirements: Requirements::default(),
            workers: 1,
            steps: 1,
            reward: 0,
            escrow: 0,
            to_pool: 0,
            to_workers: 0,
            refunded: 0,
            accept_by: 0,
            complete_by: 0,
            wait_until: 0,
            progress: Permill::zero(),
            shards: vec![shard],
            history: vec![],
        }
    }

    fn result(hash: u8) -> ShardResult {
        ShardResult { shard: 0, deed: 0, result: Value::Null, hash: [hash; 32] }
    }

    #[test]
    fn only_the_worker_of_the_shard_is_heard() {
        let (mut table, one) = (ResultTable::default(), job(1, 2));
        assert!(!table.record(&one.key, &account(2), result(7)), "nobody knows the job yet");
        table.follow(std::slice::from_ref(&one), true);
        assert!(table.record(&one.key, &account(2), result(7)));
        assert!(!table.record(&one.key, &account(3), result(8)));
        assert_eq!(table.hash(&one.key, 0), Some([7; 32]));
    }

    #[test]
    fn a_new_worker_begins_anew() {
        let (mut table, one) = (ResultTable::default(), job(1, 2));
        table.follow(std::slice::from_ref(&one), true);
        table.record(&one.key, &account(2), result(7));
        table.follow(&[job(1, 3)], true);
        assert_eq!(table.hash(&one.key, 0), None);
    }

    #[test]
    fn results_of_ended_jobs_stay_for_a_while() {
        let mut table = ResultTable::default();
        for id in 0..100 {
            let live = job(id, 2);
            table.follow(std::slice::from_ref(&live), true);
            table.record(&live.key, &account(2), result(1));
        }
        table.follow(&[], true);
        assert_eq!(table.list().len(), ENDED_JOBS);
        assert_eq!(table.hash(&job(99, 2).key, 0), Some([1; 32]));
        assert_eq!(table.hash(&job(0, 2).key, 0), None);
    }
}
