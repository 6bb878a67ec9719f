//! Paths that come from documents, and the folders that they cannot leave.

use crate::bounds::MAX_PATH;
use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use std::{
    borrow::Cow,
    io,
    path::{Path, PathBuf},
};

/// What [`RelativePath`] accepts, as a regular expression of JSON Schema.
const PATTERN: &str = r"^(?!(.*/)?\.\.?(/|$))[^/\\\u0000]+(/[^/\\\u0000]+)*$";

/// A path below a folder: not absolute, no `.` or `..`, no backslash, at most [`MAX_PATH`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct RelativePath(String);

impl RelativePath {
    /// Makes a path; `None` if it is anything else than a plain relative one.
    pub fn new(path: impl Into<String>) -> Option<Self> {
        let path = path.into();
        let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']);
        (path.len() <= MAX_PATH && path.split('/').all(plain)).then_some(Self(path))
    }

    /// Returns the path as the document wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RelativePath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RelativePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).ok_or_else(|| serde::de::Error::custom("not a relative path below its folder"))
    }
}

impl JsonSchema for RelativePath {
    fn schema_name() -> Cow<'static, str> {
        "RelativePath".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_PATH, "pattern": PATTERN })
    }
}

/// A folder whose files documents may name.
///
/// The look at the file system is injected, as `std::fs::canonicalize`.
#[derive(Debug, Clone)]
pub struct ConfinedFolder {
    root: PathBuf,
    canonicalize: fn(PathBuf) -> io::Result<PathBuf>,
}

impl ConfinedFolder {
    /// Makes a folder. `canonicalize` returns the path with every symbolic link resolved, or fails if nothing is there.
    pub fn new(root: impl Into<PathBuf>, canonicalize: fn(PathBuf) -> io::Result<PathBuf>) -> Self {
        Self { root: root.into(), canonicalize }
    }

    /// Returns the folder's path as it was configured.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns where the file is, with links resolved.
    ///
    /// Fails with `NotFound` if it is missing and with `PermissionDenied` if links lead out of the folder.
    pub fn resolve(&self, path: &RelativePath) -> io::Result<PathBuf> {
        let root = (self.canonicalize)(self.root.clone())?;
        let file = (self.canonicalize)(root.join(path.as_str()))?;
        if file.starts_with(&root) {
            Ok(file)
        } else {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, "leads out of its folder"))
        }
    }
}

/// Tells whether a name matches a pattern in which `*` stands for any characters.
pub fn name_matches(pattern: &str, name: &str) -> bool {
    let mut parts: Vec<&str> = pattern.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    let Some((first, middle)) = parts.split_first() else { return name == last };
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
