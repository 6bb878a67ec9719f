//! Looks at what is on this machine: files, folders, programs. Blocks.

use super::report::Fault;
use neurite_core::{name_matches, ConfinedFolder, Need, RelativePath};
use std::{
    env,
    fs::{self, File},
    io::{self, ErrorKind, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Looks at a need that is on this machine; fails with what is wrong with it.
pub fn look(need: &Need) -> Result<(), Fault> {
    match need {
        Need::File { folder, path, blake3 } => look_at_file(folder, path, blake3.as_deref()),
        Need::Folder { folder, path, pattern } => look_at_folder(folder, path, pattern.as_deref()),
        Need::Program(name) => look_for_program(name, env::var_os("PATH").unwrap_or_default().as_ref()),
        _ => Err(Fault::unknown()),
    }
}

fn look_at_file(folder: &ConfinedFolder, path: &RelativePath, blake3: Option<&str>) -> Result<(), Fault> {
    let found = find(folder, path)?;
    let failed = |error: io::Error| unusable(&found, &error);
    let mut file = File::open(&found).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(Fault::new("is no file", format!("name a file below {}", folder.root().display())));
    }
    let Some(expected) = blake3 else {
        return file.read(&mut [0]).map(drop).map_err(failed);
    };
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut file, &mut hasher).map_err(failed)?;
    let digest = hasher.finalize().to_hex();
    if digest.as_str() == expected {
        return Ok(());
    }
    Err(Fault::new(format!("has the blake3 digest {digest}"), format!("get the file whose digest is {expected}, or correct BLAKE3")))
}

fn look_at_folder(folder: &ConfinedFolder, path: &RelativePath, pattern: Option<&str>) -> Result<(), Fault> {
    let found = find(folder, path)?;
    let entries = fs::read_dir(&found).map_err(|error| unusable(&found, &error))?;
    let Some(pattern) = pattern else { return Ok(()) };
    let mut names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    // As the sources do: what is hidden is meant only by a pattern that says so.
    let meant = |name: &String| (!name.starts_with('.') || pattern.starts_with('.')) && name_matches(pattern, name);
    if names.any(|name| meant(&name)) {
        return Ok(());
    }
    Err(Fault::new("no file matches", format!("put one into {}, or correct the pattern", found.display())))
}

/// Finds a file or folder that links may not lead away from.
fn find(folder: &ConfinedFolder, path: &RelativePath) -> Result<PathBuf, Fault> {
    folder.resolve(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Fault::new("is not there", format!("put it into {}, or name another folder with --data or --models", folder.root().display()))
        }
        _ => unusable(&folder.root().join(path.as_str()), &error),
    })
}

fn unusable(path: &Path, error: &io::Error) -> Fault {
    let advice = match error.kind() {
        ErrorKind::PermissionDenied => format!("let the engine's user read {}, and no link lead out of its folder", path.display()),
        _ => format!("see what {} is", path.display()),
    };
    Fault::new(error.to_string(), advice)
}

/// Looks for a program as the engine does: in the folders of `PATH`.
fn look_for_program(name: &str, folders: &std::ffi::OsStr) -> Result<(), Fault> {
    let runs = |path: PathBuf| fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0);
    if env::split_paths(folders).any(|folder| runs(folder.join(name))) {
        return Ok(());
    }
    Err(Fault::new("is not on the PATH", format!("install it, such as with `apt-get install {name}`")))
}
