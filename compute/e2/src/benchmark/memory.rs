//! The triad of STREAM (J. D. McCalpin, "Memory bandwidth and machine balance in current high performance computers", 1995).

use super::processors;
use std::hint::black_box;

/// Numbers in each of a processor's three arrays: 8 MiB, so that together they are more than the caches have room for.
const LENGTH: usize = 1 << 20;
/// Bytes that a step reads and writes: two numbers and one.
const STEP: usize = 3 * size_of::<f64>();

/// Returns the MiB that all processors together read and write in a second.
pub fn touched_per_second() -> f64 {
    let prepare = || {
        let (mut a, b, c) = (vec![0.0f64; LENGTH], vec![1.0f64; LENGTH], vec![2.0f64; LENGTH]);
        move || {
            triad(&mut a, black_box(&b), black_box(&c));
            black_box(&a);
        }
    };
    processors::turns_per_second(prepare) * (LENGTH * STEP) as f64 / (1 << 20) as f64
}

fn triad(a: &mut [f64], b: &[f64], c: &[f64]) {
    for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
        *a = b + 3.0 * c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_adds_three_times_the_other() {
        let mut a = [0.0; 2];
        triad(&mut a, &[1.0, 2.0], &[10.0, 100.0]);
        assert_eq!(a, [31.0, 302.0]);
        assert!(touched_per_second() > 0.0);
    }
}
