//! One message in an area of the region: tensors, or the text of an error.
//!
//! ```text
//! offset  size  what
//!      0     4  kind: 1 tensors, 2 error, 3 error for lack of memory
//!      4     4  number of tensors, or length of the text
//!     16    88  per tensor: element type (1 f32, 2 i64, 3 u8) u32 · rank u32 · 8 sizes u64 · offset of the elements u64 · their bytes u64
//!   1536        the elements, each tensor at a multiple of 64, in the order of the tensors; or the text in UTF-8
//! ```

use std::ops::Range;

use super::{
    layout::{le_u32, le_u64, Malformed},
    region::Region,
};
use crate::tensor::{element_count, DataView, Dtype, Tensor, TensorData, TensorView, MAX_RANK, MAX_TENSORS};

const KIND_TENSORS: u32 = 1;
const KIND_ERROR: u32 = 2;
const KIND_MEMORY: u32 = 3;
const HEADER_BYTES: usize = 16;
const ENTRY_BYTES: usize = 88;
const DATA_START: usize = 1_536;
const DATA_ALIGNMENT: usize = 64;
const LONGEST_TEXT: usize = 1_024;

/// The tensors do not fit into their area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{bytes} bytes do not fit into {limit}")]
pub(crate) struct Overflow {
    /// The bytes needed up to the tensor that did not fit.
    pub(crate) bytes: usize,
    /// The bytes of the area.
    pub(crate) limit: usize,
}

/// Writes a message tensor by tensor.
#[derive(Debug)]
pub(crate) struct MessageWriter<'a> {
    region: &'a Region,
    area: Range<usize>,
    tensors: usize,
    end: usize,
}

impl<'a> MessageWriter<'a> {
    /// Begins a message in an area.
    pub(crate) fn new(region: &'a Region, area: Range<usize>) -> Self {
        Self { region, area, tensors: 0, end: DATA_START }
    }

    /// Appends a tensor, whose shape must hold as many elements as it has and has at most [`MAX_RANK`] sizes.
    pub(crate) fn put(&mut self, tensor: TensorView<'_>) -> Result<(), Overflow> {
        let start = self.end.next_multiple_of(DATA_ALIGNMENT);
        let (end, limit) = (start.saturating_add(tensor.bytes()), self.area.len());
        if end > limit || self.tensors == MAX_TENSORS || tensor.shape.len() > MAX_RANK {
            return Err(Overflow { bytes: end, limit });
        }
        let entry = entry_bytes(&tensor, start);
        self.region.write(self.area.start + HEADER_BYTES + self.tensors * ENTRY_BYTES, &entry);
        match tensor.data {
            DataView::F32(data) => self.region.write(self.area.start + start, data),
            DataView::I64(data) => self.region.write(self.area.start + start, data),
            DataView::U8(data) => self.region.write(self.area.start + start, data),
        }
        self.tensors += 1;
        self.end = end;
        Ok(())
    }

    /// Completes a message of tensors.
    pub(crate) fn finish(self) {
        self.write_header(KIND_TENSORS, self.tensors as u32);
    }

    /// Completes the message as an error instead; the text is cut to a bounded length.
    pub(crate) fn fail(self, kind: FaultKind, text: &str) {
        let mut length = text.len().min(LONGEST_TEXT);
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        self.region.write(self.area.start + DATA_START, &text.as_bytes()[..length]);
        let kind = match kind {
            FaultKind::Inference => KIND_ERROR,
            FaultKind::Memory => KIND_MEMORY,
        };
        self.write_header(kind, length as u32);
    }

    fn write_header(&self, kind: u32, number: u32) {
        let mut header = [0_u8; HEADER_BYTES];
        header[..4].copy_from_slice(&kind.to_le_bytes());
        header[4..8].copy_from_slice(&number.to_le_bytes());
        self.region.write(self.area.start, &header);
    }
}

fn entry_bytes(tensor: &TensorView<'_>, start: usize) -> [u8; ENTRY_BYTES] {
    let code: u32 = match tensor.dtype() {
        Dtype::F32 => 1,
        Dtype::I64 => 2,
        Dtype::U8 => 3,
    };
    let mut entry = [0_u8; ENTRY_BYTES];
    entry[..4].copy_from_slice(&code.to_le_bytes());
    entry[4..8].copy_from_slice(&(tensor.shape.len() as u32).to_le_bytes());
    for (place, size) in entry[8..72].chunks_exact_mut(8).zip(tensor.shape) {
        place.copy_from_slice(&(*size as u64).to_le_bytes());
    }
    entry[72..80].copy_from_slice(&(start as u64).to_le_bytes());
    entry[80..].copy_from_slice(&(tensor.bytes() as u64).to_le_bytes());
    entry
}

/// Where a tensor of a message lies; checked against the area.
#[derive(Debug, Clone, Copy)]
struct Entry {
    dtype: Dtype,
    rank: usize,
    sizes: [usize; MAX_RANK],
    start: usize,
    elements: usize,
}

impl Entry {
    fn shape(&self) -> &[usize] {
        &self.sizes[..self.rank]
    }
}

/// A message, read and checked.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    /// Tensors, still in the region.
    Tensors(MessageReader<'a>),
    /// An error and its text.
    Error(FaultKind, String),
}

/// What kind of error a message tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The request could not be answered.
    Inference,
    /// The process needed more memory than it may have, and ends.
    Memory,
}

/// The tensors of a message; their places are checked, their elements are still in the region.
#[derive(Debug)]
pub(crate) struct MessageReader<'a> {
    region: &'a Region,
    area: Range<usize>,
    entries: Vec<Entry>,
}

impl<'a> Message<'a> {
    /// Reads the message of an area. Nothing in it is trusted: each number is read once and bounded before it is used.
    pub(crate) fn read(region: &'a Region, area: Range<usize>) -> Result<Self, Malformed> {
        let header: [u8; HEADER_BYTES] = region.read_array(area.start);
        let number = le_u32(&header, 4) as usize;
        match le_u32(&header, 0) {
            KIND_TENSORS if number <= MAX_TENSORS => {
                let mut entries = Vec::with_capacity(number);
                let mut end = DATA_START;
                for index in 0..number {
                    let bytes: [u8; ENTRY_BYTES] = region.read_array(area.start + HEADER_BYTES + index * ENTRY_BYTES);
                    entries.push(read_entry(&bytes, &mut end, area.len())?);
                }
                Ok(Self::Tensors(MessageReader { region, area, entries }))
            }
            KIND_TENSORS => Err(Malformed("too many tensors")),
            kind @ (KIND_ERROR | KIND_MEMORY) if number <= LONGEST_TEXT => {
                let text: Vec<u8> = region.read(area.start + DATA_START, number);
                let kind = if kind == KIND_MEMORY { FaultKind::Memory } else { FaultKind::Inference };
                Ok(Self::Error(kind, String::from_utf8_lossy(&text).into_owned()))
            }
            KIND_ERROR | KIND_MEMORY => Err(Malformed("text is too long")),
            _ => Err(Malformed("unknown kind of message")),
        }
    }
}

/// Checks one tensor's entry; tensors must lie one behind the other, so that all of them together fit the area.
fn read_entry(bytes: &[u8; ENTRY_BYTES], end: &mut usize, capacity: usize) -> Result<Entry, Malformed> {
    let dtype = match le_u32(bytes, 0) {
        1 => Dtype::F32,
        2 => Dtype::I64,
        3 => Dtype::U8,
        _ => return Err(Malformed("unknown element type")),
    };
    let rank = le_u32(bytes, 4) as usize;
    if rank > MAX_RANK {
        return Err(Malformed("too many dimensions"));
    }
    let number = |offset: usize| usize::try_from(le_u64(bytes, offset)).map_err(|_| Malformed("number out of bounds"));
    let mut sizes = [0; MAX_RANK];
    for (index, size) in sizes.iter_mut().take(rank).enumerate() {
        *size = number(8 + index * 8)?;
    }
    let (start, length) = (number(72)?, number(80)?);
    let elements = element_count(&sizes[..rank]).ok_or(Malformed("shape is too large"))?;
    if elements.checked_mul(dtype.size()) != Some(length) {
        return Err(Malformed("shape does not fit the bytes"));
    }
    let behind = start.checked_add(length).ok_or(Malformed("tensor lies outside its area"))?;
    if start < *end || !start.is_multiple_of(DATA_ALIGNMENT) || behind > capacity {
        return Err(Malformed("tensor lies outside its area"));
    }
    *end = behind;
    Ok(Entry { dtype, rank, sizes, start, elements })
}

impl MessageReader<'_> {
    /// Copies the tensors out of the region.
    pub(crate) fn to_tensors(&self) -> Vec<Tensor> {
        let tensor = |entry: &Entry| {
            let offset = self.area.start + entry.start;
            let data = match entry.dtype {
                Dtype::F32 => TensorData::F32(self.region.read(offset, entry.elements)),
                Dtype::I64 => TensorData::I64(self.region.read(offset, entry.elements)),
                Dtype::U8 => TensorData::U8(self.region.read(offset, entry.elements)),
            };
            Tensor { shape: entry.shape().to_vec(), data }
        };
        self.entries.iter().map(tensor).collect()
    }

    /// Borrows the tensors in place; for the serving process only (see [`Region::view`]).
    pub(crate) fn views(&self) -> Vec<TensorView<'_>> {
        self.entries.iter().map(|entry| self.view_of(entry)).collect()
    }

    fn view_of<'s>(&'s self, entry: &'s Entry) -> TensorView<'s> {
        let offset = self.area.start + entry.start;
        let data = match entry.dtype {
            Dtype::F32 => DataView::F32(self.region.view(offset, entry.elements)),
            Dtype::I64 => DataView::I64(self.region.view(offset, entry.elements)),
            Dtype::U8 => DataView::U8(self.region.view(offset, entry.elements)),
        };
        TensorView { shape: entry.shape(), data }
    }
}

/// Returns the bytes that tensors take in an area, or `None` if that overflows.
pub(crate) fn message_bytes<'a>(tensors: impl Iterator<Item = TensorView<'a>>) -> Option<usize> {
    let mut end = DATA_START;
    for tensor in tensors {
        end = end.next_multiple_of(DATA_ALIGNMENT).checked_add(tensor.bytes())?;
    }
    Some(end)
}
