//! Everything that the machine tells at one moment.

use super::kernel::{self, CpuTime, Memory, Traffic};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

/// The most temperatures that are read.
const MAX_ZONES: usize = 32;

/// Where the kernel's files are.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    /// The root below which `proc` and `sys` are.
    pub(super) root: PathBuf,
    /// A folder of the file system whose space counts.
    pub(super) folder: PathBuf,
}

/// What the machine told at one moment; `None` stands for what it does not measure.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// The moment, on the engine's clock.
    pub(super) at: Duration,
    /// All processors together, then each; empty if the kernel does not tell.
    pub(super) cpus: Vec<CpuTime>,
    pub(super) load: Option<[f64; 3]>,
    pub(super) memory: Option<Memory>,
    pub(super) disk: Option<Traffic>,
    pub(super) network: Option<Traffic>,
    /// Bytes on the file system that are free to use.
    pub(super) free: Option<u64>,
    /// The thermal zones' names and temperatures, sorted by name.
    pub(super) temperatures: Vec<(String, Option<f64>)>,
}

impl Machine {
    /// Reads everything.
    pub(super) fn sample(&self, at: Duration) -> Sample {
        let text = |path: &str| std::fs::read_to_string(self.root.join(path)).unwrap_or_default();
        Sample {
            at,
            cpus: kernel::cpu_times(&text("proc/stat")),
            load: kernel::load(&text("proc/loadavg")),
            memory: kernel::memory(&text("proc/meminfo")),
            disk: kernel::disk_traffic(&text("proc/diskstats"), &self.disks()),
            network: kernel::network_traffic(&text("proc/net/dev")),
            free: rustix::fs::statvfs(&self.folder).ok().and_then(|space| space.f_bavail.checked_mul(space.f_frsize)),
            temperatures: self.temperatures(),
        }
    }

    fn disks(&self) -> BTreeSet<String> {
        names(&self.root.join("sys/block")).into_iter().filter(|device| kernel::is_disk(device)).collect()
    }

    fn temperatures(&self) -> Vec<(String, Option<f64>)> {
        let folder = self.root.join("sys/class/thermal");
        let zones = names(&folder).into_iter().filter(|name| name.starts_with("thermal_zone")).take(MAX_ZONES);
        let read = |name: String| {
            let text = std::fs::read_to_string(folder.join(&name).join("temp")).unwrap_or_default();
            (name, kernel::temperature(&text))
        };
        zones.map(read).collect()
    }
}

/// Returns the sorted names in a folder; none if it cannot be read.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}
