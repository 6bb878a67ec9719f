//! What the program does for each sub-command.

use crate::{
    cli::{default_base_path, expand_default_base_path, Cli, Subcommand},
    service::{self, FullBackend, FullClient, Partial},
};
use neurite_runtime::{opaque::Block, BlockNumber, Hash};
use sc_cli::SubstrateCli;
use sc_network::{config::NetworkBackendType, Litep2pNetworkBackend, NetworkWorker};
use std::sync::Arc;

/// Parses the arguments and does what they ask for.
pub(crate) fn run() -> sc_cli::Result<()> {
    let base = default_base_path();
    let mut cli = match &base {
        Some(base) => Cli::from_iter(expand_default_base_path(std::env::args_os(), base)),
        None => Cli::from_args(),
    };
    if let Some(base) = &base {
        cli.set_default_base_path(base);
    }
    match &cli.subcommand {
        None => run_node(&cli),
        Some(subcommand) => run_subcommand(&cli, subcommand),
    }
}

/// Runs a node until a signal ends it.
fn run_node(cli: &Cli) -> sc_cli::Result<()> {
    let engine = cli.engine.resolve().map_err(|error| sc_cli::Error::Application(error.into()))?;
    cli.create_runner(&cli.run)?.run_node_until_exit(|config| async move {
        let started = match config.network.network_backend {
            NetworkBackendType::Litep2p => service::start::<Litep2pNetworkBackend>(config, engine),
            NetworkBackendType::Libp2p => service::start::<NetworkWorker<Block, Hash>>(config, engine),
        };
        started.map_err(sc_cli::Error::Service)
    })
}

/// Does what a sub-command asks for, without a network.
fn run_subcommand(cli: &Cli, subcommand: &Subcommand) -> sc_cli::Result<()> {
    match subcommand {
        Subcommand::Key(command) => command.run(cli),
        Subcommand::ExportChainSpec(command) => command.run(cli.load_spec(&command.chain)?),
        Subcommand::BuildSpec(command) => cli.create_runner(command)?.sync_run(|config| command.run(config.chain_spec, config.network)),
        Subcommand::PurgeChain(command) => cli.create_runner(command)?.sync_run(|config| command.run(config.database)),
        Subcommand::ChainInfo(command) => cli.create_runner(command)?.sync_run(|config| command.run::<Block>(&config)),
        Subcommand::CheckBlock(command) => cli.create_runner(command)?.async_run(|config| {
            let Partial { client, task_manager, import_queue, .. } = service::partial(&config)?;
            Ok((command.run(client, import_queue), task_manager))
        }),
        Subcommand::ExportBlocks(command) => cli.create_runner(command)?.async_run(|config| {
            let Partial { client, task_manager, .. } = service::partial(&config)?;
            Ok((command.run(client, config.database), task_manager))
        }),
        Subcommand::ImportBlocks(command) => cli.create_runner(command)?.async_run(|config| {
            let Partial { client, task_manager, import_queue, .. } = service::partial(&config)?;
            Ok((command.run(client, import_queue), task_manager))
        }),
        Subcommand::Revert(command) => cli.create_runner(command)?.async_run(|config| {
            let Partial { client, backend, task_manager, .. } = service::partial(&config)?;
            Ok((command.run(client, backend, Some(Box::new(revert_consensus))), task_manager))
        }),
    }
}

/// Takes back what BABE and GRANDPA keep beside the last `blocks` blocks.
fn revert_consensus(client: Arc<FullClient>, backend: Arc<FullBackend>, blocks: BlockNumber) -> sc_cli::Result<()> {
    sc_consensus_babe::revert(client.clone(), backend, blocks)?;
    sc_consensus_grandpa::revert(client, blocks)?;
    Ok(())
}
