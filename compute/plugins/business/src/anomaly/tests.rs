//! Tests of the arithmetic that the anomaly plugins share.

use super::{
    evaluation::Evaluation,
    gaussian::Gaussian,
    threshold::{chi_square, Limit},
};
use crate::stateful::Exact;
use proptest::prelude::*;

fn exact(values: &[f64]) -> Vec<Exact> {
    values.iter().copied().map(Exact).collect()
}

#[test]
fn the_distance_is_mahalanobis() {
    // Two numbers with variances 4 and 1 and correlation 0: the distance is a sum of squares.
    let normal = Gaussian::fit(&exact(&[2.0, 1.0, -2.0, 1.0, 2.0, -1.0, -2.0, -1.0]), 2);
    let score = normal.score(&[4.0, 3.0]);
    assert!((score.total - 13.0).abs() < 1e-4, "{}", score.total);
    assert!((score.parts[1] - 9.0).abs() < 1e-4);
    // With correlation 0.6 it is (x² - 2·0.6·x·y + y²) / (1 - 0.36).
    let normal = Gaussian::fit(
        &exact(&[1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0, 1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0, 1.0]),
        2,
    );
    let rho = 0.2;
    let expected = (1.0 + 2.0 * rho + 1.0) / (1.0 - rho * rho);
    assert!((normal.score(&[1.0, -1.0]).total - expected).abs() < 1e-3);
}

#[test]
fn columns_that_are_equal_or_never_change_do_no_harm() {
    let rows: Vec<f64> = (0..50).flat_map(|row| [f64::from(row), f64::from(row), 3.0, 1e9 + f64::from(row % 7)]).collect();
    let normal = Gaussian::fit(&exact(&rows), 4);
    assert!(normal.is_consistent());
    let usual = normal.score(&[25.0, 25.0, 3.0, 1e9 + 3.0]).total;
    let torn = normal.score(&[25.0, 35.0, 3.0, 1e9 + 3.0]).total;
    assert!(usual < 1.0 && torn > 1000.0, "{usual} {torn}");
    assert!(normal.score(&[25.0, 25.0, 4.0, 1e9 + 3.0]).total > usual + 0.9);
}

#[test]
fn quantiles_of_chi_square_are_those_of_tables() {
    for (share, degrees, expected) in [(0.95, 1, 3.841), (0.99, 8, 20.090), (0.999, 20, 45.315), (0.95, 100, 124.342)] {
        let found = chi_square(share, degrees);
        assert!((found / expected - 1.0).abs() < 0.03, "{share} {degrees}: {found} instead of {expected}");
    }
}

#[test]
fn the_threshold_is_the_wanted_quantile() {
    let scores = || (1..=100).rev().map(f64::from).collect::<Vec<f64>>();
    assert_eq!(Limit::Quantile { share: 0.95, margin: 2.0 }.threshold(scores(), 3), 190.0);
    assert_eq!(Limit::Quantile { share: 1.0, margin: 1.0 }.threshold(scores(), 3), 100.0);
    assert_eq!(Limit::Score(7.0).threshold(scores(), 3), 7.0);
}

#[test]
fn figures_come_from_counts() {
    let mut evaluation = Evaluation::default();
    for (score, label) in [(1.0, false), (2.0, true), (6.0, false), (8.0, true), (9.0, true)] {
        evaluation.add(score, 5.0, Some(label));
    }
    let labelled = &evaluation.result()["LABELLED"];
    assert_eq!(labelled["PRECISION"], "0.666667");
    assert_eq!(labelled["RECALL"], "0.666667");
    assert_eq!(labelled["F1"], "0.666667");
    assert_eq!(labelled["AUC"], "0.833333");
    assert!(Evaluation::default().result().get("LABELLED").is_none());
}

proptest! {
    #[test]
    fn parts_add_up_to_the_score(
        rows in proptest::collection::vec(-100.0..100.0f64, 30..90), vector in proptest::collection::vec(-300.0..300.0f64, 3),
    ) {
        let rows = &rows[..rows.len() / 3 * 3];
        let score = Gaussian::fit(&exact(rows), 3).score(&vector);
        prop_assert!(score.total >= 0.0);
        prop_assert!((score.parts.iter().sum::<f64>() - score.total).abs() <= 1e-6 * score.total.max(1.0));
    }
}
