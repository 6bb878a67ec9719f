//! What pictures there are, whatever holds them.

use super::{folder::Folder, tarball::Tarball, zipped::Zipped};
use neurite_core::{ConfinedFolder, RelativePath};
use std::io::{self, Read};

/// The most entries of a folder or archive, pictures or not.
pub(super) const MAX_ENTRIES: usize = 200_000;
/// The largest file of a picture, in bytes.
pub(super) const MAX_PICTURE_BYTES: u64 = 64 * 1024 * 1024;
/// The longest path of a picture, in bytes.
pub(super) const MAX_NAME: usize = 512;
/// How the names of pictures end.
const EXTENSIONS: &[&str] = &["png", "jpg", "jpeg", "webp", "bmp"];

/// Pictures that can be read in any order.
pub(super) trait Store: Send {
    /// Returns the file of the picture at a position of the listing; fails with `InvalidData` if it is damaged or larger than
    /// [`MAX_PICTURE_BYTES`].
    fn read(&mut self, at: usize) -> io::Result<Vec<u8>>;
}

/// Pictures sorted by name.
pub(super) struct Listing {
    pub(super) names: Vec<String>,
    pub(super) store: Box<dyn Store>,
}

impl Listing {
    /// Lists a folder or an archive; fails with `InvalidData` if it is neither or passes a bound.
    pub(super) fn open(url: &RelativePath, data: &ConfinedFolder) -> io::Result<Self> {
        let path = data.resolve(url)?;
        if path.is_dir() {
            return Folder::list(url, data);
        }
        let name = url.as_str().to_ascii_lowercase();
        if name.ends_with(".zip") {
            Zipped::list(&path)
        } else if name.ends_with(".tar") {
            Tarball::list(&path)
        } else if name.ends_with(".tar.gz") || name.ends_with(".tgz") {
            Tarball::list_compressed(&path)
        } else {
            Err(invalid("is no folder and no .zip, .tar, .tar.gz or .tgz archive"))
        }
    }

    /// Sorts what was found; `store` gets where the pictures are, in the order of their names.
    pub(super) fn sorted<T, S: Store + 'static>(mut found: Vec<(String, T)>, store: impl FnOnce(Vec<T>) -> S) -> Self {
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        let (names, places): (Vec<String>, Vec<T>) = found.into_iter().unzip();
        Self { names, store: Box::new(store(places)) }
    }
}

/// Tells whether a path is that of a picture: by its ending, and not hidden.
pub(super) fn is_picture(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    !file.starts_with('.') && EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Fails if a picture's name or size passes its bound.
pub(super) fn check_bounds(name: &str, size: u64) -> io::Result<()> {
    if name.len() > MAX_NAME {
        return Err(invalid(format!("a picture's path is {} bytes long, at most {MAX_NAME} are possible", name.len())));
    }
    if size > MAX_PICTURE_BYTES {
        return Err(invalid(format!("{name} takes {size} bytes, at most {MAX_PICTURE_BYTES} are possible")));
    }
    Ok(())
}

/// Fails if there are too many entries.
pub(super) fn check_count(entries: usize) -> io::Result<()> {
    match entries > MAX_ENTRIES {
        true => Err(invalid(format!("has more than {MAX_ENTRIES} entries"))),
        false => Ok(()),
    }
}

/// Reads everything; fails with `InvalidData` if it is more than `most` bytes.
pub(super) fn read_bounded(reader: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(invalid(format!("takes more than {most} bytes"))),
        false => Ok(bytes),
    }
}

/// Makes the error of data that is not as it must be.
pub(super) fn invalid(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}
