//! `neurite dev` and `neurite demo`: the processes outlive no command that was not told to keep them.

use super::Context;
use crate::{
    arguments::{DemoArguments, DevArguments, NetworkArguments},
    demo,
    dev::{wait_for, BaseFolder, DevNetwork, Plan, Processes, SENDER},
    output, CliError,
};
use std::time::{Duration, Instant};
use tokio::signal::unix::{signal, SignalKind};

pub(super) async fn dev(context: &Context<'_>, arguments: DevArguments) -> Result<(), CliError> {
    let keep = arguments.network.keep;
    supervise(&arguments.network, true, context, async |plan: &Plan, processes: &mut Processes| {
        let begin = Instant::now();
        let network = DevNetwork::start(plan, processes, context.output).await?;
        context.output.data(&network.map(), |_| render(&network, begin.elapsed()));
        if keep {
            return Ok(());
        }
        context.output.talk("Ctrl-C stops everything.");
        loop {
            let forever = Duration::from_secs(24 * 3600);
            match wait_for(processes, "nothing", forever, || std::future::ready(Ok(None::<()>))).await {
                Err(CliError::Timeout { .. }) => {}
                other => return other,
            }
        }
    })
    .await
}

pub(super) async fn demo(context: &Context<'_>, arguments: DemoArguments) -> Result<(), CliError> {
    let keep = arguments.network.keep;
    supervise(&arguments.network, false, context, async |plan: &Plan, processes: &mut Processes| {
        let begin = Instant::now();
        let network = DevNetwork::start(plan, processes, context.output).await?;
        context.output.talk(&format!("the network is up after {} s", begin.elapsed().as_secs()));
        let summary = demo::run(plan, &network, processes, context.output).await?;
        let path = arguments.summary.as_deref();
        if let Some(path) = path {
            let written = std::fs::write(path, format!("{:#}\n", summary.json()));
            written.map_err(|error| CliError::File { path: path.to_owned(), reason: error.to_string() })?;
        }
        context.output.data(&summary.json(), |_| summary.render());
        if keep {
            context.output.talk(&format!("\npolkadot.js: {}", network.explorer()));
        } else {
            context.output.talk("\nWith --keep the network stays for a look in polkadot.js; `neurite dev` starts one for daily work.");
        }
        summary.check()
    })
    .await
}

/// Makes base folder and plan, runs `work` until it ends or a person interrupts it, and stops what it started.
async fn supervise(
    arguments: &NetworkArguments,
    usual_port: bool,
    context: &Context<'_>,
    work: impl AsyncFnOnce(&Plan, &mut Processes) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let folder = BaseFolder::create(arguments.base_path.as_deref())?;
    let plan = Plan::resolve(arguments, &folder, usual_port)?;
    context.output.talk(&format!("base folder {}", plan.base.display()));
    let mut processes = Processes::new(arguments.keep);
    let outcome = tokio::select! {
        outcome = work(&plan, &mut processes) => outcome,
        interrupted = interruption() => interrupted.and(Err(CliError::Interrupted)),
    };
    if arguments.keep && outcome.is_ok() {
        let ids = processes.leave_running().iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
        context.output.talk(&format!("left running in {}; stop it with: kill {ids}", folder.keep().display()));
        return outcome;
    }
    context.output.talk("stopping");
    processes.stop().await;
    match outcome {
        // Whoever waits for Ctrl-C has had what was wanted.
        Err(CliError::Interrupted) if usual_port => Ok(()),
        other => other,
    }
}

/// Returns when a person or a service manager asks this program to end.
async fn interruption() -> Result<(), CliError> {
    let fault = |error: std::io::Error| CliError::Process { name: "signals".into(), reason: error.to_string() };
    let mut interrupt = signal(SignalKind::interrupt()).map_err(fault)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(fault)?;
    tokio::select! {
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

fn render(network: &DevNetwork, took: Duration) -> String {
    let supervisor = &network.supervisor;
    let mut rows = vec![
        ["node".into(), network.node_pid.to_string(), network.url.clone(), String::new()],
        ["supervisor".into(), supervisor.pid.to_string(), supervisor.http.clone(), format!("broker {}", supervisor.broker)],
    ];
    rows.extend(network.workers.iter().map(|worker| {
        let deed = worker.deed.map_or("-".into(), |deed| deed.to_string());
        let announcement = &worker.announcement;
        [worker.alias.clone(), announcement.pid.to_string(), announcement.http.clone(), format!("deed {deed} of {}", worker.owner)]
    }));
    let mut text = format!("\nup after {} s\n\n{}\n\n", took.as_secs(), output::table(["process", "pid", "address", ""], rows));
    text.push_str(&output::pairs([
        ("logs", network.base.join("logs").display().to_string()),
        ("polkadot.js", network.explorer()),
        ("submit a job", format!("neurite job submit examples/digits.json --workers {} --watch --signer {SENDER}", network.workers.len())),
        ("its results", format!("add --engine {}", network.supervisor.http)),
    ]));
    if !network.url.ends_with(":9944") {
        text.push_str(&format!("\n\nexport NEURITE_URL={}", network.url));
    }
    text
}
