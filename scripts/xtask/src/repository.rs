//! What the checks look at: the text files that git sees and the manifests of the workspace, read once.

use anyhow::{ensure, Context, Result};
use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

/// A text file of the repository.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
    /// Whether its owner may run it.
    pub(crate) executable: bool,
}

impl File {
    /// Tells whether this is Rust.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Tells whether the whole file is test code.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/") || self.path.contains("/benches/")
    }
}

/// A package's manifest.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    /// The package's folder from the root.
    pub(crate) folder: String,
    /// Its text, for line numbers.
    pub(crate) text: String,
    /// Its content.
    pub(crate) value: toml::Table,
}

impl Manifest {
    /// The path of the manifest itself.
    pub(crate) fn path(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }

    /// The line, from 1, of the first occurrence of `needle` at the start of a line; 1 if there is none.
    pub(crate) fn line_of(&self, needle: &str) -> usize {
        self.text.lines().position(|line| line.starts_with(needle)).map_or(1, |index| index + 1)
    }
}

/// The repository.
#[derive(Debug, Default)]
pub(crate) struct Repository {
    files: Vec<File>,
    paths: BTreeSet<String>,
    manifests: Vec<Manifest>,
    root_manifest: toml::Table,
    root: Option<std::path::PathBuf>,
}

impl Repository {
    /// Reads everything that git tracks or would track.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let output = Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("cannot run git")?;
        ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
        let listed = String::from_utf8(output.stdout)?;
        let (mut files, mut others) = (Vec::new(), Vec::new());
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            let on_disk = root.join(path);
            // A file that is deleted but not yet committed is still listed.
            let Ok(metadata) = fs::metadata(&on_disk) else { continue };
            match String::from_utf8(fs::read(&on_disk)?) {
                Ok(text) => {
                    let executable = metadata.permissions().mode() & 0o100 != 0;
                    files.push(File { path: path.to_owned(), text, executable });
                }
                Err(_) => others.push(path.to_owned()),
            }
        }
        let mut repository = Self::from_files(files)?;
        repository.paths.extend(others);
        repository.root = Some(root.to_path_buf());
        Ok(repository)
    }

    /// Builds a repository from files in memory.
    pub(crate) fn from_files(files: Vec<File>) -> Result<Self> {
        let root_manifest: toml::Table = match files.iter().find(|file| file.path == "Cargo.toml") {
            Some(file) => toml::from_str(&file.text).context("Cargo.toml")?,
            None => toml::Table::new(),
        };
        let members = strings(root_manifest.get("workspace").and_then(|workspace| workspace.get("members")));
        let mut manifests = Vec::new();
        for folder in members {
            let path = format!("{folder}/Cargo.toml");
            let file = files.iter().find(|file| file.path == path).with_context(|| format!("{path} is missing"))?;
            let value = toml::from_str(&file.text).with_context(|| path.clone())?;
            manifests.push(Manifest { folder, text: file.text.clone(), value });
        }
        let paths = files.iter().map(|file| file.path.clone()).collect();
        Ok(Self { files, paths, manifests, root_manifest, root: None })
    }

    /// The text files.
    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// The text file at a path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Tells whether a path names a file or a folder of the repository.
    pub(crate) fn contains(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        path.is_empty() || self.paths.contains(path) || self.paths.iter().any(|known| known.starts_with(&folder))
    }

    /// The manifests of the workspace's members.
    pub(crate) fn manifests(&self) -> &[Manifest] {
        &self.manifests
    }

    /// The folder of the workspace member that a dependency named `name` stands for.
    pub(crate) fn member_of_dependency(&self, name: &str) -> Option<&str> {
        let path = self.root_manifest.get("workspace")?.get("dependencies")?.get(name)?.get("path")?;
        path.as_str()
    }

    /// The registry name of a dependency that the workspace may have renamed.
    pub(crate) fn package_of_dependency<'a>(&'a self, name: &'a str) -> &'a str {
        let renamed = || self.root_manifest.get("workspace")?.get("dependencies")?.get(name)?.get("package")?.as_str();
        renamed().unwrap_or(name)
    }

    /// The folder on disk; nothing for a repository in memory.
    pub(crate) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }
}

fn strings(value: Option<&toml::Value>) -> Vec<String> {
    let items = value.and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// Builds repositories for tests.
#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A file that cannot be run.
    pub(crate) fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned(), executable: false }
    }

    /// A repository of the given paths and texts.
    pub(crate) fn repository(files: &[(&str, &str)]) -> Repository {
        Repository::from_files(files.iter().map(|(path, text)| file(path, text)).collect()).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::repository;

    #[test]
    fn dependencies_lead_to_their_members() {
        let root = "[workspace]\nmembers = ['a']\n[workspace.dependencies]\nours = { path = 'a' }\nrenamed = { package = 'real', version = '1' }\n";
        let repository = repository(&[("Cargo.toml", root), ("a/Cargo.toml", "[package]\nname = 'ours'\n")]);
        assert_eq!(repository.member_of_dependency("ours"), Some("a"));
        assert_eq!(repository.package_of_dependency("renamed"), "real");
        assert_eq!(repository.package_of_dependency("plain"), "plain");
        assert_eq!(repository.manifests()[0].path(), "a/Cargo.toml");
        assert!(repository.contains("a") && repository.contains("a/Cargo.toml") && !repository.contains("b"));
    }
}
