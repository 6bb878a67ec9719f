//! What can be typed: pure parsing, nothing is opened or asked.

mod deed;
mod dev;
mod job;

pub use deed::{DeedCommand, LinkArguments};
pub use dev::{DemoArguments, DevArguments, NetworkArguments};
pub use job::{BackendName, JobCommand, JobName, SubmitArguments};

use crate::signer::parse_account;
use clap::{Args, Parser, Subcommand};
use neurite_primitives::{ids::NodePublic, DeedId, EpochIndex};
use sp_runtime::AccountId32;
use std::{path::PathBuf, str::FromStr};

/// Everything that was typed.
#[derive(Parser, Debug)]
#[command(name = "neurite", version, about = "Runs a Neurite network, submits jobs, links nodes, claims rewards.", max_term_width = 100)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Args, Debug)]
pub struct Global {
    /// RPC endpoint of a node.
    #[arg(long, global = true, env = "NEURITE_URL", default_value = "ws://127.0.0.1:9944", value_name = "WS_URL")]
    pub url: String,
    /// Who signs: a development account such as //Alice, or a key file made with `keys new`.
    #[arg(long, global = true, env = "NEURITE_SIGNER", value_name = "//NAME|FILE")]
    pub signer: Option<String>,
    /// Prints data as JSON for programs.
    #[arg(long, global = true)]
    pub json: bool,
}

/// A command.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Runs a whole network on this machine: a validator, its supervisor engine, workers with linked deeds.
    Dev(DevArguments),
    /// Runs the main job on a fresh network and shows its result and its rewards.
    Demo(DemoArguments),
    /// Submits, follows and cancels jobs.
    #[command(subcommand)]
    Job(JobCommand),
    /// Looks at the nodes that are linked to deeds.
    #[command(subcommand)]
    Node(NodeCommand),
    /// Looks at reward epochs.
    #[command(subcommand)]
    Epoch(EpochCommand),
    /// Shows what an account's deeds earned, and claims it.
    Rewards(RewardsArguments),
    /// Issues, links and transfers node deeds.
    #[command(subcommand)]
    Deed(DeedCommand),
    /// Makes keys and shows their accounts.
    #[command(subcommand)]
    Keys(KeysCommand),
}

/// A command about nodes.
#[derive(Subcommand, Debug)]
pub enum NodeCommand {
    /// Lists the linked nodes with their specs and power.
    List,
    /// Shows a node with its last epochs.
    Show {
        /// The node: its deed or its account.
        #[arg(value_name = "DEED|ACCOUNT")]
        node: NodeName,
    },
}

/// A node as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeName {
    /// By the deed that it is linked to.
    Deed(DeedId),
    /// By its own account.
    Account(AccountId32),
}

impl FromStr for NodeName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self::Deed).map_err(|_| format!("`{text}` is no deed"));
        }
        parse_account(text).map(Self::Account)
    }
}

/// A command about epochs.
#[derive(Subcommand, Debug)]
pub enum EpochCommand {
    /// Lists the epochs that are kept for claims, and the current one.
    List,
    /// Shows an epoch: its times, what was reserved and what was claimed.
    Show {
        /// The epoch; the current one unless given.
        epoch: Option<EpochIndex>,
    },
}

/// A look at rewards.
#[derive(Args, Debug)]
pub struct RewardsArguments {
    /// Whose deeds; the signer's account unless given.
    #[arg(long, value_name = "ACCOUNT", value_parser = AccountParser::parse)]
    pub owner: Option<AccountId32>,
    /// Claims everything that can be claimed, paid to the owner; needs a signer, who pays the fee.
    #[arg(long)]
    pub claim: bool,
}

/// A command about keys.
#[derive(Subcommand, Debug)]
pub enum KeysCommand {
    /// Makes a key file, readable by its owner only, and shows its account.
    New {
        /// The file to write; it must not exist.
        file: PathBuf,
    },
    /// Shows the account and the public key of the signer.
    Show,
}

/// Parses accounts for clap.
pub(crate) struct AccountParser;

impl AccountParser {
    pub(crate) fn parse(text: &str) -> Result<AccountId32, String> {
        parse_account(text)
    }
}

/// Parses public keys of nodes for clap.
pub(crate) fn node_public(text: &str) -> Result<NodePublic, String> {
    crate::signer::parse_node_public(text)
}

/// A length of time as people write it: `90s`, `10m`, `2h`, `1d`, or milliseconds with `ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its length in milliseconds.
    pub millis: u64,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let factor: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(format!("`{text}` is no length of time: write 90s, 10m, 2h or 1d")),
        };
        let millis = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
        millis.map(|millis| Self { millis }).ok_or_else(|| format!("`{text}` is no length of time"))
    }
}

#[cfg(test)]
mod tests;
