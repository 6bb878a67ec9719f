//! The node's own measure of its speed: a matrix product in `f32` on every core at once.
//!
//! Procedure, version [`VERSION`]: each core multiplies two 256 × 256 matrices (2·256³ operations) for at least
//! [`ROUND`]; the score of a round is all operations over its wall time in millions a second; the best of [`ROUNDS`] rounds
//! counts. Whoever runs these lines on the same machine gets the same score up to noise.

use neurite_primitives::Benchmark;
use std::{
    hint::black_box,
    num::NonZeroUsize,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Version of the procedure; raised whenever scores stop being comparable.
const VERSION: u8 = 1;
/// Rows and columns of each matrix.
const SIZE: usize = 256;
/// Floating-point operations of one product.
const OPERATIONS: u64 = 2 * (SIZE as u64).pow(3);
/// Least time of a round.
const ROUND: Duration = Duration::from_millis(100);
/// Rounds, of which the best counts.
const ROUNDS: u32 = 5;

/// Measures this machine on all of its logical cores; takes about half a second.
pub fn measure() -> Benchmark {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let score = (0..ROUNDS).map(|_| round_score(cores)).max().unwrap_or(0);
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let measured_at = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
    Benchmark { version: VERSION, score: score.max(1), measured_at }
}

/// Runs one round on `cores` threads; returns millions of operations a second.
fn round_score(cores: usize) -> u64 {
    let started = Instant::now();
    let products: u64 = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(multiply_for_a_round)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(0)).sum()
    });
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
    products.saturating_mul(OPERATIONS) / micros
}

fn multiply_for_a_round() -> u64 {
    let a: Vec<f32> = (0..SIZE * SIZE).map(|i| (i % 7) as f32 - 3.0).collect();
    let b: Vec<f32> = (0..SIZE * SIZE).map(|i| (i % 5) as f32 - 2.0).collect();
    let mut c = vec![0.0f32; SIZE * SIZE];
    let started = Instant::now();
    let mut products = 0;
    while started.elapsed() < ROUND {
        multiply(black_box(&a), black_box(&b), &mut c);
        black_box(&c);
        products += 1;
    }
    products
}

/// Computes `c = a·b` row by row, in the order that the compiler vectorises.
fn multiply(a: &[f32], b: &[f32], c: &mut [f32]) {
    for (a_row, c_row) in a.chunks_exact(SIZE).zip(c.chunks_exact_mut(SIZE)) {
        c_row.fill(0.0);
        for (&factor, b_row) in a_row.iter().zip(b.chunks_exact(SIZE)) {
            for (sum, &value) in c_row.iter_mut().zip(b_row) {
                *sum += factor * value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_with_the_identity_is_the_matrix() {
        let a: Vec<f32> = (0..SIZE * SIZE).map(|i| i as f32).collect();
        let identity: Vec<f32> = (0..SIZE * SIZE).map(|i| f32::from(u8::from(i / SIZE == i % SIZE))).collect();
        let mut c = vec![1.0; SIZE * SIZE];
        multiply(&a, &identity, &mut c);
        assert_eq!(a, c);
    }

    #[test]
    fn score_is_positive_and_of_the_current_version() {
        let benchmark = measure();
        assert!(benchmark.score > 0);
        assert_eq!(benchmark.version, VERSION);
    }
}
