//! The commands: each resolves what was typed, asks or tells the chain, and prints what it found.

mod deed;
mod epoch;
mod job;
mod keys;
mod network;
mod node;
mod rewards;

pub(crate) use node::{availability, decimal, terms_json};

use crate::{
    arguments::{Arguments, Command, Global},
    chain::Chain,
    output::Output,
    signer::Signer,
    CliError,
};

/// Runs one command.
pub async fn run(arguments: Arguments, output: &Output) -> Result<(), CliError> {
    let context = Context { global: arguments.global, output };
    match arguments.command {
        Command::Dev(dev) => network::dev(&context, dev).await,
        Command::Demo(demo) => network::demo(&context, demo).await,
        Command::Job(command) => job::run(&context, command).await,
        Command::Node(command) => node::run(&context, command).await,
        Command::Epoch(command) => epoch::run(&context, command).await,
        Command::Rewards(rewards) => rewards::run(&context, rewards).await,
        Command::Deed(command) => deed::run(&context, command).await,
        Command::Keys(command) => keys::run(&context, command),
    }
}

/// What every command has at hand.
#[derive(Debug)]
struct Context<'a> {
    global: Global,
    output: &'a Output,
}

impl Context<'_> {
    /// Connects to the node that was named.
    async fn chain(&self) -> Result<Chain, CliError> {
        Chain::connect(&self.global.url).await
    }

    /// Resolves the signer that was named.
    fn signer(&self) -> Result<Signer, CliError> {
        let named = self.global.signer.as_deref();
        Signer::resolve(named.ok_or_else(|| CliError::Signer { reason: "none was named".into() })?)
    }
}
