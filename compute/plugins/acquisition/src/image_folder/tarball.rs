//! Pictures in a tar archive.

use super::listing::{check_bounds, check_count, invalid, is_picture, read_bounded, Listing, Store};
use flate2::read::MultiGzDecoder;
use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::Path,
};
use tar::Archive;

/// The most bytes that a compressed archive may unpack to: it is kept in memory.
const MAX_UNPACKED: u64 = 256 * 1024 * 1024;
/// The most bytes of headers that are read to list an archive.
const MAX_HEADERS: u64 = 256 * 1024 * 1024;

/// A file, or what was unpacked from one.
trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// An archive and where in it the pictures are: their offsets and sizes.
pub(super) struct Tarball {
    bytes: Box<dyn Bytes>,
    places: Vec<(u64, u64)>,
}

impl Tarball {
    /// Lists an archive.
    pub(super) fn list(path: &Path) -> io::Result<Listing> {
        list(Box::new(File::open(path)?))
    }

    /// Unpacks and lists an archive that is compressed.
    pub(super) fn list_compressed(path: &Path) -> io::Result<Listing> {
        let unpacked = read_bounded(MultiGzDecoder::new(File::open(path)?), MAX_UNPACKED)?;
        list(Box::new(Cursor::new(unpacked)))
    }
}

fn list(bytes: Box<dyn Bytes>) -> io::Result<Listing> {
    let mut archive = Archive::new(Metered { bytes, left: MAX_HEADERS });
    let mut found = Vec::new();
    for (count, entry) in archive.entries_with_seek()?.enumerate() {
        check_count(count + 1)?;
        let entry = entry?;
        let name = String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| invalid("has a path that is no UTF-8 text"))?;
        let name = name.trim_start_matches("./");
        if entry.header().entry_type().is_file() && is_picture(name) {
            check_bounds(name, entry.size())?;
            found.push((name.to_owned(), (entry.raw_file_position(), entry.size())));
        }
    }
    let bytes = archive.into_inner().bytes;
    Ok(Listing::sorted(found, |places| Tarball { bytes, places }))
}

impl Store for Tarball {
    fn read(&mut self, at: usize) -> io::Result<Vec<u8>> {
        let (offset, size) = *self.places.get(at).ok_or(io::ErrorKind::NotFound)?;
        self.bytes.seek(SeekFrom::Start(offset))?;
        let mut picture = vec![0; usize::try_from(size).map_err(io::Error::other)?];
        self.bytes.read_exact(&mut picture)?;
        Ok(picture)
    }
}

/// Bytes of which only so many are read: a header may claim that a name is as long as the file.
struct Metered<R> {
    bytes: R,
    left: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| invalid("has too many bytes of headers"))?;
        Ok(read)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(position)
    }
}
