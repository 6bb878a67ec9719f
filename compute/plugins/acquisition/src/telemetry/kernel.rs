//! The texts in which the kernel tells its numbers. Pure functions.

use std::collections::BTreeSet;

/// The unit of `/proc/diskstats`, whatever the disk's own sectors are.
const SECTOR_BYTES: u64 = 512;
/// The unit of `/proc/meminfo`.
const KIBIBYTE: u64 = 1024;
/// Columns of `/proc/stat` that make up the whole time; those after them are contained in the first two.
const CPU_COLUMNS: usize = 8;
/// Columns of `/proc/stat` in which the processor did nothing: idle, and waiting for input or output.
const IDLE_COLUMNS: [usize; 2] = [3, 4];

/// Time that a processor spent since the machine started, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CpuTime {
    pub(super) busy: u64,
    pub(super) total: u64,
}

/// Memory in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Memory {
    pub(super) used: u64,
    pub(super) available: u64,
    pub(super) swap_used: u64,
}

/// Bytes that went in and out since the machine started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traffic {
    /// Read from disks, or received.
    pub(super) inward: u64,
    /// Written to disks, or sent.
    pub(super) outward: u64,
}

/// Reads `/proc/stat`: the time of all processors together, then that of each; empty if there is none.
pub(super) fn cpu_times(text: &str) -> Vec<CpuTime> {
    let lines = text.lines().filter(|line| line.starts_with("cpu"));
    lines.filter_map(|line| cpu_time(line.split_whitespace().skip(1))).collect()
}

fn cpu_time<'a>(columns: impl Iterator<Item = &'a str>) -> Option<CpuTime> {
    let ticks = columns.take(CPU_COLUMNS).map(|column| column.parse().ok()).collect::<Option<Vec<u64>>>()?;
    let total = ticks.iter().sum::<u64>();
    let idle = IDLE_COLUMNS.iter().filter_map(|column| ticks.get(*column)).sum::<u64>();
    (ticks.len() > IDLE_COLUMNS[0]).then_some(CpuTime { busy: total - idle, total })
}

/// Reads `/proc/loadavg`: runnable tasks, averaged over 1, 5 and 15 minutes.
pub(super) fn load(text: &str) -> Option<[f64; 3]> {
    let mut averages = text.split_whitespace().map(|column| column.parse().ok());
    Some([averages.next()??, averages.next()??, averages.next()??])
}

/// Reads `/proc/meminfo`.
pub(super) fn memory(text: &str) -> Option<Memory> {
    let bytes = |key: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        value.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(KIBIBYTE)
    };
    let available = bytes("MemAvailable")?;
    let used = bytes("MemTotal")?.checked_sub(available)?;
    let swap_used = bytes("SwapTotal")?.checked_sub(bytes("SwapFree")?)?;
    Some(Memory { used, available, swap_used })
}

/// Tells whether a block device is a disk, and not a part of one, a view of others or made of memory.
pub(super) fn is_disk(device: &str) -> bool {
    !["loop", "ram", "zram", "dm-", "md", "sr", "fd"].iter().any(|prefix| device.starts_with(prefix))
}

/// Reads `/proc/diskstats`: the sum over these disks; `None` if it names none of them.
pub(super) fn disk_traffic(text: &str, disks: &BTreeSet<String>) -> Option<Traffic> {
    let of_line = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let sectors = |column: usize| columns.get(column)?.parse::<u64>().ok()?.checked_mul(SECTOR_BYTES);
        disks.contains(*columns.get(2)?).then_some(Traffic { inward: sectors(5)?, outward: sectors(9)? })
    };
    text.lines().filter_map(of_line).reduce(sum)
}

/// Reads `/proc/net/dev`: the sum over all interfaces but the loopback; `None` if there is no other.
pub(super) fn network_traffic(text: &str) -> Option<Traffic> {
    let of_line = |line: &str| {
        let (name, counters) = line.split_once(':')?;
        let counters: Vec<&str> = counters.split_whitespace().collect();
        let bytes = |column: usize| counters.get(column)?.parse::<u64>().ok();
        (name.trim() != "lo").then_some(Traffic { inward: bytes(0)?, outward: bytes(8)? })
    };
    text.lines().filter_map(of_line).reduce(sum)
}

/// Reads a `temp` of `/sys/class/thermal`, in degrees Celsius.
pub(super) fn temperature(text: &str) -> Option<f64> {
    text.trim().parse::<i64>().ok().map(|millidegrees| millidegrees as f64 / 1000.0)
}

fn sum(one: Traffic, other: Traffic) -> Traffic {
    Traffic { inward: one.inward.saturating_add(other.inward), outward: one.outward.saturating_add(other.outward) }
}
