//! A picture to draw on.

use super::{
    font::{glyph, GLYPH_HEIGHT, GLYPH_WIDTH},
    Grey,
};
use image::{codecs::jpeg::JpegEncoder, ExtendedColorType};
use neurite_core::PluginError;

/// A colour: red, green, blue.
pub(crate) type Colour = [u8; 3];

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Red, green and blue of each pixel, row after row.
    pub(crate) bytes: Vec<u8>,
}

impl Canvas {
    /// Sets a pixel; nothing happens beyond the edges.
    fn set(&mut self, x: i64, y: i64, colour: Colour) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x < self.width && y < self.height {
            let at = (y * self.width + x) * 3;
            self.bytes[at..at + 3].copy_from_slice(&colour);
        }
    }

    /// Draws the outline of a box: left, top, right and bottom.
    pub(crate) fn outline(&mut self, edges: [f64; 4], thickness: i64, colour: Colour) {
        // Beyond the picture there is nothing to draw, however far the box goes.
        let within = |edge: f64, length: usize| edge.clamp(-16.0, length as f64 + 16.0).round() as i64;
        let (left, right) = (within(edges[0], self.width), within(edges[2], self.width));
        let (top, bottom) = (within(edges[1], self.height), within(edges[3], self.height));
        for inset in 0..thickness {
            for x in left..=right {
                self.set(x, top + inset, colour);
                self.set(x, bottom - inset, colour);
            }
            for y in top..=bottom {
                self.set(left + inset, y, colour);
                self.set(right - inset, y, colour);
            }
        }
    }

    /// Writes a text on a bar of a colour, its left upper corner as near to a point as the picture allows.
    pub(crate) fn label(&mut self, text: &str, x: f64, y: f64, colour: Colour) {
        let (width, height) = ((text.chars().count() as i64) * (GLYPH_WIDTH + 1) + 1, GLYPH_HEIGHT + 2);
        let place = |at: f64, length: usize, needed: i64| (at.clamp(0.0, length as f64) as i64).min(length as i64 - needed).max(0);
        let (left, top) = (place(x, self.width, width), place(y, self.height, height));
        for down in 0..height {
            for right in 0..width.min(self.width as i64) {
                self.set(left + right, top + down, colour);
            }
        }
        let ink = if colour.iter().map(|part| u32::from(*part)).sum::<u32>() > 380 { [0; 3] } else { [255; 3] };
        for (at, character) in text.chars().enumerate() {
            for (down, line) in glyph(character).into_iter().enumerate() {
                for right in (0..GLYPH_WIDTH).filter(|right| (line >> (GLYPH_WIDTH - 1 - right)) & 1 == 1) {
                    self.set(left + 1 + at as i64 * (GLYPH_WIDTH + 1) + right, top + 1 + down as i64, ink);
                }
            }
        }
    }

    /// Returns the picture with half the width and height, at least one pixel each.
    pub(crate) fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut bytes = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                for part in 0..3 {
                    let at = |x: usize, y: usize| {
                        u32::from(self.bytes[(y.min(self.height - 1) * self.width + x.min(self.width - 1)) * 3 + part])
                    };
                    let sum = at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1);
                    bytes.push((sum / 4) as u8);
                }
            }
        }
        Self { width, height, bytes }
    }

    /// Returns the brightness of the picture.
    pub(crate) fn grey(&self) -> Grey {
        // The weights of ITU-R BT.601 in 256ths.
        let brightness = |pixel: &[u8]| ((77 * u32::from(pixel[0]) + 150 * u32::from(pixel[1]) + 29 * u32::from(pixel[2])) >> 8) as u8;
        Grey { width: self.width, height: self.height, values: self.bytes.chunks_exact(3).map(brightness).collect() }
    }

    /// Returns the picture as JPEG of a quality from 1 to 100; fails with [`PluginError::Internal`] if a side is longer than 65535 pixels.
    pub(crate) fn jpeg(&self, quality: u8) -> Result<Vec<u8>, PluginError> {
        let mut bytes = Vec::new();
        let (width, height) = (self.width as u32, self.height as u32);
        JpegEncoder::new_with_quality(&mut bytes, quality)
            .encode(&self.bytes, width, height, ExtendedColorType::Rgb8)
            .map_err(|error| PluginError::internal(format!("picture of {width} by {height}: {error}")))?;
        Ok(bytes)
    }
}
