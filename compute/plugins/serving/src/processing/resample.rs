//! Changing the size of pictures: every pixel is a weighted sum of those around its place, first along rows, then along columns.
//!
//! When a picture shrinks, the weights reach over all pixels that a new one covers, so that fine detail is averaged and does not flicker.

use super::config::Filter;

/// The pixels that one new pixel is made of.
struct Source {
    first: usize,
    /// They sum to one.
    weights: Vec<f32>,
}

/// Brings rows of pixels to another size; no side is zero, and there are `from.0 * from.1 * channels` bytes.
pub(super) fn resample(pixels: &[u8], channels: usize, from: (usize, usize), to: (usize, usize), filter: Filter) -> Vec<u8> {
    let columns = sources(from.0, to.0, filter);
    let mut narrow = Vec::with_capacity(from.1 * to.0 * channels);
    for row in pixels.chunks_exact(from.0 * channels) {
        for column in &columns {
            for channel in 0..channels {
                let bytes = row[column.first * channels + channel..].iter().step_by(channels);
                narrow.push(bytes.zip(&column.weights).map(|(byte, weight)| f32::from(*byte) * weight).sum::<f32>());
            }
        }
    }
    let length = to.0 * channels;
    let mut resampled = Vec::with_capacity(to.1 * length);
    let mut sums = vec![0.0_f32; length];
    for row in sources(from.1, to.1, filter) {
        sums.fill(0.0);
        for (line, weight) in narrow[row.first * length..].chunks_exact(length).zip(&row.weights) {
            sums.iter_mut().zip(line).for_each(|(sum, value)| *sum += value * weight);
        }
        // A cast of a number beyond the bytes gives the nearest byte.
        resampled.extend(sums.iter().map(|sum| sum.round() as u8));
    }
    resampled
}

/// Says for each pixel of a line of another length what it is made of.
fn sources(from: usize, to: usize, filter: Filter) -> Vec<Source> {
    let scale = from as f64 / to as f64;
    let stretch = scale.max(1.0);
    let reach = match filter {
        Filter::Nearest => 0.0,
        Filter::Bilinear => 1.0,
        Filter::Bicubic => 2.0,
        Filter::Lanczos => 3.0,
    } * stretch;
    let source = |pixel: usize| {
        let centre = (pixel as f64 + 0.5) * scale;
        if filter == Filter::Nearest {
            return Source { first: (centre as usize).min(from - 1), weights: vec![1.0] };
        }
        let first = (centre - reach).floor().max(0.0) as usize;
        let end = ((centre + reach).ceil() as usize).min(from);
        let weights: Vec<f64> = (first..end).map(|place| weight(filter, (place as f64 + 0.5 - centre) / stretch)).collect();
        let sum: f64 = weights.iter().sum();
        Source { first, weights: weights.into_iter().map(|weight| (weight / sum) as f32).collect() }
    };
    (0..to).map(source).collect()
}

/// Returns the weight of a pixel at a distance, in pixels of the coarser picture.
fn weight(filter: Filter, distance: f64) -> f64 {
    let x = distance.abs();
    match filter {
        Filter::Nearest => 1.0,
        Filter::Bilinear => (1.0 - x).max(0.0),
        Filter::Bicubic if x < 1.0 => 1.5 * x * x * x - 2.5 * x * x + 1.0,
        Filter::Bicubic if x < 2.0 => -0.5 * x * x * x + 2.5 * x * x - 4.0 * x + 2.0,
        Filter::Lanczos if x < 3.0 => sinc(x) * sinc(x / 3.0),
        Filter::Bicubic | Filter::Lanczos => 0.0,
    }
}

fn sinc(x: f64) -> f64 {
    let angle = x * std::f64::consts::PI;
    if angle == 0.0 {
        1.0
    } else {
        angle.sin() / angle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_lines_become_what_they_should() {
        let line = |pixels: &[u8], to: usize, filter| resample(pixels, 1, (pixels.len(), 1), (to, 1), filter);
        assert_eq!(line(&[0, 100], 4, Filter::Nearest), [0, 0, 100, 100]);
        assert_eq!(line(&[0, 100], 4, Filter::Bilinear), [0, 25, 75, 100]);
        assert_eq!(line(&[0, 0, 100, 100], 2, Filter::Bilinear), [14, 86], "weights 3 3 1 of seven at the edges");
        assert_eq!(line(&[10, 20, 30], 3, Filter::Lanczos), [10, 20, 30], "the same size is the same picture");
        assert_eq!(line(&[0, 255, 255, 0], 8, Filter::Bicubic)[3..5], [255, 255], "no byte overflows");
        let colours = resample(&[0, 10, 20, 100, 110, 120], 3, (1, 2), (1, 1), Filter::Bilinear);
        assert_eq!(colours, [50, 60, 70]);
    }
}
