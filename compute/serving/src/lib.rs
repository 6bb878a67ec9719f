//! One process per model, tensors through shared memory, backends behind a trait.
//!
//! # Terms
//! * **Serving process**: a child of the engine that holds one model (`serve-model`); its program is [`worker::run`].
//! * **Backend**: what executes a model inside the serving process, behind [`backend::Backend`]: ONNX Runtime, or
//!   tract where there is no library of it or a document asks for it.
//! * **Slot**: a fixed part of the memory that engine and serving process share; it carries one request and its response.
//!
//! # Use
//! [`ServingManager::model`] starts the process of a model on demand and shares it among all who ask for the same [`ModelSpec`];
//! [`ModelHandle::infer`] sends tensors to it. Several requests may be in flight; the process answers them in order.
//!
//! # Guarantees
//! * The engine trusts nothing that a serving process writes: every length is bounded before it is used, the memory cannot be shrunk
//!   under the reader, and a wrong answer costs one request an error.
//! * A process that dies fails the requests in flight with a transient error; the next request starts it again after a back-off.
//! * A model that cannot be loaded is reported as [`ServingError::ModelInvalid`] and is not tried again until its file changes.
//! * Serving processes end when idle, when the manager shuts down or is dropped, and when the engine dies, however it dies.
//! * A process that needs more memory than its model may have ends or refuses the request; the engine's own memory is not touched.
//! * Overload: at most [`config::SLOTS`] requests of a model are in shared memory and [`config::MAX_WAITING`] wait for a slot; further
//!   ones are refused with a transient error.
//!
//! The memory's layout is described, and fixed by golden tests, in the module `shm`.

pub mod backend;
mod backoff;
mod batching;
pub mod config;
mod connection;
mod error;
mod execution;
mod handle;
mod handshake;
mod launch;
mod manager;
mod model;
mod process;
mod resident;
mod shm;
mod spin;
mod tensor;
pub mod worker;

pub use config::{BackendKind, Batching, ModelSpec, ServingConfig};
pub use error::ServingError;
pub use execution::{Device, DeviceChoice, Execution, Runtime};
pub use handle::{ModelHandle, ModelHealth, ModelState};
pub use manager::ServingManager;
pub use tensor::{DataView, Dtype, ModelDescription, Tensor, TensorData, TensorInfo, TensorView, MAX_RANK, MAX_TENSORS};
