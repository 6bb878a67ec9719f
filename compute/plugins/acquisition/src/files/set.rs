//! Which files are read.

use super::io_error;
use neurite_core::{name_matches, ConfinedFolder, Need, ParameterFault, PluginError, RelativePath};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{
    fs::{File, FileType},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The most files that are one input.
pub const MAX_FILES: usize = 4_096;
/// The largest file that is read as a whole, in bytes.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024 * 1024;

/// Files of a folder, read one after the other as one input.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FileSet {
    /// These, in this order.
    List(Vec<RelativePath>),
    /// Those whose name matches, in the order of their names; `*` stands for any characters.
    Pattern(String),
}

impl FileSet {
    /// Returns what the schema cannot say is wrong; `follow` is whether the files grow.
    pub fn faults(&self, follow: bool) -> Vec<ParameterFault> {
        let message = match self {
            Self::List(_) if follow => "must be a pattern of the files to follow, such as *.csv".into(),
            Self::List(files) if files.is_empty() || files.len() > MAX_FILES => format!("must name 1 to {MAX_FILES} files"),
            Self::Pattern(pattern) if !pattern.contains('*') => "must be a list of files, or a pattern with *".into(),
            Self::Pattern(pattern) if RelativePath::new(pattern).is_none() || pattern.contains('/') => {
                "must be a pattern of names, not of paths".into()
            }
            _ => return Vec::new(),
        };
        vec![ParameterFault { path: "/FILES".into(), message }]
    }
}

/// A file of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Its path below the data folder, for errors.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

impl InputFile {
    /// Opens the file; fails if it is none or too large.
    pub fn open(&self) -> Result<File, PluginError> {
        let file = File::open(&self.path).map_err(|error| io_error(&self.name, &error))?;
        let metadata = file.metadata().map_err(|error| io_error(&self.name, &error))?;
        if !metadata.is_file() || metadata.len() > MAX_FILE_BYTES {
            return Err(PluginError::input(&self.name, format!("is no file of at most {MAX_FILE_BYTES} bytes")));
        }
        Ok(file)
    }
}

/// The files that a document names: `URL`, or `FILES` of the folder `URL`.
#[derive(Debug, Clone)]
pub struct InputFiles {
    data: ConfinedFolder,
    url: RelativePath,
    set: Option<FileSet>,
}

impl InputFiles {
    /// Makes the choice from the two parameters.
    pub fn new(data: ConfinedFolder, url: RelativePath, set: Option<FileSet>) -> Self {
        Self { data, url, set }
    }

    /// Returns the input as the document names it.
    pub fn input(&self) -> &str {
        self.url.as_str()
    }

    /// Returns what must be there for the files to be read; of those that grow, none need be there yet.
    pub fn needs(&self, blake3: Option<&str>, follow: bool) -> Vec<Need> {
        let (folder, path, one) = (self.data.clone(), self.url.clone(), blake3.map(str::to_owned));
        match &self.set {
            None => vec![Need::File { folder, path, blake3: one }],
            Some(FileSet::Pattern(pattern)) => {
                let pattern = (!follow).then(|| pattern.clone());
                vec![Need::Folder { folder, path, pattern }]
            }
            Some(FileSet::List(files)) => {
                let paths = files.iter().filter_map(|file| RelativePath::new(format!("{}/{file}", self.url)));
                paths.map(|path| Need::file(&self.data, &path)).collect()
            }
        }
    }

    /// Returns the files in the order in which they are read, after a look at their digest if one is given.
    ///
    /// Fails with [`PluginError::Input`] if one is missing or leads out of the data folder, if none matches, if they are too many, or if their
    /// bytes, one after the other, have another blake3 digest.
    pub fn list(&self, blake3: Option<&str>) -> Result<Vec<InputFile>, PluginError> {
        let files = self.all()?;
        match blake3 {
            Some(expected) => self.check_digest(&files, expected).map(|()| files),
            None => Ok(files),
        }
    }

    fn all(&self) -> Result<Vec<InputFile>, PluginError> {
        let names = match &self.set {
            None => vec![self.url.to_string()],
            Some(FileSet::List(files)) => files.iter().map(|file| format!("{}/{file}", self.url)).collect(),
            Some(FileSet::Pattern(pattern)) => self.matching(pattern).map_err(|error| io_error(self.input(), &error))?,
        };
        if names.is_empty() || names.len() > MAX_FILES {
            return Err(PluginError::input(self.input(), format!("has {} such files, 1 to {MAX_FILES} are possible", names.len())));
        }
        names.into_iter().map(|name| self.find(&name).map_err(|error| io_error(&name, &error))).collect()
    }

    /// Returns the first file whose name comes after `name`, or the first of all; `None` if there is none now.
    pub fn after(&self, name: Option<&str>) -> io::Result<Option<InputFile>> {
        let names = match &self.set {
            Some(FileSet::Pattern(pattern)) => self.matching(pattern)?,
            _ => vec![self.url.to_string()],
        };
        match names.into_iter().find(|found| name.is_none_or(|name| found.as_str() > name)) {
            Some(found) => self.present(&found),
            None => Ok(None),
        }
    }

    /// Returns the file of this name, `None` if it is not there now.
    pub fn present(&self, name: &str) -> io::Result<Option<InputFile>> {
        match self.find(name) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn check_digest(&self, files: &[InputFile], expected: &str) -> Result<(), PluginError> {
        let mut hasher = blake3::Hasher::new();
        for file in files {
            io::copy(&mut file.open()?.take(MAX_FILE_BYTES), &mut hasher).map_err(|error| io_error(&file.name, &error))?;
        }
        let found = hasher.finalize().to_hex();
        if found.as_str() == expected {
            Ok(())
        } else {
            Err(PluginError::input(self.input(), format!("has blake3 digest {found} instead of {expected}")))
        }
    }

    /// Returns the files beside the one of this name, itself included; links are left out.
    pub fn neighbours(&self, name: &str) -> io::Result<Vec<InputFile>> {
        let folder = match name.rsplit_once('/') {
            Some((folder, _)) => self.find(folder)?.path,
            None => self.data.root().to_owned(),
        };
        let names = folder_files(&folder, |kind| kind.is_file())?;
        Ok(names.into_iter().map(|name| InputFile { path: folder.join(&name), name }).collect())
    }

    fn find(&self, name: &str) -> io::Result<InputFile> {
        let relative = RelativePath::new(name).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "is no plain path"))?;
        Ok(InputFile { path: self.data.resolve(&relative)?, name: name.to_owned() })
    }

    /// The names of the folder's files that match, sorted.
    fn matching(&self, pattern: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in folder_files(&self.data.resolve(&self.url)?, |kind| !kind.is_dir())? {
            let hidden = entry.starts_with('.') && !pattern.starts_with('.');
            if !hidden && name_matches(pattern, &entry) {
                names.push(format!("{}/{entry}", self.url));
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// The names of a folder's entries of some kinds.
fn folder_files(folder: &Path, wanted: impl Fn(FileType) -> bool) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // A name that is no UTF-8 cannot be written in a document either.
        if let (true, Ok(name)) = (wanted(entry.file_type()?), entry.file_name().into_string()) {
            names.push(name);
        }
    }
    Ok(names)
}
