//! Where pixels of the source's picture lie in the picture that a model sees.

/// One direction: the model's pixel is the source's times `scale` plus `offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Axis {
    scale: f64,
    offset: f64,
}

impl Axis {
    fn scaled(self, factor: f64) -> Self {
        Self { scale: self.scale * factor, offset: self.offset * factor }
    }

    fn moved(self, by: f64) -> Self {
        Self { offset: self.offset + by, ..self }
    }

    fn back(self, pixel: f64) -> f64 {
        (pixel - self.offset) / self.scale
    }
}

/// Where the pixels of one picture go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Geometry {
    x: Axis,
    y: Axis,
}

impl Geometry {
    /// The geometry of a picture that stays as it is.
    pub(crate) const IDENTITY: Self = Self { x: Axis { scale: 1.0, offset: 0.0 }, y: Axis { scale: 1.0, offset: 0.0 } };

    /// Returns the geometry after the picture's size is multiplied; both factors are positive.
    pub(crate) fn scaled(self, x: f64, y: f64) -> Self {
        Self { x: self.x.scaled(x), y: self.y.scaled(y) }
    }

    /// Returns the geometry after the picture is moved right and down by so many pixels.
    pub(crate) fn moved(self, x: f64, y: f64) -> Self {
        Self { x: self.x.moved(x), y: self.y.moved(y) }
    }

    /// Returns the place in the source's picture of a place in the model's.
    pub(crate) fn back(&self, x: f64, y: f64) -> (f64, f64) {
        (self.x.back(x), self.y.back(y))
    }
}
