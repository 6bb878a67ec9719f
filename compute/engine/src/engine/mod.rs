//! The engine: the pipelines of a process, and what may be asked of them.

mod handle;
mod merge;
mod parts;
mod table;
mod update;

pub use handle::Engine;
pub use parts::{DrainReport, EngineParts, StartRequest};
