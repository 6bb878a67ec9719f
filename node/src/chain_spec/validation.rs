//! Checks a file of parameters as a whole, so that no network starts that cannot run.
//!
//! What the runtime's pallets check themselves at genesis (bounds of single parameters) is left to them; here is what would
//! otherwise be a panic without a path, or a network that is worth something else than its makers thought (see `supply`).

use super::parameters::{ChainParameters, Validator};
use neurite_primitives::MAX_ORACLES;
use neurite_runtime::AccountId;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

/// The longest name of a network, in bytes.
const MAX_NAME: usize = 64;
/// Names for programs that mean another network.
const RESERVED_IDS: [&str; 4] = ["dev", "local", "neurite_dev", "neurite_local"];
/// A million, the whole of a rate.
const MILLION: u32 = 1_000_000;

impl ChainParameters {
    /// Returns everything that is wrong, each with its path; nothing if the network can start.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        self.check_names(&mut faults);
        let holders = self.check_supply(&mut faults);
        self.check_validators(&holders, &mut faults);
        self.check_deeds(&mut faults);
        self.check_jobs(&mut faults);
        self.check_rewards(&mut faults);
        faults
    }

    fn check_names(&self, faults: &mut Vec<String>) {
        if self.name.trim().is_empty() || self.name.len() > MAX_NAME {
            faults.push(format!("name: must have 1 to {MAX_NAME} bytes"));
        }
        let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
        if self.id.is_empty() || self.id.len() > MAX_NAME || !self.id.bytes().all(is_allowed) {
            faults.push(format!("id: must have 1 to {MAX_NAME} of a-z, 0-9, _ and -"));
        }
        if RESERVED_IDS.contains(&self.id.as_str()) {
            faults.push(format!("id: `{}` is another network", self.id));
        }
    }

    fn check_validators(&self, holders: &BTreeSet<&AccountId>, faults: &mut Vec<String>) {
        let count = self.validators.len();
        if count == 0 || count > MAX_ORACLES as usize {
            faults.push(format!("validators: must be 1 to {MAX_ORACLES}, are {count}"));
        }
        distinct("validators[].account", self.validators.iter().map(|validator| &validator.account), faults);
        distinct("validators[].babe", self.validators.iter().map(|validator| &validator.babe), faults);
        distinct("validators[].grandpa", self.validators.iter().map(|validator| &validator.grandpa), faults);
        distinct("validators[].oracle", self.validators.iter().map(|validator| &validator.oracle), faults);
        for (index, Validator { account, .. }) in self.validators.iter().enumerate() {
            if !holders.contains(account) {
                faults.push(format!("validators[{index}].account: {account} holds nothing, so that it cannot have keys"));
            }
        }
    }

    fn check_deeds(&self, faults: &mut Vec<String>) {
        let deeds = &self.deeds;
        if deeds.total == 0 {
            faults.push("deeds.total: must be at least 1".into());
        }
        distinct("deeds.issued[].deed", deeds.issued.iter().map(|issued| &issued.deed), faults);
        for (index, issued) in deeds.issued.iter().enumerate() {
            if issued.deed >= deeds.total {
                faults.push(format!("deeds.issued[{index}].deed: {} is none of the {} deeds", issued.deed, deeds.total));
            }
        }
        positive("deeds.link_cool_down_ms", deeds.link_cool_down_ms, faults);
    }

    fn check_jobs(&self, faults: &mut Vec<String>) {
        positive("jobs.max_open_jobs", self.jobs.max_open_jobs.into(), faults);
        positive("jobs.review_period_ms", self.jobs.review_period_ms, faults);
        positive("jobs.challenge_window_ms", self.jobs.challenge_window_ms, faults);
    }

    fn check_rewards(&self, faults: &mut Vec<String>) {
        let rewards = &self.rewards;
        positive("rewards.epoch_period_ms", rewards.epoch_period_ms, faults);
        positive("rewards.report_window_ms", rewards.report_window_ms, faults);
        positive("rewards.claim_window_epochs", rewards.claim_window_epochs.into(), faults);
        positive("rewards.score_reference", rewards.score_reference, faults);
        if rewards.units_reference.0 == 0 {
            faults.push("rewards.units_reference: must not be zero".into());
        }
        if rewards.report_window_ms >= rewards.epoch_period_ms {
            faults.push("rewards.report_window_ms: must be shorter than rewards.epoch_period_ms".into());
        }
        if rewards.direct_share_ppm > MILLION {
            faults.push(format!("rewards.direct_share_ppm: must be at most {MILLION}"));
        }
    }
}

/// Reports what is named more than once; returns what is named.
pub(super) fn distinct<'a, T: Ord + Display>(path: &str, items: impl Iterator<Item = &'a T>, faults: &mut Vec<String>) -> BTreeSet<&'a T> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_insert(0_u32) += 1;
    }
    for (item, count) in &counts {
        if *count > 1 {
            faults.push(format!("{path}: {item} is named {count} times"));
        }
    }
    counts.into_keys().collect()
}

fn positive(path: &str, value: u64, faults: &mut Vec<String>) {
    if value == 0 {
        faults.push(format!("{path}: must not be zero"));
    }
}
