//! What a node promises to be able to do, and what a job requires of it.

use crate::{Moment, MAX_TAG, MAX_TAGS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::BoundedVec;

/// A free-form label such as `eu-west`, lower-case ASCII.
pub type Tag = BoundedVec<u8, ConstU32<MAX_TAG>>;
/// The labels of a node or a requirement.
pub type Tags = BoundedVec<Tag, ConstU32<MAX_TAGS>>;

/// A runtime for models.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum Backend {
    /// ONNX Runtime on the processor.
    OnnxCpu,
    /// ONNX Runtime on CUDA.
    OnnxCuda,
    /// The pure-Rust fallback.
    Tract,
}

/// The engine's own measure of what its machine can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Benchmark {
    /// Version of the procedure; scores of different versions do not compare.
    pub version: u8,
    /// Score of the procedure: linear in what the machine can do, 10,000 for the reference machine.
    pub score: u64,
    /// Unix time of the measurement in milliseconds, as the node saw it.
    pub measured_at: Moment,
}

/// What a node can do, committed on chain with its own key.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct NodeSpecs {
    /// Logical processors.
    pub cores: u16,
    /// Main memory in MiB.
    pub memory_mib: u32,
    /// Memory of the graphics processor in MiB; zero without one.
    pub gpu_memory_mib: u32,
    /// Runtimes for models that this node has.
    pub backends: BoundedVec<Backend, ConstU32<4>>,
    /// Labels of the node.
    pub tags: Tags,
    /// The node's benchmark.
    pub benchmark: Benchmark,
}

/// What a job requires of each of its workers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Requirements {
    /// Least main memory in MiB.
    pub memory_mib: u32,
    /// Least memory of the graphics processor in MiB.
    pub gpu_memory_mib: u32,
    /// Least benchmark score.
    pub score: u64,
    /// Runtimes that must all be present.
    pub backends: BoundedVec<Backend, ConstU32<4>>,
    /// Labels that must all be present.
    pub tags: Tags,
}

impl NodeSpecs {
    /// Tells whether these specs meet every requirement.
    pub fn satisfy(&self, required: &Requirements) -> bool {
        self.memory_mib >= required.memory_mib
            && self.gpu_memory_mib >= required.gpu_memory_mib
            && self.benchmark.score >= required.score
            && required.backends.iter().all(|backend| self.backends.contains(backend))
            && required.tags.iter().all(|tag| self.tags.contains(tag))
    }
}
