//! Boxes of detectors, from the form in which models write them.

use super::{config::BoxFormat, output::View};

/// What was found at a place of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Detection {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
    pub(super) score: f32,
    pub(super) class: usize,
}

/// How one row of a model's output is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoder {
    pub(super) format: BoxFormat,
    /// The least score.
    pub(super) score: f32,
    /// Whether places are shares of the model's picture.
    pub(super) relative: bool,
    /// The most boxes that are kept.
    pub(super) max: usize,
}

impl Decoder {
    /// Reads the boxes of one row, of the shape that follows the rows; best first, in pixels of the source's picture.
    ///
    /// Boxes whose places are not numbers are left out. Fails with what does not fit.
    pub(super) fn decode(&self, shape: &[usize], data: &[f32], view: &View) -> Result<Vec<Detection>, String> {
        let unit = match (self.relative, view.model) {
            (true, Some(size)) => size,
            (true, None) => return Err("RELATIVE boxes need a picture, which PREPROCESS makes".to_owned()),
            (false, _) => (1.0, 1.0),
        };
        let mut found = match (self.format, shape) {
            (BoxFormat::Yolov8, &[numbers, places]) if numbers > 4 => self.columns(numbers - 4, places, data),
            (BoxFormat::Cxcywh, &[_, numbers]) if numbers > 4 => self.rows(numbers, data),
            (BoxFormat::Xyxy, &[_, 6]) => self.corners(data),
            _ => return Err(format!("an output of {shape:?} per row cannot be read as boxes in the form {:?}", self.format)),
        };
        found.retain(|detection| [detection.left, detection.top, detection.right, detection.bottom].iter().all(|side| side.is_finite()));
        // Stable: of equal scores, the one that the model gives first stays first.
        found.sort_by(|left, right| right.score.total_cmp(&left.score));
        found.truncate(self.max);
        for detection in &mut found {
            let place = |x: f32, y: f32| view.geometry.back(f64::from(x) * unit.0, f64::from(y) * unit.1);
            let (left, top) = place(detection.left, detection.top);
            let (right, bottom) = place(detection.right, detection.bottom);
            (detection.left, detection.top) = (left as f32, top as f32);
            (detection.right, detection.bottom) = (right as f32, bottom as f32);
        }
        Ok(found)
    }

    /// Reads [4 + classes, places]: the scores of a class lie side by side.
    fn columns(&self, classes: usize, places: usize, data: &[f32]) -> Vec<Detection> {
        let mut best = vec![(f32::NEG_INFINITY, 0_usize); places];
        for class in 0..classes {
            let scores = &data[(4 + class) * places..(5 + class) * places];
            for (best, score) in best.iter_mut().zip(scores) {
                if *score > best.0 {
                    *best = (*score, class);
                }
            }
        }
        let number = |row: usize, place: usize| data[row * places + place];
        let wanted = best.into_iter().enumerate().filter(|(_, (score, _))| *score >= self.score);
        wanted
            .map(|(place, (score, class))| centred([number(0, place), number(1, place), number(2, place), number(3, place)], score, class))
            .collect()
    }

    /// Reads [places, 4 + classes].
    fn rows(&self, numbers: usize, data: &[f32]) -> Vec<Detection> {
        let read = |row: &[f32]| {
            let mut best = (f32::NEG_INFINITY, 0);
            for (class, score) in row[4..].iter().enumerate() {
                if *score > best.0 {
                    best = (*score, class);
                }
            }
            (best.0 >= self.score).then(|| centred([row[0], row[1], row[2], row[3]], best.0, best.1))
        };
        data.chunks_exact(numbers).filter_map(read).collect()
    }

    /// Reads [places, 6]: corners, score, class.
    fn corners(&self, data: &[f32]) -> Vec<Detection> {
        let read = |row: &[f32]| match *row {
            [left, top, right, bottom, score, class] if score >= self.score => {
                Some(Detection { left, top, right, bottom, score, class: class as usize })
            }
            _ => None,
        };
        data.chunks_exact(6).filter_map(read).collect()
    }
}

/// Makes a box of centre and size.
fn centred([x, y, width, height]: [f32; 4], score: f32, class: usize) -> Detection {
    let (half_width, half_height) = (width / 2.0, height / 2.0);
    Detection { left: x - half_width, top: y - half_height, right: x + half_width, bottom: y + half_height, score, class }
}

impl Detection {
    /// Returns the box without what lies outside a picture of this size; `None` if nothing is left.
    pub(super) fn clipped(self, (width, height): (f64, f64)) -> Option<Self> {
        let (width, height) = (width as f32, height as f32);
        let clipped = Self {
            left: self.left.clamp(0.0, width),
            top: self.top.clamp(0.0, height),
            right: self.right.clamp(0.0, width),
            bottom: self.bottom.clamp(0.0, height),
            ..self
        };
        (clipped.right > clipped.left && clipped.bottom > clipped.top).then_some(clipped)
    }
}
