//! The files that are made from code, and the program that makes them.
//!
//! `neurite-e2 docs --out DIR` writes them from the plugins' own types; this module only runs it and moves or compares the
//! result, so that the repository never holds a second description of a parameter.

use anyhow::{bail, ensure, Context, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where the files live in the repository.
pub(crate) const FOLDER: &str = "docs";
/// Their names, there and in the program's output.
pub(crate) const FILES: &[&str] = &["pipeline.schema.json", "plugins.md"];

/// Writes the generated files into the repository.
pub(crate) fn write(root: &Path) -> Result<()> {
    let Some(program) = program(root) else {
        bail!("neurite-e2 is not built: run `cargo build --release -p neurite-e2` first");
    };
    generate(&program, &root.join(FOLDER))?;
    for file in FILES {
        println!("{FOLDER}/{file}");
    }
    Ok(())
}

/// Returns what the files should hold, or nothing while the program is not built.
pub(crate) fn expected(root: &Path) -> Result<Option<Vec<(String, String)>>> {
    let Some(program) = program(root) else { return Ok(None) };
    let folder = env::temp_dir().join(format!("neurite-xtask-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let read = || -> Result<Vec<(String, String)>> {
        generate(&program, &folder)?;
        FILES.iter().map(|file| Ok((format!("{FOLDER}/{file}"), fs::read_to_string(folder.join(file))?))).collect()
    };
    let files = read();
    fs::remove_dir_all(&folder)?;
    files.map(Some)
}

fn generate(program: &Path, folder: &Path) -> Result<()> {
    let status =
        Command::new(program).arg("docs").arg("--out").arg(folder).status().with_context(|| format!("cannot run {}", program.display()))?;
    ensure!(status.success(), "`{} docs` ended with {status}", program.display());
    Ok(())
}

/// The engine's program in the target directory that cargo uses.
fn program(root: &Path) -> Option<PathBuf> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let program = target.join("release/neurite-e2");
    program.is_file().then_some(program)
}
