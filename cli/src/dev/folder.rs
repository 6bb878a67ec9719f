//! The base folder of a network: a named one that stays, or a temporary one that goes.

use crate::CliError;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// The folder that holds the chain, the engines and their logs.
#[derive(Debug)]
pub enum BaseFolder {
    /// Stays.
    Kept(PathBuf),
    /// Goes with this value.
    Temporary(TempDir),
}

impl BaseFolder {
    /// Creates the folder that was named, or a temporary one.
    pub fn create(named: Option<&Path>) -> Result<Self, CliError> {
        match named {
            Some(path) => {
                let fault = |error: std::io::Error| CliError::File { path: path.to_owned(), reason: error.to_string() };
                fs::create_dir_all(path).map_err(fault)?;
                Ok(Self::Kept(path.canonicalize().map_err(fault)?))
            }
            None => {
                let made = tempfile::Builder::new().prefix("neurite-").tempdir();
                made.map(Self::Temporary).map_err(|error| CliError::File { path: std::env::temp_dir(), reason: error.to_string() })
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// Lets the folder stay even if it is temporary.
    pub fn keep(self) -> PathBuf {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.keep(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_temporary_folder_goes() {
        let outer = tempfile::tempdir().unwrap();
        let named = outer.path().join("a/b");
        drop(BaseFolder::create(Some(&named)).unwrap());
        assert!(named.is_dir());
        let temporary = BaseFolder::create(None).unwrap();
        let path = temporary.path().to_owned();
        assert!(path.is_dir());
        drop(temporary);
        assert!(!path.exists());
    }
}
