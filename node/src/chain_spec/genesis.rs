//! Turns parameters into the runtime's genesis.

use super::parameters::ChainParameters;
use neurite_primitives::epoch::AliveMode;
use neurite_runtime::{AccountId, Balance, Purpose, BABE_GENESIS_EPOCH_CONFIG, EXISTENTIAL_DEPOSIT};
use neurite_traits::RewardPool;
use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Returns what a public network changes of the runtime's empty genesis.
pub(super) fn patch(parameters: &ChainParameters) -> Value {
    json!({
        "balances": { "balances": balances(parameters).into_iter().collect::<Vec<_>>() },
        "babe": { "epochConfig": BABE_GENESIS_EPOCH_CONFIG },
        "session": { "keys": session_keys(parameters) },
        "validators": { "validators": validators(parameters) },
        "sudo": { "key": null },
        "nodeDeeds": node_deeds(parameters),
        "jobs": jobs(parameters),
        "poai": poai(parameters),
        "vesting": { "start": parameters.vesting.start_ms, "allocations": allocations(parameters) },
    })
}

/// Returns the account that pools rewards.
pub(super) fn pool_account() -> AccountId {
    <neurite_runtime::Poai as RewardPool<AccountId>>::account()
}

/// Returns what each account has, free and held together: holds are taken from it.
fn balances(parameters: &ChainParameters) -> BTreeMap<AccountId, Balance> {
    let vesting = parameters.vesting.of_people().into_iter().flat_map(|(_, _, holdings)| holdings);
    let people = parameters.balances.iter().chain(vesting).map(|holding| (holding.account.clone(), holding.amount.0));
    let pool = [parameters.rewards.pool, parameters.vesting.network_rewards].map(|amount| (pool_account(), amount.0));
    let mut balances = BTreeMap::new();
    for (account, amount) in people.chain(pool) {
        // The sum of all was checked, so that no part of it can overflow.
        *balances.entry(account).or_default() += amount;
    }
    balances
}

/// Returns what is held of the balances. An account with nothing free keeps the existential deposit of its first part.
fn allocations(parameters: &ChainParameters) -> Vec<(AccountId, Purpose, Balance)> {
    let mut alive: BTreeSet<_> = parameters.balances.iter().map(|holding| &holding.account).collect();
    let mut allocations = vec![(pool_account(), Purpose::NetworkRewards, parameters.vesting.network_rewards.0)];
    for (purpose, _, holdings) in parameters.vesting.of_people() {
        for holding in holdings {
            let free = if alive.insert(&holding.account) { EXISTENTIAL_DEPOSIT } else { 0 };
            allocations.push((holding.account.clone(), purpose, holding.amount.0 - free));
        }
    }
    allocations
}

fn validators(parameters: &ChainParameters) -> Vec<&AccountId> {
    parameters.validators.iter().map(|validator| &validator.account).collect()
}

/// The session pallet hands these to BABE, GRANDPA and the oracles.
fn session_keys(parameters: &ChainParameters) -> Vec<Value> {
    parameters
        .validators
        .iter()
        .map(|validator| {
            let keys = json!({ "babe": validator.babe, "grandpa": validator.grandpa, "oracle": validator.oracle });
            json!([validator.account, validator.account, keys])
        })
        .collect()
}

fn node_deeds(parameters: &ChainParameters) -> Value {
    let deeds = &parameters.deeds;
    let issued: Vec<_> = deeds.issued.iter().map(|issued| (issued.deed, &issued.owner)).collect();
    json!({
        "total": deeds.total,
        "bond": deeds.bond.0,
        "linkCoolDown": deeds.link_cool_down_ms,
        "challengeWindow": parameters.jobs.challenge_window_ms,
        "issued": issued,
    })
}

fn jobs(parameters: &ChainParameters) -> Value {
    let jobs = &parameters.jobs;
    json!({
        "maxOpenJobs": jobs.max_open_jobs,
        "reviewPeriod": jobs.review_period_ms,
        "challengeWindow": jobs.challenge_window_ms,
        "minReward": jobs.min_reward.0,
        "supervisor": jobs.supervisor,
    })
}

fn poai(parameters: &ChainParameters) -> Value {
    let rewards = &parameters.rewards;
    json!({
        "epochPeriod": rewards.epoch_period_ms,
        "reportWindow": rewards.report_window_ms,
        "claimWindow": rewards.claim_window_epochs,
        "scoreRef": rewards.score_reference,
        "unitsRef": rewards.units_reference.0,
        "aliveByEpoch": rewards.alive_mode == AliveMode::Epoch,
        "directShare": rewards.direct_share_ppm,
    })
}
