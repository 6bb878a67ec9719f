//! From two samples to a row. Pure functions.

use super::{
    kernel::{CpuTime, Traffic},
    sample::Sample,
};

/// The columns, found out once so that all rows have the same.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Processors that have a column of their own.
    pub(super) cores: usize,
    /// Thermal zones.
    pub(super) zones: Vec<String>,
}

impl Layout {
    /// Finds out what there is to measure.
    pub(super) fn of(sample: &Sample, cores: bool) -> Self {
        let cores = if cores { sample.cpus.len().saturating_sub(1) } else { 0 };
        Self { cores, zones: sample.temperatures.iter().map(|(name, _)| name.clone()).collect() }
    }

    /// Returns every column's name and value.
    pub(super) fn readings(&self, before: &Sample, now: &Sample) -> Vec<(String, f64)> {
        let mut readings = vec![("cpu_busy".to_owned(), busy(before, now, 0))];
        readings.extend((0..self.cores).map(|core| (format!("cpu{core}_busy"), busy(before, now, core + 1))));
        let mut add = |name: &str, value: Option<f64>| readings.push((name.to_owned(), value.unwrap_or(f64::NAN)));
        for (at, name) in ["load_1_minute", "load_5_minutes", "load_15_minutes"].into_iter().enumerate() {
            add(name, now.load.map(|load| load[at]));
        }
        add("memory_used_bytes", now.memory.map(|memory| memory.used as f64));
        add("memory_available_bytes", now.memory.map(|memory| memory.available as f64));
        add("swap_used_bytes", now.memory.map(|memory| memory.swap_used as f64));
        let rate = |counter: fn(&Sample) -> Option<u64>| rate(before, now, counter);
        add("disk_read_bytes_per_second", rate(|sample| sample.disk.map(|Traffic { inward, .. }| inward)));
        add("disk_written_bytes_per_second", rate(|sample| sample.disk.map(|Traffic { outward, .. }| outward)));
        add("network_received_bytes_per_second", rate(|sample| sample.network.map(|Traffic { inward, .. }| inward)));
        add("network_sent_bytes_per_second", rate(|sample| sample.network.map(|Traffic { outward, .. }| outward)));
        add("disk_free_bytes", now.free.map(|free| free as f64));
        for zone in &self.zones {
            let found = now.temperatures.iter().find(|(name, _)| name == zone);
            add(&format!("{zone}_celsius"), found.and_then(|(_, temperature)| *temperature));
        }
        readings
    }
}

/// Returns the share of the time between two samples in which a processor was busy.
fn busy(before: &Sample, now: &Sample, processor: usize) -> f64 {
    let share = || {
        let (CpuTime { busy: busy_before, total: total_before }, CpuTime { busy, total }) =
            (before.cpus.get(processor)?, now.cpus.get(processor)?);
        let passed = total.checked_sub(*total_before).filter(|passed| *passed > 0)?;
        // The kernel's count of waiting may go back a little.
        Some((busy.saturating_sub(*busy_before) as f64 / passed as f64).min(1.0))
    };
    share().unwrap_or(f64::NAN)
}

/// Returns how fast a counter rose, per second; `None` if it is missing or began anew.
fn rate(before: &Sample, now: &Sample, counter: fn(&Sample) -> Option<u64>) -> Option<f64> {
    let risen = counter(now)?.checked_sub(counter(before)?)?;
    let seconds = now.at.saturating_sub(before.at).as_secs_f64();
    (seconds > 0.0).then(|| risen as f64 / seconds)
}
