//! Where everything lies in the shared region.

use std::{
    ops::Range,
    sync::atomic::{AtomicU32, Ordering},
};

use super::region::Region;

const MAGIC: [u8; 8] = *b"NEURSHM\0";
const VERSION: u32 = 2;
const SUBMITTED: usize = 64;
const PROCESS_SLEEPS: usize = 128;
const ENGINE_SLEEPS: usize = 192;
const RING: usize = 256;
const RING_ENTRIES: u32 = 32;
const SLOT_WORDS: usize = 1_024;
const SLOT_WORDS_STRIDE: usize = 64;
const PAGE: usize = 4_096;
/// No area is larger than this, so that no sum of offsets overflows.
const LARGEST_AREA: usize = 1 << 32;

/// A rule of the layout or of a message that the other process broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub(crate) &'static str);

/// The sizes that fix all offsets of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    slots: usize,
    input_capacity: usize,
    output_capacity: usize,
}

impl Layout {
    /// Makes a layout; refuses sizes outside the fixed bounds.
    pub(crate) fn new(slots: usize, input_capacity: usize, output_capacity: usize) -> Result<Self, Malformed> {
        let fits = |capacity: usize| (PAGE..=LARGEST_AREA).contains(&capacity) && capacity.is_multiple_of(PAGE);
        if slots == 0 || slots > RING_ENTRIES as usize {
            return Err(Malformed("number of slots out of bounds"));
        }
        if !fits(input_capacity) || !fits(output_capacity) {
            return Err(Malformed("size of a slot out of bounds"));
        }
        Ok(Self { slots, input_capacity, output_capacity })
    }

    /// Reads the layout that the maker of a region wrote, and checks it against the region's size.
    pub(crate) fn of(region: &Region) -> Result<Self, Malformed> {
        if region.len() < PAGE {
            return Err(Malformed("region is smaller than its header"));
        }
        let header: [u8; 32] = region.read_array(0);
        let (magic, rest) = header.split_at(8);
        if magic != MAGIC {
            return Err(Malformed("region has no magic number"));
        }
        let (version, slots, input, output) = (le_u32(rest, 0), le_u32(rest, 4), le_u64(rest, 8), le_u64(rest, 16));
        if version != VERSION {
            return Err(Malformed("region has another version"));
        }
        let size = |value: u64| usize::try_from(value).map_err(|_| Malformed("size of a slot out of bounds"));
        let layout = Self::new(slots as usize, size(input)?, size(output)?)?;
        if layout.bytes() != region.len() {
            return Err(Malformed("region has not the size of its layout"));
        }
        Ok(layout)
    }

    /// Writes the header into a fresh region.
    pub(crate) fn write_to(&self, region: &Region) {
        let mut header = [0_u8; 32];
        header[..8].copy_from_slice(&MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        header[12..16].copy_from_slice(&(self.slots as u32).to_le_bytes());
        header[16..24].copy_from_slice(&(self.input_capacity as u64).to_le_bytes());
        header[24..].copy_from_slice(&(self.output_capacity as u64).to_le_bytes());
        region.write(0, &header);
    }

    /// Returns the size of the whole region.
    pub(crate) fn bytes(&self) -> usize {
        PAGE + self.slots * (self.input_capacity + self.output_capacity)
    }

    /// Returns the number of slots.
    pub(crate) fn slots(&self) -> usize {
        self.slots
    }

    /// Returns the most bytes that a request's area holds.
    pub(crate) fn input_capacity(&self) -> usize {
        self.input_capacity
    }

    /// Returns where the request of a slot lies.
    pub(crate) fn input_area(&self, slot: usize) -> Range<usize> {
        assert!(slot < self.slots, "slot {slot} of {}", self.slots);
        let start = PAGE + slot * (self.input_capacity + self.output_capacity);
        start..start + self.input_capacity
    }

    /// Returns where the response of a slot lies.
    pub(crate) fn output_area(&self, slot: usize) -> Range<usize> {
        let input = self.input_area(slot);
        input.end..input.end + self.output_capacity
    }

    /// Publishes a slot as the next request; `submitted` is the number of requests before it.
    pub(crate) fn submit(&self, region: &Region, submitted: u32, slot: usize, sequence: u32) {
        self.slot_word(region, slot, 0).store(sequence, Ordering::Relaxed);
        ring_entry(region, submitted).store(slot as u32, Ordering::Relaxed);
        region.word(SUBMITTED).store(submitted.wrapping_add(1), Ordering::SeqCst);
    }

    /// Tells whether more requests were submitted than `taken`.
    pub(crate) fn has_more(&self, region: &Region, taken: u32) -> bool {
        region.word(SUBMITTED).load(Ordering::SeqCst) != taken
    }

    /// Returns slot and sequence of the request after `taken` others; to be called once there is one.
    pub(crate) fn take(&self, region: &Region, taken: u32) -> Result<(usize, u32), Malformed> {
        let slot = ring_entry(region, taken).load(Ordering::Acquire) as usize;
        if slot >= self.slots {
            return Err(Malformed("ring names a slot that does not exist"));
        }
        Ok((slot, self.slot_word(region, slot, 0).load(Ordering::Acquire)))
    }

    /// Marks a request as finished.
    pub(crate) fn finish(&self, region: &Region, slot: usize, sequence: u32, nanos: u32) {
        self.slot_word(region, slot, 8).store(nanos, Ordering::Relaxed);
        self.slot_word(region, slot, 4).store(sequence, Ordering::SeqCst);
    }

    /// Tells whether a request is finished.
    pub(crate) fn is_finished(&self, region: &Region, slot: usize, sequence: u32) -> bool {
        self.slot_word(region, slot, 4).load(Ordering::SeqCst) == sequence
    }

    /// Returns the time in nanoseconds that the process says the slot's last request took.
    pub(crate) fn execution_nanos(&self, region: &Region, slot: usize) -> u32 {
        self.slot_word(region, slot, 8).load(Ordering::Relaxed)
    }

    fn slot_word<'a>(&self, region: &'a Region, slot: usize, offset: usize) -> &'a AtomicU32 {
        assert!(slot < self.slots, "slot {slot} of {}", self.slots);
        region.word(SLOT_WORDS + slot * SLOT_WORDS_STRIDE + offset)
    }
}

/// Returns the flag that says that the serving process sleeps.
pub(crate) fn process_sleeps(region: &Region) -> &AtomicU32 {
    region.word(PROCESS_SLEEPS)
}

/// Returns the flag that says that the engine sleeps.
pub(crate) fn engine_sleeps(region: &Region) -> &AtomicU32 {
    region.word(ENGINE_SLEEPS)
}

fn ring_entry(region: &Region, number: u32) -> &AtomicU32 {
    region.word(RING + (number % RING_ENTRIES) as usize * 4)
}

/// Reads a number out of a byte slice that is known to be long enough.
pub(crate) fn le_u32(bytes: &[u8], offset: usize) -> u32 {
    bytes[offset..].iter().take(4).rev().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

/// Reads a number out of a byte slice that is known to be long enough.
pub(crate) fn le_u64(bytes: &[u8], offset: usize) -> u64 {
    bytes[offset..].iter().take(8).rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
