//! Temporary base folders.

use crate::services;
use neurite_core::{ConfinedFolder, Context, Shard};
use std::path::Path;

/// A base folder with `data` and `models`, removed when dropped.
#[derive(Debug)]
pub struct TempBase {
    folder: tempfile::TempDir,
}

impl Default for TempBase {
    fn default() -> Self {
        Self::new()
    }
}

impl TempBase {
    /// Makes an empty base folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["data", "models"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder in a new folder");
        }
        Self { folder }
    }

    /// Returns the folder's path.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the folder of inputs.
    pub fn data(&self) -> ConfinedFolder {
        ConfinedFolder::new(self.root().join("data"), std::fs::canonicalize)
    }

    /// Returns the folder of models.
    pub fn models(&self) -> ConfinedFolder {
        ConfinedFolder::new(self.root().join("models"), std::fs::canonicalize)
    }

    /// Writes an input.
    pub fn write_data(&self, name: &str, text: &str) {
        std::fs::write(self.root().join("data").join(name), text).expect("an input file");
    }
}

/// Returns the context of an instance of a pipeline without a job.
pub fn context(base: &TempBase) -> Context {
    Context { data: base.data(), models: base.models(), outputs: base.root().join("outputs/test"), ..detached_context() }
}

/// Returns a context without inputs and models, for plugins that need none.
pub fn detached_context() -> Context {
    let nowhere = ConfinedFolder::new("/nonexistent", std::fs::canonicalize);
    Context {
        pipeline: "test".into(),
        signature: "TEST".into(),
        instance: "test".into(),
        shard: Shard::WHOLE,
        job: None,
        data: nowhere.clone(),
        models: nowhere,
        outputs: "/nonexistent".into(),
        services: services(),
    }
}
