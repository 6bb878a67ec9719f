//! Where the programs and the files that engines read are.

use crate::CliError;
use std::{
    env,
    path::{Path, PathBuf},
};

/// The programs of a network.
#[derive(Debug, Clone)]
pub struct Programs {
    /// `neurite-node`.
    pub node: PathBuf,
    /// `neurite-e2`.
    pub engine: PathBuf,
}

impl Programs {
    /// Finds the programs in a folder, or beside this one.
    pub fn find(folder: Option<&Path>) -> Result<Self, CliError> {
        let own = || env::current_exe().ok().and_then(|program| program.parent().map(Path::to_owned));
        let folder = folder.map(Path::to_owned).or_else(own).unwrap_or_default();
        let program = |name: &str| {
            let path = folder.join(name);
            let missing = || CliError::Process { name: name.to_owned(), reason: format!("is not in {}", folder.display()) };
            path.is_file().then_some(path).ok_or_else(missing)
        };
        Ok(Self { node: program("neurite-node")?, engine: program("neurite-e2")? })
    }
}

/// A checkout, or a folder laid out like one.
#[derive(Debug, Clone)]
pub struct Assets {
    root: PathBuf,
    onnxruntime: PathBuf,
}

impl Assets {
    /// Takes the folder and the library that were named, or seeks a folder upwards from the working folder and from this program.
    pub fn find(named: Option<&Path>, onnxruntime: Option<&Path>) -> Result<Self, CliError> {
        let starts = [env::current_dir().ok(), env::current_exe().ok()];
        let candidates = match named {
            Some(named) => vec![named.to_owned()],
            None => starts.iter().flatten().flat_map(|start| start.ancestors()).map(Path::to_owned).collect(),
        };
        let root = candidates.into_iter().find(|folder| folder.join("models/digits.onnx").is_file());
        let root = root.and_then(|root| root.canonicalize().ok());
        let missing = || {
            let sought = named.map_or("no folder above this one".to_owned(), |named| named.display().to_string());
            CliError::File {
                path: PathBuf::from("models/digits.onnx"),
                reason: format!("{sought} has it: name the checkout with --assets"),
            }
        };
        let root = root.ok_or_else(missing)?;
        let onnxruntime = onnxruntime.map_or_else(|| root.join(".deps/libonnxruntime.so"), Path::to_owned);
        match onnxruntime.is_file() {
            true => Ok(Self { root, onnxruntime }),
            false => Err(CliError::File { path: onnxruntime, reason: "is missing: run scripts/setup".into() }),
        }
    }

    /// The library of ONNX Runtime.
    pub fn onnxruntime(&self) -> &Path {
        &self.onnxruntime
    }

    /// The folder of models, which also holds the inputs of the examples.
    pub fn models(&self) -> PathBuf {
        self.root.join("models")
    }

    /// The pipeline document of the main job.
    pub fn main_job(&self) -> PathBuf {
        self.root.join("examples/digits.json")
    }

    /// What Python's onnxruntime answers for the main job's model and input.
    pub fn reference(&self) -> PathBuf {
        self.root.join("models/digits.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_checkout_needs_the_model_and_the_library() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Assets::find(Some(folder.path()), None).unwrap_err().to_string().contains("--assets"));
        fs::create_dir(folder.path().join("models")).unwrap();
        fs::write(folder.path().join("models/digits.onnx"), "").unwrap();
        assert!(Assets::find(Some(folder.path()), None).unwrap_err().to_string().contains("scripts/setup"));
        fs::create_dir(folder.path().join(".deps")).unwrap();
        fs::write(folder.path().join(".deps/libonnxruntime.so"), "").unwrap();
        assert!(Assets::find(Some(folder.path()), None).is_ok());
        assert!(Assets::find(Some(folder.path()), Some(Path::new("/nowhere"))).is_err());
    }

    #[test]
    fn a_missing_program_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Programs::find(Some(folder.path())).unwrap_err();
        assert!(error.to_string().starts_with("neurite-node: is not in "), "{error}");
    }
}
