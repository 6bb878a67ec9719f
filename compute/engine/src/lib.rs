//! Builds pipelines from documents, runs, supervises, checkpoints and drains them.
//!
//! An [`Engine`] holds pipelines. Each is a small graph of tasks with bounded channels between them:
//!
//! ```text
//!            ┌─> stage 0: model ─> business ─┐ payloads
//! pump ──────┤                               ├────────> delivery ─> communication
//! (batches)  └─> stage n: model ─> business ─┘
//!                     │ advances, checkpoints, results
//!                     └───────────────────────────────> supervisor ─> store, status
//! ```
//!
//! The **pump** reads batches, not faster than the document allows. A **stage** is one business instance with its model. The **supervisor** keeps
//! the pipeline's status, writes checkpoints, and ends the pipeline: *complete* with a result and its commitment once every stage is finished,
//! *failed* with a class and a reason on the first failure, *resting* when it is drained.
//!
//! Guarantees:
//! * A document that is refused leaves nothing behind.
//! * Crash or restart: whatever was accepted goes on from its last checkpoint, and ends with the same result as without the interruption. A
//!   complete or failed pipeline stays so until it is removed.
//! * Overload: channels hold [`limits::FEED_CAPACITY`] batches and [`limits::PAYLOAD_CAPACITY`] payloads. A slow stage holds the pump back;
//!   a slow or absent broker holds back nobody: payloads that find no room are dropped and counted. Results are not lost by that, they are kept,
//!   and [`Engine::publish_result`] sends them again.
//! * Transient failures of sources, models and communication are tried again with back-off, a bounded number of times.
//! * Shutdown: [`Engine::shutdown`] stops the pumps, lets stages finish what they hold and writes a checkpoint, until a deadline.
#![warn(missing_docs)]

pub mod limits;

mod clock;
mod engine;
mod error;
mod key;
mod pipeline;
mod status;
mod store;

pub use clock::SystemClock;
pub use engine::{DrainReport, Engine, EngineParts, StartRequest};
pub use error::EngineError;
pub use key::PipelineKey;
pub use limits::{EngineLimits, RetryPolicy};
pub use status::{Commitment, Failure, PipelineState, PipelineStatus, StageStatus};
