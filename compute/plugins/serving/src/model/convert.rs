//! Tensors of batches as tensors of models, and back.

use neurite_core::{Tensor, TensorData};
use neurite_serving::{DataView, TensorView};

/// Borrows a tensor as models take it; `None` for elements that none takes.
pub(super) fn to_view(tensor: &Tensor) -> Option<TensorView<'_>> {
    let data = match &tensor.data {
        TensorData::F32(values) => DataView::F32(values),
        TensorData::I64(values) => DataView::I64(values),
        TensorData::U8(values) => DataView::U8(values),
        TensorData::F64(_) | TensorData::Text(_) => return None,
    };
    Some(TensorView { shape: &tensor.shape, data })
}

/// Takes over a tensor that a model gave.
pub(super) fn from_serving(tensor: neurite_serving::Tensor) -> Tensor {
    let data = match tensor.data {
        neurite_serving::TensorData::F32(values) => TensorData::F32(values),
        neurite_serving::TensorData::I64(values) => TensorData::I64(values),
        neurite_serving::TensorData::U8(values) => TensorData::U8(values),
    };
    Tensor { shape: tensor.shape, data }
}
