//! Settings of the serving manager and of a model, and the fixed bounds of the transport.

use std::{path::PathBuf, time::Duration};

use crate::execution::DeviceChoice;

/// The requests of one model that are in shared memory at the same time.
pub const SLOTS: usize = 8;

/// The bytes for which a request takes up one of the [`SLOTS`] places; a larger request takes up more, at most half of all.
///
/// A request in the process and one behind it keep the process busy. Further large ones would only fill memory and push each other
/// out of the processor's caches.
pub const BYTES_PER_PLACE: usize = 4 << 20;

/// The requests of one model that wait for a free slot or for the process to start; more are refused.
pub const MAX_WAITING: usize = 1_024;

/// The bytes of a slot for the tensors of a request.
pub const INPUT_CAPACITY: usize = 64 << 20;

/// The bytes of a slot for the tensors of a response.
pub const OUTPUT_CAPACITY: usize = 64 << 20;

/// The size of the largest model file that is read into memory.
pub const MAX_MODEL_BYTES: u64 = 2 << 30;

/// The time after which a request without an answer counts as lost and its process is killed.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(300);

/// The time that a process has to answer what it has begun, once it is told to stop.
pub const STOP_GRACE: Duration = Duration::from_secs(5);

/// Settings of a [`ServingManager`](crate::ServingManager).
#[derive(Debug, Clone)]
pub struct ServingConfig {
    /// The program that is started for every model; it calls [`worker::run`](crate::worker::run).
    pub worker_program: PathBuf,
    /// Arguments that lead the program to its serving sub-command; those of the model follow them.
    pub worker_args: Vec<String>,
    /// The dynamic library of ONNX Runtime.
    pub onnxruntime: PathBuf,
    /// Threads of a model that does not name its own number.
    pub threads: usize,
    /// The models that may be held at the same time.
    pub max_models: usize,
    /// The time without a request after which a model's process stops; the next request starts it again.
    pub idle_timeout: Duration,
    /// The time that a process has to load its model.
    pub startup_timeout: Duration,
}

/// What a document asks to execute a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum BackendKind {
    /// ONNX Runtime; tract where there is no library of it.
    #[default]
    Onnx,
    /// tract.
    Tract,
}

impl BackendKind {
    /// Returns the name that documents and command lines use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Onnx => "onnx",
            Self::Tract => "tract",
        }
    }

    /// Finds a backend by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Onnx, Self::Tract].into_iter().find(|backend| backend.name() == name)
    }
}

/// A model as its users ask for it; equal specs share one process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelSpec {
    /// The model's file.
    pub path: PathBuf,
    /// The digest that the file must have; checked on the very bytes that are loaded.
    pub blake3: Option<[u8; 32]>,
    /// What executes the model.
    pub backend: BackendKind,
    /// Threads for one inference; `None` takes [`ServingConfig::threads`].
    pub threads: Option<usize>,
    /// Where the model is executed.
    pub device: DeviceChoice,
    /// The most bytes of memory of its own that the process may have, not counting what it shares with the engine; `None` for no limit.
    pub memory: Option<u64>,
}

impl ModelSpec {
    /// Asks for the model of this file, and for nothing in particular.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            blake3: None,
            backend: BackendKind::default(),
            threads: None,
            device: DeviceChoice::default(),
            memory: None,
        }
    }
}

/// How the requests of one user may be joined with those of others; see [`ModelHandle::joining`](crate::ModelHandle::joining).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    /// The most rows of a joint request.
    pub max_rows: usize,
    /// How long a request may wait for others; zero joins only what waits already.
    pub max_delay: Duration,
}
