//! Builds pipelines from documents, runs, supervises, checkpoints and drains them.
//!
//! An [`Engine`] holds pipelines. Each is a small graph of tasks with bounded queues between them:
//!
//! ```text
//!            ┌─> stage 0: model ─> business ─┐ payloads  ┌─> target 0 ─> communication
//! pump ──────┤                               ├───────────┤        └ queue on disk
//! (batches)  └─> stage n: model ─> business ─┘           ├─> target n
//!                     │ checkpoints, results             └─> bus of the engine
//!                     └───────────────────────────────> supervisor ─> store, status
//! ```
//!
//! The **pump** reads batches, not faster than the document allows. A **stage** is one business instance with its model. A **target** hands
//! payloads to one communication plugin. The **supervisor** keeps the pipeline's status, writes checkpoints, starts failed stages again, replaces
//! the document, and ends the pipeline: *complete* with a result and its commitment once every stage is finished, *failed* with a class and a
//! reason, *resting* when it is drained.
//!
//! Guarantees:
//! * A document that is refused leaves nothing behind; one that is to replace another and is refused changes nothing.
//! * Crash or restart: whatever was accepted goes on from its last checkpoint, and ends with the same result as without the interruption. A
//!   complete or failed pipeline stays so until it is removed or gets another document.
//! * Delivery at least once: every payload has a `PAYLOAD_ID`. A checkpoint is stored only when all payloads before it are settled:
//!   acknowledged, kept on disk, or dropped and counted. Rows of a source that gives them again leave repeats with the same ids behind; where
//!   rows are gone, ids are never used for something else.
//! * Overload: a stage holds [`limits::FEED_CAPACITY`] batches and a target [`limits::PAYLOAD_CAPACITY`] payloads that wait. Full queues hold
//!   the pump back, so that nothing is lost; in a pipeline with a live feed the oldest batch or payload is dropped and counted instead.
//! * A target that does not answer holds back nobody: what it does not take is kept on disk within [`EngineLimits::spool`] and handed over in
//!   order when it answers again. Beyond that bound the oldest payloads are dropped and counted. [`Engine::publish_result`] sends a result again.
//! * Isolation: in a pipeline without a job, a stage that fails or panics is started again from its checkpoint as [`EngineLimits::restart`]
//!   says, while the others go on; when it fails too often, a notification says so. In a job the first failure ends the shard.
//! * Transient failures of sources and models are tried again with back-off, a bounded number of times.
//! * Shutdown: [`Engine::shutdown`] stops the pumps, lets stages finish what they hold and writes a checkpoint, until a deadline.
#![warn(missing_docs)]

pub mod limits;

mod bus;
mod clock;
mod engine;
mod error;
mod key;
mod pipeline;
mod queue;
mod stage;
mod status;
mod store;

pub use bus::PayloadBus;
pub use clock::SystemClock;
pub use engine::{DrainReport, Engine, EngineParts, StartRequest};
pub use error::EngineError;
pub use key::{PipelineKey, StageName};
pub use limits::{EngineLimits, RestartPolicy, RetryPolicy, SpoolLimits};
pub use stage::{ErrorCounts, Histogram, StageState, StageStatus, LATENCY_BUCKETS};
pub use status::{Commitment, Failure, PipelineState, PipelineStatus, TargetStatus};
