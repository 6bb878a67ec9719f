//! From a batch's field to the tensor that a model takes.

use super::{
    config::{Layout, Preprocess},
    geometry::Geometry,
    output::View,
    picture::{Picture, COLOURS},
};
use neurite_core::{Field, Tensor};
use neurite_serving::{config::INPUT_CAPACITY, Dtype};

/// The steps before a model, in the form in which they are done.
#[derive(Debug, Clone)]
pub(crate) enum Preprocessor {
    /// There are none: fields go to the model as they are.
    AsIs,
    /// Steps on the field `features`.
    Features(Vec<Standard>),
    /// Steps on the field `image`.
    Pictures(PictureSteps),
}

/// One standardisation of features.
#[derive(Debug, Clone)]
pub(crate) struct Standard {
    mean: Vec<f32>,
    std: Vec<f32>,
    missing: Option<f32>,
}

/// Steps on pictures.
#[derive(Debug, Clone)]
pub(crate) struct PictureSteps {
    steps: Vec<Preprocess>,
    layout: Layout,
}

/// What a model is fed with, and what its picture is of the source's.
pub(crate) struct Prepared {
    pub(crate) tensor: neurite_serving::Tensor,
    pub(crate) view: View,
}

impl Preprocessor {
    /// Takes over steps in which no check found a fault.
    pub(crate) fn new(steps: &[Preprocess]) -> Self {
        let standard = |step: &Preprocess| match step {
            Preprocess::Standardise { mean, std, missing } => Some(Standard { mean: mean.clone(), std: std.clone(), missing: *missing }),
            _ => None,
        };
        match steps.first() {
            None => Self::AsIs,
            Some(Preprocess::Standardise { .. }) => Self::Features(steps.iter().filter_map(standard).collect()),
            Some(_) => Self::Pictures(PictureSteps::new(steps)),
        }
    }

    /// Returns the field that the steps work on; `None` without steps.
    pub(crate) fn field(&self) -> Option<&'static str> {
        match self {
            Self::AsIs => None,
            Self::Features(_) => Some(Field::FEATURES),
            Self::Pictures(_) => Some(Field::IMAGE),
        }
    }

    /// Prepares a field for a model that takes elements of this type; `None` without steps. Fails with what does not fit.
    pub(crate) fn prepare(&self, field: &Tensor, dtype: Dtype) -> Option<Result<Prepared, String>> {
        match self {
            Self::AsIs => None,
            Self::Features(standards) => Some(standardised(standards, field, dtype)),
            Self::Pictures(steps) => Some(pictures(field).and_then(|pictures| steps.prepare(pictures, dtype))),
        }
    }
}

/// Reads the field `image`.
pub(crate) fn pictures(field: &Tensor) -> Result<Vec<Picture<'_>>, String> {
    let (&[_, height, width, COLOURS], Some(pixels)) = (&field.shape[..], field.as_u8()) else {
        return Err(format!("pictures must be bytes [rows, height, width, {COLOURS}], the shape is {:?}", field.shape));
    };
    let picture = |pixels| Picture::coloured(width, height, pixels).ok_or_else(|| "a picture is empty".to_owned());
    pixels.chunks_exact((height * width * COLOURS).max(1)).map(picture).collect()
}

fn standardised(standards: &[Standard], field: &Tensor, dtype: Dtype) -> Result<Prepared, String> {
    let values = field.as_f32().ok_or("features to be standardised must be floating-point numbers")?;
    if dtype != Dtype::F32 {
        return Err(format!("standardised features are F32, the model takes {dtype:?}"));
    }
    let mut values = values.to_vec();
    let columns = values.len().checked_div(field.rows()).unwrap_or(0);
    for standard in standards {
        standard.apply(&mut values, columns)?;
    }
    Ok(Prepared { tensor: neurite_serving::Tensor::f32(field.shape.clone(), values), view: View::UNKNOWN })
}

impl Standard {
    /// Standardises rows of so many columns.
    fn apply(&self, values: &mut [f32], columns: usize) -> Result<(), String> {
        for moments in [&self.mean, &self.std] {
            if moments.len() != 1 && moments.len() != columns {
                return Err(format!("STANDARDISE has {} numbers for {columns} columns", moments.len()));
            }
        }
        for row in values.chunks_exact_mut(columns.max(1)) {
            for (column, value) in row.iter_mut().enumerate() {
                let mean = self.mean[column % self.mean.len()];
                let std = self.std[column % self.std.len()];
                *value = match self.missing {
                    Some(missing) if value.is_nan() => missing,
                    _ => (*value - mean) / std,
                };
            }
        }
        Ok(())
    }
}

impl PictureSteps {
    /// Takes over steps in which no check found a fault.
    pub(crate) fn new(steps: &[Preprocess]) -> Self {
        let layout = steps.iter().find_map(|step| match step {
            Preprocess::Layout { order } => Some(*order),
            _ => None,
        });
        Self { steps: steps.to_vec(), layout: layout.unwrap_or_default() }
    }

    /// Prepares pictures for a model. All must be of one size in the end; the view is that of the last.
    pub(crate) fn prepare<'a>(&self, pictures: impl IntoIterator<Item = Picture<'a>>, dtype: Dtype) -> Result<Prepared, String> {
        let mut seen: Option<(usize, usize, usize)> = None;
        let (mut rows, mut view, mut bytes, mut numbers) = (0, View::UNKNOWN, Vec::new(), Vec::new());
        for picture in pictures {
            let source = (picture.width as f64, picture.height as f64);
            let mut geometry = Geometry::IDENTITY;
            let picture = self.steps.iter().try_fold(picture, |picture, step| picture.apply(step, &mut geometry))?;
            let size = (picture.width, picture.height, picture.channels);
            if *seen.get_or_insert(size) != size {
                return Err("pictures of different sizes need RESIZE, LETTERBOX or CROP_CENTRE".to_owned());
            }
            view = View { geometry, source: Some(source), model: Some((picture.width as f64, picture.height as f64)) };
            match dtype {
                Dtype::U8 => self.order(&picture, |_, byte| bytes.push(byte)),
                _ => {
                    let tables = self.tables(picture.channels);
                    self.order(&picture, |channel, byte| numbers.push(tables[channel][usize::from(byte)]));
                }
            }
            rows += 1;
            if bytes.len().max(numbers.len() * size_of::<f32>()) > INPUT_CAPACITY {
                return Err(format!("the prepared pictures take more than {INPUT_CAPACITY} bytes; take fewer rows per batch"));
            }
        }
        let (width, height, channels) = seen.ok_or("there are no pictures")?;
        let shape = match self.layout {
            Layout::Nchw => vec![rows, channels, height, width],
            Layout::Nhwc => vec![rows, height, width, channels],
        };
        Ok(Prepared { tensor: self.tensor(shape, bytes, numbers, dtype)?, view })
    }

    fn tensor(&self, shape: Vec<usize>, bytes: Vec<u8>, numbers: Vec<f32>, dtype: Dtype) -> Result<neurite_serving::Tensor, String> {
        match dtype {
            Dtype::F32 => Ok(neurite_serving::Tensor::f32(shape, numbers)),
            Dtype::U8 if self.normalise().is_none() => Ok(neurite_serving::Tensor::u8(shape, bytes)),
            other => Err(format!("prepared pictures are numbers, the model takes {other:?}")),
        }
    }

    fn normalise(&self) -> Option<(&[f32], &[f32], f32)> {
        self.steps.iter().find_map(|step| match step {
            Preprocess::Normalise { mean, std, scale } => Some((mean.as_slice(), std.as_slice(), *scale)),
            _ => None,
        })
    }

    /// Returns what each byte of each channel becomes.
    fn tables(&self, channels: usize) -> Vec<[f32; 256]> {
        let (mean, std, scale) = self.normalise().unwrap_or((&[0.0], &[1.0], 1.0));
        let table = |channel: usize| {
            let (mean, std) = (mean[channel % mean.len()], std[channel % std.len()]);
            std::array::from_fn(|byte| (byte as f32 * scale - mean) / std)
        };
        (0..channels).map(table).collect()
    }

    /// Visits channel and byte of all pixels in the order of the layout.
    fn order(&self, picture: &Picture<'_>, mut visit: impl FnMut(usize, u8)) {
        match self.layout {
            Layout::Nchw => {
                for channel in 0..picture.channels {
                    picture.pixels.iter().skip(channel).step_by(picture.channels).for_each(|byte| visit(channel, *byte));
                }
            }
            Layout::Nhwc => {
                for pixel in picture.pixels.chunks_exact(picture.channels) {
                    pixel.iter().enumerate().for_each(|(channel, byte)| visit(channel, *byte));
                }
            }
        }
    }
}
