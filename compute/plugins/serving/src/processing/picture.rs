//! Pictures of bytes, and the steps that change their size or channels.

use super::{
    config::{Filter, Preprocess},
    geometry::Geometry,
    resample::resample,
};
use std::borrow::Cow;

/// The channels of a coloured picture: red, green, blue.
pub(crate) const COLOURS: usize = 3;

/// A picture in rows of pixels, each of one or three bytes; no side is zero.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) pixels: Cow<'a, [u8]>,
}

impl<'a> Picture<'a> {
    /// Makes a coloured picture; `None` unless there are as many pixels as the size says, and at least one.
    pub(crate) fn coloured(width: usize, height: usize, pixels: &'a [u8]) -> Option<Self> {
        let fits = width > 0 && height > 0 && width.checked_mul(height)?.checked_mul(COLOURS)? == pixels.len();
        fits.then_some(Self { width, height, channels: COLOURS, pixels: Cow::Borrowed(pixels) })
    }

    /// Does a step on the picture and notes in the geometry what it does to places. Steps that do not concern bytes change nothing.
    ///
    /// Fails with what is wrong.
    pub(crate) fn apply(self, step: &Preprocess, geometry: &mut Geometry) -> Result<Self, String> {
        match *step {
            Preprocess::Resize { width, height, filter } => {
                let (width, height) = (width as usize, height as usize);
                *geometry = geometry.scaled(width as f64 / self.width as f64, height as f64 / self.height as f64);
                Ok(self.resized(width, height, filter))
            }
            Preprocess::Letterbox { width, height, fill, filter } => {
                Ok(self.letterboxed(width as usize, height as usize, fill, filter, geometry))
            }
            Preprocess::CropCentre { width, height } => self.cropped_centre(width as usize, height as usize, geometry),
            Preprocess::Grayscale {} => Ok(self.grey()),
            Preprocess::Normalise { .. } | Preprocess::Layout { .. } | Preprocess::Standardise { .. } => Ok(self),
        }
    }

    /// Cuts out the part between two corners, given in pixels; what lies outside the picture is left out.
    ///
    /// `None` if less than a pixel is left in either direction.
    pub(crate) fn cut(&self, left: f64, top: f64, right: f64, bottom: f64) -> Option<Picture<'static>> {
        let within = |place: f64, most: usize| place.clamp(0.0, most as f64);
        let (left, right) = (within(left.floor(), self.width) as usize, within(right.ceil(), self.width) as usize);
        let (top, bottom) = (within(top.floor(), self.height) as usize, within(bottom.ceil(), self.height) as usize);
        if right <= left || bottom <= top {
            return None;
        }
        Some(self.part(left, top, right - left, bottom - top))
    }

    fn part(&self, left: usize, top: usize, width: usize, height: usize) -> Picture<'static> {
        let mut pixels = Vec::with_capacity(width * height * self.channels);
        for row in top..top + height {
            let start = (row * self.width + left) * self.channels;
            pixels.extend_from_slice(&self.pixels[start..start + width * self.channels]);
        }
        Picture { width, height, channels: self.channels, pixels: Cow::Owned(pixels) }
    }

    fn resized(self, width: usize, height: usize, filter: Filter) -> Self {
        if (width, height) == (self.width, self.height) {
            return self;
        }
        let pixels = resample(&self.pixels, self.channels, (self.width, self.height), (width, height), filter);
        Self { width, height, channels: self.channels, pixels: Cow::Owned(pixels) }
    }

    fn letterboxed(self, width: usize, height: usize, fill: u8, filter: Filter, geometry: &mut Geometry) -> Self {
        let scale = (width as f64 / self.width as f64).min(height as f64 / self.height as f64);
        let side = |length: usize, most: usize| ((length as f64 * scale).round() as usize).clamp(1, most);
        let (inner_width, inner_height) = (side(self.width, width), side(self.height, height));
        let (left, top) = ((width - inner_width) / 2, (height - inner_height) / 2);
        let factors = (inner_width as f64 / self.width as f64, inner_height as f64 / self.height as f64);
        *geometry = geometry.scaled(factors.0, factors.1).moved(left as f64, top as f64);
        let inner = self.resized(inner_width, inner_height, filter);
        let mut pixels = vec![fill; width * height * inner.channels];
        let row_bytes = inner_width * inner.channels;
        for (row, line) in inner.pixels.chunks_exact(row_bytes).enumerate() {
            let start = ((top + row) * width + left) * inner.channels;
            pixels[start..start + row_bytes].copy_from_slice(line);
        }
        Self { width, height, channels: inner.channels, pixels: Cow::Owned(pixels) }
    }

    fn cropped_centre(self, width: usize, height: usize, geometry: &mut Geometry) -> Result<Self, String> {
        if width > self.width || height > self.height {
            return Err(format!("a picture of {} × {} has no middle of {width} × {height}", self.width, self.height));
        }
        let (left, top) = ((self.width - width) / 2, (self.height - height) / 2);
        *geometry = geometry.moved(-(left as f64), -(top as f64));
        Ok(self.part(left, top, width, height))
    }

    /// Weighs the colours as Rec. 601 does, in thousandths, rounded.
    fn grey(self) -> Self {
        if self.channels == 1 {
            return self;
        }
        let weigh = |pixel: &[u8]| match *pixel {
            [red, green, blue] => ((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114 + 500) / 1_000) as u8,
            _ => 0,
        };
        let pixels = self.pixels.chunks_exact(COLOURS).map(weigh).collect();
        Self { channels: 1, pixels: Cow::Owned(pixels), ..self }
    }
}
