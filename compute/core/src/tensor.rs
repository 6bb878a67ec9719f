//! Dense arrays of numbers, as models take and give them.

use crate::{bounds::MAX_RANK, PluginError};
use serde::{Deserialize, Serialize};

/// A dense array in row-major order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tensor {
    /// The length of each dimension; empty for a scalar.
    pub shape: Vec<usize>,
    /// The elements, as many as the product of the shape.
    pub data: TensorData,
}

/// The elements of a tensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TensorData {
    /// 32-bit floating-point numbers.
    F32(Vec<f32>),
    /// 64-bit signed integers.
    I64(Vec<i64>),
    /// 64-bit floating-point numbers, for measurements; no model takes them.
    F64(Vec<f64>),
    /// Bytes, for pictures.
    U8(Vec<u8>),
    /// Text, one per element; no model takes it.
    Text(Vec<String>),
}

impl TensorData {
    /// Returns the number of elements.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::I64(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::U8(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Tells whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the size of the elements in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::F32(values) => values.len().saturating_mul(size_of::<f32>()),
            Self::I64(values) => values.len().saturating_mul(size_of::<i64>()),
            Self::F64(values) => values.len().saturating_mul(size_of::<f64>()),
            Self::U8(values) => values.len(),
            Self::Text(values) => {
                values.iter().fold(0, |bytes: usize, text| bytes.saturating_add(size_of::<String>()).saturating_add(text.len()))
            }
        }
    }
}

impl Tensor {
    /// Makes a tensor whose shape matches its data; fails with [`PluginError::Internal`] otherwise.
    pub fn new(shape: Vec<usize>, data: TensorData) -> Result<Self, PluginError> {
        let tensor = Self { shape, data };
        if tensor.is_consistent() {
            Ok(tensor)
        } else {
            let reason = format!("shape {:?} does not hold {} elements", tensor.shape, tensor.data.len());
            Err(PluginError::internal(reason))
        }
    }

    /// Makes a tensor of floating-point numbers.
    pub fn f32(shape: Vec<usize>, values: Vec<f32>) -> Result<Self, PluginError> {
        Self::new(shape, TensorData::F32(values))
    }

    /// Makes a tensor of integers.
    pub fn i64(shape: Vec<usize>, values: Vec<i64>) -> Result<Self, PluginError> {
        Self::new(shape, TensorData::I64(values))
    }

    /// Makes a tensor of measurements.
    pub fn f64(shape: Vec<usize>, values: Vec<f64>) -> Result<Self, PluginError> {
        Self::new(shape, TensorData::F64(values))
    }

    /// Makes a tensor of bytes.
    pub fn u8(shape: Vec<usize>, values: Vec<u8>) -> Result<Self, PluginError> {
        Self::new(shape, TensorData::U8(values))
    }

    /// Makes a vector of texts.
    pub fn text(values: Vec<String>) -> Self {
        Self { shape: vec![values.len()], data: TensorData::Text(values) }
    }

    /// Tells whether the shape is within bounds and its product is the number of elements.
    pub fn is_consistent(&self) -> bool {
        let product = self.shape.iter().try_fold(1usize, |product, length| product.checked_mul(*length));
        self.shape.len() <= MAX_RANK && product == Some(self.data.len())
    }

    /// Returns the length of the first dimension; one for a scalar.
    pub fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// Returns the tensor without its first `rows` rows.
    pub fn skip_rows(&self, rows: usize) -> Self {
        let kept = self.rows().saturating_sub(rows);
        let width = self.data.len().checked_div(self.rows()).unwrap_or(0);
        let from = width.saturating_mul(rows);
        let shape = std::iter::once(kept).chain(self.shape.iter().skip(1).copied()).collect();
        let data = match &self.data {
            TensorData::F32(values) => TensorData::F32(values.iter().skip(from).copied().collect()),
            TensorData::I64(values) => TensorData::I64(values.iter().skip(from).copied().collect()),
            TensorData::F64(values) => TensorData::F64(values.iter().skip(from).copied().collect()),
            TensorData::U8(values) => TensorData::U8(values.iter().skip(from).copied().collect()),
            TensorData::Text(values) => TensorData::Text(values.iter().skip(from).cloned().collect()),
        };
        Self { shape, data }
    }

    /// Returns the elements if they are 32-bit floating-point numbers.
    pub fn as_f32(&self) -> Option<&[f32]> {
        match &self.data {
            TensorData::F32(values) => Some(values),
            _ => None,
        }
    }

    /// Returns the elements if they are integers.
    pub fn as_i64(&self) -> Option<&[i64]> {
        match &self.data {
            TensorData::I64(values) => Some(values),
            _ => None,
        }
    }

    /// Returns the elements if they are 64-bit floating-point numbers.
    pub fn as_f64(&self) -> Option<&[f64]> {
        match &self.data {
            TensorData::F64(values) => Some(values),
            _ => None,
        }
    }

    /// Returns the elements if they are bytes.
    pub fn as_u8(&self) -> Option<&[u8]> {
        match &self.data {
            TensorData::U8(values) => Some(values),
            _ => None,
        }
    }

    /// Returns the elements if they are texts.
    pub fn as_text(&self) -> Option<&[String]> {
        match &self.data {
            TensorData::Text(values) => Some(values),
            _ => None,
        }
    }
}
