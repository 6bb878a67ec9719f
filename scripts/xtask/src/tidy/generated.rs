//! The generated files: what is committed is what the code makes today.

use super::Fault;
use crate::repository::Repository;

/// Compares the committed files with what the program makes now, given as paths and texts.
pub(crate) fn check(repository: &Repository, expected: &[(String, String)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in expected {
        let committed = repository.file(path).map_or("", |file| file.text.as_str());
        if committed == text {
            continue;
        }
        let same = committed.lines().zip(text.lines()).take_while(|(old, new)| old == new).count();
        faults.push(Fault::new(path, same + 1, "is out of step with the code: run `cargo xtask codegen` and commit the result"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::testing::repository;

    #[test]
    fn stale_and_missing_files_are_faults_at_the_first_difference() {
        let repository = repository(&[("docs/a.md", "one\ntwo\n"), ("docs/b.md", "same\n")]);
        let expected = [("docs/a.md", "one\nthree\n"), ("docs/b.md", "same\n"), ("docs/c.md", "new\n")];
        let found = check(&repository, &expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
        assert_eq!(found.iter().map(|fault| (fault.path.as_str(), fault.line)).collect::<Vec<_>>(), [("docs/a.md", 2), ("docs/c.md", 1)]);
    }
}
