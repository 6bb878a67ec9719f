//! Running the main job and collecting what is to be told of it.

use super::summary::{Reward, ShardSummary, Summary};
use crate::{
    amount::{Amount, NEU},
    arguments::{Span, SubmitArguments},
    chain::Chain,
    dev::{wait_for, DevNetwork, Plan, Processes, SENDER},
    job::{
        spec, view,
        watch::{self, Watcher},
    },
    output::Output,
    signer::{show_account, Signer},
    CliError,
};
use futures::future::try_join_all;
use neurite_primitives::{
    epoch::EpochState,
    view::{ClaimableView, JobView},
    Balance, DeedId, EpochIndex,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

/// The reward of the main job.
const REWARD: Balance = 30 * NEU;
/// How long the job may take, its challenge window included.
const WORKING: Duration = Duration::from_secs(600);
/// How long until an epoch with the reward has closed and settled: two epochs, their reports, and some blocks.
const SETTLING: Duration = Duration::from_secs(420);

/// What Python's onnxruntime answers.
#[derive(Deserialize)]
struct Reference {
    rows: u64,
    right: u64,
}

/// Runs the main job on a network that was just started.
pub async fn run(plan: &Plan, network: &DevNetwork, processes: &mut Processes, output: &Output) -> Result<Summary, CliError> {
    let begin = Instant::now();
    let chain = &network.chain;
    let reference = read_reference(plan.assets.reference())?;
    let issuance_before = chain.total_issuance().await?;
    let pool_before = chain.network().await?.pot_balance;

    let (job, escrow_held, watcher) = work(plan, network, processes, output).await?;
    let after_work = chain.network().await?;
    let shards = shards(network, &job, &watcher)?;
    let worked = begin.elapsed();

    settled(network, processes, output).await?;
    let paid = claim(network).await?;
    let terms = Terms::read(chain, network).await?;
    let rewards = rewards(network, &paid, &terms);
    output.talk(&format!("{} claimed by {} owners", Amount(rewards.iter().map(|reward| reward.amount).sum()), rewards.len()));

    Ok(Summary {
        job,
        backend: "onnxruntime (CPU)".to_owned(),
        shards,
        rows_reference: reference.rows,
        right_reference: reference.right,
        escrow_held,
        pool_before,
        pool_after: after_work.pot_balance,
        pool_at_end: chain.network().await?.pot_balance,
        rewards,
        issuance_before,
        issuance_after: chain.total_issuance().await?,
        seconds_to_done: worked.as_secs(),
        seconds: begin.elapsed().as_secs(),
    })
}

fn read_reference(path: PathBuf) -> Result<Reference, CliError> {
    let read = fs::read(&path).map_err(|error| error.to_string());
    let parsed = read.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string()));
    parsed.map_err(|reason| CliError::File { path, reason })
}

/// Submits the job and follows it until its money has moved; returns its last view, what was held, and who watched.
async fn work<'a>(
    plan: &Plan,
    network: &'a DevNetwork,
    processes: &mut Processes,
    output: &Output,
) -> Result<(JobView, Balance, Watcher<'a>), CliError> {
    let chain = &network.chain;
    let sender = Signer::resolve(SENDER)?;
    let arguments = arguments(plan);
    let spec = spec::job_spec(&arguments, spec::read_document(&arguments.file)?, chain.network().await?.now)?;
    let key = chain.submit_job(&sender, &spec).await?;
    let escrow_held = chain.job(&key).await?.map_or(0, |job| job.escrow);
    output.talk(&format!("submitted {}, {} in escrow", view::key(&key), Amount(escrow_held)));

    let mut watcher = Watcher::new(chain, Some(network.supervisor_engine()?), key);
    let deadline = Instant::now() + WORKING;
    loop {
        processes.ensure_running()?;
        let Some(job) = watcher.look(output).await? else {
            return Err(CliError::NotFound { what: "job any more: its record was pruned before it was seen".into() });
        };
        if watch::is_over(&job) {
            watch::ensure_completed(&job)?;
            return Ok((job, escrow_held, watcher));
        }
        if Instant::now() >= deadline {
            return Err(CliError::Timeout {
                what: format!("the job to be done; it is {}", view::status(job.status)),
                seconds: WORKING.as_secs(),
            });
        }
        tokio::time::sleep(watch::INTERVAL).await;
    }
}

fn arguments(plan: &Plan) -> SubmitArguments {
    SubmitArguments {
        file: plan.assets.main_job(),
        watch: true,
        workers: u16::try_from(plan.workers).unwrap_or(u16::MAX),
        steps: 10,
        reward: Amount(REWARD),
        accept_within: Span { millis: 120_000 },
        complete_within: Span { millis: 600_000 },
        report_timeout: Span { millis: 30_000 },
        memory: 0,
        gpu_memory: 0,
        score: 0,
        backends: vec![crate::arguments::BackendName::OnnxCpu],
        tags: Vec::new(),
        delegate: None,
        engine: None,
    }
}

fn shards(network: &DevNetwork, job: &JobView, watcher: &Watcher<'_>) -> Result<Vec<ShardSummary>, CliError> {
    let unusable =
        |index: usize, reason: &str| CliError::Answer { question: format!("the result of shard {index}"), reason: reason.into() };
    let shards = job.shards.iter().enumerate().map(|(index, shard)| {
        let result = watcher.results.checked(job, index).ok_or_else(|| unusable(index, "none was seen that hashes to the commitment"))?;
        let count =
            |key: &str| result.value.get(key).and_then(serde_json::Value::as_u64).ok_or_else(|| unusable(index, "it does not count rows"));
        let worker = network.workers.iter().find(|worker| worker.deed == Some(shard.deed));
        Ok(ShardSummary {
            deed: shard.deed,
            worker: worker.map_or_else(|| shard.node.as_ref().map_or("-".into(), show_account), |worker| show_account(&worker.account)),
            alias: worker.map_or("-".into(), |worker| worker.alias.clone()),
            owner: worker.map_or("-".into(), |worker| worker.owner.trim_start_matches('/').to_owned()),
            rows: count("ROWS")?,
            right: count("RIGHT")?,
            commitment: hex::encode(shard.commitment),
        })
    });
    shards.collect()
}

/// Waits until every worker's owner can claim for an epoch that was open when the money arrived, or a later one.
async fn settled(network: &DevNetwork, processes: &mut Processes, output: &Output) -> Result<(), CliError> {
    let chain = &network.chain;
    let since = chain.epoch(None).await?.map_or(0, |epoch| epoch.index);
    output.talk(&format!("the reward is in the pool; epoch {since} closes and is settled"));
    let told = std::cell::RefCell::new(BTreeMap::<EpochIndex, EpochState>::new());
    let probe = || async {
        for epoch in chain.epochs().await?.iter().filter(|epoch| epoch.index >= since) {
            if told.borrow_mut().insert(epoch.index, epoch.state) != Some(epoch.state) {
                output.talk(&format!("epoch {}: {:?}, {} reserved", epoch.index, epoch.state, Amount(epoch.reserved)));
            }
        }
        let mut claimable = Vec::new();
        for owner in owners(network)? {
            claimable.extend(chain.claimable(&owner.account()).await?);
        }
        let deeds: BTreeSet<DeedId> = claimable.iter().filter(|item| item.epoch >= since).map(|item| item.deed).collect();
        let all = network.workers.iter().all(|worker| worker.deed.is_some_and(|deed| deeds.contains(&deed)));
        Ok(all.then_some(()))
    };
    wait_for(processes, "an epoch to settle with a reward for every worker", SETTLING, probe).await
}

/// Has every owner claim at the same time; returns what was paid.
async fn claim(network: &DevNetwork) -> Result<Vec<ClaimableView>, CliError> {
    let owners = owners(network)?;
    let claims = owners.iter().map(|owner| async { network.chain.claim_all(owner, &owner.account()).await });
    Ok(try_join_all(claims).await?.into_iter().flatten().collect())
}

/// The owners of the workers' deeds, each once.
fn owners(network: &DevNetwork) -> Result<Vec<Signer>, CliError> {
    let names: BTreeSet<&str> = network.workers.iter().map(|worker| worker.owner).collect();
    names.into_iter().map(Signer::resolve).collect()
}

/// The terms and availability of every worker's deed by epoch.
struct Terms {
    by_deed: BTreeMap<DeedId, Vec<neurite_primitives::view::DeedEpochView>>,
}

impl Terms {
    async fn read(chain: &Chain, network: &DevNetwork) -> Result<Self, CliError> {
        let mut by_deed = BTreeMap::new();
        for deed in network.workers.iter().filter_map(|worker| worker.deed) {
            by_deed.insert(deed, chain.deed(deed).await?.map(|deed| deed.epochs).unwrap_or_default());
        }
        Ok(Self { by_deed })
    }
}

fn rewards(network: &DevNetwork, paid: &[ClaimableView], terms: &Terms) -> Vec<Reward> {
    let worker = |deed: DeedId| network.workers.iter().find(|worker| worker.deed == Some(deed));
    let reward = |item: &ClaimableView| {
        let epochs = terms.by_deed.get(&item.deed).map(Vec::as_slice).unwrap_or_default();
        let epoch = epochs.iter().find(|epoch| epoch.epoch == item.epoch);
        Reward {
            deed: item.deed,
            worker: worker(item.deed).map_or("-".into(), |worker| worker.alias.clone()),
            owner: worker(item.deed).map_or("-".into(), |worker| worker.owner.trim_start_matches('/').to_owned()),
            epoch: item.epoch,
            amount: item.amount,
            availability: epoch.map_or(0, |epoch| epoch.availability),
            terms: epoch.map(|epoch| epoch.terms).unwrap_or_default(),
        }
    };
    paid.iter().filter(|item| item.amount > 0).map(reward).collect()
}
