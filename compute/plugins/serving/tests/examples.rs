//! Every example document is valid, and every plugin has one.

use neurite_config::PipelineDocument;
use neurite_core::{PluginKind, Registry};
use neurite_serving::{ServingConfig, ServingManager};
use neurite_testkit::FakePublisher;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

fn registry() -> Registry {
    let manager = ServingManager::new(ServingConfig {
        worker_program: "/nonexistent".into(),
        worker_args: Vec::new(),
        onnxruntime: "/nonexistent".into(),
        threads: 1,
        max_models: 1,
        idle_timeout: Duration::from_secs(1),
        startup_timeout: Duration::from_secs(1),
    });
    let mut registry = Registry::default();
    neurite_plugins_acquisition::register(&mut registry).unwrap();
    neurite_plugins_serving::register(&mut registry, manager).unwrap();
    neurite_plugins_business::register(&mut registry, Default::default()).unwrap();
    neurite_plugins_communication::register(&mut registry, Arc::new(FakePublisher::default())).unwrap();
    registry
}

/// The documents in the folder itself, and those of the applications, each in a folder of its own.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let documents = entries.map(|path| if path.is_dir() { path.join("pipeline.json") } else { path });
    documents.filter(|path| path.exists() && path.extension().is_some_and(|extension| extension == "json")).collect()
}

#[test]
fn every_example_is_valid_and_every_plugin_is_in_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples");
    let registry = registry();
    let mut used = BTreeSet::new();
    let mut names = BTreeSet::new();
    for path in documents(&folder) {
        let parsed = PipelineDocument::parse(&std::fs::read(&path).unwrap(), &registry);
        let document = parsed.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(names.insert(document.name.clone()), "two examples are named {}", document.name);
        used.insert(document.acquisition.plugin.signature);
        used.extend(document.communication.into_iter().map(|target| target.plugin.signature));
        for instance in document.instances {
            used.insert(instance.plugin.signature);
            used.extend(instance.model.map(|plugin| plugin.signature));
        }
    }
    let existing = PluginKind::ALL.into_iter().flat_map(|kind| registry.descriptors(kind));
    for descriptor in existing {
        assert!(used.contains(descriptor.signature), "{} plugin {} has no example", descriptor.kind, descriptor.signature);
    }
}

#[test]
fn the_main_jobs_shards_take_twelve_seconds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples/digits.json");
    let document = PipelineDocument::parse(&std::fs::read(path).unwrap(), &registry()).unwrap();
    let batches = 599u32.div_ceil(10);
    assert_eq!(document.acquisition.plugin.parameters["BATCH_ROWS"], 10);
    assert_eq!(document.acquisition.interval.unwrap() * batches, Duration::from_secs(12));
}
