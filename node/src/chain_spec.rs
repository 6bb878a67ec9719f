//! The networks that the node knows.
//!
//! | `--chain` | network |
//! |---|---|
//! | `dev` | one validator, Alice; short epochs and windows; `--dev` implies it |
//! | `local`, or nothing | four validators, Alice to Dave |
//! | `main=FILE` | a public network whose amounts and authorities come from a file of [`parameters`] |
//! | `FILE` | a specification that `build-spec` or `export-chain-spec` wrote |
//!
//! `dev` and `local` are presets of the runtime. A public network is made once, with `build-spec --chain main=FILE --raw`, and its
//! specification handed to everyone who joins: the same file with another runtime would be another network.

mod amount;
mod genesis;
mod parameters;
mod supply;
mod validation;

#[cfg(test)]
mod tests;

use neurite_runtime::{
    genesis_config_presets::{DEV_PRESET, LOCAL_PRESET},
    opaque::Block,
};
use parameters::ChainParameters;
use sc_chain_spec::{ChainSpecExtension, ChainType, GenericChainSpec, Properties};
use sc_client_api::{BadBlocks, ForkBlocks};
use sc_sync_state_rpc::LightSyncStateExtension;
use serde::{Deserialize, Serialize};
use std::path::Path;

pub(crate) use parameters::ParametersError;

/// What comes before the name of a file of parameters.
const PARAMETERS_PREFIX: &str = "main=";
/// What addresses begin with, as the runtime has it.
const SS58_FORMAT: u16 = 42;
/// Digits after the point of the token.
const TOKEN_DECIMALS: u32 = 12;
/// The token.
const TOKEN_SYMBOL: &str = "NEU";

/// A specification of a network.
pub(crate) type ChainSpec = GenericChainSpec<Extensions>;

/// What a specification says to the node besides the genesis.
#[derive(Default, Clone, Debug, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Extensions {
    /// Blocks that must be on the chain.
    pub(crate) fork_blocks: ForkBlocks<Block>,
    /// Blocks that must not be on the chain.
    pub(crate) bad_blocks: BadBlocks<Block>,
    /// A recent state for light clients, filled by `sync_state_genSyncSpec`.
    pub(crate) light_sync_state: LightSyncStateExtension,
}

/// Why there is no specification.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ChainSpecError {
    /// The node was compiled without the runtime's Wasm.
    #[error("this node was compiled with SKIP_WASM_BUILD and knows no network: compile it again, or give a specification's file")]
    NoWasm,
    /// `main` alone.
    #[error("`main` needs a file of parameters: --chain main=FILE, or the file of its specification: --chain FILE")]
    NoParameters,
    /// The file of parameters is not usable.
    #[error("the parameters in {path}: {source}")]
    Parameters {
        /// The file.
        path: String,
        /// What is wrong with it.
        source: ParametersError,
    },
    /// The file of a specification is not usable.
    #[error("the chain `{id}` is none of dev, local, main=FILE, and no specification's file either: {reason}")]
    File {
        /// What was given.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Returns the specification that `--chain` names.
pub(crate) fn load(id: &str) -> Result<ChainSpec, ChainSpecError> {
    match id {
        "dev" => development(),
        "" | "local" => local(),
        "main" => Err(ChainSpecError::NoParameters),
        _ => match id.strip_prefix(PARAMETERS_PREFIX) {
            Some(path) => main_from_file(Path::new(path)),
            None => ChainSpec::from_json_file(id.into()).map_err(|reason| ChainSpecError::File { id: id.to_owned(), reason }),
        },
    }
}

fn wasm() -> Result<&'static [u8], ChainSpecError> {
    neurite_runtime::WASM_BINARY.ok_or(ChainSpecError::NoWasm)
}

fn properties() -> Properties {
    let mut properties = Properties::new();
    properties.insert("ss58Format".into(), SS58_FORMAT.into());
    properties.insert("tokenDecimals".into(), TOKEN_DECIMALS.into());
    properties.insert("tokenSymbol".into(), TOKEN_SYMBOL.into());
    properties
}

fn development() -> Result<ChainSpec, ChainSpecError> {
    Ok(ChainSpec::builder(wasm()?, Extensions::default())
        .with_name("Neurite Development")
        .with_id("neurite_dev")
        .with_chain_type(ChainType::Development)
        .with_properties(properties())
        .with_genesis_config_preset_name(DEV_PRESET)
        .build())
}

fn local() -> Result<ChainSpec, ChainSpecError> {
    Ok(ChainSpec::builder(wasm()?, Extensions::default())
        .with_name("Neurite Local")
        .with_id("neurite_local")
        .with_chain_type(ChainType::Local)
        .with_properties(properties())
        .with_genesis_config_preset_name(LOCAL_PRESET)
        .build())
}

fn main_from_file(path: &Path) -> Result<ChainSpec, ChainSpecError> {
    let parameters =
        ChainParameters::read(path).map_err(|source| ChainSpecError::Parameters { path: path.display().to_string(), source })?;
    Ok(main_network(wasm()?, &parameters))
}

/// Makes the specification of a public network.
fn main_network(wasm: &[u8], parameters: &ChainParameters) -> ChainSpec {
    ChainSpec::builder(wasm, Extensions::default())
        .with_name(&parameters.name)
        .with_id(&parameters.id)
        .with_chain_type(ChainType::Live)
        .with_boot_nodes(parameters.boot_nodes.clone())
        .with_protocol_id(&parameters.id)
        .with_properties(properties())
        .with_genesis_config_patch(genesis::patch(parameters))
        .build()
}
