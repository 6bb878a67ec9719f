//! What a script may use.

use serde::{Deserialize, Serialize};
use std::{ops::RangeInclusive, time::Duration};

/// The most calls of host functions in one run.
pub(crate) const MAX_CALLS: usize = 100_000;
/// The most bytes of log lines kept of one run; what goes beyond is counted.
pub(crate) const MAX_LOG_BYTES: usize = 16 * 1024;
/// The most bytes kept of a traceback: its end, which says most.
pub(crate) const MAX_FAULT_BYTES: usize = 4 * 1024;
/// The deepest nesting of a value that a script hands over.
pub(crate) const MAX_DEPTH: usize = 32;
/// Room in a reply for everything around what the limits name.
const REPLY_SLACK: usize = 64 * 1024;

/// The limits of one runner; each has bounds of its own, beyond which it is taken for the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Milliseconds of one run, conversions included.
    pub time_ms: u32,
    /// MiB that the worker may have beyond what its program takes.
    pub memory_mb: u32,
    /// Calls within calls.
    pub recursion: u16,
    /// KiB of payloads that one run may leave, as JSON.
    pub output_kb: u32,
    /// KiB of state, as JSON.
    pub state_kb: u32,
}

impl Limits {
    /// Bounds of [`Limits::time_ms`].
    pub const TIME_MS: RangeInclusive<u32> = 10..=60_000;
    /// Bounds of [`Limits::memory_mb`].
    pub const MEMORY_MB: RangeInclusive<u32> = 16..=4_096;
    /// Bounds of [`Limits::recursion`]; the interpreter's stack holds the largest.
    pub const RECURSION: RangeInclusive<u16> = 10..=500;
    /// Bounds of [`Limits::output_kb`].
    pub const OUTPUT_KB: RangeInclusive<u32> = 1..=4_096;
    /// Bounds of [`Limits::state_kb`]; the largest fits a payload, which results are.
    pub const STATE_KB: RangeInclusive<u32> = 1..=960;

    /// Returns the limits within their bounds.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self {
            time_ms: self.time_ms.clamp(*Self::TIME_MS.start(), *Self::TIME_MS.end()),
            memory_mb: self.memory_mb.clamp(*Self::MEMORY_MB.start(), *Self::MEMORY_MB.end()),
            recursion: self.recursion.clamp(*Self::RECURSION.start(), *Self::RECURSION.end()),
            output_kb: self.output_kb.clamp(*Self::OUTPUT_KB.start(), *Self::OUTPUT_KB.end()),
            state_kb: self.state_kb.clamp(*Self::STATE_KB.start(), *Self::STATE_KB.end()),
        }
    }

    /// Returns the time of one run.
    pub(crate) fn time(&self) -> Duration {
        Duration::from_millis(self.time_ms.into())
    }

    /// Returns the bytes of memory.
    pub(crate) fn memory(&self) -> u64 {
        u64::from(self.memory_mb) << 20
    }

    /// Returns the bytes of payloads.
    pub(crate) fn output(&self) -> usize {
        self.output_kb as usize * 1024
    }

    /// Returns the bytes of state.
    pub(crate) fn state(&self) -> usize {
        self.state_kb as usize * 1024
    }

    /// Returns the size of the largest honest reply.
    pub(crate) fn reply(&self) -> usize {
        self.output() + self.state() + MAX_LOG_BYTES + MAX_FAULT_BYTES + REPLY_SLACK
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { time_ms: 1_000, memory_mb: 128, recursion: 200, output_kb: 256, state_kb: 256 }
    }
}
