//! The documentation of modules: a `//!` in every file, and the lint for public items where others build on a crate.

use super::Fault;
use crate::repository::{File, Repository};

/// Folders whose public items are all documented, because other people write against them.
const PUBLIC: &[&str] = &["compute/core/", "compute/protocol/", "pallets/"];
/// Either makes the compiler look.
const LINTS: &[&str] = &["#![warn(missing_docs)]", "#![deny(missing_docs)]"];

/// Checks every Rust file and the roots of the public crates.
pub(crate) fn check(repository: &Repository) -> Vec<Fault> {
    let rust = || repository.files().iter().filter(|file| file.is_rust());
    let undocumented = rust().filter(|file| !has_module_docs(file)).map(|file| {
        Fault::new(&file.path, 1, "has no `//!` docs: say in a sentence what the module is for, then its terms and guarantees")
    });
    let unlinted = rust().filter(|file| is_public_root(&file.path) && !LINTS.iter().any(|lint| file.text.contains(lint)));
    undocumented
        .chain(unlinted.map(|file| Fault::new(&file.path, 1, "add `#![warn(missing_docs)]`: others write against this crate")))
        .collect()
}

fn is_public_root(path: &str) -> bool {
    path.ends_with("/src/lib.rs") && PUBLIC.iter().any(|folder| path.starts_with(folder))
}

/// Tells whether the first thing but attributes and plain comments is a module doc that says something.
fn has_module_docs(file: &File) -> bool {
    let mut lines = file.text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut within_attribute = false;
    let first = lines.find(|line| {
        let starts = line.starts_with("#![");
        let skipped = within_attribute || starts || (line.starts_with("//") && !line.starts_with("//!"));
        if starts || within_attribute {
            within_attribute = !line.ends_with(']');
        }
        !skipped
    });
    first.is_some_and(|line| line.strip_prefix("//!").is_some_and(|words| !words.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::testing::{file, repository};

    #[test]
    fn module_docs_may_follow_attributes() {
        assert!(has_module_docs(&file("a.rs", "//! Does it.\n")));
        assert!(has_module_docs(&file("a.rs", "#![cfg_attr(\n    not(test),\n    deny(x)\n)]\n// why\n//! Does it.\n")));
        assert!(!has_module_docs(&file("a.rs", "use std::fmt;\n//! Late.\n")));
        assert!(!has_module_docs(&file("a.rs", "//!\nfn a() {}\n")));
        assert!(!has_module_docs(&file("a.rs", "")));
    }

    #[test]
    fn a_public_crate_without_the_lint_is_a_fault() {
        let found = check(&repository(&[("pallets/jobs/src/lib.rs", "//! Jobs.\n"), ("cli/src/lib.rs", "//! The CLI.\n")]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "pallets/jobs/src/lib.rs");
    }
}
