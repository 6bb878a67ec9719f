//! Making parts of pictures unrecognisable.

use super::{config::Style, MaskVideoParameters};
use crate::picture::Canvas;

/// Bytes of a pixel.
const PIXEL: usize = 3;
/// The least width and height of a cell in pixels: smaller ones would keep too much of a small thing.
const LEAST_CELL: usize = 8;

/// Whole pixels of a picture, those of `right` and `bottom` not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

/// Masks a box of left, top, right and bottom, grown by the margin; tells whether any of it is within the picture.
pub(super) fn mask(canvas: &mut Canvas, edges: [f64; 4], parameters: &MaskVideoParameters) -> bool {
    let Some(area) = Area::of(edges, parameters.margin, canvas) else { return false };
    match parameters.style {
        Style::Fill => area.paint(canvas, [0; PIXEL]),
        Style::Pixelate => area.pixelate(canvas, parameters.cells.into()),
    }
    true
}

/// Makes a whole picture black.
pub(super) fn mask_whole(canvas: &mut Canvas) {
    canvas.bytes.fill(0);
}

impl Area {
    /// Returns every pixel that a grown box touches; `None` if there is none.
    fn of([left, top, right, bottom]: [f64; 4], margin: f64, canvas: &Canvas) -> Option<Self> {
        let (across, down) = ((right - left).abs() * margin, (bottom - top).abs() * margin);
        let first = |one: f64, other: f64, more: f64| (one.min(other) - more).floor().max(0.0) as usize;
        let end = |one: f64, other: f64, more: f64, length: usize| ((one.max(other) + more).ceil().max(0.0) as usize).min(length);
        let area = Self {
            left: first(left, right, across),
            top: first(top, bottom, down),
            right: end(left, right, across, canvas.width),
            bottom: end(top, bottom, down, canvas.height),
        };
        (area.left < area.right && area.top < area.bottom).then_some(area)
    }

    /// Returns where in the picture's bytes the area's lines are.
    fn lines(self, canvas: &Canvas) -> impl Iterator<Item = std::ops::Range<usize>> {
        let width = canvas.width;
        (self.top..self.bottom).map(move |y| (y * width + self.left) * PIXEL..(y * width + self.right) * PIXEL)
    }

    fn paint(self, canvas: &mut Canvas, colour: [u8; PIXEL]) {
        for line in self.lines(canvas) {
            for pixel in canvas.bytes.get_mut(line).unwrap_or_default().chunks_exact_mut(PIXEL) {
                pixel.copy_from_slice(&colour);
            }
        }
    }

    fn pixelate(self, canvas: &mut Canvas, most: usize) {
        let count = |length: usize| (length / LEAST_CELL).clamp(1, most.max(1));
        let cut = |from: usize, to: usize, part: usize, parts: usize| from + (to - from) * part / parts;
        let (columns, rows) = (count(self.right - self.left), count(self.bottom - self.top));
        for (column, row) in (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row))) {
            let cell = Self {
                left: cut(self.left, self.right, column, columns),
                top: cut(self.top, self.bottom, row, rows),
                right: cut(self.left, self.right, column + 1, columns),
                bottom: cut(self.top, self.bottom, row + 1, rows),
            };
            let mean = cell.mean(canvas);
            cell.paint(canvas, mean);
        }
    }

    /// Returns the mean colour.
    fn mean(self, canvas: &Canvas) -> [u8; PIXEL] {
        let (mut sums, mut pixels) = ([0u64; PIXEL], 0u64);
        for line in self.lines(canvas) {
            for pixel in canvas.bytes.get(line).unwrap_or_default().chunks_exact(PIXEL) {
                sums.iter_mut().zip(pixel).for_each(|(sum, part)| *sum += u64::from(*part));
                pixels += 1;
            }
        }
        sums.map(|sum| (sum / pixels.max(1)) as u8)
    }
}
