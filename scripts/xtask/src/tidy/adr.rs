//! The records of decisions: numbered without gaps, titled by their number, all in the index.

use super::Fault;
use crate::repository::Repository;

const FOLDER: &str = "docs/adr/";
const INDEX: &str = "docs/adr/README.md";

/// Checks the folder of records.
pub(crate) fn check(repository: &Repository) -> Vec<Fault> {
    let Some(index) = repository.file(INDEX) else {
        return vec![Fault::new(INDEX, 1, "is missing: list every record with its title")];
    };
    let mut faults = Vec::new();
    let records = repository.files().iter().filter(|file| file.path.starts_with(FOLDER) && file.path != INDEX);
    for (position, record) in records.enumerate() {
        let name = record.path.trim_start_matches(FOLDER);
        let number = format!("{:04}", position + 1);
        if !name.starts_with(&format!("{number}-")) {
            faults.push(Fault::new(&record.path, 1, format!("should be {number}-…: records are numbered without gaps or doubles")));
        }
        if !record.text.starts_with(&format!("# {number} ")) {
            faults.push(Fault::new(&record.path, 1, format!("should start with `# {number} ` and the decision in one line")));
        }
        if !index.text.contains(&format!("]({name})")) {
            faults.push(Fault::new(INDEX, 1, format!("does not link {name}: add a line for it")));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::testing::repository;

    #[test]
    fn a_complete_index_is_fine() {
        let files = [(INDEX, "* [One](0001-one.md)\n"), ("docs/adr/0001-one.md", "# 0001 One\n")];
        assert_eq!(check(&repository(&files)), []);
    }

    #[test]
    fn gaps_titles_and_missing_links_are_faults() {
        let files = [(INDEX, "nothing\n"), ("docs/adr/0002-two.md", "# Two\n")];
        assert_eq!(check(&repository(&files)).len(), 3);
        assert_eq!(check(&repository(&[])).len(), 1);
    }
}
