//! What can be typed about networks on this machine.

use clap::Args;
use std::path::PathBuf;

/// The network for daily work.
#[derive(Args, Debug)]
pub struct DevArguments {
    /// How the network is made.
    #[command(flatten)]
    pub network: NetworkArguments,
}

/// The main job on a fresh network.
#[derive(Args, Debug)]
pub struct DemoArguments {
    /// How the network is made.
    #[command(flatten)]
    pub network: NetworkArguments,
    /// Writes everything that the table says as JSON.
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
}

/// How a network on this machine is made.
#[derive(Args, Debug, Clone)]
pub struct NetworkArguments {
    /// Folder for the chain, the engines and their logs; a fresh temporary one unless given.
    #[arg(long, value_name = "DIR")]
    pub base_path: Option<PathBuf>,
    /// Worker engines, each a process of its own with a deed.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=16))]
    pub workers: u16,
    /// Leaves the network running when this command ends, and says how to stop it.
    #[arg(long)]
    pub keep: bool,
    /// Folder of neurite-node and neurite-e2; the one of this program unless given.
    #[arg(long, env = "NEURITE_PROGRAMS", value_name = "DIR")]
    pub programs: Option<PathBuf>,
    /// Checkout with models/ and examples/; sought upwards from here unless given.
    #[arg(long, env = "NEURITE_ASSETS", value_name = "DIR")]
    pub assets: Option<PathBuf>,
    /// Library of ONNX Runtime; .deps/libonnxruntime.so of the checkout unless given.
    #[arg(long, env = "NEURITE_ONNXRUNTIME", value_name = "FILE")]
    pub onnxruntime: Option<PathBuf>,
    /// Writes what runs where as JSON once every worker can take work.
    #[arg(long, value_name = "FILE")]
    pub announce: Option<PathBuf>,
}
