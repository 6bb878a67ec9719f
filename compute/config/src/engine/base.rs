//! The folder in which everything of an engine is.

use std::path::{Path, PathBuf};

/// The layout of the base folder; nothing is written elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseFolder {
    root: PathBuf,
}

impl BaseFolder {
    /// Names a base folder; makes nothing.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Returns the folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the engine configuration file.
    pub fn config(&self) -> PathBuf {
        self.root.join("engine.toml")
    }

    /// Returns the file of the node's private key, mode 0600.
    pub fn node_key(&self) -> PathBuf {
        self.root.join("node-key")
    }

    /// Returns the file of the bearer token of the HTTP API, mode 0600.
    pub fn api_token(&self) -> PathBuf {
        self.root.join("api-token")
    }

    /// Returns the database of pipelines, checkpoints and replay windows.
    pub fn state(&self) -> PathBuf {
        self.root.join("state.redb")
    }

    /// Returns the folder of inputs that documents may name.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// Returns the folder of models that documents may name.
    pub fn models(&self) -> PathBuf {
        self.root.join("models")
    }

    /// Returns the folder of files that pipelines write, one folder for each.
    pub fn outputs(&self) -> PathBuf {
        self.root.join("outputs")
    }
}
