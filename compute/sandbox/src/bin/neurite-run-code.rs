//! A worker on its own, for tests of this crate and of the plugin that uses it; the engine starts its own sub-command instead.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    match neurite_sandbox::worker::start(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("neurite-run-code: {error}");
            ExitCode::FAILURE
        }
    }
}
