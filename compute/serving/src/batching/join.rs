//! Joining requests along their first dimension, and splitting the outputs again.

use crate::tensor::{ModelDescription, Tensor, TensorData, TensorInfo, TensorView};

/// Tells whether a model takes any number of rows and gives as many: the first dimension of every input and output is free.
pub(super) fn has_free_rows(model: &ModelDescription) -> bool {
    let free = |info: &TensorInfo| info.shape.first() == Some(&None);
    !model.inputs.is_empty() && model.inputs.iter().chain(&model.outputs).all(free)
}

/// Returns the rows of a request; `None` if its tensors do not agree about them.
pub(super) fn rows(tensors: &[TensorView<'_>]) -> Option<usize> {
    let rows = *tensors.first()?.shape.first()?;
    tensors.iter().all(|tensor| tensor.shape.first() == Some(&rows)).then_some(rows)
}

/// Tells whether two requests of one model differ in nothing but rows and elements.
pub(super) fn are_alike(left: &[Tensor], right: &[Tensor]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.shape.get(1..) == right.shape.get(1..))
}

/// Joins requests that are alike, one behind the other.
pub(super) fn join(requests: &[&[Tensor]]) -> Vec<Tensor> {
    let Some(first) = requests.first() else { return Vec::new() };
    let column = |index: usize| {
        let parts = || requests.iter().map(|request| &request[index]);
        let rows: usize = parts().map(|part| part.shape.first().copied().unwrap_or(0)).sum();
        let data = match first[index].data {
            TensorData::F32(_) => TensorData::F32(parts().flat_map(|part| floats(&part.data)).copied().collect()),
            TensorData::I64(_) => TensorData::I64(parts().flat_map(|part| integers(&part.data)).copied().collect()),
            TensorData::U8(_) => TensorData::U8(parts().flat_map(|part| bytes(&part.data)).copied().collect()),
        };
        Tensor { shape: with_rows(&first[index].shape, rows), data }
    };
    (0..first.len()).map(column).collect()
}

/// Splits the outputs of a joint request into those of its parts; `None` if an output has another number of rows than all parts together.
pub(super) fn split(outputs: &[Tensor], rows: &[usize]) -> Option<Vec<Vec<Tensor>>> {
    let total: usize = rows.iter().sum();
    if outputs.iter().any(|output| output.shape.first() != Some(&total)) {
        return None;
    }
    let mut start = 0;
    let mut parts = Vec::with_capacity(rows.len());
    for count in rows {
        parts.push(outputs.iter().map(|output| cut(output, start, *count)).collect());
        start += count;
    }
    Some(parts)
}

fn cut(tensor: &Tensor, start: usize, rows: usize) -> Tensor {
    let width: usize = tensor.shape[1..].iter().product();
    let range = start * width..(start + rows) * width;
    let data = match &tensor.data {
        TensorData::F32(data) => TensorData::F32(data[range].to_vec()),
        TensorData::I64(data) => TensorData::I64(data[range].to_vec()),
        TensorData::U8(data) => TensorData::U8(data[range].to_vec()),
    };
    Tensor { shape: with_rows(&tensor.shape, rows), data }
}

fn with_rows(shape: &[usize], rows: usize) -> Vec<usize> {
    std::iter::once(rows).chain(shape.iter().skip(1).copied()).collect()
}

fn floats(data: &TensorData) -> &[f32] {
    match data {
        TensorData::F32(data) => data,
        _ => &[],
    }
}

fn integers(data: &TensorData) -> &[i64] {
    match data {
        TensorData::I64(data) => data,
        _ => &[],
    }
}

fn bytes(data: &TensorData) -> &[u8] {
    match data {
        TensorData::U8(data) => data,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execution::Execution, tensor::Dtype};
    use proptest::prelude::*;

    fn rows_of(tensors: &[Tensor]) -> Option<usize> {
        rows(&tensors.iter().map(Tensor::view).collect::<Vec<_>>())
    }

    fn description(input: Vec<Option<usize>>, output: Vec<Option<usize>>) -> ModelDescription {
        let info = |shape| TensorInfo { name: "x".into(), shape, dtype: Dtype::F32 };
        ModelDescription { inputs: vec![info(input)], outputs: vec![info(output)], execution: Execution::default() }
    }

    #[test]
    fn only_models_whose_rows_are_free_on_both_sides_are_joined() {
        assert!(has_free_rows(&description(vec![None, Some(2)], vec![None])));
        assert!(!has_free_rows(&description(vec![Some(1), Some(2)], vec![None])));
        assert!(!has_free_rows(&description(vec![None, Some(2)], vec![Some(1)])));
        assert!(!has_free_rows(&description(vec![], vec![None])));
    }

    #[test]
    fn requests_that_differ_in_more_than_rows_are_not_alike() {
        let request = |shape: Vec<usize>| vec![Tensor::f32(shape.clone(), vec![0.0; shape.iter().product()])];
        assert!(are_alike(&request(vec![1, 3]), &request(vec![5, 3])));
        assert!(!are_alike(&request(vec![1, 3]), &request(vec![1, 4])));
        assert!(!are_alike(&request(vec![1, 3]), &[]));
        assert_eq!(rows_of(&request(vec![4, 3])), Some(4));
        assert_eq!(rows_of(&[]), None);
        assert_eq!(rows_of(&[request(vec![4, 3]).remove(0), request(vec![5]).remove(0)]), None);
    }

    #[test]
    fn outputs_of_another_number_of_rows_are_not_split() {
        assert_eq!(split(&[Tensor::i64(vec![1], vec![7])], &[1, 1]), None);
    }

    /// Requests of one model with a tensor of floats, one of integers and one of bytes.
    fn requests() -> impl Strategy<Value = Vec<Vec<Tensor>>> {
        let request = |width: usize| {
            (1_usize..5).prop_flat_map(move |rows| {
                let floats = prop::collection::vec(-1e6_f32..1e6, rows * width);
                let integers = prop::collection::vec(any::<i64>(), rows);
                let bytes = prop::collection::vec(any::<u8>(), rows * 2 * width);
                (floats, integers, bytes).prop_map(move |(floats, integers, bytes)| {
                    vec![Tensor::f32(vec![rows, width], floats), Tensor::i64(vec![rows], integers), Tensor::u8(vec![rows, 2, width], bytes)]
                })
            })
        };
        (1_usize..4).prop_flat_map(move |width| prop::collection::vec(request(width), 1..6))
    }

    proptest! {
        #[test]
        fn what_is_joined_is_split_into_what_it_was(requests in requests()) {
            let parts: Vec<&[Tensor]> = requests.iter().map(Vec::as_slice).collect();
            let joint = join(&parts);
            let counts: Vec<usize> = requests.iter().map(|request| rows_of(request).unwrap()).collect();
            prop_assert_eq!(rows_of(&joint), Some(counts.iter().sum()));
            prop_assert_eq!(split(&joint, &counts), Some(requests));
        }
    }
}
