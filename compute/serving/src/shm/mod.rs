//! The memory that the engine and a serving process share.
//!
//! A sealed memfd of fixed size: neither side can shrink it under the other. All numbers are little-endian.
//!
//! ```text
//! offset  size  what
//!      0     8  magic "NEURSHM" and a zero byte
//!      8     4  version of this layout
//!     12     4  slots
//!     16     8  bytes of a slot's input area        (a multiple of the page size)
//!     24     8  bytes of a slot's output area       (a multiple of the page size)
//!     64     4  submitted: requests ever submitted  (engine writes)
//!    128     4  the process sleeps until its socket is readable (process sets, engine clears and then writes a byte)
//!    192     4  the engine sleeps likewise         (engine sets, process clears and then writes a byte)
//!    256   128  ring: slot of the n-th request at n mod 32 (engine writes, before it raises `submitted`)
//!   1024    64  per slot: sequence (engine) · sequence of the finished request (process) · its execution time in ns (process)
//!   4096        per slot: input area, then output area; each holds one message (see `message`)
//! ```
//!
//! A request belongs to the engine until `submitted` counts it, then to the process until its sequence stands as finished, then to the
//! engine again. The process takes the requests in the order of the ring. The engine keeps the list of free slots to itself, and reads
//! from the memory only what the process has to tell; the process trusts the engine.

mod layout;
mod message;
mod region;
#[cfg(test)]
mod tests;

pub(crate) use layout::{engine_sleeps, process_sleeps, Layout, Malformed};
pub(crate) use message::{message_bytes, FaultKind, Message, MessageWriter};
pub(crate) use region::Region;
