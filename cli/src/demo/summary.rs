//! What the demo says in the end: for people as tables, for programs as JSON.

use crate::{
    amount::Amount,
    commands::{availability, decimal, terms_json},
    job::view,
    output, CliError,
};
use neurite_primitives::{epoch::PowerTerms, view::JobView, Balance, DeedId, EpochIndex};
use serde_json::{json, Value};

/// A shard and who did it.
#[derive(Debug, Clone)]
pub struct ShardSummary {
    /// The deed of its worker.
    pub deed: DeedId,
    /// The account of its worker's node.
    pub worker: String,
    /// The worker's alias.
    pub alias: String,
    /// The owner of the deed.
    pub owner: String,
    /// Rows that were classified.
    pub rows: u64,
    /// Rows that were classified as they are labelled.
    pub right: u64,
    /// The commitment on chain, to which the result hashes.
    pub commitment: String,
}

/// A reward that was claimed.
#[derive(Debug, Clone)]
pub struct Reward {
    /// The deed.
    pub deed: DeedId,
    /// The alias of its worker.
    pub worker: String,
    /// Its owner, who was paid.
    pub owner: String,
    /// The epoch.
    pub epoch: EpochIndex,
    /// The amount.
    pub amount: Balance,
    /// Availability in the epoch, 255 for all of it.
    pub availability: u8,
    /// Terms of the power score in the epoch.
    pub terms: PowerTerms,
}

/// Everything that the demo found.
#[derive(Debug)]
pub struct Summary {
    /// The last view of the job.
    pub job: JobView,
    /// What ran the model.
    pub backend: String,
    /// The shards in order.
    pub shards: Vec<ShardSummary>,
    /// Rows of the reference.
    pub rows_reference: u64,
    /// Right answers of the same model in Python's onnxruntime.
    pub right_reference: u64,
    /// What was held on the sender after submission.
    pub escrow_held: Balance,
    /// The pool before submission.
    pub pool_before: Balance,
    /// The pool after the challenge window.
    pub pool_after: Balance,
    /// The pool after the claims.
    pub pool_at_end: Balance,
    /// The rewards that were claimed.
    pub rewards: Vec<Reward>,
    /// Total issuance before submission.
    pub issuance_before: Balance,
    /// Total issuance after the claims.
    pub issuance_after: Balance,
    /// Seconds from submission until the money had moved.
    pub seconds_to_done: u64,
    /// Seconds from submission until everything was claimed.
    pub seconds: u64,
}

impl Summary {
    fn rows(&self) -> u64 {
        self.shards.iter().map(|shard| shard.rows).sum()
    }

    fn right(&self) -> u64 {
        self.shards.iter().map(|shard| shard.right).sum()
    }

    fn rewarded(&self) -> Balance {
        self.rewards.iter().map(|reward| reward.amount).fold(0, Balance::saturating_add)
    }

    fn is_issuance_conserved(&self) -> bool {
        self.issuance_before == self.issuance_after
    }

    /// Fails, naming the first of them, if something is not as it must be.
    pub fn check(&self) -> Result<(), CliError> {
        let mut workers: Vec<&str> = self.shards.iter().map(|shard| shard.worker.as_str()).collect();
        workers.sort_unstable();
        workers.dedup();
        let faults = [
            (workers.len() != self.shards.len(), "a worker did more than one shard"),
            ((self.right(), self.rows()) != (self.right_reference, self.rows_reference), "the answers differ from the reference"),
            (self.pool_after.checked_sub(self.pool_before) != Some(self.escrow_held), "the pool did not grow by the escrow"),
            (self.pool_after.checked_sub(self.rewarded()) != Some(self.pool_at_end), "the pool did not shrink by the rewards"),
            (!self.is_issuance_conserved(), "the total issuance changed"),
        ];
        match faults.iter().find(|(fault, _)| *fault) {
            Some((_, ending)) => Err(CliError::Job { status: view::status(self.job.status).into(), ending: (*ending).into() }),
            None => Ok(()),
        }
    }

    /// Everything as JSON; amounts are numbers in units of 10⁻¹² NEU.
    pub fn json(&self) -> Value {
        let mut job = view::json(&self.job);
        job["shards"] = self.shards.iter().enumerate().map(|(index, shard)| shard.json(index, &self.job)).collect();
        json!({
            "job": job,
            "backend": self.backend,
            "accuracy": part(self.right(), self.rows()),
            "accuracy_reference": part(self.right_reference, self.rows_reference),
            "rows": self.rows(),
            "right": self.right(),
            "right_reference": self.right_reference,
            "escrow_held": self.escrow_held,
            "pool_before": self.pool_before,
            "pool_after": self.pool_after,
            "pool_at_end": self.pool_at_end,
            "rewards": self.rewards.iter().map(Reward::json).collect::<Vec<_>>(),
            "issuance_before": self.issuance_before,
            "issuance_after": self.issuance_after,
            "issuance_conserved": self.is_issuance_conserved(),
            "seconds_to_done": self.seconds_to_done,
            "seconds": self.seconds,
        })
    }

    /// Everything in words.
    pub fn render(&self) -> String {
        let shards = self.shards.iter().enumerate().map(|(index, shard)| {
            [
                index.to_string(),
                shard.alias.clone(),
                shard.owner.clone(),
                shard.deed.to_string(),
                shard.rows.to_string(),
                shard.right.to_string(),
                format!("{}…", shard.commitment.get(..12).unwrap_or(&shard.commitment)),
            ]
        });
        let rewards = self.rewards.iter().map(|reward| {
            [
                reward.owner.clone(),
                reward.worker.clone(),
                reward.epoch.to_string(),
                availability(reward.availability),
                decimal(reward.terms.capacity),
                decimal(reward.terms.actual),
                decimal(reward.terms.penalty),
                decimal(reward.terms.power),
                Amount(reward.amount).to_string(),
            ]
        });
        format!(
            "\nWho did what\n{}\n\nHow well\n{}\n\nWhat it earned\n{}\n\nWhere the money went\n{}\n",
            output::table(["shard", "worker", "owner", "deed", "rows", "right", "commitment"], shards),
            output::pairs([
                ("job", format!("{} {}", view::key(&self.job.key), view::status(self.job.status))),
                ("accuracy", format!("{} of {} = {:.4}", self.right(), self.rows(), part(self.right(), self.rows()))),
                ("reference", format!("{} of {} in Python's onnxruntime", self.right_reference, self.rows_reference)),
                ("backend", self.backend.clone()),
            ]),
            output::table(["owner", "worker", "epoch", "available", "capacity", "actual", "penalty", "power", "reward"], rewards),
            output::pairs([
                ("held in escrow", Amount(self.escrow_held).to_string()),
                ("pool", format!("{} -> {} -> {}", Amount(self.pool_before), Amount(self.pool_after), Amount(self.pool_at_end))),
                ("claimed", Amount(self.rewarded()).to_string()),
                ("issuance", if self.is_issuance_conserved() { "unchanged" } else { "CHANGED" }.to_owned()),
                ("time", format!("{} s to done, {} s to claimed", self.seconds_to_done, self.seconds)),
            ])
        )
    }
}

impl ShardSummary {
    fn json(&self, index: usize, job: &JobView) -> Value {
        json!({
            "shard": index,
            "deed": self.deed,
            "worker": self.worker,
            "alias": self.alias,
            "owner": self.owner,
            "rows": self.rows,
            "right": self.right,
            "steps": job.steps,
            "commitment": self.commitment,
        })
    }
}

impl Reward {
    fn json(&self) -> Value {
        json!({
            "deed": self.deed,
            "worker": self.worker,
            "owner": self.owner,
            "epoch": self.epoch,
            "amount": self.amount,
            "availability": self.availability,
            "terms": terms_json(&self.terms),
        })
    }
}

/// The same two counts give the same number, so that programs can compare for equality.
fn part(right: u64, rows: u64) -> f64 {
    if rows == 0 {
        return 0.0;
    }
    right as f64 / rows as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{amount::NEU, job::view::testing};

    fn summary() -> Summary {
        let shard = |number: u64| ShardSummary {
            deed: number as u32,
            worker: format!("5worker{number}"),
            alias: format!("worker-{number}"),
            owner: "Bob".into(),
            rows: 599,
            right: 590 + number,
            commitment: "ab".repeat(32),
        };
        let reward = |amount: u128| Reward {
            deed: 1,
            worker: "worker-1".into(),
            owner: "Bob".into(),
            epoch: 2,
            amount,
            availability: 255,
            terms: PowerTerms::default(),
        };
        Summary {
            job: testing::job(),
            backend: "onnxruntime (CPU)".into(),
            shards: vec![shard(0), shard(1), shard(2)],
            rows_reference: 1_797,
            right_reference: 1_773,
            escrow_held: 30 * NEU,
            pool_before: NEU,
            pool_after: 31 * NEU,
            pool_at_end: 2 * NEU,
            rewards: vec![reward(14 * NEU), reward(15 * NEU)],
            issuance_before: 1_000 * NEU,
            issuance_after: 1_000 * NEU,
            seconds_to_done: 60,
            seconds: 150,
        }
    }

    #[test]
    fn json_has_the_fields_that_programs_read() {
        let value = summary().json();
        assert_eq!(value["accuracy"], value["accuracy_reference"]);
        assert_eq!(value["job"]["shards"].as_array().unwrap().len(), 3);
        assert_eq!(value["job"]["shards"][0]["worker"], "5worker0");
        assert_eq!(value["issuance_conserved"], true);
        for field in ["escrow_held", "pool_before", "pool_after"] {
            assert!(value[field].is_u64(), "{field}");
        }
        assert_eq!(value["rewards"][1]["amount"], 15_000_000_000_000u64);
    }

    #[test]
    fn a_summary_where_all_adds_up_is_fine() {
        assert!(summary().check().is_ok());
    }

    #[test]
    fn each_thing_that_does_not_add_up_is_named() {
        let broken: [(&str, fn(&mut Summary)); 5] = [
            ("more than one shard", |summary| summary.shards[1].worker = summary.shards[0].worker.clone()),
            ("differ from the reference", |summary| summary.shards[1].right -= 1),
            ("grow by the escrow", |summary| summary.pool_after += 1),
            ("shrink by the rewards", |summary| summary.pool_at_end += 1),
            ("issuance changed", |summary| summary.issuance_after += 1),
        ];
        for (words, breaking) in broken {
            let mut summary = summary();
            breaking(&mut summary);
            let error = summary.check().unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn the_tables_name_everyone() {
        let text = summary().render();
        for part in ["worker-2", "1773 of 1797", "30 NEU", "100.0 %", "unchanged", "1 NEU -> 31 NEU -> 2 NEU"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }
}
