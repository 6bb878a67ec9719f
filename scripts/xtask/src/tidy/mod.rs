//! The checks of `cargo xtask tidy`, one file each.
//!
//! A check reads the [`Repository`] and returns faults; it neither prints nor changes anything. To add one: a file here with
//! `pub fn check(&Repository) -> Vec<Fault>` and a test that shows a fault being found, and a line in [`check`].

mod adr;
mod docs;
mod generated;
mod layers;
mod links;
mod manifests;
mod marks;
mod plugins;
mod presence;
mod scripts;
mod sizes;

use crate::repository::Repository;
use anyhow::Result;
use std::fmt;

/// Something to be put right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    /// Path from the root.
    pub(crate) path: String,
    /// Line, from 1.
    pub(crate) line: usize,
    /// What is wrong and what to do.
    pub(crate) message: String,
}

impl Fault {
    /// Makes a fault.
    pub(crate) fn new(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.into(), line, message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// Runs every check and returns the faults in the order of their paths.
pub(crate) fn check(repository: &Repository) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for check in [
        adr::check,
        docs::check,
        layers::check,
        links::check,
        manifests::check,
        marks::check,
        plugins::check,
        presence::check,
        scripts::check,
        sizes::check,
    ] {
        faults.extend(check(repository));
    }
    if let Some(root) = repository.root() {
        match crate::codegen::expected(root)? {
            Some(expected) => faults.extend(generated::check(repository, &expected)),
            None => eprintln!("tidy: neurite-e2 is not built, so the generated files were not compared"),
        }
    }
    faults.sort();
    Ok(faults)
}
