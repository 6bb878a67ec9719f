//! What can be typed about jobs.

use super::{AccountParser, Span};
use crate::{amount::Amount, signer::parse_account};
use clap::{Args, Subcommand};
use neurite_primitives::{Backend, JobId, Step};
use sp_runtime::AccountId32;
use std::{path::PathBuf, str::FromStr};

/// A command about jobs.
#[derive(Subcommand, Debug)]
pub enum JobCommand {
    /// Submits a pipeline document as a job and holds its reward.
    Submit(SubmitArguments),
    /// Lists jobs, live ones of everybody or all of one sender.
    List {
        /// Only the jobs of this sender, recently ended ones included.
        #[arg(long, value_name = "ACCOUNT", value_parser = AccountParser::parse)]
        sender: Option<AccountId32>,
    },
    /// Shows a job with its shards and its history.
    Show {
        /// The job: SENDER/ID, or ID among the signer's own.
        job: JobName,
        /// Supervisor engine to ask for the shards' results, which are checked against their commitments.
        #[arg(long, env = "NEURITE_ENGINE", value_name = "HTTP_URL")]
        engine: Option<String>,
    },
    /// Cancels a job: before work began everything is refunded, afterwards the done part is paid.
    Cancel {
        /// The job's id among the signer's own.
        id: JobId,
    },
}

/// What a job asks for. The file says what is run; these say how this run of it is paid and bounded.
#[derive(Args, Debug)]
pub struct SubmitArguments {
    /// Pipeline document, JSON, at most 16 KiB.
    pub file: PathBuf,
    /// Follows the job until it ends.
    #[arg(long)]
    pub watch: bool,
    /// Workers, which is also the number of shards.
    #[arg(long, default_value_t = 1)]
    pub workers: u16,
    /// Steps in which a worker reports its shard.
    #[arg(long, default_value_t = 10)]
    pub steps: Step,
    /// Reward in NEU, held until the job ends.
    #[arg(long, default_value = "30", value_name = "NEU")]
    pub reward: Amount,
    /// Time in which all workers must accept.
    #[arg(long, default_value = "2m", value_name = "TIME")]
    pub accept_within: Span,
    /// Time in which the job must be done.
    #[arg(long, default_value = "30m", value_name = "TIME")]
    pub complete_within: Span,
    /// Longest silence of a worker before its shard goes to another.
    #[arg(long, default_value = "30s", value_name = "TIME")]
    pub report_timeout: Span,
    /// Least memory of a worker in MiB.
    #[arg(long, default_value_t = 0, value_name = "MIB")]
    pub memory: u32,
    /// Least graphics memory of a worker in MiB.
    #[arg(long, default_value_t = 0, value_name = "MIB")]
    pub gpu_memory: u32,
    /// Least benchmark score of a worker.
    #[arg(long, default_value_t = 0)]
    pub score: u64,
    /// Runtime for models that a worker must have; may be repeated.
    #[arg(long = "backend", value_enum, value_name = "BACKEND")]
    pub backends: Vec<BackendName>,
    /// Label that a worker must carry; may be repeated.
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Account that may assign workers in the signer's place; the network's supervisor unless given.
    #[arg(long, value_name = "ACCOUNT", value_parser = AccountParser::parse)]
    pub delegate: Option<AccountId32>,
    /// Supervisor engine to ask for the shards' results while following the job.
    #[arg(long, env = "NEURITE_ENGINE", value_name = "HTTP_URL")]
    pub engine: Option<String>,
}

/// A runtime for models, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum BackendName {
    /// ONNX Runtime on the processor.
    OnnxCpu,
    /// ONNX Runtime on CUDA.
    OnnxCuda,
    /// The pure-Rust fallback.
    Tract,
}

impl From<BackendName> for Backend {
    fn from(name: BackendName) -> Self {
        match name {
            BackendName::OnnxCpu => Self::OnnxCpu,
            BackendName::OnnxCuda => Self::OnnxCuda,
            BackendName::Tract => Self::Tract,
        }
    }
}

/// A job as typed: with its sender, or among the signer's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobName {
    /// The sender, if named.
    pub sender: Option<AccountId32>,
    /// The sender's count.
    pub id: JobId,
}

impl FromStr for JobName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The last slash divides: development accounts begin with two of them.
        let (sender, id) = match text.rsplit_once('/') {
            Some((sender, id)) => (Some(parse_account(sender)?), id),
            None => (None, text),
        };
        let id = id.parse().map_err(|_| format!("`{text}` is no job: write SENDER/ID or ID"))?;
        Ok(Self { sender, id })
    }
}
