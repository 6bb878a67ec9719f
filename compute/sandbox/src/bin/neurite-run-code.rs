//! A worker on its own, for tests of this crate and of the plugin that uses it; the engine starts its own sub-command instead.

use std::process::ExitCode;

fn main() -> ExitCode {
    match neurite_sandbox::worker::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("neurite-run-code: {error}");
            ExitCode::FAILURE
        }
    }
}
