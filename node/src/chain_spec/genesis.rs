//! Turns parameters into the runtime's genesis.

use super::parameters::ChainParameters;
use neurite_primitives::epoch::AliveMode;
use neurite_runtime::{AccountId, Balance, BABE_GENESIS_EPOCH_CONFIG};
use neurite_traits::RewardPool;
use serde_json::{json, Value};

/// Returns what a public network changes of the runtime's empty genesis.
pub(super) fn patch(parameters: &ChainParameters) -> Value {
    json!({
        "balances": { "balances": balances(parameters) },
        "babe": { "epochConfig": BABE_GENESIS_EPOCH_CONFIG },
        "session": { "keys": session_keys(parameters) },
        "validators": { "validators": validators(parameters) },
        "sudo": { "key": null },
        "nodeDeeds": node_deeds(parameters),
        "jobs": jobs(parameters),
        "poai": poai(parameters),
    })
}

/// Returns the account that pools rewards.
pub(super) fn pool_account() -> AccountId {
    <neurite_runtime::Poai as RewardPool<AccountId>>::account()
}

fn balances(parameters: &ChainParameters) -> Vec<(AccountId, Balance)> {
    let holdings = parameters.balances.iter().map(|holding| (holding.account.clone(), holding.amount.0));
    holdings.chain([(pool_account(), parameters.rewards.pool.0)]).collect()
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
