//! Tests of `CAMERA_QUALITY` on generated pictures, and that batches do not matter.

use super::*;
use crate::testing::{depends_on_rows_only, open, run, Rows};
use neurite_core::{Field, Tensor};
use serde_json::{json, Value};

const WIDTH: usize = 64;
const HEIGHT: usize = 48;

/// What a camera sees: rectangles of different brightness, and noise that differs from row to row.
fn scene(row: usize, right: usize, down: usize) -> Vec<u8> {
    let brightness = |x: usize, y: usize| {
        let (x, y) = (x + 200 - right, y + 200 - down);
        let block = (x / 7 * 73_856_093) ^ (y / 5 * 19_349_663);
        let noise = (x * 31 + y * 17 + row * 101) % 7;
        (40 + block % 160 + noise) as u8
    };
    (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y))).map(|(x, y)| brightness(x, y)).collect()
}

fn blurred(picture: &[u8]) -> Vec<u8> {
    let mut picture = picture.to_vec();
    for _ in 0..20 {
        let at = |x: usize, y: usize| u32::from(picture[y.min(HEIGHT - 1) * WIDTH + x.min(WIDTH - 1)]);
        let mean = |x: usize, y: usize| {
            let (left, above) = (x.saturating_sub(1), y.saturating_sub(1));
            ((at(left, y) + at(x + 1, y) + at(x, above) + at(x, y + 1) + 4 * at(x, y)) / 8) as u8
        };
        picture = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
    }
    picture
}

/// Rows of pictures, a second apart.
fn rows(pictures: &[Vec<u8>]) -> Rows {
    let bytes = pictures.iter().flatten().flat_map(|grey| [*grey; 3]).collect();
    let image = Field::new(Field::IMAGE, Tensor::u8(vec![pictures.len(), HEIGHT, WIDTH, 3], bytes).unwrap());
    Rows { fields: vec![image, Rows::of(&vec![0.0; pictures.len()]).fields[1].clone()], inference: Vec::new() }
}

fn good(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|row| scene(row, 0, 0)).collect()
}

/// Four good rows, four bad ones and four good ones.
fn with_fault(bad: impl Fn(usize) -> Vec<u8>) -> Vec<Vec<u8>> {
    let mut pictures = good(12);
    for (row, picture) in pictures.iter_mut().enumerate().skip(4).take(4) {
        *picture = bad(row);
    }
    pictures
}

fn parameters() -> Value {
    json!({ "CONFIRM_ROWS": 2, "FROZEN_ROWS": 3 })
}

fn told(pictures: &[Vec<u8>]) -> Vec<(String, String, u64)> {
    let (payloads, _) = run(&mut *open(&CameraQuality, parameters()), &rows(pictures), 5).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    payloads.iter().map(|body| (text(&body["EVENT"]), text(&body["FAULT"]), body["ROW"].as_u64().unwrap())).collect()
}

fn once(fault: &str) -> Vec<(String, String, u64)> {
    vec![("RAISE".to_owned(), fault.to_owned(), 6), ("CLEAR".to_owned(), fault.to_owned(), 10)]
}

#[test]
fn a_good_camera_has_no_fault() {
    assert_eq!(told(&good(20)), []);
}

#[test]
fn each_fault_is_found_alone_and_clears() {
    assert_eq!(told(&with_fault(|row| scene(row, 0, 0).iter().map(|grey| grey / 12).collect())), once("DARK"));
    assert_eq!(told(&with_fault(|row| vec![100 + row as u8; WIDTH * HEIGHT])), once("COVERED"));
    assert_eq!(told(&with_fault(|row| blurred(&scene(row, 0, 0)))), once("BLURRED"));
    assert_eq!(told(&with_fault(|row| scene(row, 9, 4))), once("MOVED"));
    assert_eq!(told(&with_fault(|row| scene(row, 94, 72))), once("MOVED"));
}

#[test]
fn a_frozen_camera_is_found_when_enough_pictures_are_equal() {
    let frozen = told(&with_fault(|_| scene(100, 0, 0)));
    let expected = [("RAISE", 8), ("CLEAR", 10)].map(|(event, row)| (event.to_owned(), "FROZEN".to_owned(), row));
    assert_eq!(frozen, expected);
}

#[test]
fn a_payload_says_what_was_measured_since_when() {
    let pictures = with_fault(|row| scene(row, 8, 0));
    let (payloads, result) = run(&mut *open(&CameraQuality, parameters()), &rows(&pictures), 3).unwrap();
    let expected = json!({ "EVENT": "RAISE", "FAULT": "MOVED", "MEASURE": 0.125, "LIMIT": 0.05, "ROW": 6, "TIME": 5000,
        "SINCE_ROW": 5, "SINCE": 4000 });
    assert_eq!(Value::Object(payloads[0].clone()), expected);
    let result = result.unwrap();
    assert_eq!(result["FAULTS"]["MOVED"], json!({ "RAISED": 1, "ROWS": 4 }));
    assert_eq!(result["FAULTS"]["DARK"], json!({ "RAISED": 0, "ROWS": 0 }));
}

#[test]
fn only_the_chosen_faults_are_looked_for() {
    let mut parameters = parameters();
    parameters["FAULTS"] = json!(["COVERED"]);
    let dark = with_fault(|row| scene(row, 0, 0).iter().map(|grey| grey / 4).collect());
    let (payloads, result) = run(&mut *open(&CameraQuality, parameters), &rows(&dark), 5).unwrap();
    assert!(payloads.is_empty());
    assert_eq!(result.unwrap()["FAULTS"].as_object().unwrap().len(), 1);
}

#[test]
fn batches_and_restarts_do_not_matter() {
    let pictures = with_fault(|row| if row % 2 == 0 { scene(row, 9, 0) } else { vec![50; WIDTH * HEIGHT] });
    depends_on_rows_only(|| open(&CameraQuality, parameters()), &rows(&pictures), &[1, 5]);
}
