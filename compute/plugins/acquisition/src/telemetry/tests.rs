//! Tests of `Telemetry`: the kernel's texts, rates over time, and the machine that runs the tests.

use super::{
    kernel::{self, CpuTime, Memory, Traffic},
    plugin::Measurements,
    sample::Machine,
    *,
};
use neurite_core::{Acquisition, Batch, Bookmark, Clock, Context, Field, Plugin, Services};
use neurite_testkit::{block_on, context, services, FakeClock, TempBase};
use serde_json::json;
use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

const STAT: &str =
    "cpu  100 10 40 800 50 0 0 0 7 0\ncpu0 60 5 20 400 15 0 0 0 7 0\ncpu1 40 5 20 400 35 0 0 0 0 0\nintr 12345 0 8\nctxt 1\n";
/// A second and a half later: the first processor was busy for a quarter of its time, the second not at all.
const STAT_LATER: &str = "cpu  130 10 50 1070 50 0 0 0 7 0\ncpu0 90 5 30 520 15 0 0 0 7 0\ncpu1 40 5 20 550 35 0 0 0 0 0\nintr 12345 0 8\n";
const LOAD: &str = "1.50 0.75 0.25 2/345 6789\n";
const MEMORY: &str =
    "MemTotal:        8000 kB\nMemFree:         1000 kB\nMemAvailable:    3000 kB\nSwapTotal:       2000 kB\nSwapFree:        1500 kB\n";
const DISKS: &str = "   8       0 sda 10 0 100 5 20 0 300 5 0 10 10\n   8       1 sda1 9 0 90 5 20 0 300 5 0 10 10\n   7       0 loop0 1 0 8 0 0 0 0 0 0 0 0\n 259       0 nvme0n1 10 0 11 5 20 0 7 5 0 10 10\n";
const DISKS_LATER: &str = "   8       0 sda 10 0 103 5 20 0 306 5 0 10 10\n 259       0 nvme0n1 10 0 11 5 20 0 7 5 0 10 10\n";
const NETWORK: &str = "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n    lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0\n  eth0: 1000 9 0 0 0 0 0 0 500 9 0 0 0 0 0 0\n wlan0:1 9 0 0 0 0 0 0 2 9 0 0 0 0 0 0\n";
const NETWORK_LATER: &str = "  eth0: 4000 9 0 0 0 0 0 0 499 9 0 0 0 0 0 0\n wlan0:1 9 0 0 0 0 0 0 2 9 0 0 0 0 0 0\n";

fn write(root: &Path, path: &str, text: &str) {
    std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
    std::fs::write(root.join(path), text).unwrap();
}

/// Lays out a machine with two processors, two disks and a thermometer.
fn machine(root: &Path) -> Machine {
    for (path, text) in [
        ("proc/stat", STAT),
        ("proc/loadavg", LOAD),
        ("proc/meminfo", MEMORY),
        ("proc/diskstats", DISKS),
        ("proc/net/dev", NETWORK),
        ("sys/class/thermal/thermal_zone0/temp", "41500\n"),
        ("sys/class/thermal/cooling_device0/cur_state", "0\n"),
    ] {
        write(root, path, text);
    }
    for disk in ["sda", "nvme0n1", "loop0"] {
        std::fs::create_dir_all(root.join("sys/block").join(disk)).unwrap();
    }
    Machine { root: root.to_owned(), folder: root.to_owned() }
}

fn open(clock: &FakeClock, base: &TempBase, machine: Machine, parameters: serde_json::Value) -> Measurements {
    let parameters = serde_json::from_value(parameters).unwrap();
    let services = Services { clock: Arc::new(clock.clone()), ..services() };
    Measurements::open(&parameters, &Context { services, ..context(base) }, machine).unwrap()
}

fn columns(batch: &Batch) -> BTreeMap<String, f32> {
    let values = batch.field(Field::FEATURES).unwrap().as_f32().unwrap();
    batch.columns(Field::FEATURES).unwrap().iter().cloned().zip(values.iter().copied()).collect()
}

#[test]
fn the_kernels_texts_are_understood() {
    let cpus = kernel::cpu_times(STAT);
    assert_eq!(cpus.len(), 3);
    assert_eq!((cpus[0], cpus[2]), (CpuTime { busy: 150, total: 1000 }, CpuTime { busy: 65, total: 500 }));
    assert_eq!(kernel::load(LOAD), Some([1.5, 0.75, 0.25]));
    assert_eq!(kernel::memory(MEMORY), Some(Memory { used: 5000 * 1024, available: 3000 * 1024, swap_used: 500 * 1024 }));
    let disks = ["sda", "nvme0n1"].map(str::to_owned).into();
    assert_eq!(kernel::disk_traffic(DISKS, &disks), Some(Traffic { inward: 111 * 512, outward: 307 * 512 }));
    assert_eq!(kernel::network_traffic(NETWORK), Some(Traffic { inward: 1001, outward: 502 }));
    assert_eq!(kernel::temperature("-5250\n"), Some(-5.25));
}

#[test]
fn texts_that_say_nothing_are_no_numbers() {
    for text in ["", "cpu\n", "cpu 1 2\n", "cpu 1 2 x 4\n", "MemTotal: 5 kB\n", "eth0: 1 2\n", "8 0 sda 1\n"] {
        assert_eq!(kernel::cpu_times(text), [], "{text:?}");
        assert_eq!(kernel::load(text), None, "{text:?}");
        assert_eq!(kernel::memory(text), None, "{text:?}");
        assert_eq!(kernel::network_traffic(text), None, "{text:?}");
        assert_eq!(kernel::disk_traffic(text, &["sda".to_owned()].into()), None, "{text:?}");
        assert_eq!(kernel::temperature(text), None, "{text:?}");
    }
}

#[test]
fn only_whole_disks_count() {
    for device in ["loop0", "ram1", "zram0", "dm-0", "md127", "sr0"] {
        assert!(!kernel::is_disk(device), "{device}");
    }
    for device in ["sda", "vda", "nvme0n1", "mmcblk0"] {
        assert!(kernel::is_disk(device), "{device}");
    }
}

#[test]
fn counters_become_rates_by_the_clock() {
    let base = TempBase::new();
    let machine = machine(base.root());
    let clock = FakeClock::jumping();
    let start = clock.unix_ms() as i64;
    let mut rows = open(&clock, &base, machine, json!({ "INTERVAL_MS": 1500, "CORES": true }));
    for (path, text) in [("proc/stat", STAT_LATER), ("proc/diskstats", DISKS_LATER), ("proc/net/dev", NETWORK_LATER)] {
        write(base.root(), path, text);
    }
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(batch.field(Field::TIME).unwrap().as_i64(), Some(&[start + 1500][..]));
    let row = columns(&batch);
    for (name, expected) in [
        ("cpu_busy", 40.0 / 310.0),
        ("cpu0_busy", 0.25),
        ("cpu1_busy", 0.0),
        ("load_1_minute", 1.5),
        ("load_15_minutes", 0.25),
        ("memory_used_bytes", 5_120_000.0),
        ("memory_available_bytes", 3_072_000.0),
        ("swap_used_bytes", 512_000.0),
        ("disk_read_bytes_per_second", 1024.0),
        ("disk_written_bytes_per_second", 2048.0),
        ("network_received_bytes_per_second", 2000.0),
        ("thermal_zone0_celsius", 41.5),
    ] {
        assert!((row[name] - expected).abs() < 1e-6, "{name}: {} instead of {expected}", row[name]);
    }
    assert!(row["network_sent_bytes_per_second"].is_nan(), "a counter that went back has no rate");
    assert!(row["disk_free_bytes"] > 0.0);
}

#[test]
fn what_goes_away_is_not_a_number_and_the_columns_stay() {
    let base = TempBase::new();
    let clock = FakeClock::jumping();
    let mut rows = open(&clock, &base, machine(base.root()), json!({}));
    let first = block_on(rows.next_batch()).unwrap().unwrap();
    std::fs::remove_dir_all(base.root().join("sys/class")).unwrap();
    std::fs::remove_file(base.root().join("proc/meminfo")).unwrap();
    let second = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(first.columns(Field::FEATURES), second.columns(Field::FEATURES));
    let row = columns(&second);
    assert!(row["thermal_zone0_celsius"].is_nan() && row["memory_used_bytes"].is_nan() && row["load_1_minute"] == 1.5);
    assert_eq!((second.start(), second.end()), (1, 2));
}

#[test]
fn a_machine_that_tells_nothing_is_refused() {
    let base = TempBase::new();
    let machine = Machine { root: base.root().to_owned(), folder: base.root().to_owned() };
    let parameters = serde_json::from_value(json!({})).unwrap();
    let error = Measurements::open(&parameters, &context(&base), machine).err().expect("a fault");
    assert_eq!(error.to_string(), "resources: the kernel's numbers below /proc cannot be read");
}

#[test]
fn this_machine_tells_plausible_numbers() {
    let base = TempBase::new();
    let clock = FakeClock::standing();
    let services = Services { clock: Arc::new(clock.clone()), ..services() };
    let parameters = serde_json::from_value(json!({ "CORES": true })).unwrap();
    let mut rows = block_on(Telemetry.open(parameters, &Context { services, ..context(&base) })).unwrap();
    assert_eq!(rows.total(), None);
    block_on(rows.seek(&Bookmark::at(7))).unwrap();
    // Spins until the kernel has counted some time, then lets the clock show that an interval is over.
    let ticks = || kernel::cpu_times(&std::fs::read_to_string("/proc/stat").unwrap())[0].total;
    let begun = ticks();
    while ticks() < begun + 5 {
        std::hint::spin_loop();
    }
    clock.advance(Duration::from_secs(1));
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!((batch.start(), batch.end()), (7, 8));
    let row = columns(&batch);
    assert!((0.0..=1.0).contains(&row["cpu_busy"]) && row["cpu_busy"] > 0.0, "{row:?}");
    assert!((0.0..=1.0).contains(&row["cpu0_busy"]), "{row:?}");
    assert!(row["memory_used_bytes"] > 1e6 && row["memory_available_bytes"] > 1e6 && row["disk_free_bytes"] > 0.0, "{row:?}");
    assert!(row["load_1_minute"] >= 0.0, "{row:?}");
}
