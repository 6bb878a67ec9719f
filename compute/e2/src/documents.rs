//! Commands that run nothing: validate a document, write the reference, show the keys, sign code.

use crate::{arguments, base, node, plugins};
use anyhow::{Context, Result};
use neurite_agent::NodeKey;
use neurite_config::{reference_markdown, schema, PipelineDocument, MAX_DOCUMENT_BYTES};
use neurite_core::Registry;
use serde_json::json;
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Checks documents; prints the hash of each, or every fault with its path. A faulty one does not keep the others from being checked.
pub fn validate(files: &[PathBuf]) -> Result<ExitCode> {
    let catalogue = plugins::catalogue()?;
    let valid = files.iter().filter(|file| is_valid(file, &catalogue)).count();
    Ok(if valid == files.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_valid(file: &Path, catalogue: &Registry) -> bool {
    let parsed = read(file).map(|bytes| PipelineDocument::parse(&bytes, catalogue));
    match &parsed {
        Ok(Ok(document)) => {
            println!("{} is valid: pipeline {:?}, blake3 {}", file.display(), document.name, hex::encode(document.hash));
        }
        Ok(Err(error)) => {
            eprintln!("error: {}: {error}", file.display());
            for fault in error.faults() {
                eprintln!("  {}: {}", if fault.path.is_empty() { "/" } else { &fault.path }, fault.message);
            }
        }
        Err(error) => eprintln!("error: {error:#}"),
    }
    matches!(parsed, Ok(Ok(_)))
}

/// Reads a document as far as it can be valid.
pub fn read(file: &Path) -> Result<Vec<u8>> {
    let opened = fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut bytes = Vec::new();
    // One byte more than allowed is enough to see that it is too long.
    let read = opened.take(MAX_DOCUMENT_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.with_context(|| format!("cannot read {}", file.display()))?;
    Ok(bytes)
}

/// Writes `pipeline.schema.json` and `plugins.md`.
pub fn write_reference(out: &Path) -> Result<ExitCode> {
    let registry = plugins::catalogue()?;
    fs::create_dir_all(out).with_context(|| format!("cannot create {}", out.display()))?;
    let schema = format!("{:#}\n", schema(&registry));
    for (name, text) in [("pipeline.schema.json", schema), ("plugins.md", reference_markdown(&registry))] {
        let path = out.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows who the node is, creating its key on first use.
pub fn show_keys(base_path: Option<PathBuf>) -> Result<ExitCode> {
    let folder = arguments::base_folder(base_path)?;
    base::prepare(&folder)?;
    let key = NodeKey::load_or_create(&folder.node_key())?;
    println!("{:#}", node::identity(&key, ""));
    Ok(ExitCode::SUCCESS)
}

/// Signs code with the node's key, creating it on first use; prints the keys that the document needs.
pub fn sign_code(file: &Path, base_path: Option<PathBuf>) -> Result<ExitCode> {
    let code = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let folder = arguments::base_folder(base_path)?;
    base::prepare(&folder)?;
    let key = NodeKey::load_or_create(&folder.node_key())?;
    let claim = neurite_sandbox::sign(&code, key.identity())?;
    let keys = json!({
        "CODE": code.split('\n').collect::<Vec<_>>(),
        "CODE_BLAKE3": claim.blake3,
        "CODE_OWNER": claim.owner,
        "CODE_SIGNATURE": claim.signature,
    });
    println!("{keys:#}");
    Ok(ExitCode::SUCCESS)
}
