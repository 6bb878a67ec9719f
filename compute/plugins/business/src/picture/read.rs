//! From fields to pictures.

use super::{Canvas, PictureParameters};
use neurite_core::{Field, Input, PluginError, Tensor, TensorData};

/// The pictures of a batch.
pub(crate) struct Pictures<'a> {
    tensor: &'a Tensor,
    height: usize,
    width: usize,
    white: f64,
}

impl<'a> Pictures<'a> {
    /// Finds the pictures of a batch, or of its model's outputs.
    pub(crate) fn read(input: Input<'a>, parameters: &PictureParameters) -> Result<Self, PluginError> {
        let name = parameters.field.as_str();
        let tensor = input.batch.field(name).or_else(|| Field::find(input.inference, name));
        let tensor = tensor.ok_or_else(|| PluginError::input(name, "the rows have no such field of pictures"))?;
        let rows = input.batch.rows();
        let unfit = |wanted: &str| PluginError::input(name, format!("is {:?} instead of {wanted}", tensor.shape));
        let (height, width) = match (parameters.height, parameters.width) {
            (Some(height), Some(width)) => (usize::from(height), usize::from(width)),
            _ => match (&tensor.data, &tensor.shape[..]) {
                (TensorData::U8(_), [_, height, width, 3]) if height * width > 0 => (*height, *width),
                _ => return Err(unfit("pictures [rows, height, width, 3] of bytes; grey ones need HEIGHT and WIDTH")),
            },
        };
        let colours = matches!(tensor.data, TensorData::U8(_)) && tensor.shape.last() == Some(&3);
        let length = rows * height * width * if colours { 3 } else { 1 };
        let numbers = !matches!(tensor.data, TensorData::Text(_));
        if tensor.rows() != rows || tensor.data.len() != length || !numbers {
            return Err(unfit(&format!("{rows} pictures of {height} by {width}")));
        }
        Ok(Self { tensor, height, width, white: parameters.white })
    }

    /// Returns the picture of a row, counted from 0 in the batch.
    pub(crate) fn picture(&self, row: usize) -> Canvas {
        let pixels = self.height * self.width;
        let length = self.tensor.data.len() / self.tensor.rows();
        let range = row * length..(row + 1) * length;
        let byte = |value: f64| (value / self.white * 255.0).round().clamp(0.0, 255.0) as u8;
        let bytes: Vec<u8> = match &self.tensor.data {
            TensorData::U8(values) if length == pixels * 3 => values[range].to_vec(),
            TensorData::U8(values) => grey(values[range].iter().map(|value| byte((*value).into()))),
            TensorData::F32(values) => grey(values[range].iter().map(|value| byte((*value).into()))),
            TensorData::F64(values) => grey(values[range].iter().map(|value| byte(*value))),
            TensorData::I64(values) => grey(values[range].iter().map(|value| byte(*value as f64))),
            TensorData::Text(_) => vec![0; pixels * 3],
        };
        Canvas { width: self.width, height: self.height, bytes }
    }
}

/// Returns red, green and blue of pixels of which there is only the brightness.
fn grey(bytes: impl Iterator<Item = u8>) -> Vec<u8> {
    bytes.flat_map(|byte| [byte; 3]).collect()
}
