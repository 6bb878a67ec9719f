//! Marks of unfinished work, which do not enter the tree.

use super::Fault;
use crate::repository::Repository;

/// The marks, written in halves so that this file holds none.
const MARKS: &[&str] = &[
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("#[ign", "ore]"),
];
/// Files that are made by tools or hold data.
const DATA: &[&str] = &[".lock", ".csv", ".json", ".svg"];

/// Looks for marks in every text file.
pub(crate) fn check(repository: &Repository) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in repository.files().iter().filter(|file| !DATA.iter().any(|suffix| file.path.ends_with(suffix))) {
        if !MARKS.iter().any(|mark| file.text.contains(mark)) {
            continue;
        }
        for (index, line) in file.text.lines().enumerate() {
            for mark in MARKS.iter().filter(|mark| line.contains(**mark)) {
                faults.push(Fault::new(&file.path, index + 1, format!("`{mark}` marks unfinished work: finish it or open an issue")));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::testing::repository;

    #[test]
    fn each_mark_is_found_at_its_line() {
        for mark in MARKS {
            let text = format!("fn a() {{\n    {mark}\n}}\n");
            let found = check(&repository(&[("a.rs", &text)]));
            assert_eq!((found.len(), found[0].line), (1, 2), "{mark}");
        }
        assert_eq!(check(&repository(&[("a.rs", "todo = \"deny\" // to do\n")])), []);
    }
}
