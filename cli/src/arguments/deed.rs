//! What can be typed about deeds.

use super::{node_public, AccountParser};
use clap::{Args, Subcommand};
use neurite_primitives::{ids::NodePublic, DeedId};
use sp_runtime::AccountId32;
use std::path::PathBuf;

/// A command about deeds.
#[derive(Subcommand, Debug)]
pub enum DeedCommand {
    /// Lists the issued deeds.
    List {
        /// Only the deeds of this owner.
        #[arg(long, value_name = "ACCOUNT", value_parser = AccountParser::parse)]
        owner: Option<AccountId32>,
    },
    /// Shows a deed.
    Show {
        /// The deed.
        deed: DeedId,
    },
    /// Gives a deed to its first owner; the signer must be the chain's sudo key.
    Issue {
        /// The deed.
        deed: DeedId,
        /// Its owner.
        #[arg(value_parser = AccountParser::parse)]
        to: AccountId32,
    },
    /// Links a node to a deed of the signer and holds the bond.
    Link(LinkArguments),
    /// Unlinks the node of a deed; the bond stays held for a challenge window.
    Unlink {
        /// The deed.
        deed: DeedId,
    },
    /// Gives an unlinked deed to another owner.
    Transfer {
        /// The deed.
        deed: DeedId,
        /// Its new owner.
        #[arg(value_parser = AccountParser::parse)]
        to: AccountId32,
    },
}

/// How a node is linked: by asking its engine for the proof, or with a proof made elsewhere.
#[derive(Args, Debug)]
pub struct LinkArguments {
    /// The deed.
    pub deed: DeedId,
    /// Engine of the node, which signs the proof of possession.
    #[arg(long, env = "NEURITE_ENGINE", value_name = "HTTP_URL", required_unless_present = "proof")]
    pub engine: Option<String>,
    /// File with the engine's bearer token; `api-token` in its base folder.
    #[arg(long, value_name = "FILE", required_unless_present = "proof")]
    pub token_file: Option<PathBuf>,
    /// Public key of the node, when the proof was made elsewhere.
    #[arg(long, value_name = "HEX", value_parser = node_public, requires = "proof", conflicts_with = "engine")]
    pub node: Option<NodePublic>,
    /// Proof of possession, when it was made elsewhere.
    #[arg(long, value_name = "HEX", requires = "node")]
    pub proof: Option<String>,
}
