//! `neurite-e2 check`: tries everything outside that documents name, so that a pipeline that starts also runs.
//!
//! A document is validated; then each plugin says what its instances need ([`neurite_core::Need`]), and each need is tried, several at a
//! time: files are opened, their digests compared, folders listed, programs looked for, services connected to. Nothing is written, sent
//! or subscribed to: of a service only the beginning of its protocol is spoken.
//!
//! Guarantees: no try takes longer than the deadline; what is printed holds no user, no password and no path of an address; every fault
//! comes with what to do about it.

mod collect;
mod local;
mod remote;
mod report;

use crate::{arguments::CheckArguments, http::HttpIngress, plugins};
use anyhow::Result;
use collect::{Subject, Trial};
use futures::StreamExt;
use neurite_config::{BaseFolder, EngineConfig};
use neurite_core::{ConfinedFolder, Context, Endpoint, Need, Registry, SecretText, Services, Shard};
use neurite_engine::{PayloadBus, SystemClock};
use report::{Fault, Finding};
use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

/// How many things are tried at a time.
const AT_ONCE: usize = 16;

/// What documents are held against.
pub struct Ground {
    registry: Registry,
    /// Where the instances would run; every instance has a copy with its own names.
    context: Context,
    /// The broker that the engine itself is connected to, if the configuration names one.
    broker: Option<Endpoint>,
}

/// Tries what the documents name and prints what was found; the exit status is 1 if anything failed.
pub async fn check(arguments: CheckArguments) -> Result<ExitCode> {
    let (folder, config) = arguments.place.resolve()?;
    let ground = ground(&folder, &config)?;
    let trials = arguments.documents.iter().flat_map(|file| collect::collect(file, &ground)).collect();
    let findings = try_all(trials, Duration::from_secs(arguments.seconds)).await;
    report::print(&findings, arguments.json);
    Ok(if findings.iter().all(Finding::is_ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn ground(folder: &BaseFolder, config: &EngineConfig) -> Result<Ground> {
    let confined =
        |configured: &Option<PathBuf>, usual: PathBuf| ConfinedFolder::new(configured.clone().unwrap_or(usual), std::fs::canonicalize);
    let services = Services {
        clock: Arc::new(SystemClock::default()),
        connections: Arc::new(config.connections()),
        ingress: Arc::new(HttpIngress::new(Vec::new())),
        bus: Arc::new(PayloadBus::default()),
    };
    let context = Context {
        pipeline: String::new(),
        signature: String::new(),
        instance: String::new(),
        shard: Shard::WHOLE,
        job: None,
        data: confined(&config.data_folder, folder.data()),
        models: confined(&config.models_folder, folder.models()),
        outputs: folder.outputs(),
        services,
    };
    let password = config.broker.password.as_ref().map(|password| SecretText::new(password.expose()));
    let broker = config.broker.url.clone().map(|url| Endpoint { url, user: config.broker.user.clone(), password });
    Ok(Ground { registry: plugins::catalogue()?, context, broker })
}

/// Tries everything, in the order in which it is reported.
async fn try_all(trials: Vec<Trial>, deadline: Duration) -> Vec<Finding> {
    let tries = trials.into_iter().map(move |trial| async move {
        let Trial { document, instance, subject } = trial;
        let (what, fault) = match subject {
            Subject::Known { what, fault } => (what, fault),
            Subject::Need(need) => (need.to_string(), try_need(need, deadline).await.err()),
        };
        Finding { document, instance, what, fault }
    });
    futures::stream::iter(tries).buffered(AT_ONCE).collect().await
}

/// Tries one thing; fails with why it cannot be had.
async fn try_need(need: Need, deadline: Duration) -> Result<(), Fault> {
    let tried = async {
        match need {
            Need::Service(endpoint) => remote::reach(&endpoint, deadline).await,
            other => tokio::task::spawn_blocking(move || local::look(&other)).await.unwrap_or_else(|_| Err(Fault::unknown())),
        }
    };
    tokio::time::timeout(deadline, tried).await.unwrap_or_else(|_| Err(Fault::late(deadline)))
}

#[cfg(test)]
mod tests;
