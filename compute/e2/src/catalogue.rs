//! Commands that show which plugins there are.

use crate::plugins;
use anyhow::{bail, Result};
use neurite_core::{Descriptor, PluginKind};
use std::process::ExitCode;

/// Prints every plugin with the first sentence of what it does.
pub fn list() -> Result<ExitCode> {
    let registry = plugins::catalogue()?;
    let width = PluginKind::ALL.iter().flat_map(|kind| registry.descriptors(*kind)).map(|plugin| plugin.signature.len()).max().unwrap_or(0);
    for kind in PluginKind::ALL {
        println!("{kind}");
        for plugin in registry.descriptors(kind) {
            println!("  {:width$}  {}", plugin.signature, first_sentence(&plugin.description));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what there is to know about a plugin; of every kind that has one of this name.
pub fn show(name: &str) -> Result<ExitCode> {
    let registry = plugins::catalogue()?;
    let all: Vec<&Descriptor> = PluginKind::ALL.iter().flat_map(|kind| registry.descriptors(*kind)).collect();
    let found: Vec<&&Descriptor> = all.iter().filter(|plugin| plugin.signature == name).collect();
    if found.is_empty() {
        let alike = all.iter().find(|plugin| plugin.signature.eq_ignore_ascii_case(name));
        let hint = alike.map_or("`neurite-e2 plugins` lists them".to_owned(), |plugin| format!("did you mean {}?", plugin.signature));
        bail!("there is no plugin {name:?}: {hint}");
    }
    for plugin in found {
        println!("{} ({})\n\n{}\n", plugin.signature, plugin.kind, plugin.description);
        println!("Parameters, as JSON Schema:\n{:#}\n", plugin.schema);
        println!("A document that uses it:\n{}", plugin.example);
    }
    Ok(ExitCode::SUCCESS)
}

fn first_sentence(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    line.find(". ").map_or(line, |end| &line[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurite_config::PipelineDocument;

    #[test]
    fn every_plugin_shows_a_valid_document_that_names_it() {
        let registry = plugins::catalogue().unwrap();
        for plugin in PluginKind::ALL.iter().flat_map(|kind| registry.descriptors(*kind)) {
            assert!(plugin.example.contains(&format!("\"{}\"", plugin.signature)), "{}", plugin.signature);
            let parsed = PipelineDocument::parse(plugin.example.as_bytes(), &registry);
            parsed.unwrap_or_else(|error| panic!("{}: {error}", plugin.signature));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_like() {
        assert!(show("alert").unwrap_err().to_string().contains("did you mean ALERT?"));
        assert!(show("nothing").unwrap_err().to_string().contains("lists them"));
    }

    #[test]
    fn the_first_sentence_ends_with_its_point() {
        assert_eq!(first_sentence("Reads rows. Then more."), "Reads rows.");
        assert_eq!(first_sentence("One line without an end"), "One line without an end");
    }
}
