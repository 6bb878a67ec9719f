//! The node's own measure of what it can do: the **score** that it signs and commits.
//!
//! Procedure, version [`VERSION`]. Four rates are measured one after the other:
//!
//! | rate | what | unit | weight |
//! |---|---|---|---|
//! | matrix | products of two 256 × 256 matrices of `f32` on every processor at once, 2·256³ operations each | operations/µs | 0.4 |
//! | memory | `a[i] = b[i] + 3·c[i]` on every processor at once, 24 bytes a step (the triad of STREAM) | MiB/s | 0.2 |
//! | model | a convolutional network on 3 × 224 × 224, eight pictures a request, four requests in flight, through a serving process | pictures/s | 0.3 |
//! | disk | blocks of 1 MiB that do not compress, written to one file and synchronised | MiB/s | 0.1 |
//!
//! Each is the best of several rounds. With the rates of [`REFERENCE`], `score = 10,000 · ∏ (rate / reference)^weight`, rounded down; a ratio
//! below a thousandth counts as one, and so does a rate that cannot be measured. The weights add up to one: a machine with twice of everything
//! has twice the score, and who cuts a machine into parts cuts its score with it. Whoever runs `neurite-e2 score` on the same machine gets the
//! same score up to noise.

mod disk;
mod matrix;
mod memory;
mod model;
mod processors;

use neurite_primitives::Benchmark;
use neurite_serving::ServingConfig;
use serde::Serialize;
use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// Version of the procedure; raised whenever scores stop being comparable.
pub const VERSION: u8 = 2;
/// The score of the reference machine.
const REFERENCE_SCORE: f64 = 10_000.0;
/// The least ratio to the reference that counts.
const LEAST_RATIO: f64 = 0.001;

/// What was measured; zero for what could not be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rates {
    /// Matrix products, in operations a microsecond.
    pub matrix: f64,
    /// Memory that was read and written, in MiB/s.
    pub memory: f64,
    /// Pictures that the reference model took, in a second.
    pub model: f64,
    /// What was written to disk, in MiB/s.
    pub disk: f64,
}

/// The rates of the reference machine: two virtual processors of an Intel Xeon at 2.8 GHz, without a graphics processor.
pub const REFERENCE: Rates = Rates { matrix: 25_000.0, memory: 25_000.0, model: 28.0, disk: 1_200.0 };

impl Rates {
    /// Measures this machine, for about five seconds; `folder` is on the disk that is measured, models run with `serving`.
    pub async fn measure(serving: ServingConfig, folder: &Path) -> Self {
        let scratch = folder.to_owned();
        let blocking = tokio::task::spawn_blocking(move || measure_without_model(&scratch));
        let (matrix, memory, disk) = blocking.await.unwrap_or_default();
        let model = model::pictures_per_second(serving, folder).await.unwrap_or_else(|error| unmeasured("model", &error));
        Self { matrix, memory, model, disk }
    }

    /// Returns the score.
    pub fn score(&self) -> u64 {
        let ratio = |rate: f64, reference: f64, weight: f64| (rate / reference).max(LEAST_RATIO).powf(weight);
        let product = ratio(self.matrix, REFERENCE.matrix, 0.4)
            * ratio(self.memory, REFERENCE.memory, 0.2)
            * ratio(self.model, REFERENCE.model, 0.3)
            * ratio(self.disk, REFERENCE.disk, 0.1);
        ((REFERENCE_SCORE * product) as u64).max(1)
    }

    /// Returns what is committed on chain.
    pub fn benchmark(&self) -> Benchmark {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let measured_at = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
        Benchmark { version: VERSION, score: self.score(), measured_at }
    }
}

fn measure_without_model(folder: &Path) -> (f64, f64, f64) {
    let disk = disk::written_per_second(folder).unwrap_or_else(|error| unmeasured("disk", &error));
    (matrix::operations_per_microsecond(), memory::touched_per_second(), disk)
}

/// Says what is missing from the score.
fn unmeasured(what: &str, error: &dyn std::fmt::Display) -> f64 {
    tracing::warn!(%error, "{what} cannot be measured: the score is that of a machine a thousandth as fast in it");
    0.0
}

/// Returns the file that a measurement may write; nothing else of the engine has this name.
fn scratch(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!(".benchmark-{}-{name}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(factor: f64) -> Rates {
        let Rates { matrix, memory, model, disk } = REFERENCE;
        Rates { matrix: factor * matrix, memory: factor * memory, model: factor * model, disk: factor * disk }
    }

    #[test]
    fn a_machine_with_twice_of_everything_has_twice_the_score() {
        for factor in [0.25, 0.5, 1.0, 2.0, 64.0] {
            assert!(times(factor).score().abs_diff((10_000.0 * factor) as u64) <= 1, "{factor}");
        }
    }

    #[test]
    fn parts_of_a_machine_have_no_more_than_the_whole() {
        let whole = times(7.0).score();
        assert!(7 * times(1.0).score() <= whole + 7);
    }

    #[test]
    fn what_cannot_be_measured_lowers_the_score_and_does_not_end_it() {
        let without = Rates { model: 0.0, ..REFERENCE };
        assert_eq!(without.score(), (10_000.0 * 0.001f64.powf(0.3)) as u64);
        assert_eq!(Rates { matrix: 0.0, memory: 0.0, model: 0.0, disk: 0.0 }.score(), 10);
    }

    #[test]
    fn what_is_committed_names_the_procedure() {
        let benchmark = REFERENCE.benchmark();
        assert_eq!((benchmark.version, benchmark.score), (VERSION, 10_000));
        assert!(benchmark.measured_at > 0);
    }
}
