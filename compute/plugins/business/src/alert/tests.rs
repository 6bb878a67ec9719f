//! Tests of `ALERT`: what raises and clears, what keeps quiet, and that batches do not matter.

use super::*;
use crate::testing::{depends_on_rows_only, faults, open, run, Rows};
use crate::values::Condition;
use neurite_core::{FailureClass, Field};
use proptest::prelude::*;
use serde_json::{json, Map, Value};

/// Noon of Monday, 5 January 2026, in Unix milliseconds.
const MONDAY_NOON: i64 = 1_767_614_400_000;

fn events(parameters: Value, rows: &Rows) -> Vec<(String, u64)> {
    let (payloads, _) = run(&mut *open(&Alert, parameters), rows, 3).unwrap();
    payloads.iter().map(|body| (body["EVENT"].as_str().unwrap().to_owned(), body["ROW"].as_u64().unwrap())).collect()
}

fn named(events: &[(&str, u64)]) -> Vec<(String, u64)> {
    events.iter().map(|(event, row)| ((*event).to_owned(), *row)).collect()
}

#[test]
fn an_alarm_says_what_happened_and_since_when() {
    let parameters = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 }, "CONFIRM_ROWS": 2, "TEXT": "too hot" });
    let (payloads, result) = run(&mut *open(&Alert, parameters), &Rows::of(&[1.0, 6.0, 7.0, 9.0, 2.0]), 2).unwrap();
    let body = |value: Value| value.as_object().cloned().unwrap();
    let raised = json!({ "EVENT": "RAISE", "VALUE_OF": "value", "VALUE": 7.0, "ROW": 3, "TIME": 2000, "SINCE_ROW": 2, "SINCE": 1000,
        "SUPPRESSED": 0, "TEXT": "too hot" });
    let cleared = json!({ "EVENT": "CLEAR", "VALUE_OF": "value", "VALUE": 2.0, "ROW": 5, "TIME": 4000, "SINCE_ROW": 2, "SINCE": 1000,
        "LOWEST": 2.0, "HIGHEST": 9.0, "TEXT": "too hot" });
    assert_eq!(payloads, [body(raised), body(cleared)]);
    assert_eq!(result, Some(json!({ "ROWS": 5, "RAISED": 1, "CLEARED": 1, "SUPPRESSED": 0 })));
}

#[test]
fn each_condition_holds_where_it_says() {
    let holds = |condition: Value| -> Vec<bool> {
        let condition: Condition = serde_json::from_value(condition).unwrap();
        [1.0, 2.0, 3.0, f64::NAN].map(|value| condition.holds(value)).to_vec()
    };
    assert_eq!(holds(json!({ "ABOVE": 2.0 })), [false, false, true, false]);
    assert_eq!(holds(json!({ "BELOW": 2.0 })), [true, false, false, false]);
    assert_eq!(holds(json!({ "OUTSIDE": [2.0, 2.5] })), [true, false, true, false]);
    assert_eq!(holds(json!({ "INSIDE": [2.0, 2.5] })), [false, true, false, false]);
    assert_eq!(holds(json!({ "EQUALS": 2.0 })), [false, true, false, false]);
}

#[test]
fn hysteresis_makes_one_alarm_of_a_swaying_value() {
    let rows = Rows::of(&[4.0, 6.0, 4.5, 6.0, 4.5, 3.0, 6.0]);
    let with = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 }, "CLEAR": { "BELOW": 4.0 } });
    assert_eq!(events(with, &rows), named(&[("RAISE", 2), ("CLEAR", 6), ("RAISE", 7)]));
    let without = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 } });
    assert_eq!(events(without, &rows).len(), 5);
}

#[test]
fn bad_rows_are_counted_in_a_window() {
    let rows = Rows::of(&[9.0, 0.0, 9.0, 0.0, 0.0, 9.0, 9.0, 0.0, 9.0]);
    let of_four = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 }, "CONFIRM_ROWS": 3, "WINDOW_ROWS": 4, "CLEAR_ROWS": 2 });
    assert_eq!(events(of_four, &rows), named(&[("RAISE", 9)]));
    let in_a_row = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 }, "CONFIRM_ROWS": 3 });
    assert_eq!(events(in_a_row, &rows), []);
}

#[test]
fn an_alarm_is_confirmed_by_time_although_rows_are_missing() {
    let parameters = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 }, "CONFIRM_SECONDS": 10 });
    let rows = Rows::timed(&[9.0, f64::NAN, 9.0, 0.0, 9.0, 9.0, 9.0], vec![0, 4000, 9999, 12_000, 20_000, 29_999, 30_000]);
    assert_eq!(events(parameters, &rows), named(&[("RAISE", 7)]));
}

#[test]
fn a_rate_limit_silences_both_ends_and_counts() {
    let parameters = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 }, "MAX_ALERTS": 1, "PERIOD_SECONDS": 5 });
    let values = [9.0, 0.0, 9.0, 0.0, 9.0, 9.0, 0.0, 9.0];
    let (payloads, result) = run(&mut *open(&Alert, parameters), &Rows::of(&values), 8).unwrap();
    let told: Vec<(u64, &Value)> = payloads.iter().map(|body| (body["ROW"].as_u64().unwrap(), &body["EVENT"])).collect();
    assert_eq!(told, [(1, &json!("RAISE")), (2, &json!("CLEAR")), (8, &json!("RAISE"))]);
    assert_eq!(payloads[2]["SUPPRESSED"], 2);
    assert_eq!(result.unwrap(), json!({ "ROWS": 8, "RAISED": 2, "CLEARED": 1, "SUPPRESSED": 2 }));
}

#[test]
fn cool_down_delays_the_next_alarm() {
    let parameters = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 }, "COOL_DOWN_SECONDS": 3 });
    let rows = Rows::of(&[9.0, 0.0, 9.0, 9.0, 9.0, 9.0]);
    assert_eq!(events(parameters, &rows), named(&[("RAISE", 1), ("CLEAR", 2), ("RAISE", 5)]));
}

#[test]
fn alarms_wait_for_working_hours_of_the_place() {
    let hours = json!([{ "DAYS": ["MON", "FRI"], "FROM": "08:00", "TO": "17:00" }]);
    let hour = 3_600_000;
    let row = |offset: i16, times: Vec<i64>| {
        let parameters = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 }, "WORKING_HOURS": hours, "UTC_OFFSET_MINUTES": offset });
        events(parameters, &Rows::timed(&vec![9.0; times.len()], times)).first().map(|(_, row)| *row)
    };
    assert_eq!(row(0, vec![MONDAY_NOON - 5 * hour, MONDAY_NOON - 4 * hour]), Some(2), "08:00 is within");
    assert_eq!(row(0, vec![MONDAY_NOON + 5 * hour]), None, "17:00 is not");
    assert_eq!(row(120, vec![MONDAY_NOON + 3 * hour]), None, "17:00 two hours east");
    assert_eq!(row(-120, vec![MONDAY_NOON + 6 * hour]), Some(1), "16:00 two hours west");
    assert_eq!(row(0, vec![MONDAY_NOON + 24 * hour]), None, "Tuesday");
    assert_eq!(row(0, vec![MONDAY_NOON + 4 * 24 * hour]), Some(1), "Friday");
}

#[test]
fn keys_that_contradict_each_other_are_faults() {
    let fault = |more: Value| {
        let mut parameters = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 } });
        parameters.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_else(Map::new));
        faults(&Alert, parameters)
    };
    assert_eq!(fault(json!({})), Vec::<String>::new());
    assert_eq!(fault(json!({ "CLEAR": { "BELOW": 6.0 } })), ["/CLEAR"]);
    assert_eq!(fault(json!({ "CLEAR": { "INSIDE": [1.0, 2.0] } })), ["/CLEAR"]);
    assert_eq!(fault(json!({ "RAISE": { "OUTSIDE": [3.0, 1.0] } })), ["/RAISE"]);
    assert_eq!(fault(json!({ "CONFIRM_ROWS": 3, "WINDOW_ROWS": 2 })), ["/WINDOW_ROWS"]);
    assert_eq!(fault(json!({ "CONFIRM_ROWS": 3, "CONFIRM_SECONDS": 2 })), ["/CONFIRM_SECONDS"]);
    assert_eq!(fault(json!({ "MAX_ALERTS": 3 })), ["/PERIOD_SECONDS"]);
    let hours = json!([{ "DAYS": ["SAT"], "FROM": "22:00", "TO": "06:00" }]);
    assert_eq!(fault(json!({ "WORKING_HOURS": hours })), ["/WORKING_HOURS"]);
}

#[test]
fn times_of_day_are_hours_and_minutes() {
    let read = |text: &str| serde_json::from_value::<TimeOfDay>(json!(text)).is_ok();
    assert!(read("00:00") && read("23:59") && read("24:00"));
    assert!(!read("24:01") && !read("7:00") && !read("07:60") && !read("noon"));
}

#[test]
fn rows_without_times_are_refused_only_where_time_matters() {
    let untimed = Rows { fields: Rows::of(&[9.0]).fields[..1].to_vec(), inference: Vec::new() };
    let plain = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 } });
    let (payloads, _) = run(&mut *open(&Alert, plain), &untimed, 1).unwrap();
    assert_eq!(payloads[0]["TIME"], Value::Null);
    let timed = json!({ "VALUE": "value", "RAISE": { "ABOVE": 5.0 }, "COOL_DOWN_SECONDS": 1 });
    let error = run(&mut *open(&Alert, timed), &untimed, 1).unwrap_err();
    assert_eq!(error.class(), FailureClass::Input);
    assert!(error.to_string().contains(Field::TIME));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn events_alternate_with_hysteresis_between_and_batches_do_not_matter(
        values in proptest::collection::vec(prop_oneof![9 => 0.0..10.0f64, 1 => Just(f64::NAN)], 1..60),
        confirm in 1u16..4, spare in 0u16..3, clear_rows in 1u16..3,
        limit in proptest::option::of(1u16..3), cool in proptest::option::of(1u32..5),
    ) {
        let parameters = json!({ "VALUE": "value", "RAISE": { "ABOVE": 6.0 }, "CLEAR": { "BELOW": 4.0 }, "CONFIRM_ROWS": confirm,
            "WINDOW_ROWS": confirm + spare, "CLEAR_ROWS": clear_rows, "MAX_ALERTS": limit, "PERIOD_SECONDS": limit.map(|_| 9),
            "COOL_DOWN_SECONDS": cool });
        let rows = Rows::of(&values);
        let (payloads, _) = run(&mut *open(&Alert, parameters.clone()), &rows, 7).unwrap();
        for (at, payload) in payloads.iter().enumerate() {
            let value = payload["VALUE"].as_f64().unwrap();
            if at % 2 == 0 {
                prop_assert_eq!(&payload["EVENT"], "RAISE");
                prop_assert!(payload["SINCE_ROW"].as_u64() <= payload["ROW"].as_u64());
            } else {
                prop_assert_eq!(&payload["EVENT"], "CLEAR");
                prop_assert!(value < 4.0);
                prop_assert_eq!(&payload["SINCE"], &payloads[at - 1]["SINCE"]);
            }
        }
        depends_on_rows_only(|| open(&Alert, parameters.clone()), &rows, &[1, 4, 13]);
    }
}
