//! Checks and generators of the repository.
//!
//! `cargo xtask tidy` prints every fault of shape, layering and documentation as `path:line: what to do`; `cargo xtask codegen`
//! writes the files that are made from code. Both read the tree that git sees and take about a second.

mod codegen;
mod repository;
mod rust_source;
mod tidy;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use repository::Repository;
use std::{path::PathBuf, process::ExitCode};

#[derive(Parser)]
#[command(about = "Checks and generators of the repository.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Checks layering, sizes, docs, links and generated files; prints every fault.
    Tidy,
    /// Writes the generated files: docs/pipeline.schema.json and docs/plugins.md.
    Codegen,
}

fn main() -> Result<ExitCode> {
    let root = root()?;
    match Arguments::parse().command {
        Command::Tidy => {
            let repository = Repository::read(&root)?;
            let faults = tidy::check(&repository)?;
            for fault in &faults {
                println!("{fault}");
            }
            eprintln!("tidy: {} files, {} faults", repository.files().len(), faults.len());
            Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Codegen => {
            codegen::write(&root)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The repository's root, two folders above this crate.
fn root() -> Result<PathBuf> {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let root = manifest.ancestors().nth(2).context("the crate lives in scripts/xtask")?;
    Ok(root.to_path_buf())
}
