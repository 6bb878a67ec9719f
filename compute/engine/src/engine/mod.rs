//! The engine: the pipelines of a process, and what may be asked of them.

mod handle;
mod parts;
mod table;

pub use handle::Engine;
pub use parts::{DrainReport, EngineParts, StartRequest};
