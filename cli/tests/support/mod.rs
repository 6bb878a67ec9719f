//! A network of real processes for the tests in this folder, and the means to hurt it.
//!
//! Every test starts its own network on free ports of the loopback, in a folder that goes with it, and stops it by its process ids.

#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of this")]

use clap::Parser;
use neurite_cli::{
    arguments::{Arguments, Command as Line, JobCommand, SubmitArguments},
    chain::Chain,
    dev::{Assets, BaseFolder, DevNetwork, Plan, Processes, Programs, Worker},
    job::spec,
    output::Output,
    signer::Signer,
};
use neurite_primitives::{view::JobView, JobKey, JobSpec};
use rustix::process::{kill_process, Pid, Signal};
use std::{
    fs,
    future::Future,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(240);
const BETWEEN_PROBES: Duration = Duration::from_millis(250);

/// A running network.
pub struct TestNetwork {
    pub network: DevNetwork,
    pub processes: Processes,
    pub assets: PathBuf,
    _base: BaseFolder,
}

impl TestNetwork {
    /// Starts a network with the checkout's own models and inputs.
    pub async fn start(workers: usize) -> Self {
        Self::start_with(workers, root()).await
    }

    /// Starts a network whose engines read models and inputs from `assets`, a folder laid out like the checkout.
    pub async fn start_with(workers: usize, assets: PathBuf) -> Self {
        let base = BaseFolder::create(None).unwrap();
        let programs = Programs::find(Some(Path::new(env!("CARGO_BIN_EXE_neurite")).parent().unwrap()));
        let programs = programs.expect("neurite-node and neurite-e2 are built beside neurite: cargo build --release --workspace --bins");
        let plan = Plan {
            base: base.path().to_owned(),
            workers,
            programs,
            assets: Assets::find(Some(&assets), None).unwrap(),
            usual_port: false,
            announce: None,
        };
        let mut processes = Processes::new(false);
        let started = DevNetwork::start(&plan, &mut processes, &Output::new(false)).await;
        let network = started.unwrap_or_else(|error| panic!("{error}\n{}", error.hint()));
        Self { network, processes, assets, _base: base }
    }

    pub fn chain(&self) -> &Chain {
        &self.network.chain
    }

    /// Builds the digits job with the options of `neurite job submit`.
    pub async fn digits(&self, options: &str) -> JobSpec {
        let arguments = submit_arguments(&self.assets.join("examples/digits.json"), options);
        let now = self.chain().network().await.unwrap().now;
        spec::job_spec(&arguments, spec::read_document(&arguments.file).unwrap(), now).unwrap()
    }

    /// Submits the digits job for Alice.
    pub async fn submit(&self, options: &str) -> JobKey {
        let spec = self.digits(options).await;
        self.chain().submit_job(&signer("//Alice"), &spec).await.unwrap()
    }

    /// Looks at a job until `wanted` holds. A node that does not answer for the moment is asked again.
    pub async fn job_when(&self, key: &JobKey, what: &str, wanted: impl Fn(&JobView) -> bool) -> JobView {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.chain().job(key).await;
            match answer {
                Ok(Some(job)) if wanted(&job) => return job,
                other => assert!(Instant::now() < deadline, "waited {PATIENCE:?} for {what}; the chain's last answer: {other:#?}"),
            }
            tokio::time::sleep(BETWEEN_PROBES).await;
        }
    }

    /// The worker that a shard of a job is assigned to.
    pub fn worker_of(&self, job: &JobView, shard: usize) -> &Worker {
        let deed = job.shards[shard].deed;
        self.network.workers.iter().find(|worker| worker.deed == Some(deed)).unwrap()
    }

    /// Right answers over all shards, counted in results that hash to the commitments on chain.
    pub async fn right_answers(&self, job: &JobView) -> u64 {
        let engine = self.network.supervisor_engine().unwrap();
        until("the results of all shards", || async {
            let mut results = neurite_cli::job::results::Results::default();
            let sender = neurite_cli::signer::show_account(&job.key.sender);
            results.collect(&engine.jobs().await.ok()?, &sender, job.key.id);
            let count = |shard| results.checked(job, shard)?.value["RIGHT"].as_u64();
            (0..job.shards.len()).map(count).sum::<Option<u64>>()
        })
        .await
    }

    /// Kills a process as a power cut would.
    pub fn kill(&self, pid: u32) {
        kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), Signal::KILL).unwrap();
    }

    /// Kills a process and starts it again with the same arguments.
    pub async fn restart(&mut self, pid: u32, name: &str) {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap();
        let line = String::from_utf8(line).unwrap();
        let arguments: Vec<&str> = line.split_terminator('\0').collect();
        self.kill(pid);
        until("the killed process to be gone", || async { is_gone(pid).then_some(()) }).await;
        let mut command = Command::new(arguments[0]);
        command.args(&arguments[1..]);
        self.processes.start(name, command, &self.network.base.join(format!("logs/{name}-again.log"))).unwrap();
    }

    /// Stops everything.
    pub async fn stop(self) {
        self.processes.stop().await;
    }
}

/// Parses the options of `neurite job submit`.
pub fn submit_arguments(file: &Path, options: &str) -> SubmitArguments {
    let file = file.display().to_string();
    let line = ["neurite", "job", "submit", &file].into_iter().chain(options.split_whitespace());
    match Arguments::try_parse_from(line).unwrap().command {
        Line::Job(JobCommand::Submit(arguments)) => arguments,
        other => panic!("{other:?}"),
    }
}

pub fn signer(uri: &str) -> Signer {
    Signer::resolve(uri).unwrap()
}

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// What Python's onnxruntime answers right for the digits.
pub fn reference_right() -> u64 {
    let text = fs::read(root().join("models/digits.json")).unwrap();
    serde_json::from_slice::<serde_json::Value>(&text).unwrap()["right"].as_u64().unwrap()
}

/// A process is gone once it has ended, also if nobody has waited for it yet.
fn is_gone(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

/// Probes until something is found; panics with `what` when patience is over.
pub async fn until<T, Probing: Future<Output = Option<T>>>(what: &str, mut probe: impl FnMut() -> Probing) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} for {what}");
        tokio::time::sleep(BETWEEN_PROBES).await;
    }
}
