//! Tests of `SNAPSHOT`: when a picture is taken, what is on it, its bound, and that batches do not matter.

use super::{render::render, *};
use crate::{
    picture::Canvas,
    testing::{boxes, depends_on_rows_only, faults, open, run, Rows},
};
use base64::{engine::general_purpose::STANDARD, Engine};
use neurite_core::{FailureClass, Field, Tensor};
use serde_json::{json, Value};

const SIDE: usize = 32;

/// Grey pictures, each with a value, and with a detection where the value is above 1.
fn rows(values: &[f64]) -> Rows {
    let mut rows = Rows::of(values);
    let picture = Tensor::u8(vec![values.len(), SIDE, SIDE, 3], vec![120; values.len() * SIDE * SIDE * 3]).unwrap();
    rows.fields.push(Field::new(Field::IMAGE, picture));
    let detection = [4.0, 12.0, 28.0, 28.0, 0.75, 1.0];
    let seen = values.iter().map(|value| if *value > 1.0 { vec![detection] } else { vec![] }).collect::<Vec<_>>();
    rows.inference = vec![boxes(&seen, 2)];
    rows
}

fn taken(parameters: Value, values: &[f64]) -> Vec<u64> {
    let (payloads, _) = run(&mut *open(&Snapshot, parameters), &rows(values), 2).unwrap();
    payloads.iter().map(|body| body["ROW"].as_u64().unwrap()).collect()
}

#[test]
fn a_snapshot_shows_what_was_seen() {
    let parameters = json!({ "DETECTIONS": { "LABELS": ["cat", "dog"] }, "MIN_DETECTIONS": 1, "QUALITY": 95 });
    let (payloads, result) = run(&mut *open(&Snapshot, parameters), &rows(&[0.0, 2.0]), 2).unwrap();
    let body = &payloads[0];
    assert_eq!((&body["ROW"], &body["TIME"], &body["TYPE"], &body["WIDTH"]), (&json!(2), &json!(1000), &json!("image/jpeg"), &json!(SIDE)));
    assert_eq!(body["DETECTIONS"], json!([{ "CLASS": "dog", "SCORE": 0.75, "BOX": [4.0, 12.0, 28.0, 28.0] }]));
    let picture = image::load_from_memory(&STANDARD.decode(body["IMAGE"].as_str().unwrap()).unwrap()).unwrap().to_rgb8();
    let green = |x: u32, y: u32| picture.get_pixel(x, y).0[1] > picture.get_pixel(x, y).0[0] + 30;
    assert!(green(4, 20) && green(28, 20) && green(16, 28), "the box is drawn");
    assert!(!green(16, 20), "and nothing within it");
    assert_eq!(result, Some(json!({ "ROWS": 2, "SNAPSHOTS": 1 })));
}

#[test]
fn pictures_are_taken_when_the_document_says() {
    let values = [0.0, 2.0, 3.0, 0.0, 2.0, 2.0];
    assert_eq!(taken(json!({ "EVERY_ROWS": 3 }), &values), [3, 6]);
    assert_eq!(taken(json!({ "VALUE": "value", "WHEN": { "ABOVE": 2.5 } }), &values), [3]);
    assert_eq!(taken(json!({ "DETECTIONS": {}, "MIN_DETECTIONS": 1, "PAUSE_ROWS": 3 }), &values), [2, 5]);
    assert_eq!(taken(json!({ "DETECTIONS": {}, "MIN_DETECTIONS": 2 }), &values), Vec::<u64>::new());
}

#[test]
fn a_picture_that_is_too_large_loses_quality_and_then_size() {
    let mut state = 1u32;
    let mut noise = |width: usize, height: usize| {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        Canvas { width, height, bytes: (0..width * height * 3).map(|_| next()).collect() }
    };
    let small = render(noise(64, 64), 80).unwrap();
    assert_eq!((small.width, small.quality), (64, 80));
    let large = render(noise(1600, 1200), 80).unwrap();
    assert!(
        large.text.len() <= MAX_IMAGE_BYTES && large.width < 1600 && large.width * 3 == large.height * 4,
        "{} {}",
        large.width,
        large.height
    );
    let sides = (4..24).map(|step| step * 32);
    let (side, middle) = sides.map(|side| (side, render(noise(side, side), 80).unwrap())).find(|(_, middle)| middle.quality < 80).unwrap();
    assert!(middle.text.len() <= MAX_IMAGE_BYTES && middle.width == side, "quality goes before size");
}

#[test]
fn a_jpeg_is_a_jpeg_and_smaller_with_less_quality() {
    let mut canvas = Canvas { width: 64, height: 48, bytes: vec![0; 64 * 48 * 3] };
    canvas.bytes.iter_mut().enumerate().for_each(|(at, byte)| *byte = (at * 31 % 251) as u8);
    let (good, poor) = (canvas.jpeg(90).unwrap(), canvas.jpeg(20).unwrap());
    assert_eq!(good[..3], [0xff, 0xd8, 0xff]);
    assert!(poor.len() < good.len());
    let read = image::load_from_memory(&good).unwrap().to_rgb8();
    assert_eq!(read.dimensions(), (64, 48));
}

#[test]
fn keys_that_contradict_each_other_are_faults() {
    assert_eq!(faults(&Snapshot, json!({})), ["/EVERY_ROWS"]);
    assert_eq!(faults(&Snapshot, json!({ "VALUE": "value", "EVERY_ROWS": 1 })), ["/WHEN"]);
    assert_eq!(faults(&Snapshot, json!({ "MIN_DETECTIONS": 1 })), ["/MIN_DETECTIONS"]);
    assert_eq!(faults(&Snapshot, json!({ "VALUE": "value", "WHEN": { "INSIDE": [2.0, 1.0] } })), ["/WHEN"]);
}

#[test]
fn rows_without_pictures_are_an_input_failure() {
    let error = run(&mut *open(&Snapshot, json!({ "EVERY_ROWS": 1 })), &Rows::of(&[1.0]), 1).unwrap_err();
    assert_eq!(error.class(), FailureClass::Input);
}

#[test]
fn batches_and_restarts_do_not_matter() {
    let parameters = json!({ "EVERY_ROWS": 4, "DETECTIONS": {}, "MIN_DETECTIONS": 1, "PAUSE_ROWS": 2 });
    depends_on_rows_only(|| open(&Snapshot, parameters.clone()), &rows(&[0.0, 2.0, 3.0, 0.0, 2.0, 2.0, 0.0]), &[1, 3]);
}
