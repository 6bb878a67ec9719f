//! The mapping itself: the only place with unsafe code.
//!
//! Every access checks its bounds and alignment and panics when they do not hold: callers validate what comes from the other process
//! before they come here, so a panic means a fault in this crate. Accesses to the mapped bytes go through raw pointers, atomics, or,
//! in the serving process only, through shared slices of a request that the engine has handed over.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom},
    mem::{align_of, size_of},
    ops::Range,
    os::fd::OwnedFd,
    sync::atomic::AtomicU32,
};

use memmap2::MmapRaw;
use rustix::fs::{fcntl_add_seals, memfd_create, MemfdFlags, SealFlags};

/// Types of which every bit pattern is a value and that have no padding.
pub(crate) trait Plain: Copy + private::Sealed {}

mod private {
    pub(crate) trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for f32 {}
    impl Sealed for i64 {}
}

impl Plain for u8 {}
impl Plain for f32 {}
impl Plain for i64 {}

/// A mapped memory region that another process may have mapped as well.
#[derive(Debug)]
pub(crate) struct Region {
    map: MmapRaw,
}

impl Region {
    /// Makes a zeroed region of fixed size, and the file that another process opens it by.
    ///
    /// The file's position is its end: should anything in the other process write to the descriptor as if it were a stream, the seal
    /// against growth refuses it.
    pub(crate) fn create(bytes: usize) -> io::Result<(Self, OwnedFd)> {
        let mut file = File::from(memfd_create("neurite-serving", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?);
        file.set_len(bytes as u64)?;
        fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        file.seek(SeekFrom::End(0))?;
        let map = MmapRaw::map_raw(&file)?;
        Ok((Self { map }, file.into()))
    }

    /// Maps the region behind a descriptor.
    pub(crate) fn open(descriptor: OwnedFd) -> io::Result<Self> {
        Ok(Self { map: MmapRaw::map_raw(&File::from(descriptor))? })
    }

    /// Returns the size in bytes.
    pub(crate) fn len(&self) -> usize {
        self.map.len()
    }

    /// Returns a word that both processes access atomically.
    pub(crate) fn word(&self, offset: usize) -> &AtomicU32 {
        let pointer = self.pointer::<u8>(offset, size_of::<AtomicU32>()).cast::<AtomicU32>();
        assert!(pointer.is_aligned(), "word at {offset} is not aligned");
        // SAFETY: the pointer is aligned, lies within the mapping (checked by `pointer`), and the mapping lives as long as `self`. Every
        // bit pattern is a valid `AtomicU32`. Within this crate the bytes of words are only ever accessed through this function, so no
        // non-atomic access of this process races with it.
        unsafe { &*pointer }
    }

    /// Copies elements into the region.
    pub(crate) fn write<T: Plain>(&self, offset: usize, elements: &[T]) {
        let pointer = self.pointer::<T>(offset, elements.len()).cast_mut();
        // SAFETY: source and target are valid for `elements.len()` elements (the target was checked by `pointer`); they cannot overlap,
        // since nothing hands out mutable slices of the mapping and `view` is not used by the side that writes requests. The other
        // process may read at the same time only if it breaks the protocol; then it sees mixed bytes, which are still plain values.
        unsafe { std::ptr::copy_nonoverlapping(elements.as_ptr(), pointer, elements.len()) };
    }

    /// Copies elements out of the region.
    pub(crate) fn read<T: Plain>(&self, offset: usize, count: usize) -> Vec<T> {
        let pointer = self.pointer::<T>(offset, count);
        let mut elements = Vec::with_capacity(count);
        // SAFETY: the source was checked by `pointer`, the target has room for `count` elements and is fresh. A hostile process may write
        // meanwhile: the copy then holds mixed bytes, which are still plain values, and it is only the copy that is looked at.
        unsafe {
            std::ptr::copy_nonoverlapping(pointer, elements.as_mut_ptr(), count);
            elements.set_len(count);
        }
        elements
    }

    /// Copies a few bytes out of the region.
    pub(crate) fn read_array<const N: usize>(&self, offset: usize) -> [u8; N] {
        let pointer = self.pointer::<u8>(offset, N).cast::<[u8; N]>();
        // SAFETY: as for `read`; the volatile read keeps the compiler from reading twice what another process may change in between.
        unsafe { pointer.read_volatile() }
    }

    /// Borrows elements in place.
    ///
    /// Only the serving process calls this, on the input area of a request that it has taken and not yet finished.
    pub(crate) fn view<T: Plain>(&self, offset: usize, count: usize) -> &[T] {
        let pointer = self.pointer::<T>(offset, count);
        // SAFETY: the range was checked by `pointer` and lives as long as `self`. Nobody writes to it meanwhile: this process writes only
        // to output areas, and the engine, whom its serving processes trust, does not touch a request between submission and finish.
        unsafe { std::slice::from_raw_parts(pointer, count) }
    }

    fn pointer<T: Plain>(&self, offset: usize, count: usize) -> *const T {
        let end = count.checked_mul(size_of::<T>()).and_then(|bytes| offset.checked_add(bytes));
        let range: Range<usize> = offset..end.unwrap_or(usize::MAX);
        assert!(range.end <= self.map.len(), "{range:?} is outside the region of {} bytes", self.map.len());
        assert!(offset.is_multiple_of(align_of::<T>()), "{offset} is not aligned for its elements");
        // SAFETY: `offset` is at most the length of the mapping, so the result stays within it or one past its end. The mapping begins at
        // a page boundary, so an aligned offset gives an aligned pointer.
        unsafe { self.map.as_ptr().add(offset) }.cast()
    }
}
