//! Scores of classes.

/// Turns scores into probabilities that sum to one; the largest score is taken off first, so that none overflows.
pub(super) fn softmax(scores: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - largest).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
}

/// Returns the `k` best classes with their scores, best first, the lower class first of equals; `None` if a score is not a number.
pub(super) fn top_k(scores: &[f32], k: usize) -> Option<Vec<(i64, f32)>> {
    if scores.iter().any(|score| score.is_nan()) {
        return None;
    }
    let mut ranked: Vec<(i64, f32)> = scores.iter().enumerate().map(|(class, score)| (class as i64, *score)).collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    ranked.truncate(k);
    Some(ranked)
}
