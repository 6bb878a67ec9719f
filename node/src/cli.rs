//! The arguments of the node.
//!
//! Substrate's own, with `--engine-url` and `--engine-remote` for the engine beside the node. What names no base path keeps its
//! files under `~/.neurite`.

use crate::{
    chain_spec,
    engine::{EngineUrl, EngineUrlError},
};
use sc_cli::{KeySubcommand, RunCmd, SharedParams, SubstrateCli};
use sc_service::ChainSpec;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The command line.
#[derive(Debug, clap::Parser)]
pub(crate) struct Cli {
    /// What to do instead of running a node.
    #[command(subcommand)]
    pub(crate) subcommand: Option<Subcommand>,
    /// How to run the node.
    #[clap(flatten)]
    pub(crate) run: RunCmd,
    /// Where the engine is.
    #[clap(flatten)]
    pub(crate) engine: EngineParams,
}

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "Neurite Node".into()
    }

    fn impl_version() -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn description() -> String {
        env!("CARGO_PKG_DESCRIPTION").into()
    }

    fn author() -> String {
        env!("CARGO_PKG_AUTHORS").into()
    }

    fn support_url() -> String {
        "docs/guides of the source tree".into()
    }

    fn copyright_start_year() -> i32 {
        2026
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
        chain_spec::load(id).map(|spec| Box::new(spec) as Box<dyn ChainSpec>).map_err(|error| error.to_string())
    }
}

/// Where the engine beside the node is.
#[derive(Debug, clap::Args)]
pub(crate) struct EngineParams {
    /// Address of the engine beside this node, such as http://127.0.0.1:8787.
    ///
    /// The off-chain worker asks it which jobs to attest and which nodes were available. Without this flag the node attests
    /// nothing.
    #[arg(long, value_name = "URL")]
    pub(crate) engine_url: Option<String>,

    /// Allow an engine on another machine.
    ///
    /// The connection is neither encrypted nor authenticated: whoever can change what comes back decides what this node attests.
    #[arg(long, requires = "engine_url")]
    pub(crate) engine_remote: bool,
}

impl EngineParams {
    /// Returns the engine's address, checked; `None` if the node runs without one.
    pub(crate) fn resolve(&self) -> Result<Option<EngineUrl>, EngineUrlError> {
        self.engine_url.as_deref().map(|url| EngineUrl::parse(url, self.engine_remote)).transpose()
    }
}

/// What the program does besides running a node.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    /// Make, inspect and insert keys.
    #[command(subcommand)]
    Key(KeySubcommand),
    /// Print a chain specification; `--chain main=FILE` makes one from a file of parameters.
    BuildSpec(sc_cli::BuildSpecCmd),
    /// Write a chain specification to a file or the standard output.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),
    /// Verify a block of the database by executing it again.
    CheckBlock(sc_cli::CheckBlockCmd),
    /// Write blocks to a file.
    ExportBlocks(sc_cli::ExportBlocksCmd),
    /// Read blocks from a file.
    ImportBlocks(sc_cli::ImportBlocksCmd),
    /// Delete the chain's database.
    PurgeChain(sc_cli::PurgeChainCmd),
    /// Take back the latest blocks that are not final.
    Revert(sc_cli::RevertCmd),
    /// Print what the database knows of best and finalised block.
    ChainInfo(sc_cli::ChainInfoCmd),
}

impl Cli {
    /// Puts whatever names no base path, and is not temporary, under `base`.
    pub(crate) fn set_default_base_path(&mut self, base: &Path) {
        let shared = match &mut self.subcommand {
            None if self.run.tmp => return,
            None => &mut self.run.shared_params,
            Some(Subcommand::Key(KeySubcommand::Insert(command))) => &mut command.shared_params,
            // The other commands for keys take no base path, or one that `expand_default_base_path` has set.
            Some(Subcommand::Key(_) | Subcommand::ExportChainSpec(_)) => return,
            Some(Subcommand::BuildSpec(command)) => &mut command.shared_params,
            Some(Subcommand::CheckBlock(command)) => &mut command.shared_params,
            Some(Subcommand::ExportBlocks(command)) => &mut command.shared_params,
            Some(Subcommand::ImportBlocks(command)) => &mut command.shared_params,
            Some(Subcommand::PurgeChain(command)) => &mut command.shared_params,
            Some(Subcommand::Revert(command)) => &mut command.shared_params,
            Some(Subcommand::ChainInfo(command)) => &mut command.shared_params,
        };
        set_base_path(shared, base);
    }
}

fn set_base_path(shared: &mut SharedParams, base: &Path) {
    if shared.base_path.is_none() && !shared.dev {
        shared.base_path = Some(base.to_owned());
    }
}

/// Returns the base path of everything Neurite keeps for this user; `None` if the user has no home.
pub(crate) fn default_base_path() -> Option<PathBuf> {
    std::env::home_dir().map(|home| home.join(".neurite"))
}

/// Replaces `--default-base-path` of `key generate-node-key`, which Substrate puts elsewhere, by `--base-path` with ours.
pub(crate) fn expand_default_base_path(arguments: impl Iterator<Item = OsString>, base: &Path) -> Vec<OsString> {
    arguments
        .flat_map(|argument| match argument == "--default-base-path" {
            true => vec!["--base-path".into(), base.into()],
            false => vec![argument],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Cli {
        let arguments = ["neurite-node"].iter().chain(arguments);
        let mut cli = <Cli as SubstrateCli>::try_from_iter(arguments).expect("the arguments are valid");
        cli.set_default_base_path(Path::new("/home/someone/.neurite"));
        cli
    }

    #[test]
    fn arguments_are_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn base_path_defaults_to_ours() {
        let expected = Some(PathBuf::from("/home/someone/.neurite"));
        assert_eq!(parse(&[]).run.shared_params.base_path, expected);
        let Some(Subcommand::PurgeChain(command)) = parse(&["purge-chain", "--chain", "local"]).subcommand else {
            panic!("a sub-command was parsed as another");
        };
        assert_eq!(command.shared_params.base_path, expected);
    }

    #[test]
    fn base_path_given_is_kept() {
        assert_eq!(parse(&["--base-path", "/elsewhere"]).run.shared_params.base_path, Some("/elsewhere".into()));
    }

    #[test]
    fn temporary_nodes_have_no_base_path() {
        assert_eq!(parse(&["--dev"]).run.shared_params.base_path, None);
        assert_eq!(parse(&["--tmp"]).run.shared_params.base_path, None);
    }

    #[test]
    fn node_key_goes_to_our_base_path() {
        let arguments = ["key", "generate-node-key", "--default-base-path"].into_iter().map(OsString::from);
        let expanded = expand_default_base_path(arguments, Path::new("/b"));
        assert_eq!(expanded, ["key", "generate-node-key", "--base-path", "/b"].map(OsString::from));
    }

    #[test]
    fn engine_is_optional() {
        assert_eq!(parse(&["--dev"]).engine.resolve(), Ok(None));
    }

    #[test]
    fn engine_remote_needs_an_engine() {
        assert!(<Cli as SubstrateCli>::try_from_iter(["neurite-node", "--engine-remote"]).is_err());
    }

    #[test]
    fn engine_on_another_machine_needs_the_flag() {
        let url = "http://192.0.2.7:8787";
        assert!(parse(&["--engine-url", url]).engine.resolve().is_err());
        let engine = parse(&["--engine-url", url, "--engine-remote"]).engine.resolve();
        assert_eq!(engine.expect("the flag allows it").map(|engine| engine.to_string()), Some(url.to_owned()));
    }
}
