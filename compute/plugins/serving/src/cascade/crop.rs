//! Which parts of pictures the classifier sees.

use crate::processing::Picture;
use neurite_core::{Field, Tensor};

/// A box cut out of its picture.
#[derive(Debug)]
pub(super) struct Crop {
    /// The place among all boxes of the batch.
    pub(super) place: usize,
    pub(super) picture: Picture<'static>,
}

/// The boxes of a batch: numbers, and how many places there are in all and in each row.
pub(super) struct Boxes<'a> {
    values: &'a [f32],
    pub(super) per_row: usize,
    pub(super) places: usize,
}

impl<'a> Boxes<'a> {
    /// Reads the field `boxes`; `None` if it has another form.
    pub(super) fn of(tensor: &'a Tensor, rows: usize) -> Option<Self> {
        match (&tensor.shape[..], tensor.as_f32()) {
            (&[found, per_row, Field::BOX_WIDTH], Some(values)) if found == rows => Some(Self { values, per_row, places: rows * per_row }),
            _ => None,
        }
    }

    /// Cuts all boxes out of the pictures of their rows; those with nothing to see are left out.
    pub(super) fn cut(&self, pictures: &[Picture<'_>], margin: f32) -> Vec<Crop> {
        let mut crops = Vec::new();
        for (place, numbers) in self.values.chunks_exact(Field::BOX_WIDTH).enumerate() {
            let [left, top, right, bottom, score, _] = *numbers else { continue };
            let Some(picture) = pictures.get(place / self.per_row).filter(|_| score > 0.0) else { continue };
            let (x, y) = ((right - left) * margin, (bottom - top) * margin);
            let side = |value: f32| f64::from(value);
            let cut = picture.cut(side(left - x), side(top - y), side(right + x), side(bottom + y));
            crops.extend(cut.map(|picture| Crop { place, picture }));
        }
        crops
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_cut_with_their_margin_and_within_the_picture() {
        let pixels: Vec<u8> = (0..4 * 4 * 3).collect();
        let picture = Picture::coloured(4, 4, &pixels).unwrap();
        let values =
            vec![1.0, 1.0, 3.0, 3.0, 0.9, 0.0, 3.0, 3.0, 9.0, 9.0, 0.5, 0.0, 5.0, 5.0, 6.0, 6.0, 0.5, 0.0, 0.0, 0.0, 2.0, 2.0, 0.0, 0.0];
        let tensor = Tensor::f32(vec![1, 4, 6], values).unwrap();
        let boxes = Boxes::of(&tensor, 1).unwrap();
        let sizes = |margin| {
            let crops = boxes.cut(std::slice::from_ref(&picture), margin);
            crops.iter().map(|crop| (crop.place, crop.picture.width, crop.picture.height)).collect::<Vec<_>>()
        };
        assert_eq!(sizes(0.0), [(0, 2, 2), (1, 1, 1)], "outside and empty places have no cut-out");
        assert_eq!(sizes(0.5), [(0, 4, 4), (1, 4, 4)]);
        let crop = &boxes.cut(std::slice::from_ref(&picture), 0.0)[1];
        assert_eq!(crop.picture.pixels[..], pixels[45..48], "the last pixel");
        assert!(Boxes::of(&tensor, 2).is_none());
    }
}
