//! Tests of windows: what they hold, what survives restarts and failures, and what is refused.

use super::windows::{Windows, MAX_WINDOW_NUMBERS};
use neurite_core::{Batch, Field, Tensor};
use neurite_serving::config::INPUT_CAPACITY;
use serde_json::{json, Value};

const NAN: f32 = f32::NAN;

/// Rows of two numbers each, n and -n, from row `start` + 1 on.
fn batch(start: u64, rows: usize) -> Batch {
    let values = (1..=rows).flat_map(|row| [(start as usize + row) as f32, -((start as usize + row) as f32)]).collect();
    Batch::new(start, vec![Field::new(Field::FEATURES, Tensor::f32(vec![rows, 2], values).unwrap())]).unwrap()
}

/// Answers a batch with the first column of its windows, as a model with two dimensions would; one row each.
fn answer(windows: &Windows, batch: &Batch) -> Vec<Vec<f32>> {
    let stretch = windows.stretch(batch).unwrap();
    let prepared = neurite_serving::Tensor::f32(stretch.rows().shape.clone(), stretch.rows().as_f32().unwrap().to_vec());
    let cut = stretch.windows(&prepared, 2).unwrap();
    let neurite_serving::TensorData::F32(values) = cut.data else { panic!("no numbers") };
    let mut outputs = [Field::new("answer", Tensor::f32(cut.shape, values).unwrap())];
    stretch.strike_out(&mut outputs).unwrap();
    windows.remember(stretch);
    let values = outputs[0].tensor.as_f32().unwrap();
    values.chunks(values.len() / batch.rows()).map(|row| row.iter().step_by(2).copied().collect()).collect()
}

/// Compares by what is written, for NaN is not equal to itself.
fn assert_same(found: &[Vec<f32>], expected: &[Vec<f32>]) {
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

#[test]
fn a_window_is_a_row_and_those_right_before_it() {
    let windows = Windows::new(3);
    let whole = [vec![NAN; 3], vec![NAN; 3], vec![1.0, 2.0, 3.0], vec![2.0, 3.0, 4.0], vec![3.0, 4.0, 5.0]];
    assert_same(&answer(&windows, &batch(0, 5)), &whole);
    for cut in 1..5 {
        let windows = Windows::new(3);
        let parts = [answer(&windows, &batch(0, cut)), answer(&windows, &batch(cut as u64, 5 - cut))];
        assert_same(&parts.concat(), &whole);
        assert_same(&answer(&windows, &batch(cut as u64, 5 - cut)), &whole[cut..]);
    }
}

#[test]
fn a_batch_without_an_answer_leaves_nothing_behind() {
    let windows = Windows::new(2);
    answer(&windows, &batch(0, 2));
    let state = windows.snapshot().unwrap();
    let failed = windows.stretch(&batch(2, 2)).unwrap();
    drop(failed);
    assert_eq!(windows.snapshot().unwrap(), state);
    assert_same(&answer(&windows, &batch(2, 2)), &[vec![2.0, 3.0], vec![3.0, 4.0]]);
}

#[test]
fn windows_go_on_from_a_state_and_not_over_a_gap() {
    let windows = Windows::new(3);
    answer(&windows, &batch(0, 4));
    let restored = Windows::new(3);
    restored.restore(windows.snapshot().unwrap()).unwrap();
    assert_eq!(restored.snapshot().unwrap(), windows.snapshot().unwrap());
    let expected = [vec![3.0, 4.0, 5.0], vec![4.0, 5.0, 6.0]];
    assert_same(&answer(&restored, &batch(4, 2)), &expected);
    assert_same(&answer(&windows, &batch(5, 3)), &[vec![NAN; 3], vec![NAN; 3], vec![6.0, 7.0, 8.0]]);
    restored.restore(Value::Null).unwrap();
}

#[test]
fn a_missing_number_survives_a_restart() {
    let features = Tensor::f32(vec![2, 1], vec![NAN, 0.1]).unwrap();
    let rows = Batch::new(0, vec![Field::new(Field::FEATURES, features)]).unwrap();
    let windows = Windows::new(3);
    windows.remember(windows.stretch(&rows).unwrap());
    let restored = Windows::new(3);
    restored.restore(windows.snapshot().unwrap()).unwrap();
    let next = Batch::new(2, vec![Field::new(Field::FEATURES, Tensor::f32(vec![1, 1], vec![2.0]).unwrap())]).unwrap();
    let stretch = restored.stretch(&next).unwrap();
    assert_eq!(format!("{:?}", stretch.rows().as_f32().unwrap()), "[NaN, 0.1, 2.0]");
}

#[test]
fn a_state_of_another_window_is_refused() {
    let wide = Windows::new(4);
    answer(&wide, &batch(0, 5));
    let state = wide.snapshot().unwrap();
    let torn = json!({ "END": 5, "COLUMNS": 2, "VALUES": "00000000" });
    let cut = json!({ "END": 5, "COLUMNS": 1, "VALUES": "000000" });
    for state in [state, torn, cut, json!({ "END": 5, "COLUMNS": 1, "VALUES": "zz" }), json!(7)] {
        assert!(Windows::new(3).restore(state.clone()).is_err(), "{state}");
    }
}

#[test]
fn the_largest_state_is_within_its_bound() {
    let windows = Windows::new(MAX_WINDOW_NUMBERS);
    let features = Tensor::f32(vec![MAX_WINDOW_NUMBERS, 1], vec![0.5; MAX_WINDOW_NUMBERS]).unwrap();
    windows.remember(windows.stretch(&Batch::new(0, vec![Field::new(Field::FEATURES, features)]).unwrap()).unwrap());
    let state = serde_json::to_vec(&windows.snapshot().unwrap()).unwrap();
    assert!(state.len() > 2 * (MAX_WINDOW_NUMBERS - 1) * size_of::<f32>());
    assert!(state.len() <= neurite_core::bounds::MAX_STATE_BYTES);
}

#[test]
fn a_model_is_fed_as_it_takes_windows() {
    let stretch = Windows::new(2).stretch(&batch(0, 2)).unwrap();
    let prepared = neurite_serving::Tensor::f32(vec![2, 2], vec![1.0, -1.0, 2.0, -2.0]);
    let shape = |dimensions: usize| stretch.windows(&prepared, dimensions).unwrap().shape;
    assert_eq!((shape(2), shape(3)), (vec![2, 4], vec![2, 2, 2]));
    let neurite_serving::TensorData::F32(values) = stretch.windows(&prepared, 3).unwrap().data else { panic!("no numbers") };
    assert_eq!(values, [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 2.0, -2.0], "the first row stands for the one before it");
}

#[test]
fn every_kind_of_answer_is_struck_out_but_bytes() {
    let stretch = Windows::new(2).stretch(&batch(0, 2)).unwrap();
    let mut outputs = [
        Field::new("class", Tensor::i64(vec![2], vec![7, 8]).unwrap()),
        Field::new("label", Tensor::text(vec!["seven".into(), "eight".into()])),
    ];
    stretch.strike_out(&mut outputs).unwrap();
    assert_eq!(outputs[0].tensor.as_i64().unwrap(), [-1, 8]);
    assert_eq!(outputs[1].tensor.as_text().unwrap(), ["", "eight"]);
    assert!(stretch.strike_out(&mut [Field::new("bytes", Tensor::u8(vec![2], vec![1, 2]).unwrap())]).is_err());
    assert!(stretch.strike_out(&mut [Field::new("one", Tensor::f32(vec![1], vec![1.0]).unwrap())]).is_err());
}

#[test]
fn what_is_too_large_or_no_number_is_refused() {
    assert!(Windows::new(MAX_WINDOW_NUMBERS / 2 + 1).stretch(&batch(0, 1)).is_err());
    let rows = INPUT_CAPACITY / size_of::<f32>() / (1 << 17) + 1;
    let stretch = Windows::new(1 << 16).stretch(&batch(0, rows)).unwrap();
    let prepared = neurite_serving::Tensor::f32(vec![rows, 2], vec![0.0; rows * 2]);
    assert!(stretch.windows(&prepared, 2).unwrap_err().contains("fewer rows per batch"));
    let whole = Batch::new(0, vec![Field::new(Field::FEATURES, Tensor::i64(vec![1, 1], vec![1]).unwrap())]).unwrap();
    assert!(Windows::new(2).stretch(&whole).is_err());
}
