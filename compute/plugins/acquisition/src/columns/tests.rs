//! Tests of columns: every role, every fault, and properties of the builder.

use super::*;
use neurite_core::{Batch, FailureClass, Field, PluginError};
use proptest::prelude::*;
use serde_json::{json, Value};

const PLACE: Place<'static> = Place { input: "rows", row: 3 };

fn columns(value: Value) -> Columns {
    serde_json::from_value(value).unwrap()
}

fn builder(value: Value) -> BatchBuilder {
    BatchBuilder::new(Layout::listed(&columns(value), "rows").unwrap())
}

/// Adds a JSON row.
fn push(rows: &mut BatchBuilder, row: Value) -> Result<(), PluginError> {
    rows.push_object(PLACE, row.as_object().unwrap())
}

fn message(choice: Value, row: Value) -> String {
    let error = push(&mut builder(choice), row).unwrap_err();
    assert_eq!(error.class(), FailureClass::Input);
    error.to_string()
}

#[test]
fn every_role_becomes_its_field() {
    let mut rows = builder(json!({
        "FEATURES": ["b", "a"], "LABEL": "class", "TIME": "at", "NUMBERS": ["load"], "TEXTS": ["site", "/unit/name"]
    }));
    push(
        &mut rows,
        json!({ "a": 1, "b": 2.5, "class": 4, "at": "1970-01-01T00:00:01.5Z", "load": 1e300, "site": "x", "unit": { "name": "u" } }),
    )
    .unwrap();
    push(&mut rows, json!({ "a": true, "b": "3", "class": 5.0, "at": "1970-01-02", "load": -1, "site": 7, "unit": { "name": [1] } }))
        .unwrap();
    let batch = Batch::new(0, rows.take().unwrap()).unwrap();
    assert_eq!(batch.field(Field::FEATURES).unwrap().as_f32(), Some(&[2.5, 1.0, 3.0, 1.0][..]));
    assert_eq!(batch.columns(Field::FEATURES).unwrap(), ["b", "a"]);
    assert_eq!(batch.field(Field::LABEL).unwrap().as_i64(), Some(&[4, 5][..]));
    assert_eq!(batch.field(Field::TIME).unwrap().as_i64(), Some(&[1_500, 86_400_000][..]));
    assert_eq!(batch.field("load").unwrap().as_f64(), Some(&[1e300, -1.0][..]));
    assert_eq!(batch.field("site").unwrap().as_text().unwrap(), ["x", "7"]);
    assert_eq!(batch.field("/unit/name").unwrap().as_text().unwrap(), ["u", "[1]"]);
    assert!(rows.take().unwrap().is_empty(), "what was taken is gone");
}

#[test]
fn values_that_do_not_fit_are_named_by_row_and_column() {
    let features = json!({ "FEATURES": ["a"] });
    assert_eq!(message(features.clone(), json!({ "a": "x" })), "input rows: row 3, column a: value is no finite number");
    assert_eq!(message(features.clone(), json!({ "a": 1e39 })), "input rows: row 3, column a: value is no finite number");
    assert_eq!(message(features.clone(), json!({ "a": "inf" })), "input rows: row 3, column a: value is no finite number");
    assert_eq!(message(features.clone(), json!({})), "input rows: row 3, column a: value is missing");
    assert_eq!(message(features, json!({ "a": " " })), "input rows: row 3, column a: value is missing");
    assert_eq!(message(json!({ "NUMBERS": ["a"] }), json!({ "a": {} })), "input rows: row 3, column a: value is no finite number");
    assert_eq!(message(json!({ "TEXTS": ["a"] }), json!({ "a": null })), "input rows: row 3, column a: value is missing");
    assert_eq!(message(json!({ "LABEL": "a" }), json!({ "a": 0.5 })), "input rows: row 3, column a: label is no whole number");
    assert_eq!(message(json!({ "LABEL": "a", "MISSING": "nan" }), json!({})), "input rows: row 3, column a: value is missing");
    let no_time = "input rows: row 3, column a: value is no time of the years 1 to 9999; TIME_UNIT says how times are written";
    assert_eq!(message(json!({ "TIME": "a" }), json!({ "a": 5 })), no_time);
    assert_eq!(message(json!({ "TIME": "a" }), json!({ "a": "yesterday" })), no_time);
    assert_eq!(message(json!({ "TIME": "a", "TIME_UNIT": "s" }), json!({ "a": 1_750_000_000_000i64 })), no_time);
    assert_eq!(message(json!({ "TIME": "a", "MISSING": "nan" }), json!({ "a": "" })), "input rows: row 3, column a: value is missing");
}

#[test]
fn missing_values_are_nan_and_empty_where_that_is_allowed() {
    let mut rows = builder(json!({ "FEATURES": ["a"], "NUMBERS": ["b"], "TEXTS": ["c"], "MISSING": "nan" }));
    push(&mut rows, json!({ "a": "NaN" })).unwrap();
    let fields = rows.take().unwrap();
    assert!(fields[0].tensor.as_f32().unwrap()[0].is_nan());
    assert!(fields[1].tensor.as_f64().unwrap()[0].is_nan());
    assert_eq!(fields[2].tensor.as_text().unwrap(), [""]);
    assert!(push(&mut rows, json!({ "a": "x" })).is_err(), "a value that is no number is not a missing one");
}

#[test]
fn times_are_read_in_every_form() {
    for (text, expected) in [
        ("2024-02-29T12:30:00Z", 1_709_209_800_000),
        ("2024-02-29T12:30:00.250Z", 1_709_209_800_250),
        ("2024-02-29 12:30:00", 1_709_209_800_000),
        ("2024-02-29T12:30", 1_709_209_800_000),
        ("2024-02-29T13:30:00+01:00", 1_709_209_800_000),
        ("2024-02-29T13:30:00+0100", 1_709_209_800_000),
        ("2024-02-29 13:30:00.5+01", 1_709_209_800_500),
        ("2024-02-29", 1_709_164_800_000),
        ("1969-12-31T23:59:59.999Z", -1),
    ] {
        assert_eq!(parse_time(text), Some(expected), "{text}");
    }
    for text in ["2023-02-29", "12:30", "", "1709209800"] {
        assert_eq!(parse_time(text), None, "{text}");
    }
    let mut rows = builder(json!({ "TIME": "a", "TIME_UNIT": "s" }));
    push(&mut rows, json!({ "a": 1.5 })).unwrap();
    push(&mut rows, json!({ "a": "-2" })).unwrap();
    assert_eq!(rows.take().unwrap()[0].tensor.as_i64(), Some(&[1500, -2000][..]));
}

#[test]
fn a_table_gives_its_columns_of_numbers_as_features() {
    let column = |name: &str, is_number| TableColumn { name: name.into(), is_number };
    let table = [column("id", true), column("x", true), column("site", false), column("y", true), column("y2", true), column("y2", true)];
    let layout = Layout::of_table(&columns(json!({ "LABEL": "id", "NUMBERS": ["y"] })), "t", &table[..4]).unwrap();
    assert_eq!(layout.wanted(), ["x", "id", "y"]);
    let error = |choice: Value| Layout::of_table(&columns(choice), "t", &table).unwrap_err().to_string();
    assert_eq!(error(json!({ "TIME": "z" })), "input t: has no column \"z\"");
    assert_eq!(error(json!({ "TEXTS": ["y2"] })), "input t: has more than one column \"y2\"");
    let texts = Layout::of_table(&Columns::default(), "t", &table[2..3]).unwrap_err().to_string();
    assert_eq!(texts, "input t: has no column to read: name some in COLUMNS");
}

#[test]
fn choices_that_cannot_be_are_faults() {
    let paths = |choice: Value, live| columns(choice).faults(live).into_iter().map(|fault| fault.path).collect::<Vec<_>>();
    assert!(paths(json!({}), false).is_empty());
    assert!(paths(json!({ "FEATURES": ["a"], "NUMBERS": ["a"], "TEXTS": ["message"] }), true).is_empty());
    assert_eq!(paths(json!({ "LABEL": "a" }), true), ["/COLUMNS/FEATURES"]);
    assert_eq!(paths(json!({ "FEATURES": [] }), true), ["/COLUMNS"]);
    assert_eq!(paths(json!({ "FEATURES": ["a", "b", "a"] }), false), ["/COLUMNS/FEATURES"]);
    assert_eq!(paths(json!({ "NUMBERS": ["time"] }), false), ["/COLUMNS/NUMBERS"]);
    assert_eq!(paths(json!({ "NUMBERS": ["origin"], "TEXTS": ["features"] }), false), ["/COLUMNS/NUMBERS", "/COLUMNS/TEXTS"]);
    assert_eq!(paths(json!({ "NUMBERS": ["a"], "TEXTS": ["a"] }), false), ["/COLUMNS/TEXTS"]);
    assert!(serde_json::from_value::<Columns>(json!({ "FEATURE": [] })).is_err());
    assert!(serde_json::from_value::<Columns>(json!({ "TIME_UNIT": "minutes" })).is_err());
}

#[test]
fn what_is_no_object_is_refused_with_its_row() {
    for text in ["", "5", "[1]", "{\"a\":1", "{\"a\":1} {}", "{\"a\":\u{1}}"] {
        let error = object(PLACE, text.as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("input rows: row 3 is no JSON object: "), "{error}");
    }
}

#[test]
fn a_builder_is_full_before_a_batch_is_too_large() {
    let mut rows = builder(json!({ "TEXTS": ["a"] }));
    let row = json!({ "a": "x".repeat(1024 * 1024) });
    while rows.has_room() {
        push(&mut rows, row.clone()).unwrap();
    }
    assert_eq!(rows.rows(), MAX_BYTES / (1024 * 1024), "a row is its text and what holds it");
    assert!(Batch::new(0, rows.take().unwrap()).is_ok());
    assert!(rows.has_room());
}

/// Any cell.
fn cell() -> impl Strategy<Value = Cell<'static>> {
    prop_oneof![
        Just(Cell::Null),
        any::<bool>().prop_map(Cell::Bool),
        any::<i64>().prop_map(Cell::Integer),
        any::<f64>().prop_map(Cell::Float),
        any::<i64>().prop_map(Cell::Time),
        ".{0,12}".prop_map(|text| Cell::Text(text.into())),
        any::<f32>().prop_map(|number| Cell::Text(number.to_string().into())),
    ]
}

fn choice() -> impl Strategy<Value = Value> {
    let unit = prop_oneof![Just("iso8601"), Just("s"), Just("ms")];
    let names = || proptest::sample::subsequence(vec!["a", "b", "c"], 0..=3);
    (names(), names(), any::<bool>(), any::<bool>(), unit, any::<bool>()).prop_map(|(features, numbers, label, time, unit, nan)| {
        let mut choice = json!({
            "FEATURES": features, "NUMBERS": numbers, "TEXTS": ["d"], "TIME_UNIT": unit, "MISSING": if nan { "nan" } else { "fail" }
        });
        if label {
            choice["LABEL"] = json!("b");
        }
        if time {
            choice["TIME"] = json!("c");
        }
        choice
    })
}

proptest! {
    #[test]
    fn a_batch_holds_exactly_the_rows_that_fitted(choice in choice(), table in prop::collection::vec([cell(), cell(), cell(), cell()], 0..20)) {
        let layout = Layout::listed(&columns(choice), "rows").unwrap();
        let position = |wanted: usize| ["a", "b", "c", "d"].iter().position(|name| *name == layout.wanted()[wanted]).unwrap();
        let mut together = BatchBuilder::new(layout.clone());
        let mut fitted = Vec::new();
        for row in &table {
            let mut alone = BatchBuilder::new(layout.clone());
            let one = alone.push(PLACE, |wanted| row[position(wanted)].clone());
            let all = together.push(PLACE, |wanted| row[position(wanted)].clone());
            prop_assert_eq!(&one, &all, "a row fits whatever came before");
            if one.is_ok() {
                fitted.push(alone.take().unwrap());
            }
        }
        prop_assert_eq!(together.rows(), fitted.len());
        let fields = together.take().unwrap();
        if fitted.is_empty() {
            prop_assert!(fields.is_empty());
            return Ok(());
        }
        let batch = Batch::new(0, fields).unwrap();
        for (at, alone) in fitted.into_iter().enumerate() {
            let expected = Batch::new(at as u64, alone).unwrap();
            let rest = batch.after(at as u64).unwrap();
            for field in expected.fields() {
                // Compared as text, for NaN is not equal to itself.
                let width = field.tensor.data.len();
                let found = format!("{:?}", first(rest.field(&field.name).unwrap(), width));
                prop_assert_eq!(found, format!("{:?}", field.tensor));
            }
        }
    }

    #[test]
    fn a_feature_written_as_text_is_read_exactly(number in any::<f32>()) {
        prop_assume!(number.is_finite());
        let mut rows = builder(json!({ "FEATURES": ["a"] }));
        push(&mut rows, json!({ "a": number.to_string() })).unwrap();
        prop_assert_eq!(rows.take().unwrap()[0].tensor.as_f32().unwrap()[0].to_bits(), number.to_bits());
    }

    #[test]
    fn any_text_is_a_time_or_none(text in ".{0,40}") {
        if let Some(time) = parse_time(&text) {
            prop_assert!(Cell::text(&text).time(TimeUnit::Iso8601).map_or(true, |found| found == time));
        }
    }
}

/// The first row of a tensor.
fn first(tensor: &neurite_core::Tensor, width: usize) -> neurite_core::Tensor {
    use neurite_core::TensorData as Data;
    let data = match &tensor.data {
        Data::F32(values) => Data::F32(values[..width].to_vec()),
        Data::I64(values) => Data::I64(values[..width].to_vec()),
        Data::F64(values) => Data::F64(values[..width].to_vec()),
        Data::U8(values) => Data::U8(values[..width].to_vec()),
        Data::Text(values) => Data::Text(values[..width].to_vec()),
    };
    let shape = std::iter::once(1).chain(tensor.shape.iter().skip(1).copied()).collect();
    neurite_core::Tensor { shape, data }
}
