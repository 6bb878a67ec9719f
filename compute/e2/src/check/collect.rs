//! What a document needs, by the instances that need it.

use super::{report::Fault, Ground};
use crate::documents;
use neurite_config::{PipelineDocument, PluginSpec};
use neurite_core::{Context, Need, Plugin, PluginError, PluginKind};
use neurite_engine::StageName;
use neurite_plugins_communication::mqtt::Mqtt;
use std::path::Path;

/// Something of a document that is to be tried, or is known already.
pub struct Trial {
    /// The document's file.
    pub document: String,
    /// The instance, or the place in the document.
    pub instance: String,
    /// What it is about.
    pub subject: Subject,
}

/// What a trial is about.
pub enum Subject {
    /// It has to be tried.
    Need(Need),
    /// It is known, as what it is and what is wrong with it.
    Known { what: String, fault: Option<Fault> },
}

/// A plugin in a document.
struct Part<'a> {
    instance: String,
    kind: PluginKind,
    plugin: &'a PluginSpec,
}

/// Returns what is to be tried for a document; of one that is invalid, its faults.
pub fn collect(file: &Path, ground: &Ground) -> Vec<Trial> {
    let document = file.display().to_string();
    let known = |instance: &str, fault: Option<Fault>| {
        let subject = Subject::Known { what: "document".into(), fault };
        Trial { document: document.clone(), instance: instance.into(), subject }
    };
    let bytes = match documents::read(file) {
        Ok(bytes) => bytes,
        Err(error) => return vec![known("/", Some(Fault::new(format!("{error:#}"), "name a file that can be read")))],
    };
    let parsed = match PipelineDocument::parse(&bytes, &ground.registry) {
        Ok(parsed) => parsed,
        Err(error) => {
            let faults = error.faults().into_iter();
            let advice = "correct the document; `neurite-e2 plugins show NAME` tells a plugin's keys";
            return faults.map(|fault| known(or_root(&fault.path), Some(Fault::new(fault.message, advice)))).collect();
        }
    };
    let mut trials = vec![known("/", None)];
    for (instance, subject) in parts(&parsed).iter().flat_map(|part| subjects(part, &parsed.name, ground)) {
        trials.push(Trial { document: document.clone(), instance, subject });
    }
    let over_node = parsed.communication.is_empty() || parsed.communication.iter().any(|target| target.plugin.signature == Mqtt::SIGNATURE);
    if let Some(broker) = ground.broker.as_ref().filter(|_| over_node) {
        trials.push(Trial { document, instance: Mqtt::SIGNATURE.into(), subject: Subject::Need(Need::Service(broker.clone())) });
    }
    trials
}

fn or_root(path: &str) -> &str {
    if path.is_empty() {
        "/"
    } else {
        path
    }
}

/// Returns the plugins of a document in the order in which data passes them.
fn parts(document: &PipelineDocument) -> Vec<Part<'_>> {
    let of = |instance: String, kind, plugin| Part { instance, kind, plugin };
    let source = &document.acquisition.plugin;
    let mut parts = vec![of(source.signature.clone(), PluginKind::Acquisition, source)];
    for spec in &document.instances {
        let name = StageName::of(spec).to_string();
        parts.extend(spec.model.as_ref().map(|model| of(name.clone(), PluginKind::Serving, model)));
        parts.push(of(name, PluginKind::Business, &spec.plugin));
    }
    let targets = document.communication.iter().map(|target| &target.plugin);
    parts.extend(targets.map(|plugin| of(plugin.signature.clone(), PluginKind::Communication, plugin)));
    parts
}

/// Returns what a plugin needs, or why that cannot be said.
fn subjects(part: &Part<'_>, pipeline: &str, ground: &Ground) -> Vec<(String, Subject)> {
    let PluginSpec { signature, parameters } = part.plugin;
    let context =
        Context { pipeline: pipeline.into(), signature: signature.clone(), instance: part.instance.clone(), ..ground.context.clone() };
    let subjects = match ground.registry.needs(part.kind, signature, parameters, &context) {
        Ok(needs) => needs.into_iter().map(Subject::Need).collect(),
        Err(error) => vec![Subject::Known { what: format!("{} plugin {signature}", part.kind), fault: Some(fault(&error)) }],
    };
    subjects.into_iter().map(|subject| (part.instance.clone(), subject)).collect()
}

/// Says what is wrong with parameters that lead nowhere.
fn fault(error: &PluginError) -> Fault {
    Fault::new(error.to_string(), "correct the document, or add the connection to engine.toml and name that file with --config")
}
