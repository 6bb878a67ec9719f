//! Plugins: each has a folder, an example document that uses it, and a section in the generated reference.

use super::Fault;
use crate::repository::{File, Repository};

const FOLDER: &str = "compute/plugins/";
const EXAMPLES: &str = "examples/";
const REFERENCE: &str = "docs/plugins.md";

/// Checks every folder that holds a `plugin.rs`.
pub(crate) fn check(repository: &Repository) -> Vec<Fault> {
    let mut faults = Vec::new();
    let is_example = |file: &&File| file.path.starts_with(EXAMPLES) && file.path.ends_with(".json");
    let examples: Vec<String> = repository.files().iter().filter(is_example).map(|file| plain(&file.text)).collect();
    let reference = plain(repository.file(REFERENCE).map_or("", |file| file.text.as_str()));
    for file in repository.files() {
        let Some(folder) = plugin_folder(&file.path) else { continue };
        let Some(signature) = signature(repository, folder) else {
            faults.push(Fault::new(&file.path, 1, "declares no `SIGNATURE: &str`: that is the name documents use"));
            continue;
        };
        let named = format!("\"{}\"", plain(&signature));
        if !examples.iter().any(|example| example.contains(&named)) {
            faults.push(Fault::new(&file.path, 1, format!("no document in {EXAMPLES} uses {signature}: write one")));
        }
        if !reference.contains(&plain(&signature)) {
            faults.push(Fault::new(&file.path, 1, format!("{REFERENCE} does not name {signature}: run `cargo xtask codegen`")));
        }
    }
    faults
}

/// The folder of a plugin, if this is the path of its `plugin.rs`.
fn plugin_folder(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/plugin.rs")?;
    folder.starts_with(FOLDER).then_some(folder)
}

/// The name by which documents use the plugin of a folder.
fn signature(repository: &Repository, folder: &str) -> Option<String> {
    let folder = format!("{folder}/");
    repository.files().iter().filter(|file| file.path.starts_with(&folder)).find_map(|file| {
        let (_, rest) = file.text.split_once("const SIGNATURE: ")?.1.split_once("= \"")?;
        rest.split('"').next().map(str::to_owned)
    })
}

/// Signatures are compared without regard to case and underscores.
fn plain(text: &str) -> String {
    text.to_lowercase().replace('_', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::testing::repository;

    const PLUGIN: (&str, &str) = ("compute/plugins/business/src/score/plugin.rs", "const SIGNATURE: &str = \"CLASSIFIER_SCORE\";\n");

    #[test]
    fn a_plugin_with_example_and_reference_is_fine() {
        let files = [PLUGIN, ("examples/a.json", "{\"SIGNATURE\": \"classifier_score\"}"), (REFERENCE, "## CLASSIFIER_SCORE\n")];
        assert_eq!(check(&repository(&files)), []);
    }

    #[test]
    fn a_plugin_without_them_is_a_fault() {
        assert_eq!(check(&repository(&[PLUGIN])).len(), 2);
        assert_eq!(check(&repository(&[("compute/plugins/business/src/score/plugin.rs", "")])).len(), 1);
    }
}
