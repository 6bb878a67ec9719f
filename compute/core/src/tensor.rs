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
}

impl TensorData {
    /// Returns the number of elements.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::I64(values) => values.len(),
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

    /// Tells whether the shape is within bounds and its product is the number of elements.
    pub fn is_consistent(&self) -> bool {
        let product = self.shape.iter().try_fold(1usize, |product, length| product.checked_mul(*length));
        self.shape.len() <= MAX_RANK && product == Some(self.data.len())
    }

    /// Returns the length of the first dimension; one for a scalar.
    pub fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// Returns the elements if they are floating-point numbers.
    pub fn as_f32(&self) -> Option<&[f32]> {
        match &self.data {
            TensorData::F32(values) => Some(values),
            TensorData::I64(_) => None,
        }
    }

    /// Returns the elements if they are integers.
    pub fn as_i64(&self) -> Option<&[i64]> {
        match &self.data {
            TensorData::I64(values) => Some(values),
            TensorData::F32(_) => None,
        }
    }
}
