//! The manifests: one place for lints, versions and facts about the project.

use super::Fault;
use crate::repository::{Manifest, Repository};

/// Fields of `[package]` that every member takes from the workspace.
const INHERITED: &[&str] = &["version", "edition", "license", "authors", "rust-version", "publish"];

/// Checks every member's manifest.
pub(crate) fn check(repository: &Repository) -> Vec<Fault> {
    repository.manifests().iter().flat_map(check_manifest).collect()
}

fn check_manifest(manifest: &Manifest) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |line: usize, message: String| faults.push(Fault::new(manifest.path(), line, message));
    if !from_workspace(manifest.value.get("lints")) {
        fault(1, "add `[lints] workspace = true`".into());
    }
    let package = manifest.value.get("package");
    for field in INHERITED {
        if !from_workspace(package.and_then(|package| package.get(field))) {
            fault(manifest.line_of(field), format!("`{field}` is the workspace's: write `{field}.workspace = true`"));
        }
    }
    let description = package.and_then(|package| package.get("description")).and_then(toml::Value::as_str);
    if !description.is_some_and(|description| description.ends_with('.')) {
        fault(manifest.line_of("description"), "`description` should be one sentence that ends in a period".into());
    }
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let entries = manifest.value.get(section).and_then(toml::Value::as_table);
        for (name, entry) in entries.into_iter().flatten() {
            // An exception stands below a comment that says why.
            let explained = manifest.line_of(name).checked_sub(2).and_then(|above| manifest.text.lines().nth(above));
            if !from_workspace(Some(entry)) && !explained.is_some_and(|above| above.starts_with('#')) {
                fault(manifest.line_of(name), format!("`{name}` needs `workspace = true`: its version belongs to the root's Cargo.toml"));
            }
        }
    }
    faults
}

fn from_workspace(value: Option<&toml::Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = 'a'\ndescription = 'Does it.'\nversion.workspace = true\nedition.workspace = true\n\
        license.workspace = true\nauthors.workspace = true\nrust-version.workspace = true\npublish.workspace = true\n\
        [lints]\nworkspace = true\n[dependencies]\nserde = { workspace = true, features = ['std'] }\n";

    fn faults(text: &str) -> Vec<Fault> {
        let value = toml::from_str(text).unwrap();
        check_manifest(&Manifest { folder: "a".into(), text: text.into(), value })
    }

    #[test]
    fn a_manifest_that_takes_all_from_the_workspace_is_fine() {
        assert_eq!(faults(GOOD), []);
    }

    #[test]
    fn own_lints_versions_and_facts_are_faults() {
        let found =
            faults(&GOOD.replace("[lints]\nworkspace = true\n", "").replace("serde = { workspace = true, ", "serde = { version = '1', "));
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].line, 11);
        assert_eq!(faults(&GOOD.replace("serde = { workspace = true, ", "# Without std.\nserde = { version = '1', ")), []);
        assert_eq!(faults(&GOOD.replace("Does it.", "does it")).len(), 1);
        assert_eq!(faults(&GOOD.replace("edition.workspace = true", "edition = '2021'")).len(), 1);
    }
}
