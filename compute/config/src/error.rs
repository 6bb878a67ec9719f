//! Why a document was refused.

use serde::Serialize;

/// One fault of a pipeline document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Fault {
    /// JSON pointer to the faulty place, or to where a missing key belongs; empty for the document as a whole.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        write!(formatter, "{path}: {}", self.message)
    }
}

/// Why a pipeline document was refused. Values of the document are not repeated, except unknown names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is longer than what is parsed.
    #[error("document of {size} bytes is larger than {limit} bytes")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// It is not JSON.
    #[error("document is not JSON: {reason}")]
    NotJson {
        /// What the parser says, with line and column.
        reason: String,
    },
    /// It is JSON, but not a valid pipeline.
    #[error("{} faults: {}", .faults.len() + .more, list(.faults))]
    Invalid {
        /// The faults, sorted by path.
        faults: Vec<Fault>,
        /// How many faults were found beyond those listed.
        more: usize,
    },
}

impl DocumentError {
    /// Returns the faults with their paths; a document that could not be read at all is one fault of the whole.
    pub fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Invalid { faults, .. } => faults.clone(),
            other => vec![Fault { path: String::new(), message: other.to_string() }],
        }
    }
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("; ")
}

/// Why an engine configuration was refused. Lines of the file are not repeated, for they may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// It is not TOML, or a key is unknown, missing or of the wrong type.
    #[error("engine configuration{}: {reason}", .line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Syntax {
        /// The line, counted from 1, where it is known.
        line: Option<usize>,
        /// What is wrong.
        reason: String,
    },
    /// It is of a version that this engine does not read.
    #[error("engine configuration has version {found}, this engine reads {supported}")]
    Version {
        /// The version of the file.
        found: i64,
        /// The version that is read.
        supported: u32,
    },
    /// A value is not allowed.
    #[error("engine configuration, {key}: {reason}")]
    Value {
        /// The key with its section.
        key: String,
        /// What is wrong.
        reason: String,
    },
}
