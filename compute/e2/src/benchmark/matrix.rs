//! Products of matrices of `f32`.

use super::processors;
use std::hint::black_box;

/// Rows and columns of each matrix.
const SIZE: usize = 256;

/// Returns the operations that all processors do in a microsecond.
pub fn operations_per_microsecond() -> f64 {
    let prepare = || {
        let a: Vec<f32> = (0..SIZE * SIZE).map(|i| (i % 7) as f32 - 3.0).collect();
        let b: Vec<f32> = (0..SIZE * SIZE).map(|i| (i % 5) as f32 - 2.0).collect();
        let mut c = vec![0.0f32; SIZE * SIZE];
        move || {
            multiply(black_box(&a), black_box(&b), &mut c);
            black_box(&c);
        }
    };
    let operations = 2.0 * (SIZE as f64).powi(3);
    processors::turns_per_second(prepare) * operations / 1e6
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
    fn something_is_measured() {
        assert!(operations_per_microsecond() > 0.0);
    }
}
