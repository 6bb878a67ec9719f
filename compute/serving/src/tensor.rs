//! Tensors, views of them, and what a model says about its inputs and outputs.

use serde::{Deserialize, Serialize};

use crate::execution::Execution;

/// The largest number of dimensions of a tensor.
pub const MAX_RANK: usize = 8;

/// The largest number of tensors in a request or a response.
pub const MAX_TENSORS: usize = 16;

/// The type of a tensor's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Dtype {
    /// 32-bit floating point numbers.
    F32,
    /// 64-bit signed integers.
    I64,
    /// Bytes.
    U8,
}

impl Dtype {
    /// Returns the size of an element in bytes.
    pub fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::I64 => 8,
            Self::U8 => 1,
        }
    }
}

/// The elements of a tensor, in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub enum TensorData {
    /// 32-bit floating point numbers.
    F32(Vec<f32>),
    /// 64-bit signed integers.
    I64(Vec<i64>),
    /// Bytes.
    U8(Vec<u8>),
}

/// A dense tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// The size of every dimension.
    pub shape: Vec<usize>,
    /// The elements, as many as the product of the shape.
    pub data: TensorData,
}

impl Tensor {
    /// Makes a tensor of 32-bit floating point numbers.
    pub fn f32(shape: Vec<usize>, data: Vec<f32>) -> Self {
        Self { shape, data: TensorData::F32(data) }
    }

    /// Makes a tensor of 64-bit integers.
    pub fn i64(shape: Vec<usize>, data: Vec<i64>) -> Self {
        Self { shape, data: TensorData::I64(data) }
    }

    /// Makes a tensor of bytes.
    pub fn u8(shape: Vec<usize>, data: Vec<u8>) -> Self {
        Self { shape, data: TensorData::U8(data) }
    }

    /// Borrows the tensor.
    pub fn view(&self) -> TensorView<'_> {
        let data = match &self.data {
            TensorData::F32(data) => DataView::F32(data),
            TensorData::I64(data) => DataView::I64(data),
            TensorData::U8(data) => DataView::U8(data),
        };
        TensorView { shape: &self.shape, data }
    }
}

/// Borrowed elements of a tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DataView<'a> {
    /// 32-bit floating point numbers.
    F32(&'a [f32]),
    /// 64-bit signed integers.
    I64(&'a [i64]),
    /// Bytes.
    U8(&'a [u8]),
}

/// A borrowed tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TensorView<'a> {
    /// The size of every dimension.
    pub shape: &'a [usize],
    /// The elements in row-major order.
    pub data: DataView<'a>,
}

impl TensorView<'_> {
    /// Returns the type of the elements.
    pub fn dtype(&self) -> Dtype {
        match self.data {
            DataView::F32(_) => Dtype::F32,
            DataView::I64(_) => Dtype::I64,
            DataView::U8(_) => Dtype::U8,
        }
    }

    /// Returns the number of elements that are there, whatever the shape says.
    pub fn elements(&self) -> usize {
        match self.data {
            DataView::F32(data) => data.len(),
            DataView::I64(data) => data.len(),
            DataView::U8(data) => data.len(),
        }
    }

    /// Returns the bytes of the elements.
    pub fn bytes(&self) -> usize {
        self.elements() * self.dtype().size()
    }

    /// Copies the tensor.
    pub fn to_tensor(&self) -> Tensor {
        let data = match self.data {
            DataView::F32(data) => TensorData::F32(data.to_vec()),
            DataView::I64(data) => TensorData::I64(data.to_vec()),
            DataView::U8(data) => TensorData::U8(data.to_vec()),
        };
        Tensor { shape: self.shape.to_vec(), data }
    }
}

/// An input or output of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TensorInfo {
    /// The name in the model.
    pub name: String,
    /// The size of every dimension; `None` where the model takes any.
    pub shape: Vec<Option<usize>>,
    /// The type of the elements.
    pub dtype: Dtype,
}

/// What a model takes and gives, in the order of requests and responses, and what executes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelDescription {
    /// The inputs.
    pub inputs: Vec<TensorInfo>,
    /// The outputs.
    pub outputs: Vec<TensorInfo>,
    /// What executes the model.
    pub execution: Execution,
}

impl ModelDescription {
    /// Checks that tensors are well formed and fit the model's inputs; the error names the first fault.
    pub fn check_inputs(&self, tensors: &[TensorView<'_>]) -> Result<(), String> {
        if tensors.len() != self.inputs.len() {
            return Err(format!("{} tensors given, the model takes {}", tensors.len(), self.inputs.len()));
        }
        for (info, tensor) in self.inputs.iter().zip(tensors) {
            check_input(info, tensor).map_err(|fault| format!("input {}: {fault}", info.name))?;
        }
        Ok(())
    }
}

fn check_input(info: &TensorInfo, tensor: &TensorView<'_>) -> Result<(), String> {
    if tensor.dtype() != info.dtype {
        return Err(format!("elements are {:?}, the model takes {:?}", tensor.dtype(), info.dtype));
    }
    if tensor.shape.len() > MAX_RANK {
        return Err(format!("{} dimensions, at most {MAX_RANK} are possible", tensor.shape.len()));
    }
    let fits = |(given, wanted): (&usize, &Option<usize>)| wanted.is_none_or(|wanted| wanted == *given);
    if tensor.shape.len() != info.shape.len() || !tensor.shape.iter().zip(&info.shape).all(fits) {
        return Err(format!("shape {:?} does not fit {}", tensor.shape, shape_text(&info.shape)));
    }
    match element_count(tensor.shape) {
        Some(0) => Err("no elements".to_owned()),
        Some(count) if count == tensor.elements() => Ok(()),
        _ => Err(format!("shape {:?} does not hold {} elements", tensor.shape, tensor.elements())),
    }
}

fn shape_text(shape: &[Option<usize>]) -> String {
    let sizes: Vec<String> = shape.iter().map(|size| size.map_or("any".to_owned(), |size| size.to_string())).collect();
    format!("[{}]", sizes.join(", "))
}

/// Multiplies the sizes of a shape; `None` if that overflows.
pub(crate) fn element_count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |product, size| product.checked_mul(*size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> ModelDescription {
        let input = TensorInfo { name: "features".into(), shape: vec![None, Some(2)], dtype: Dtype::F32 };
        let output = TensorInfo { name: "scores".into(), shape: vec![None], dtype: Dtype::F32 };
        ModelDescription { inputs: vec![input], outputs: vec![output], execution: Execution::default() }
    }

    #[test]
    fn a_fitting_tensor_passes() {
        assert_eq!(model().check_inputs(&[Tensor::f32(vec![2, 2], vec![0.0; 4]).view()]), Ok(()));
    }

    #[test]
    fn every_fault_is_named() {
        let fault = |tensors: &[Tensor]| {
            let views: Vec<_> = tensors.iter().map(Tensor::view).collect();
            model().check_inputs(&views).unwrap_err()
        };
        assert_eq!(fault(&[]), "0 tensors given, the model takes 1");
        assert_eq!(fault(&[Tensor::i64(vec![1, 2], vec![0; 2])]), "input features: elements are I64, the model takes F32");
        assert_eq!(fault(&[Tensor::f32(vec![1, 3], vec![0.0; 3])]), "input features: shape [1, 3] does not fit [any, 2]");
        assert_eq!(fault(&[Tensor::f32(vec![2], vec![0.0; 2])]), "input features: shape [2] does not fit [any, 2]");
        assert_eq!(fault(&[Tensor::f32(vec![0, 2], vec![])]), "input features: no elements");
        assert_eq!(fault(&[Tensor::f32(vec![2, 2], vec![0.0; 3])]), "input features: shape [2, 2] does not hold 3 elements");
        assert_eq!(
            fault(&[Tensor::f32(vec![usize::MAX, 2], vec![0.0; 3])]),
            format!("input features: shape [{}, 2] does not hold 3 elements", usize::MAX)
        );
        assert_eq!(fault(&[Tensor::f32(vec![1; 9], vec![0.0])]), "input features: 9 dimensions, at most 8 are possible");
    }
}
