//! Tests of `TRACKER`: what it tells, and that batches do not matter.

use super::*;
use crate::testing::{boxes, depends_on_rows_only, open, run, Rows};
use proptest::prelude::*;
use serde_json::json;

fn at(left: f32, class: f32) -> [f32; 6] {
    [left, 0.0, left + 10.0, 20.0, 0.9, class]
}

fn rows(detections: &[Vec<[f32; 6]>]) -> Rows {
    let times = Rows::of(&vec![0.0; detections.len()]).fields[1].clone();
    Rows { fields: vec![boxes(detections, 8), times], inference: Vec::new() }
}

#[test]
fn a_thing_comes_is_followed_and_goes() {
    let mut detections: Vec<Vec<[f32; 6]>> = (0..5).map(|row| vec![at(row as f32 * 2.0, 1.0)]).collect();
    detections.extend([vec![], vec![], vec![]]);
    let parameters = json!({ "DETECTIONS": { "LABELS": ["cat", "dog"] }, "TRACKING": { "MAX_MISSED": 1, "MIN_ROWS": 2 } });
    let (payloads, result) = run(&mut *open(&Tracker, parameters), &rows(&detections), 3).unwrap();
    let expected = [
        json!({ "EVENT": "START", "TRACK": 1, "CLASS": "dog", "BOX": [2.0, 0.0, 12.0, 20.0], "ROW": 2, "TIME": 1000 }),
        json!({ "EVENT": "END", "TRACK": 1, "CLASS": "dog", "BOX": [8.0, 0.0, 18.0, 20.0], "FIRST_ROW": 1, "FIRST_TIME": 0, "LAST_ROW": 5,
            "LAST_TIME": 4000, "DETECTIONS": 5, "DISTANCE": 8.0 }),
    ];
    assert_eq!(payloads, expected.map(|body| body.as_object().unwrap().clone()));
    assert_eq!(result, Some(json!({ "ROWS": 8, "TRACKS": 1, "CLASSES": { "dog": 1 }, "LONGEST": 5, "LEFT_OUT": 0 })));
}

#[test]
fn things_that_are_there_at_the_end_end_with_it_and_positions_are_told() {
    let detections: Vec<Vec<[f32; 6]>> = (0..4).map(|row| vec![at(row as f32, 0.0), at(100.0, 0.0)]).collect();
    let parameters = json!({ "TRACKING": { "MIN_ROWS": 1 }, "EVERY_ROWS": 4 });
    let (payloads, _) = run(&mut *open(&Tracker, parameters), &rows(&detections), 4).unwrap();
    let events: Vec<&str> = payloads.iter().map(|body| body["EVENT"].as_str().unwrap()).collect();
    assert_eq!(events, ["START", "START", "POSITIONS", "END", "END"]);
    assert_eq!(payloads[2]["TRACKS"][0], json!({ "TRACK": 1, "CLASS": "0", "BOX": [3.0, 0.0, 13.0, 20.0] }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn batches_and_restarts_do_not_matter_and_all_that_start_end(
        lefts in proptest::collection::vec(proptest::collection::vec(0f32..40.0, 0..5), 1..20),
    ) {
        let detections: Vec<Vec<[f32; 6]>> = lefts.iter().map(|row| row.iter().map(|left| at(*left, 0.0)).collect()).collect();
        let parameters = json!({ "TRACKING": { "MIN_ROWS": 2, "MAX_MISSED": 2 } });
        let (payloads, _) = run(&mut *open(&Tracker, parameters.clone()), &rows(&detections), 3).unwrap();
        let of = |event: &str| {
            let of_event = payloads.iter().filter(|body| body["EVENT"] == event);
            let mut numbers: Vec<u64> = of_event.map(|body| body["TRACK"].as_u64().unwrap()).collect();
            numbers.sort_unstable();
            numbers
        };
        prop_assert_eq!(of("START"), of("END"));
        depends_on_rows_only(|| open(&Tracker, parameters.clone()), &rows(&detections), &[1, 4]);
    }
}
