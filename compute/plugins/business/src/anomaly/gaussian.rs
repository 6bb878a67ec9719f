//! A multivariate normal distribution, fitted in a numerically stable way.

use crate::stateful::Exact;
use serde::{Deserialize, Serialize};

/// What is added to the diagonal of the correlation matrix, whose diagonal is 1, at the first try.
const FIRST_RIDGE: f64 = 1e-6;

/// Mean and spread of vectors. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Gaussian {
    mean: Vec<Exact>,
    scale: Vec<Exact>,
    /// Lower triangle, row after row, of the Cholesky factor of the correlation matrix.
    factor: Vec<Exact>,
}

/// How unusual a vector is.
pub(super) struct Score {
    /// Its squared Mahalanobis distance from the mean.
    pub(super) total: f64,
    /// The part of each number in it; the parts add up to the total, and some may be negative.
    pub(super) parts: Vec<f64>,
}

/// The place of a number of a lower triangle.
fn place(row: usize, column: usize) -> usize {
    row * (row + 1) / 2 + column
}

impl Gaussian {
    /// Fits a distribution to vectors of `width` numbers, of which there are at least two.
    pub(super) fn fit(vectors: &[Exact], width: usize) -> Self {
        let rows = || vectors.chunks_exact(width);
        let count = rows().len().max(1) as f64;
        let average = |of: &dyn Fn(&[Exact]) -> f64| rows().map(of).sum::<f64>() / count;
        let mean: Vec<f64> = (0..width).map(|column| average(&|row| row[column].0)).collect();
        let spread = |column: usize| average(&|row| (row[column].0 - mean[column]).powi(2)).sqrt();
        // A column that never changes stays in its own unit.
        let scale: Vec<f64> = (0..width).map(spread).map(|scale| if scale > 0.0 { scale } else { 1.0 }).collect();
        let mut correlation = vec![0.0; place(width, 0)];
        for row in 0..width {
            correlation[place(row, row)] = 1.0;
            for column in 0..row {
                let product = |vector: &[Exact]| (vector[row].0 - mean[row]) * (vector[column].0 - mean[column]);
                correlation[place(row, column)] = average(&product) / (scale[row] * scale[column]);
            }
        }
        let exact = |numbers: Vec<f64>| numbers.into_iter().map(Exact).collect();
        Self { mean: exact(mean), scale: exact(scale), factor: exact(factorize(&correlation, width)) }
    }

    /// Returns the number of numbers of a vector.
    pub(super) fn width(&self) -> usize {
        self.mean.len()
    }

    /// Tells whether the parts belong together.
    pub(super) fn is_consistent(&self) -> bool {
        let positive = |numbers: &[Exact]| numbers.iter().all(|number| number.0 > 0.0);
        let diagonal = (0..self.width()).all(|row| self.factor.get(place(row, row)).is_some_and(|pivot| pivot.0 > 0.0));
        self.scale.len() == self.width() && self.factor.len() == place(self.width(), 0) && positive(&self.scale) && diagonal
    }

    /// Scores a vector of as many numbers.
    pub(super) fn score(&self, vector: &[f64]) -> Score {
        let width = self.width();
        let factor = |row: usize, column: usize| self.factor[place(row, column)].0;
        let centred: Vec<f64> = (0..width).map(|at| (vector[at] - self.mean[at].0) / self.scale[at].0).collect();
        let mut solved = centred.clone();
        for row in 0..width {
            let known: f64 = (0..row).map(|column| factor(row, column) * solved[column]).sum();
            solved[row] = (solved[row] - known) / factor(row, row);
        }
        let total = solved.iter().map(|number| number * number).sum();
        for row in (0..width).rev() {
            let known: f64 = (row + 1..width).map(|below| factor(below, row) * solved[below]).sum();
            solved[row] = (solved[row] - known) / factor(row, row);
        }
        Score { total, parts: centred.iter().zip(solved).map(|(centred, solved)| centred * solved).collect() }
    }
}

/// Returns the Cholesky factor of a correlation matrix, with as small a ridge as makes it positive.
fn factorize(correlation: &[f64], width: usize) -> Vec<f64> {
    let mut ridge = FIRST_RIDGE;
    loop {
        if let Some(factor) = cholesky(correlation, width, ridge) {
            return factor;
        }
        ridge *= 10.0;
    }
}

/// Returns the lower triangle whose product with itself is the matrix plus the ridge; `None` if it is not positive.
///
/// A ridge of the matrix's width makes every correlation matrix positive, so that [`factorize`] ends.
fn cholesky(matrix: &[f64], width: usize, ridge: f64) -> Option<Vec<f64>> {
    let mut factor = vec![0.0; matrix.len()];
    for row in 0..width {
        for column in 0..=row {
            let known: f64 = (0..column).map(|before| factor[place(row, before)] * factor[place(column, before)]).sum();
            let rest = matrix[place(row, column)] - known;
            if row == column {
                let pivot = rest + ridge;
                // Below the ridge, rounding decides.
                if pivot.is_nan() || pivot < ridge / 2.0 {
                    return None;
                }
                factor[place(row, row)] = pivot.sqrt();
            } else {
                factor[place(row, column)] = rest / factor[place(column, column)];
            }
        }
    }
    Some(factor)
}
