//! Scripts: what starts with `#!` can be run, and an entry point starts with `#!`.

use super::Fault;
use crate::repository::{File, Repository};

/// Folders of entry points.
const FOLDERS: &[&str] = &["scripts/", ".ci/"];

/// Checks every script.
pub(crate) fn check(repository: &Repository) -> Vec<Fault> {
    repository.files().iter().filter_map(check_file).collect()
}

fn check_file(file: &File) -> Option<Fault> {
    let is_script = file.text.starts_with("#!/");
    if is_script && !file.executable {
        return Some(Fault::new(&file.path, 1, format!("cannot be run: chmod +x {}", file.path)));
    }
    let folder = FOLDERS.iter().find(|folder| file.path.starts_with(**folder))?;
    let name = &file.path[folder.len()..];
    let is_entry_point = !name.contains('/') && !name.contains('.');
    (is_entry_point && !is_script).then(|| Fault::new(&file.path, 1, "is an entry point: start it with `#!/usr/bin/env bash`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str, executable: bool) -> File {
        File { path: path.into(), text: text.into(), executable }
    }

    #[test]
    fn a_script_without_the_run_bit_is_a_fault() {
        assert_eq!(check_file(&file("scripts/demo", "#!/bin/sh\n", true)), None);
        assert!(check_file(&file("scripts/demo", "#!/bin/sh\n", false)).is_some());
        assert!(check_file(&file("models/train.py", "#!/usr/bin/env python3\n", false)).is_some());
    }

    #[test]
    fn an_entry_point_without_an_interpreter_is_a_fault() {
        assert!(check_file(&file("scripts/demo", "echo\n", true)).is_some());
        assert_eq!(check_file(&file("scripts/lib/common.sh", "say() { :; }\n", false)), None);
        assert_eq!(check_file(&file("src/main.rs", "#![warn(missing_docs)]\n", false)), None);
    }
}
