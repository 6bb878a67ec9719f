//! Pictures in a zip archive.
//!
//! Read by our own code: an archive's own word about its entries is believed only as far as its bytes bear it out.

use super::listing::{check_bounds, check_count, invalid, is_picture, read_bounded, Listing, Store, MAX_PICTURE_BYTES};
use flate2::{read::DeflateDecoder, Crc};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// The most bytes of an archive's index.
const MAX_INDEX_BYTES: u64 = 32 * 1024 * 1024;
/// The length of the record that ends an archive, without its comment.
const END_BYTES: usize = 22;
/// The length of an entry of the index, without name and additions.
const ENTRY_BYTES: usize = 46;
/// The length of what stands before an entry's data, without name and additions.
const LOCAL_BYTES: usize = 30;
/// How the end, an entry of the index and an entry begin.
const END_MARK: &[u8] = b"PK\x05\x06";
const ENTRY_MARK: &[u8] = b"PK\x01\x02";
const LOCAL_MARK: &[u8] = b"PK\x03\x04";
/// The ways to compress that are understood.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// An archive and where in it the pictures are.
pub(super) struct Zipped {
    file: File,
    entries: Vec<Entry>,
}

/// What the index says of an entry.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    offset: u64,
    compressed: u64,
    size: u64,
    crc: u32,
    method: u16,
    is_encrypted: bool,
}

impl Zipped {
    /// Lists an archive.
    pub(super) fn list(path: &Path) -> io::Result<Listing> {
        let mut file = File::open(path)?;
        let index = read_index(&mut file)?;
        let mut found = Vec::new();
        let mut rest = index.as_slice();
        while !rest.is_empty() {
            let (name, entry, after) = parse_entry(rest).ok_or_else(|| invalid("has a damaged index"))?;
            rest = after;
            if is_picture(&name) {
                check_bounds(&name, entry.size)?;
                if entry.is_encrypted || !matches!(entry.method, STORED | DEFLATED) {
                    return Err(invalid(format!("{name} is encrypted or compressed in an unknown way")));
                }
                found.push((name, entry));
                check_count(found.len())?;
            }
        }
        Ok(Listing::sorted(found, |entries| Self { file, entries }))
    }
}

/// Reads the index, which must lie between the entries and the end.
fn read_index(file: &mut File) -> io::Result<Vec<u8>> {
    let length = file.seek(SeekFrom::End(0))?;
    let tail = length.min((END_BYTES + usize::from(u16::MAX)) as u64);
    file.seek(SeekFrom::Start(length - tail))?;
    let tail_bytes = read_bounded(&mut *file, tail)?;
    let (at, size, offset) = find_end(&tail_bytes).ok_or_else(|| invalid("is no zip archive, or one of the large format (zip64)"))?;
    let end = length - tail + at as u64;
    if u64::from(offset) + u64::from(size) != end {
        return Err(invalid("has its index at the wrong place"));
    }
    if u64::from(size) > MAX_INDEX_BYTES {
        return Err(invalid(format!("has an index of {size} bytes, at most {MAX_INDEX_BYTES} are possible")));
    }
    file.seek(SeekFrom::Start(offset.into()))?;
    read_bounded(file.take(size.into()), MAX_INDEX_BYTES)
}

/// Finds the record that ends an archive in its last bytes; returns its position, and size and offset of the index.
fn find_end(tail: &[u8]) -> Option<(usize, u32, u32)> {
    let at = (0..=tail.len().checked_sub(END_BYTES)?).rev().find(|at| {
        let record = tail.get(*at..).unwrap_or_default();
        record.starts_with(END_MARK) && u16_at(record, 20).map(|comment| END_BYTES + usize::from(comment)) == Some(record.len())
    })?;
    let record = tail.get(at..)?;
    let (size, offset) = (u32_at(record, 12)?, u32_at(record, 16)?);
    // These stand for numbers that are too large for this format.
    (u16_at(record, 10)? != u16::MAX && size != u32::MAX && offset != u32::MAX).then_some((at, size, offset))
}

/// Reads an entry of the index; returns its name and what follows it, too.
fn parse_entry(index: &[u8]) -> Option<(String, Entry, &[u8])> {
    let lengths = [u16_at(index, 28)?, u16_at(index, 30)?, u16_at(index, 32)?].map(usize::from);
    let name = index.get(ENTRY_BYTES..ENTRY_BYTES + lengths[0])?;
    let after = index.get(ENTRY_BYTES + lengths.iter().sum::<usize>()..)?;
    let entry = Entry {
        is_encrypted: u16_at(index, 8)? & 1 == 1,
        method: u16_at(index, 10)?,
        crc: u32_at(index, 16)?,
        compressed: u32_at(index, 20)?.into(),
        size: u32_at(index, 24)?.into(),
        offset: u32_at(index, 42)?.into(),
    };
    index.starts_with(ENTRY_MARK).then(|| (String::from_utf8_lossy(name).into_owned(), entry, after))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

impl Store for Zipped {
    fn read(&mut self, at: usize) -> io::Result<Vec<u8>> {
        let entry = self.entries.get(at).ok_or(io::ErrorKind::NotFound)?;
        let mut local = [0; LOCAL_BYTES];
        self.file.seek(SeekFrom::Start(entry.offset))?;
        self.file.read_exact(&mut local)?;
        let (Some(name), Some(additions), true) = (u16_at(&local, 26), u16_at(&local, 28), local.starts_with(LOCAL_MARK)) else {
            return Err(invalid("is not where the index says"));
        };
        self.file.seek(SeekFrom::Current(i64::from(name) + i64::from(additions)))?;
        let data = (&mut self.file).take(entry.compressed);
        let picture = match entry.method {
            DEFLATED => read_bounded(DeflateDecoder::new(data), MAX_PICTURE_BYTES)?,
            _ => read_bounded(data, MAX_PICTURE_BYTES)?,
        };
        let mut crc = Crc::new();
        crc.update(&picture);
        match (picture.len() as u64, crc.sum()) == (entry.size, entry.crc) {
            true => Ok(picture),
            false => Err(invalid("is not what the index says")),
        }
    }
}
