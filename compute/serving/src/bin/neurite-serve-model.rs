//! A serving process on its own, for this crate's tests and its benchmark; the engine starts its own sub-command instead.

use std::process::ExitCode;

fn main() -> ExitCode {
    match neurite_serving::worker::run(std::env::args_os().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("neurite-serve-model: {error}");
            ExitCode::FAILURE
        }
    }
}
