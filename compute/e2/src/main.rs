//! The execution engine: the one place that wires everything.
#![allow(unreachable_pub, reason = "to the modules of a program, public means what one offers to the others")]

mod arguments;
mod assemble;
mod base;
mod bench;
mod benchmark;
mod catalogue;
mod check;
mod control;
mod documents;
mod heartbeat;
mod http;
mod node;
mod outgoing;
mod plugins;
mod replay;
mod run;
mod score;
mod specs;
mod supervisor;

use anyhow::Result;
use arguments::{Arguments, Command, PluginsCommand};
use clap::Parser;
use std::{future::Future, io::IsTerminal, process::ExitCode};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    match start(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(command: Command) -> Result<ExitCode> {
    match command {
        // Before anything else starts a thread: the process dies with the thread that started it.
        Command::ServeModel { args } => Ok(neurite_serving::worker::run(args).map(|()| ExitCode::SUCCESS)?),
        Command::RunCode { args } => Ok(neurite_sandbox::worker::start(&args).map(|()| ExitCode::SUCCESS)?),
        Command::SignCode { file, base_path } => documents::sign_code(&file, base_path),
        Command::Validate { documents } => documents::validate(&documents),
        Command::Check(arguments) => on_runtime(check::check(arguments)),
        Command::Bench(arguments) => on_runtime(bench::bench(arguments)),
        Command::Score(arguments) => on_runtime(score::score(arguments)),
        Command::Plugins { command: None } => catalogue::list(),
        Command::Plugins { command: Some(PluginsCommand::Show { name }) } => catalogue::show(&name),
        Command::Docs { out } => documents::write_reference(&out),
        Command::Keys { base_path } => documents::show_keys(base_path),
        Command::Run(arguments) => {
            choose_tls();
            let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,rumqttd=warn"));
            let ansi = std::io::stderr().is_terminal();
            tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(std::io::stderr).init();
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(run::run(*arguments))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Chooses who does TLS: two providers are linked in, and without a choice the first connection panics.
fn choose_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Runs a command that ends by itself.
fn on_runtime(command: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    choose_tls();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(command);
    // What did not answer in time, such as a file on a share that is gone, is not waited for.
    runtime.shutdown_background();
    done
}
