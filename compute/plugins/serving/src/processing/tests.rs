//! Tests of the steps before and after a model.

use super::{
    boxes::Detection,
    geometry::Geometry,
    nms::{overlap, suppress},
    scores::{softmax, top_k},
    *,
};
use neurite_core::{Field, Tensor, TensorData};
use neurite_serving::Dtype;
use proptest::prelude::*;
use serde_json::{json, Value};

fn before(steps: Value) -> Vec<Preprocess> {
    serde_json::from_value(steps).unwrap()
}

fn after(steps: Value) -> Vec<Postprocess> {
    serde_json::from_value(steps).unwrap()
}

fn paths(faults: Vec<neurite_core::ParameterFault>) -> Vec<String> {
    faults.into_iter().map(|fault| fault.path).collect()
}

#[test]
fn faults_of_steps_before_a_model_are_found_at_their_place() {
    let check = |steps| paths(check_preprocess("/P", &before(steps)));
    let resize = json!({ "OP": "RESIZE", "WIDTH": 2, "HEIGHT": 2 });
    let good =
        json!([resize, { "OP": "GRAYSCALE" }, { "OP": "NORMALISE", "MEAN": [0.5], "STD": [0.5] }, { "OP": "LAYOUT", "ORDER": "NHWC" }]);
    assert!(check(good).is_empty());
    assert_eq!(check(json!([{ "OP": "NORMALISE" }, resize])), ["/P/1/OP"]);
    assert_eq!(check(json!([{ "OP": "NORMALISE" }, { "OP": "NORMALISE" }])), ["/P/1/OP"]);
    assert_eq!(check(json!([{ "OP": "LAYOUT", "ORDER": "NCHW" }, { "OP": "NORMALISE" }])), ["/P/1/OP"]);
    assert_eq!(check(json!([{ "OP": "NORMALISE", "MEAN": [0, 0], "STD": [1, 0, 1] }])), ["/P/0/MEAN", "/P/0/STD"]);
    assert_eq!(check(json!([{ "OP": "GRAYSCALE" }, { "OP": "NORMALISE", "MEAN": [0, 0, 0] }])), ["/P/1/MEAN"]);
    assert_eq!(check(json!([{ "OP": "NORMALISE", "SCALE": 0 }])), ["/P/0/SCALE"]);
    assert_eq!(check(json!([resize, { "OP": "STANDARDISE", "MEAN": [0], "STD": [1] }])), ["/P/1/OP"]);
    assert_eq!(check(json!([{ "OP": "STANDARDISE", "MEAN": [0, 1], "STD": [1, 1, 1] }])), ["/P/0/MEAN", "/P/0/STD"]);
    assert!(check(json!([{ "OP": "STANDARDISE", "MEAN": [0, 1], "STD": [1] }])).is_empty());
}

#[test]
fn faults_of_steps_after_a_model_are_found_at_their_place() {
    let check = |steps| paths(check_postprocess("/P", &after(steps)));
    let (top, labels) = (json!({ "OP": "TOP_K" }), json!({ "OP": "LABELS", "NAMES": ["a"] }));
    let (boxes, nms, least) =
        (json!({ "OP": "BOXES", "FORMAT": "XYXY" }), json!({ "OP": "NMS" }), json!({ "OP": "THRESHOLD", "SCORE": 0.5 }));
    assert!(check(json!([{ "OP": "SOFTMAX" }, top, least, labels])).is_empty());
    assert!(check(json!([boxes, nms, least, labels])).is_empty());
    assert_eq!(check(json!([nms])), ["/P/0/OP"]);
    assert_eq!(check(json!([least])), ["/P/0/OP"]);
    assert_eq!(check(json!([labels])), ["/P/0/OP"]);
    assert_eq!(check(json!([top, boxes])), ["/P/1/OP"]);
    assert_eq!(check(json!([top, { "OP": "SOFTMAX" }])), ["/P/1/OP"]);
    assert_eq!(check(json!([top, labels, least])), ["/P/2/OP"]);
    assert_eq!(check(json!([{ "OP": "SOFTMAX" }, { "OP": "TOP_K", "OUTPUT": "x" }])), ["/P/1/OP"]);
}

#[test]
fn steps_that_do_not_exist_and_keys_that_are_not_meant_are_refused() {
    for step in [json!({ "OP": "BLUR" }), json!({ "OP": "RESIZE", "WIDTH": 2 }), json!({ "OP": "LAYOUT", "ORDER": "CHWN" })] {
        assert!(serde_json::from_value::<Preprocess>(step.clone()).is_err(), "{step}");
    }
    let unknown = json!({ "OP": "RESIZE", "WIDTH": 2, "HEIGHT": 2, "DEPTH": 2 });
    assert!(serde_json::from_value::<Preprocess>(unknown).is_err());
    assert!(serde_json::from_value::<Postprocess>(json!({ "OP": "NMS", "IOU_": 0.5 })).is_err());
}

/// A batch's field of pictures whose bytes count up.
fn image(rows: usize, height: usize, width: usize) -> Tensor {
    let count = rows * height * width * 3;
    Tensor::u8(vec![rows, height, width, 3], (0..count).map(|byte| byte as u8).collect()).unwrap()
}

fn prepared(steps: Value, field: &Tensor, dtype: Dtype) -> Result<(neurite_serving::Tensor, View), String> {
    let prepared = Preprocessor::new(&before(steps)).prepare(field, dtype).expect("there are steps")?;
    Ok((prepared.tensor, prepared.view))
}

#[test]
fn pixels_are_put_in_the_order_that_the_model_takes() {
    let field = image(1, 1, 2);
    let order = |order: &str, dtype| prepared(json!([{ "OP": "LAYOUT", "ORDER": order }]), &field, dtype).unwrap().0;
    assert_eq!(order("NHWC", Dtype::U8), neurite_serving::Tensor::u8(vec![1, 1, 2, 3], vec![0, 1, 2, 3, 4, 5]));
    assert_eq!(order("NCHW", Dtype::U8), neurite_serving::Tensor::u8(vec![1, 3, 1, 2], vec![0, 3, 1, 4, 2, 5]));
    assert_eq!(order("NCHW", Dtype::F32), neurite_serving::Tensor::f32(vec![1, 3, 1, 2], vec![0.0, 3.0, 1.0, 4.0, 2.0, 5.0]));
    let normalised = json!([{ "OP": "NORMALISE", "MEAN": [1, 2, 3], "STD": [1, 2, 4], "SCALE": 2 }]);
    let expected = neurite_serving::Tensor::f32(vec![1, 3, 1, 2], vec![-1.0, 5.0, 0.0, 3.0, 0.25, 1.75]);
    assert_eq!(prepared(normalised.clone(), &field, Dtype::F32).unwrap().0, expected);
    assert!(prepared(normalised, &field, Dtype::U8).is_err(), "numbers for a model of bytes");
    assert!(prepared(json!([{ "OP": "GRAYSCALE" }]), &field, Dtype::I64).is_err());
    assert!(prepared(json!([{ "OP": "GRAYSCALE" }]), &Tensor::u8(vec![1, 2], vec![0, 0]).unwrap(), Dtype::U8).is_err());
}

#[test]
fn grey_and_middle_and_box_are_what_they_should_be() {
    let colours = Tensor::u8(vec![1, 1, 4, 3], vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]).unwrap();
    let grey = prepared(json!([{ "OP": "GRAYSCALE" }]), &colours, Dtype::U8).unwrap().0;
    assert_eq!(grey, neurite_serving::Tensor::u8(vec![1, 1, 1, 4], vec![76, 150, 29, 255]));
    let middle = prepared(json!([{ "OP": "CROP_CENTRE", "WIDTH": 2, "HEIGHT": 1 }]), &colours, Dtype::U8).unwrap();
    assert_eq!(middle.0, neurite_serving::Tensor::u8(vec![1, 3, 1, 2], vec![0, 0, 255, 0, 0, 255]));
    assert_eq!(middle.1.geometry.back(0.0, 0.0), (1.0, 0.0));
    assert!(prepared(json!([{ "OP": "CROP_CENTRE", "WIDTH": 5, "HEIGHT": 1 }]), &colours, Dtype::U8).is_err());
    let boxed = json!([{ "OP": "LETTERBOX", "WIDTH": 4, "HEIGHT": 3, "FILL": 7, "FILTER": "NEAREST" }, { "OP": "GRAYSCALE" }]);
    let (tensor, view) = prepared(boxed, &colours, Dtype::U8).unwrap();
    assert_eq!(tensor, neurite_serving::Tensor::u8(vec![1, 1, 3, 4], vec![7, 7, 7, 7, 76, 150, 29, 255, 7, 7, 7, 7]));
    assert_eq!((view.geometry.back(0.0, 1.0), view.geometry.back(4.0, 2.0)), ((0.0, 0.0), (4.0, 1.0)));
    assert_eq!((view.source, view.model), (Some((4.0, 1.0)), Some((4.0, 3.0))));
}

#[test]
fn features_are_standardised_by_column_and_missing_ones_are_filled() {
    let field = Tensor::f32(vec![2, 2], vec![1.0, f32::NAN, 3.0, 6.0]).unwrap();
    let steps = json!([{ "OP": "STANDARDISE", "MEAN": [1, 2], "STD": [2, 4], "MISSING": 9 }]);
    let expected = neurite_serving::Tensor::f32(vec![2, 2], vec![0.0, 9.0, 1.0, 1.0]);
    assert_eq!(prepared(steps, &field, Dtype::F32).unwrap().0, expected);
    assert!(prepared(json!([{ "OP": "STANDARDISE", "MEAN": [1, 2, 3], "STD": [1] }]), &field, Dtype::F32).is_err());
    assert!(prepared(json!([{ "OP": "STANDARDISE", "MEAN": [1], "STD": [1] }]), &field, Dtype::I64).is_err());
}

fn scores(rows: usize, values: Vec<f32>) -> Vec<Field> {
    let width = values.len() / rows;
    vec![Field::new("scores", Tensor::f32(vec![rows, width], values).unwrap())]
}

fn made<'a>(fields: &'a [Field], name: &str) -> &'a Tensor {
    Field::find(fields, name).unwrap_or_else(|| panic!("no field {name}"))
}

#[test]
fn classes_are_ranked_named_and_dropped_below_their_threshold() {
    let steps =
        after(json!([{ "OP": "SOFTMAX" }, { "OP": "TOP_K" }, { "OP": "THRESHOLD", "SCORE": 0.6 }, { "OP": "LABELS", "NAMES": ["cat"] }]));
    let outputs = scores(3, vec![5.0, 0.0, 0.0, 5.0, 1.0, 1.0]);
    let fields = Postprocessor::new(&steps).apply(outputs, 3, &View::UNKNOWN).unwrap();
    assert_eq!(made(&fields, "class"), &Tensor::i64(vec![3], vec![0, 1, -1]).unwrap());
    assert_eq!(made(&fields, "label"), &Tensor::text(vec!["cat".into(), String::new(), String::new()]));
    let best = made(&fields, "score").as_f32().unwrap();
    assert!((best[0] - 0.993_307).abs() < 1e-5 && best[2] == 0.5, "{best:?}");
    assert!((made(&fields, "scores").as_f32().unwrap()[0] - best[0]).abs() < 1e-6, "the model's output holds the probabilities");
    let two = after(json!([{ "OP": "TOP_K", "K": 2, "OUTPUT": "scores" }]));
    let fields = Postprocessor::new(&two).apply(scores(1, vec![1.0, 3.0, 2.0]), 1, &View::UNKNOWN).unwrap();
    assert_eq!(made(&fields, "class"), &Tensor::i64(vec![1, 2], vec![1, 2]).unwrap());
    let fault = |outputs, rows| Postprocessor::new(&two).apply(outputs, rows, &View::UNKNOWN).unwrap_err();
    assert!(fault(scores(1, vec![f32::NAN]), 1).contains("not a number"));
    assert!(fault(scores(1, vec![1.0]), 2).contains("2 rows"));
    assert!(fault(vec![Field::new("other", Tensor::i64(vec![1], vec![1]).unwrap())], 1).contains("no output"));
}

/// The same two boxes in each form: centre (20, 10), size 8 × 4, class 1 of score 0.75; centre (50, 50), size 2 × 2, class 0 of score 0.5.
fn written(format: &str) -> Tensor {
    match format {
        "YOLOV8" => Tensor::f32(vec![1, 6, 2], vec![20.0, 50.0, 10.0, 50.0, 8.0, 2.0, 4.0, 2.0, 0.0, 0.5, 0.75, 0.25]),
        "CXCYWH" => Tensor::f32(vec![1, 2, 6], vec![20.0, 10.0, 8.0, 4.0, 0.0, 0.75, 50.0, 50.0, 2.0, 2.0, 0.5, 0.25]),
        _ => Tensor::f32(vec![1, 2, 6], vec![16.0, 8.0, 24.0, 12.0, 0.75, 1.0, 49.0, 49.0, 51.0, 51.0, 0.5, 0.0]),
    }
    .unwrap()
}

#[test]
fn boxes_are_read_in_every_form_and_mapped_back_to_the_source() {
    let view =
        View { geometry: Geometry::IDENTITY.scaled(2.0, 1.0).moved(4.0, 8.0), source: Some((9.0, 100.0)), model: Some((64.0, 64.0)) };
    for format in ["YOLOV8", "XYXY", "CXCYWH"] {
        let steps = after(json!([{ "OP": "BOXES", "FORMAT": format, "MAX": 3 }, { "OP": "LABELS", "NAMES": ["a", "b"] }]));
        let outputs = vec![Field::new("out", written(format))];
        let fields = Postprocessor::new(&steps).apply(outputs, 1, &view).unwrap();
        // The first is cut at the picture's right edge, the second lies beyond it.
        let expected: Vec<f32> = [6.0, 0.0, 9.0, 4.0, 0.75, 1.0].into_iter().chain([0.0; 12]).collect();
        assert_eq!(made(&fields, "boxes"), &Tensor::f32(vec![1, 3, 6], expected).unwrap(), "{format}");
        let labels = Tensor { shape: vec![1, 3], data: TensorData::Text(vec!["b".into(), String::new(), String::new()]) };
        assert_eq!(made(&fields, "label"), &labels);
        assert!(Field::find(&fields, "out").is_none(), "the boxes replace the model's output");
    }
}

#[test]
fn relative_boxes_need_a_picture_and_poor_or_broken_ones_are_left_out() {
    let apply = |steps: Value, values: Vec<f32>, view: &View| {
        let outputs = vec![Field::new("out", Tensor::f32(vec![1, values.len() / 6, 6], values).unwrap())];
        Postprocessor::new(&after(steps)).apply(outputs, 1, view)
    };
    let relative = json!([{ "OP": "BOXES", "FORMAT": "XYXY", "RELATIVE": true, "MAX": 1 }]);
    let half = vec![0.0, 0.0, 0.5, 0.5, 1.0, 3.0];
    assert!(apply(relative.clone(), half.clone(), &View::UNKNOWN).unwrap_err().contains("RELATIVE"));
    let field = image(1, 10, 20);
    let view = View::of(Some(&field));
    assert_eq!(made(&apply(relative, half, &view).unwrap(), "boxes").as_f32().unwrap(), [0.0, 0.0, 10.0, 5.0, 1.0, 3.0]);
    let steps = json!([{ "OP": "BOXES", "FORMAT": "XYXY", "SCORE": 0.5, "MAX": 2 }]);
    let poor = vec![0.0, 0.0, 1.0, 1.0, 0.4, 0.0, 0.0, 0.0, f32::NAN, 1.0, 0.9, 0.0, 0.0, 0.0, 1.0, 1.0, f32::NAN, 0.0];
    let fields = apply(steps, poor, &View::UNKNOWN).unwrap();
    assert_eq!(made(&fields, "boxes").as_f32().unwrap(), [0.0; 12]);
    let wrong = json!([{ "OP": "BOXES", "FORMAT": "YOLOV8" }]);
    assert!(apply(wrong, vec![0.0; 6], &View::UNKNOWN).unwrap_err().contains("cannot be read as boxes"));
}

#[test]
fn the_better_of_two_overlapping_boxes_stays_and_classes_do_not_concern_each_other() {
    let steps =
        |across| after(json!([{ "OP": "BOXES", "FORMAT": "XYXY" }, { "OP": "NMS", "IOU": 0.5, "MAX": 3, "ACROSS_CLASSES": across }]));
    let values = vec![0.0, 0.0, 10.0, 10.0, 0.6, 0.0, 1.0, 0.0, 11.0, 10.0, 0.9, 0.0, 0.0, 1.0, 10.0, 11.0, 0.7, 1.0];
    let best = |across| {
        let outputs = vec![Field::new("out", Tensor::f32(vec![1, 3, 6], values.clone()).unwrap())];
        let fields = Postprocessor::new(&steps(across)).apply(outputs, 1, &View::UNKNOWN).unwrap();
        made(&fields, "boxes").as_f32().unwrap().chunks(6).map(|row| row[4]).collect::<Vec<_>>()
    };
    assert_eq!(best(false), [0.9, 0.7, 0.0]);
    assert_eq!(best(true), [0.9, 0.0, 0.0]);
}

fn detections() -> impl Strategy<Value = Vec<Detection>> {
    let detection = (0.0_f32..50.0, 0.0_f32..50.0, 1.0_f32..30.0, 1.0_f32..30.0, 0.0_f32..1.0, 0_usize..3).prop_map(
        |(left, top, width, height, score, class)| Detection { left, top, right: left + width, bottom: top + height, score, class },
    );
    prop::collection::vec(detection, 0..40).prop_map(|mut detections| {
        detections.sort_by(|left, right| right.score.total_cmp(&left.score));
        detections
    })
}

proptest! {
    #[test]
    fn suppression_keeps_the_best_and_drops_only_what_a_better_one_covers(detections in detections(), iou in 0.1_f32..0.9) {
        let kept = suppress(&detections, iou, usize::MAX, false);
        prop_assert_eq!(kept.first(), detections.first());
        let rivals = |one: &Detection, other: &Detection| one.class == other.class && overlap(one, other) > iou;
        for (at, one) in kept.iter().enumerate() {
            prop_assert!(!kept[at + 1..].iter().any(|other| rivals(one, other)));
        }
        for dropped in detections.iter().filter(|detection| !kept.contains(detection)) {
            prop_assert!(kept.iter().any(|better| better.score >= dropped.score && rivals(better, dropped)));
        }
    }

    #[test]
    fn overlap_is_symmetric_and_whole_only_with_itself(detections in detections()) {
        for pair in detections.windows(2) {
            let (one, other) = (overlap(&pair[0], &pair[1]), overlap(&pair[1], &pair[0]));
            prop_assert!((one - other).abs() < 1e-6 && (0.0..=1.0).contains(&one));
            prop_assert!((overlap(&pair[0], &pair[0]) - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn probabilities_sum_to_one_and_keep_the_order(mut scores in prop::collection::vec(-1e3_f32..1e3, 1..20)) {
        let before = top_k(&scores, 1);
        softmax(&mut scores);
        prop_assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        prop_assert_eq!(top_k(&scores, 1).unwrap()[0].0, before.unwrap()[0].0);
    }

    #[test]
    fn the_best_are_sorted_and_no_other_is_better(scores in prop::collection::vec(-10.0_f32..10.0, 1..30), k in 1_usize..8) {
        let best = top_k(&scores, k).unwrap();
        prop_assert_eq!(best.len(), k.min(scores.len()));
        prop_assert!(best.windows(2).all(|pair| pair[0].1 >= pair[1].1));
        let least = best.last().unwrap().1;
        let chosen = |class: usize| best.iter().any(|(other, _)| *other == class as i64);
        prop_assert!(scores.iter().enumerate().all(|(class, score)| chosen(class) || *score <= least));
    }

    #[test]
    fn a_picture_of_one_colour_keeps_it_and_its_corners_come_back(
        (width, height) in (1_usize..60, 1_usize..60),
        (to_width, to_height) in (1_u32..60, 1_u32..60),
        (colour, filter) in (any::<u8>(), 0_usize..4),
    ) {
        let field = Tensor::u8(vec![1, height, width, 3], vec![colour; width * height * 3]).unwrap();
        let filter = ["NEAREST", "BILINEAR", "BICUBIC", "LANCZOS"][filter];
        let size = |op: &str| json!([{ "OP": op, "WIDTH": to_width, "HEIGHT": to_height, "FILTER": filter }]);
        let (tensor, view) = prepared(size("RESIZE"), &field, Dtype::U8).unwrap();
        prop_assert_eq!(&tensor.shape, &[1, 3, to_height as usize, to_width as usize]);
        prop_assert_eq!(tensor.data, neurite_serving::TensorData::U8(vec![colour; 3 * (to_width * to_height) as usize]));
        let corner = view.geometry.back(f64::from(to_width), f64::from(to_height));
        prop_assert!((corner.0 - width as f64).abs() < 1e-9 && (corner.1 - height as f64).abs() < 1e-9);
        let (tensor, view) = prepared(size("LETTERBOX"), &field, Dtype::U8).unwrap();
        prop_assert_eq!(&tensor.shape, &[1, 3, to_height as usize, to_width as usize]);
        // The picture fills the box in one direction, so one of its edges lies on the box's.
        let (left, top) = view.geometry.back(0.0, 0.0);
        prop_assert!(left <= 0.0 && top <= 0.0 && (left == 0.0 || top == 0.0), "{} {}", left, top);
    }
}
