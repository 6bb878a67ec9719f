//! What this node can do, as it commits it on chain.

use neurite_primitives::{Backend, Benchmark, NodeSpecs};
use std::{fs, num::NonZeroUsize, thread};

/// Reads the machine and joins that with its measured speed.
pub fn read(has_onnxruntime: bool, benchmark: Benchmark) -> NodeSpecs {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let backends = if has_onnxruntime { vec![Backend::OnnxCpu] } else { Vec::new() };
    NodeSpecs {
        cores: u16::try_from(cores).unwrap_or(u16::MAX),
        memory_mib: memory_mib(&fs::read_to_string("/proc/meminfo").unwrap_or_default()),
        gpu_memory_mib: 0,
        // One entry fits into every bound.
        backends: backends.try_into().unwrap_or_default(),
        tags: Default::default(),
        benchmark,
    }
}

/// Returns the main memory that `/proc/meminfo` tells, in MiB; zero if it does not.
fn memory_mib(meminfo: &str) -> u32 {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse::<u64>().ok());
    u32::try_from(kib.unwrap_or(0) / 1024).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_mib() {
        assert_eq!(memory_mib("MemTotal:       24586484 kB\nMemFree: 1 kB\n"), 24_010);
        assert_eq!(memory_mib("nothing"), 0);
    }
}
