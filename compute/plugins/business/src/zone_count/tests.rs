//! Tests of `ZONE_COUNT`: the geometry, what is counted, and that batches do not matter.

use super::{
    geometry::{contains, crossing, Direction},
    *,
};
use crate::testing::{boxes, depends_on_rows_only, faults, open, run, Rows};
use neurite_core::{FailureClass, Field, Tensor};
use proptest::prelude::*;
use serde_json::{json, Value};

const SQUARE: [[f64; 2]; 4] = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]];

/// A thing of 10 by 20 pixels whose feet are there.
fn standing(x: f32, y: f32) -> Vec<[f32; 6]> {
    vec![[x - 5.0, y - 20.0, x + 5.0, y, 0.9, 0.0]]
}

fn rows(detections: &[Vec<[f32; 6]>]) -> Rows {
    Rows { fields: vec![boxes(detections, 4)], inference: Vec::new() }
}

fn parameters() -> Value {
    json!({
        "SIZE": [100, 100],
        "ZONES": [{ "NAME": "middle", "POLYGON": SQUARE }],
        "LINES": [{ "NAME": "gate", "FROM": [0.5, 1.0], "TO": [0.5, 0.0] }],
        "TRACKING": { "MIN_ROWS": 1, "MAX_MISSED": 1 },
    })
}

#[test]
fn polygons_contain_their_inside_only() {
    assert!(contains(&SQUARE, [0.5, 0.5]) && !contains(&SQUARE, [0.2, 0.5]) && !contains(&SQUARE, [0.5, 0.8]));
    let hollow = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 0.2], [0.0, 1.0]];
    assert!(contains(&hollow, [0.1, 0.5]) && contains(&hollow, [0.9, 0.5]) && !contains(&hollow, [0.5, 0.5]));
}

#[test]
fn lines_are_crossed_within_their_ends_and_once() {
    // The line goes up the picture, so that its right is the picture's right.
    let line = [[0.5, 1.0], [0.5, 0.0]];
    assert_eq!(crossing(line, [[0.4, 0.5], [0.6, 0.5]]), Some(Direction::Forward));
    assert_eq!(crossing(line, [[0.6, 0.5], [0.4, 0.6]]), Some(Direction::Backward));
    assert_eq!(crossing(line, [[0.4, 1.5], [0.6, 1.5]]), None);
    assert_eq!(crossing(line, [[0.1, 0.5], [0.2, 0.5]]), None);
    let steps = [[[0.4, 0.5], [0.5, 0.5]], [[0.5, 0.5], [0.6, 0.5]]];
    assert_eq!(steps.iter().filter(|step| crossing(line, **step).is_some()).count(), 1);
}

#[test]
fn a_thing_enters_crosses_and_leaves() {
    let mut detections: Vec<Vec<[f32; 6]>> = (0..17).map(|row| standing(10.0 + 5.0 * row as f32, 50.0)).collect();
    detections.extend([vec![], vec![]]);
    let (payloads, result) = run(&mut *open(&ZoneCount, parameters()), &rows(&detections), 4).unwrap();
    let told: Vec<(&str, u64)> = payloads.iter().map(|body| (body["EVENT"].as_str().unwrap(), body["ROW"].as_u64().unwrap())).collect();
    assert_eq!(told, [("ENTER", 4), ("CROSS", 9), ("LEAVE", 14)]);
    assert_eq!((&payloads[0]["ZONE"], &payloads[0]["INSIDE"]), (&json!("middle"), &json!(1)));
    assert_eq!((&payloads[1]["DIRECTION"], &payloads[1]["FORWARD"], &payloads[1]["BACKWARD"]), (&json!("FORWARD"), &json!(1), &json!(0)));
    let expected = json!({ "ROWS": 19, "TRACKS": 1, "LEFT_OUT": 0,
        "ZONES": { "middle": { "ENTERED": 1, "LEFT": 1, "INSIDE": 0, "MOST_INSIDE": 1 } },
        "LINES": { "gate": { "FORWARD": 1, "BACKWARD": 0 } } });
    assert_eq!(result, Some(expected));
}

#[test]
fn a_thing_that_vanishes_leaves_its_zone() {
    let detections = [standing(50.0, 50.0), standing(50.0, 50.0), vec![], vec![], vec![]];
    let (payloads, _) = run(&mut *open(&ZoneCount, parameters()), &rows(&detections), 5).unwrap();
    let told: Vec<(&str, u64)> = payloads.iter().map(|body| (body["EVENT"].as_str().unwrap(), body["ROW"].as_u64().unwrap())).collect();
    assert_eq!(told, [("ENTER", 1), ("LEAVE", 4)]);
}

#[test]
fn the_anchor_decides_where_a_thing_stands() {
    let inside = |anchor: &str| {
        let mut parameters = parameters();
        parameters["ANCHOR"] = json!(anchor);
        let (_, result) = run(&mut *open(&ZoneCount, parameters), &rows(&[standing(50.0, 80.0)]), 1).unwrap();
        result.unwrap()["ZONES"]["middle"]["INSIDE"].as_u64()
    };
    assert_eq!((inside("FEET"), inside("CENTRE")), (Some(0), Some(1)));
}

#[test]
fn shares_are_those_of_the_picture_or_of_nothing() {
    let mut parameters = parameters();
    parameters.as_object_mut().unwrap().remove("SIZE");
    let mut with = rows(&[standing(40.0, 50.0)]);
    let error = run(&mut *open(&ZoneCount, parameters.clone()), &with, 1).unwrap_err();
    assert_eq!(error.class(), FailureClass::Input);
    with.fields.push(Field::new(Field::IMAGE, Tensor::u8(vec![1, 100, 200, 3], vec![0; 60_000]).unwrap()));
    let (_, result) = run(&mut *open(&ZoneCount, parameters), &with, 1).unwrap();
    assert_eq!(result.unwrap()["ZONES"]["middle"]["INSIDE"], 0, "a fifth of the width is left of the zone");
}

#[test]
fn places_that_cannot_be_told_apart_are_faults() {
    assert_eq!(faults(&ZoneCount, json!({})), ["/ZONES"]);
    let zone = json!({ "NAME": "a", "POLYGON": SQUARE });
    assert_eq!(faults(&ZoneCount, json!({ "ZONES": [zone, zone] })), ["/ZONES"]);
    assert_eq!(faults(&ZoneCount, json!({ "LINES": [{ "NAME": "a", "FROM": [0, 0], "TO": [0, 0] }] })), ["/LINES"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn who_enters_leaves_or_is_inside_and_batches_do_not_matter(
        places in proptest::collection::vec(proptest::collection::vec((0f32..100.0, 20f32..100.0), 0..4), 1..25),
    ) {
        let detections: Vec<Vec<[f32; 6]>> = places.iter().map(|row| row.iter().flat_map(|(x, y)| standing(*x, *y)).collect()).collect();
        let (_, result) = run(&mut *open(&ZoneCount, parameters()), &rows(&detections), 3).unwrap();
        let zone = &result.unwrap()["ZONES"]["middle"];
        let count = |key: &str| zone[key].as_u64().unwrap();
        prop_assert_eq!(count("ENTERED"), count("LEFT") + count("INSIDE"));
        prop_assert!(count("MOST_INSIDE") >= count("INSIDE") && count("MOST_INSIDE") <= count("ENTERED"));
        depends_on_rows_only(|| open(&ZoneCount, parameters()), &rows(&detections), &[1, 4]);
    }
}
