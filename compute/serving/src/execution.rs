//! What executes a model, and on which device.

use serde::{Deserialize, Serialize};

/// The library that executes a model inside its serving process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Runtime {
    /// ONNX Runtime.
    #[default]
    OnnxRuntime,
    /// tract, which is part of the program and needs no library.
    Tract,
}

/// Where a model is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// The first graphics card that CUDA knows.
    Cuda,
}

/// Where a model is to be executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DeviceChoice {
    /// On a graphics card where library and machine have what that takes, otherwise on the processor.
    #[default]
    Auto,
    /// On the processor.
    Cpu,
    /// On a graphics card; where that cannot be, on the processor, and [`Execution::note`] says why.
    Cuda,
}

impl DeviceChoice {
    /// Returns the name that documents and command lines use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
        }
    }

    /// Finds a choice by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Auto, Self::Cpu, Self::Cuda].into_iter().find(|choice| choice.name() == name)
    }
}

/// How a loaded model is executed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Execution {
    /// The library.
    pub runtime: Runtime,
    /// The device.
    pub device: Device,
    /// Why this is not what was asked for first; `None` where it is.
    pub note: Option<String>,
}
