//! What a plugin needs outside of the engine.

use crate::{ConfinedFolder, Endpoint, RelativePath};
use std::fmt;

/// Something outside of the engine that must be there for an instance to run.
///
/// A plugin names it from its parameters without a look at it; whoever looks does so without side effects. Its text is fit to be shown:
/// of a service it has neither user and password nor the path, which often is a secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Need {
    /// A file that can be read.
    File {
        /// The folder that it cannot be outside of.
        folder: ConfinedFolder,
        /// Its path below the folder.
        path: RelativePath,
        /// The digest that it must have: blake3, 64 hexadecimal digits in lower case.
        blake3: Option<String>,
    },
    /// A folder that can be listed.
    Folder {
        /// The folder that it cannot be outside of.
        folder: ConfinedFolder,
        /// Its path below that folder.
        path: RelativePath,
        /// A pattern that the name of at least one file in it must match, see [`name_matches`](crate::name_matches).
        pattern: Option<String>,
    },
    /// A program that the engine finds by its name.
    Program(&'static str),
    /// A service that accepts connections.
    Service(Endpoint),
}

impl Need {
    /// Makes the need of a file without a known digest.
    pub fn file(folder: &ConfinedFolder, path: &RelativePath) -> Self {
        Self::File { folder: folder.clone(), path: path.clone(), blake3: None }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, .. } => write!(formatter, "file {path}"),
            Self::Folder { path, pattern: None, .. } => write!(formatter, "folder {path}"),
            Self::Folder { path, pattern: Some(pattern), .. } => write!(formatter, "files {path}/{pattern}"),
            Self::Program(name) => write!(formatter, "program {name}"),
            Self::Service(endpoint) => write!(formatter, "service {}", endpoint.service()),
        }
    }
}
