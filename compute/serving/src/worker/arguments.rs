//! The command line of a serving process: written by the engine, read by the process, visible in `ps`.

use std::{ffi::OsString, path::PathBuf};

use super::WorkerError;
use crate::{
    config::{BackendKind, ModelSpec, ServingConfig},
    execution::DeviceChoice,
};

const MODEL: &str = "--model";
const BACKEND: &str = "--backend";
const THREADS: &str = "--threads";
const LIBRARY: &str = "--onnxruntime";
const BLAKE3: &str = "--blake3";
const DEVICE: &str = "--device";
const MEMORY: &str = "--memory";

/// The most threads that one inference may use.
const MOST_THREADS: usize = 1_024;

/// What a serving process is told at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arguments {
    pub(super) model: PathBuf,
    pub(super) backend: BackendKind,
    pub(super) threads: usize,
    pub(super) library: PathBuf,
    pub(super) blake3: Option<blake3::Hash>,
    pub(super) device: DeviceChoice,
    pub(super) memory: Option<u64>,
}

/// Writes the arguments for a model.
pub(crate) fn arguments(spec: &ModelSpec, config: &ServingConfig) -> Vec<OsString> {
    let threads = spec.threads.unwrap_or(config.threads).clamp(1, MOST_THREADS);
    let mut arguments: Vec<OsString> = vec![
        MODEL.into(),
        spec.path.clone().into(),
        BACKEND.into(),
        spec.backend.name().into(),
        THREADS.into(),
        threads.to_string().into(),
        LIBRARY.into(),
        config.onnxruntime.clone().into(),
        DEVICE.into(),
        spec.device.name().into(),
    ];
    if let Some(bytes) = spec.memory {
        arguments.extend([MEMORY.into(), bytes.to_string().into()]);
    }
    if let Some(digest) = spec.blake3 {
        arguments.extend([BLAKE3.into(), blake3::Hash::from(digest).to_hex().as_str().into()]);
    }
    arguments
}

impl Arguments {
    /// Reads the arguments that [`arguments`] writes.
    pub(super) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, WorkerError> {
        let (mut model, mut backend, mut threads, mut library) = (None, None, None, None);
        let (mut blake3, mut device, mut memory) = (None, None, None);
        let mut args = args.into_iter();
        while let Some(name) = args.next() {
            let name = name.to_string_lossy().into_owned();
            let fault = |reason| WorkerError::Argument { argument: name.clone(), reason };
            let value = args.next().ok_or_else(|| fault("has no value"))?;
            let text = value.to_string_lossy();
            match name.as_str() {
                MODEL => model = Some(PathBuf::from(value)),
                LIBRARY => library = Some(PathBuf::from(value)),
                BACKEND => backend = Some(BackendKind::from_name(&text).ok_or_else(|| fault("is unknown"))?),
                THREADS => threads = Some(read_threads(&text).ok_or_else(|| fault("is not a number of threads"))?),
                BLAKE3 => blake3 = Some(blake3::Hash::from_hex(text.as_bytes()).map_err(|_| fault("is not a digest"))?),
                DEVICE => device = Some(DeviceChoice::from_name(&text).ok_or_else(|| fault("is unknown"))?),
                MEMORY => memory = Some(text.parse().map_err(|_| fault("is not a number of bytes"))?),
                _ => return Err(fault("is unknown")),
            }
        }
        let missing = |argument: &str| WorkerError::Argument { argument: argument.to_owned(), reason: "is missing" };
        Ok(Self {
            model: model.ok_or_else(|| missing(MODEL))?,
            backend: backend.ok_or_else(|| missing(BACKEND))?,
            threads: threads.ok_or_else(|| missing(THREADS))?,
            library: library.ok_or_else(|| missing(LIBRARY))?,
            blake3,
            device: device.ok_or_else(|| missing(DEVICE))?,
            memory,
        })
    }
}

fn read_threads(text: &str) -> Option<usize> {
    text.parse().ok().filter(|threads| (1..=MOST_THREADS).contains(threads))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_the_engine_writes_the_process_reads() {
        let config = ServingConfig {
            worker_program: "/bin/engine".into(),
            worker_args: vec!["serve-model".into()],
            onnxruntime: "/lib/runtime.so".into(),
            threads: 2,
            max_models: 1,
            idle_timeout: Duration::ZERO,
            startup_timeout: Duration::ZERO,
        };
        let spec = ModelSpec {
            blake3: Some([7; 32]),
            backend: BackendKind::Tract,
            device: DeviceChoice::Cuda,
            memory: Some(1 << 30),
            ..ModelSpec::new("/models/a b.onnx")
        };
        let parsed = Arguments::parse(arguments(&spec, &config)).unwrap();
        let expected = Arguments {
            model: spec.path.clone(),
            backend: BackendKind::Tract,
            threads: 2,
            library: config.onnxruntime.clone(),
            blake3: Some(blake3::Hash::from([7; 32])),
            device: DeviceChoice::Cuda,
            memory: Some(1 << 30),
        };
        assert_eq!(parsed, expected);
        let own = ModelSpec { threads: Some(0), blake3: None, ..spec };
        assert_eq!(Arguments::parse(arguments(&own, &config)).unwrap().threads, 1);
        let plain = Arguments::parse(arguments(&ModelSpec::new("/models/a.onnx"), &config)).unwrap();
        assert_eq!((plain.backend, plain.device, plain.memory), (BackendKind::Onnx, DeviceChoice::Auto, None));
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |args: &[&str]| Arguments::parse(args.iter().map(OsString::from)).unwrap_err().to_string();
        assert_eq!(fault(&[]), "argument --model: is missing");
        assert_eq!(fault(&["--model"]), "argument --model: has no value");
        assert_eq!(fault(&["--backend", "abacus"]), "argument --backend: is unknown");
        assert_eq!(fault(&["--threads", "0"]), "argument --threads: is not a number of threads");
        assert_eq!(fault(&["--blake3", "12"]), "argument --blake3: is not a digest");
        assert_eq!(fault(&["--memory", "much"]), "argument --memory: is not a number of bytes");
        assert_eq!(fault(&["--device", "abacus"]), "argument --device: is unknown");
        assert_eq!(fault(&["--colour", "red"]), "argument --colour: is unknown");
    }
}
