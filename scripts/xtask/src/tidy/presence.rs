//! The documents that a visitor looks for at the root.

use super::Fault;
use crate::repository::Repository;

/// Each document and what it must hold.
const DOCUMENTS: &[(&str, &str)] = &[
    ("README.md", "./scripts/demo"),
    ("ARCHITECTURE.md", "## Invariants"),
    ("CONTRIBUTING.md", "## Add a plugin"),
    ("CHANGELOG.md", "## Unreleased"),
    ("LICENSE", "Apache License"),
];
/// Three printed pages.
const MAX_ARCHITECTURE_WORDS: usize = 1_500;

/// Checks that each document is there and holds its centre.
pub(crate) fn check(repository: &Repository) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, centre) in DOCUMENTS {
        match repository.file(path) {
            None => faults.push(Fault::new(*path, 1, "is missing")),
            Some(file) if !file.text.contains(centre) => faults.push(Fault::new(*path, 1, format!("does not hold `{centre}`"))),
            Some(_) => {}
        }
    }
    let words = repository.file("ARCHITECTURE.md").map_or(0, |file| file.text.split_whitespace().count());
    if words > MAX_ARCHITECTURE_WORDS {
        faults.push(Fault::new(
            "ARCHITECTURE.md",
            1,
            format!("has {words} words, at most {MAX_ARCHITECTURE_WORDS}: three pages are enough"),
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::testing::repository;

    #[test]
    fn missing_empty_and_overlong_documents_are_faults() {
        assert_eq!(check(&repository(&[])).len(), DOCUMENTS.len());
        let good: Vec<(&str, &str)> = DOCUMENTS.to_vec();
        assert_eq!(check(&repository(&good)), []);
        let long = format!("## Invariants\n{}", "word ".repeat(MAX_ARCHITECTURE_WORDS));
        let mut bad = good;
        bad[1].1 = &long;
        bad[3].1 = "";
        assert_eq!(check(&repository(&bad)).len(), 2);
    }
}
