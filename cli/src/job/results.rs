//! The results of a job's shards: taken from a supervisor's engine, believed only if they hash to what the chain holds.

use crate::engine::EngineJob;
use neurite_primitives::{view::JobView, ContentHash, DeedId, ShardIndex};
use serde_json::{json, Value};
use std::collections::BTreeMap;

/// The result of a shard.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardResult {
    /// The deed of the worker that made it.
    pub deed: DeedId,
    /// The result.
    pub value: Value,
    /// blake3 of its canonical JSON.
    pub hash: ContentHash,
}

/// Results that were seen, by shard; a later one of the same shard replaces an earlier one.
#[derive(Debug, Clone, Default)]
pub struct Results {
    by_shard: BTreeMap<ShardIndex, ShardResult>,
}

impl Results {
    /// Takes what an engine knows of the job named by `sender`, as SS58, and `id`.
    pub fn collect(&mut self, jobs: &[EngineJob], sender: &str, id: u32) {
        for shard in jobs.iter().filter(|job| job.sender == sender && job.id == id).flat_map(|job| &job.shards) {
            let Some(raw) = &shard.result else { continue };
            let Ok(value) = neurite_protocol::canonical::parse(raw.get().as_bytes()) else { continue };
            let hash = *blake3::hash(neurite_protocol::canonical::to_string(&value).as_bytes()).as_bytes();
            self.by_shard.insert(shard.shard, ShardResult { deed: shard.deed, value, hash });
        }
    }

    /// Returns the result of a shard if it hashes to the commitment that the chain holds.
    pub fn checked(&self, job: &JobView, shard: usize) -> Option<&ShardResult> {
        let committed = job.shards.get(shard)?.commitment;
        self.by_shard.get(&ShardIndex::try_from(shard).ok()?).filter(|result| result.hash == committed)
    }

    /// Tells whether every shard of the job has a result that hashes to its commitment.
    pub fn is_complete(&self, job: &JobView) -> bool {
        !job.shards.is_empty() && (0..job.shards.len()).all(|shard| self.checked(job, shard).is_some())
    }

    /// The results as JSON, one entry per shard of the job.
    pub fn json(&self, job: &JobView) -> Value {
        let shards = (0..job.shards.len()).map(|shard| {
            let seen = ShardIndex::try_from(shard).ok().and_then(|shard| self.by_shard.get(&shard));
            let checked = self.checked(job, shard).is_some();
            json!({ "shard": shard, "result": seen.map(|result| &result.value), "matches_commitment": checked })
        });
        Value::Array(shards.collect())
    }

    /// The results in words, one line per shard of the job.
    pub fn render(&self, job: &JobView) -> String {
        let lines = (0..job.shards.len()).map(|shard| match self.checked(job, shard) {
            Some(result) => format!("result of shard {shard}, as committed: {}", result.value),
            None => format!("result of shard {shard}: none that hashes to the commitment"),
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{engine::EngineShard, job::view::testing};
    use serde_json::value::RawValue;

    fn engine_job(result: &str) -> EngineJob {
        let result = Some(RawValue::from_string(result.to_owned()).unwrap());
        EngineJob { sender: "5G".into(), id: 3, shards: vec![EngineShard { shard: 0, deed: 1, result }] }
    }

    #[test]
    fn a_result_counts_only_if_it_hashes_to_the_commitment() {
        let mut job = testing::job();
        job.shards[0].commitment = *blake3::hash(br#"{"A":1.5,"B":2}"#).as_bytes();
        let mut results = Results::default();
        results.collect(&[engine_job(r#"{"B": 2, "A": 1.50}"#)], "5G", 3);
        assert_eq!(results.checked(&job, 0).unwrap().value["B"], 2);
        assert!(!results.is_complete(&job), "the second shard has none");
        results.collect(&[engine_job(r#"{"B": 3, "A": 1.50}"#)], "5G", 3);
        assert_eq!(results.checked(&job, 0), None);
        assert_eq!(results.json(&job)[0]["matches_commitment"], false);
        assert!(results.render(&job).starts_with("result of shard 0: none"));
    }

    #[test]
    fn results_of_other_jobs_are_not_taken() {
        let mut results = Results::default();
        results.collect(&[engine_job("{}")], "5G", 4);
        results.collect(&[engine_job("{}")], "5F", 3);
        assert!(results.by_shard.is_empty());
    }
}
