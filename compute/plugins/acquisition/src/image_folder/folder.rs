//! Pictures in a folder.

use super::listing::{check_bounds, check_count, invalid, is_picture, read_bounded, Listing, Store, MAX_PICTURE_BYTES};
use neurite_core::{ConfinedFolder, RelativePath};
use std::{fs::File, io, path::PathBuf};

/// How many folders may lie in each other.
const MAX_DEPTH: usize = 16;

/// Pictures in a folder, by their paths below the data folder.
pub(super) struct Folder {
    data: ConfinedFolder,
    paths: Vec<RelativePath>,
}

impl Folder {
    /// Lists the pictures in a folder and the folders in it. Links are passed over.
    pub(super) fn list(url: &RelativePath, data: &ConfinedFolder) -> io::Result<Listing> {
        let mut found = Vec::new();
        let mut entries = 0;
        let mut folders: Vec<(PathBuf, String, usize)> = vec![(data.resolve(url)?, String::new(), 0)];
        while let Some((folder, prefix, depth)) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                entries += 1;
                check_count(entries)?;
                let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else { continue };
                let kind = entry.file_type()?;
                if kind.is_dir() && depth < MAX_DEPTH {
                    folders.push((entry.path(), format!("{name}/"), depth + 1));
                } else if kind.is_file() && is_picture(&name) {
                    check_bounds(&name, entry.metadata()?.len())?;
                    let path = RelativePath::new(format!("{url}/{name}"))
                        .ok_or_else(|| invalid(format!("has a path that cannot be used: {name}")))?;
                    found.push((name, path));
                }
            }
        }
        Ok(Listing::sorted(found, |paths| Self { data: data.clone(), paths }))
    }
}

impl Store for Folder {
    fn read(&mut self, at: usize) -> io::Result<Vec<u8>> {
        let path = self.paths.get(at).ok_or(io::ErrorKind::NotFound)?;
        // Resolved again, for a link may have taken the file's place since it was listed.
        read_bounded(File::open(self.data.resolve(path)?)?, MAX_PICTURE_BYTES)
    }
}
