//! Tests of `JsonLines`: the contract of acquisition, and faulty lines.

use super::*;
use crate::files::MAX_LINE_BYTES;
use neurite_core::{Acquisition, Context, FailureClass, Field, Plugin, PluginError, Shard};
use neurite_testkit::{acquisition, block_on, context, TempBase};
use proptest::prelude::*;
use serde_json::{json, Value};

fn open(base: &TempBase, parameters: Value, shard: Shard) -> Result<Box<dyn Acquisition>, PluginError> {
    let parameters: JsonLinesParameters = serde_json::from_value(parameters).unwrap();
    assert_eq!(JsonLines.check(&parameters), []);
    block_on(JsonLines.open(parameters, &Context { shard, ..context(base) }))
}

fn error(base: &TempBase, columns: Value) -> String {
    let parameters = json!({ "URL": "bad.jsonl", "COLUMNS": columns });
    let error = match open(base, parameters, Shard::WHOLE) {
        Ok(mut rows) => block_on(rows.next_batch()).unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.class(), FailureClass::Input);
    error.to_string()
}

#[test]
fn keys_become_fields() {
    let base = TempBase::new();
    let lines = "{\"b\": 1, \"a\": 2.5, \"at\": 7, \"site\": \"x\"}\r\n\n{\"site\": \"y\", \"at\": 8, \"a\": -1, \"b\": 0, \"more\": []}\n";
    base.write_data("rows.jsonl", lines);
    let parameters = json!({ "URL": "rows.jsonl", "COLUMNS": { "TIME": "at", "TIME_UNIT": "ms", "TEXTS": ["site"] } });
    let mut rows = open(&base, parameters, Shard::WHOLE).unwrap();
    assert_eq!(rows.total(), Some(2));
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(batch.columns(Field::FEATURES).unwrap(), ["a", "b"], "keys of numbers in the first row, sorted");
    assert_eq!(batch.field(Field::FEATURES).unwrap().as_f32(), Some(&[2.5, 1.0, -1.0, 0.0][..]));
    assert_eq!(batch.field(Field::TIME).unwrap().as_i64(), Some(&[7, 8][..]));
    assert_eq!(batch.field("site").unwrap().as_text().unwrap(), ["x", "y"]);
}

#[test]
fn without_columns_a_row_is_its_line() {
    let base = TempBase::new();
    base.write_data("rows.jsonl", "{\"a\": \"ü\"}\n  {}  \n");
    let mut rows = open(&base, json!({ "URL": "rows.jsonl" }), Shard::WHOLE).unwrap();
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(batch.field(Field::MESSAGE).unwrap().as_text().unwrap(), ["{\"a\": \"ü\"}", "{}"]);
    assert_eq!(batch.field(Field::ORIGIN).unwrap().as_text().unwrap(), ["rows.jsonl", "rows.jsonl"]);
}

#[test]
fn faulty_lines_are_input_failures_that_name_the_row() {
    let base = TempBase::new();
    base.write_data("bad.jsonl", "{\"a\": 1}\n\n{\"a\": 1\n");
    assert!(error(&base, json!({})).starts_with("input bad.jsonl: row 2 is no JSON object: "));
    base.write_data("bad.jsonl", "{\"a\": 1}\n[1]\n");
    assert!(error(&base, json!({})).starts_with("input bad.jsonl: row 2 is no JSON object: "));
    base.write_data("bad.jsonl", "{\"a\": 1}\n{\"b\": 1}\n");
    assert_eq!(error(&base, json!({})), "input bad.jsonl: row 2, column a: value is missing");
    base.write_data("bad.jsonl", "{\"a\": \"x\"}\n");
    assert_eq!(error(&base, json!({})), "input bad.jsonl: has no column to read: name some in COLUMNS");
    base.write_data("bad.jsonl", &format!("{{}}\n\"{}\"\n", "x".repeat(MAX_LINE_BYTES)));
    assert_eq!(error(&base, json!({ "LABEL": "a" })), format!("input bad.jsonl: row 2 has more than {MAX_LINE_BYTES} bytes"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_contract_of_acquisition_holds(rows in 1u64..60, shards in 1u16..7, batch in 1u32..9, whole in any::<bool>()) {
        let base = TempBase::new();
        let body: String = (0..rows).map(|row| format!("{{\"a\": {row}, \"class\": {}}}\n{}", row % 3, ["", "\n"][row as usize % 2])).collect();
        base.write_data("rows.jsonl", &body);
        let columns = if whole { Value::Null } else { json!({ "LABEL": "class" }) };
        let parameters = json!({ "URL": "rows.jsonl", "COLUMNS": columns, "BATCH_ROWS": batch });
        let open = |shard| open(&base, parameters.clone(), shard).unwrap();
        acquisition::shards_partition_rows(open, shards, rows);
        acquisition::resumes_anywhere(|| open(Shard::new(shards - 1, shards).unwrap()));
        acquisition::resumes_after_every_batch(|| open(Shard::WHOLE), rows);
    }

    #[test]
    fn any_bytes_are_rows_or_an_input_failure(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let base = TempBase::new();
        std::fs::write(base.data().root().join("any.jsonl"), bytes).unwrap();
        let mut rows = open(&base, json!({ "URL": "any.jsonl" }), Shard::WHOLE).unwrap();
        match block_on(rows.next_batch()) {
            Ok(batch) => prop_assert_eq!(batch.is_some(), rows.total() > Some(0)),
            Err(error) => prop_assert_eq!(error.class(), FailureClass::Input),
        }
    }
}
