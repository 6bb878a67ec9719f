//! Brightness, and what can be measured of it.

/// Bins of the histogram whose entropy is measured.
const BINS: usize = 64;

/// The brightness of a picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grey {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// From 0, black, to 255, row after row.
    pub(crate) values: Vec<u8>,
}

impl Grey {
    fn at(&self, x: usize, y: usize) -> i32 {
        self.values[y * self.width + x].into()
    }

    /// Returns the mean brightness, 0 to 255.
    pub(crate) fn brightness(&self) -> f64 {
        self.values.iter().map(|value| u64::from(*value)).sum::<u64>() as f64 / self.values.len().max(1) as f64
    }

    /// Returns the entropy of the brightness in bits, 0 to 6: little where most of the picture looks alike.
    pub(crate) fn entropy(&self) -> f64 {
        let mut bins = [0u32; BINS];
        for value in &self.values {
            bins[usize::from(*value) * BINS / 256] += 1;
        }
        let share = |count: &u32| f64::from(*count) / self.values.len() as f64;
        bins.iter().filter(|count| **count > 0).map(share).map(|share| -share * share.log2()).sum()
    }

    /// Returns the variance of the Laplacian: much where there are sharp edges. Zero for pictures of less than three by three pixels.
    pub(crate) fn sharpness(&self) -> f64 {
        let (mut sum, mut squares, mut count) = (0i64, 0i64, 0i64);
        for y in 1..self.height.saturating_sub(1) {
            for x in 1..self.width.saturating_sub(1) {
                let around = self.at(x - 1, y) + self.at(x + 1, y) + self.at(x, y - 1) + self.at(x, y + 1);
                let curvature = i64::from(around - 4 * self.at(x, y));
                sum += curvature;
                squares += curvature * curvature;
                count += 1;
            }
        }
        let count = count.max(1) as f64;
        (squares as f64 / count - (sum as f64 / count).powi(2)).max(0.0)
    }

    /// Returns the picture made smaller by a whole number, so that no side is longer than `most`.
    pub(crate) fn shrunk(&self, most: usize) -> Self {
        let factor = self.width.max(self.height).div_ceil(most.max(1)).max(1);
        let (width, height) = ((self.width / factor).max(1), (self.height / factor).max(1));
        let mean = |x: usize, y: usize| {
            let (right, bottom) = (((x + 1) * factor).min(self.width), ((y + 1) * factor).min(self.height));
            let area = (y * factor..bottom).flat_map(|y| (x * factor..right).map(move |x| (x, y)));
            let (sum, count) = area.fold((0, 0), |(sum, count), (x, y)| (sum + self.at(x, y), count + 1));
            (sum / count.max(1)) as u8
        };
        let values = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
        Self { width, height, values }
    }

    /// Returns how strongly the brightness changes at each pixel.
    pub(crate) fn edges(&self) -> Self {
        let strength = |x: usize, y: usize| {
            let (left, right) = (self.at(x.saturating_sub(1), y), self.at((x + 1).min(self.width - 1), y));
            let (above, below) = (self.at(x, y.saturating_sub(1)), self.at(x, (y + 1).min(self.height - 1)));
            ((right - left).abs() + (below - above).abs()).min(255) as u8
        };
        let places = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y)));
        Self { width: self.width, height: self.height, values: places.map(|(x, y)| strength(x, y)).collect() }
    }

    /// Returns how well this picture, moved by some pixels to the right and down, agrees with another of the same size: the correlation
    /// where they overlap, 1 for equal ones; 0 if one of them has no structure.
    pub(crate) fn agreement(&self, other: &Self, (right, down): (i64, i64)) -> f64 {
        let (mut count, mut own, mut others, mut product, mut own_squares, mut other_squares) = (0i64, 0i64, 0i64, 0i64, 0i64, 0i64);
        for y in 0..self.height as i64 {
            for x in 0..self.width as i64 {
                let (to_x, to_y) = (x + right, y + down);
                if to_x < 0 || to_y < 0 || to_x >= other.width as i64 || to_y >= other.height as i64 {
                    continue;
                }
                let (one, two) = (i64::from(self.at(x as usize, y as usize)), i64::from(other.at(to_x as usize, to_y as usize)));
                count += 1;
                own += one;
                others += two;
                product += one * two;
                own_squares += one * one;
                other_squares += two * two;
            }
        }
        let covariance = (count * product - own * others) as f64;
        let spread = ((count * own_squares - own * own) as f64 * (count * other_squares - others * others) as f64).sqrt();
        if spread > 0.0 {
            covariance / spread
        } else {
            0.0
        }
    }
}
