//! From which score on a row is an anomaly.

/// How the threshold is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Limit {
    /// The quantile of the training rows' scores that this share does not exceed, times a margin.
    Quantile { share: f64, margin: f64 },
    /// The quantile of the chi-square distribution: what this share of a true normal distribution does not exceed.
    ChiSquare(f64),
    /// This score.
    Score(f64),
}

/// What is learnt, and from how many rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Training {
    /// Rows from which is learnt what is normal.
    pub(crate) rows: usize,
    /// How the threshold is found.
    pub(crate) limit: Limit,
}

impl Limit {
    /// Returns the threshold for vectors of `width` numbers.
    pub(super) fn threshold(self, mut scores: Vec<f64>, width: usize) -> f64 {
        match self {
            Self::Score(score) => score,
            Self::ChiSquare(share) => chi_square(share, width),
            Self::Quantile { share, margin } => {
                scores.sort_by(f64::total_cmp);
                let rank = (share * scores.len() as f64).ceil() as usize;
                scores.get(rank.clamp(1, scores.len().max(1)) - 1).copied().unwrap_or(0.0) * margin
            }
        }
    }
}

/// Approximates a quantile of the chi-square distribution (Wilson and Hilferty), within 3 %.
pub(super) fn chi_square(share: f64, degrees: usize) -> f64 {
    let degrees = degrees as f64;
    let spread = 2.0 / (9.0 * degrees);
    degrees * (1.0 - spread + normal(share) * spread.sqrt()).powi(3)
}

/// Approximates a quantile of the standard normal distribution for shares above one half (Hastings).
fn normal(share: f64) -> f64 {
    let distance = (-2.0 * (1.0 - share).ln()).sqrt();
    let above = 2.515_517 + distance * (0.802_853 + distance * 0.010_328);
    let below = 1.0 + distance * (1.432_788 + distance * (0.189_269 + distance * 0.001_308));
    distance - above / below
}
