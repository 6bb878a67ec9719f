//! Tests of `CsvFile`: the contract of acquisition, and faulty files.

use super::*;
use neurite_core::{Acquisition, Context, FailureClass, Field, Plugin, PluginError, Shard};
use neurite_testkit::{acquisition, block_on, context, TempBase};
use proptest::prelude::*;
use serde_json::{json, Value};

const IRIS: &str = "a,b,class\n1,2,0\n3,4.5,1\n5,-6e2,0\n";

fn open(base: &TempBase, parameters: Value, shard: Shard) -> Result<Box<dyn Acquisition>, PluginError> {
    let parameters: CsvFileParameters = serde_json::from_value(parameters).unwrap();
    assert!(CsvFile.check(&parameters).is_empty());
    block_on(CsvFile.open(parameters, &Context { shard, ..context(base) }))
}

fn error(base: &TempBase, parameters: Value) -> PluginError {
    let rows = |mut rows: Box<dyn Acquisition>| loop {
        match block_on(rows.next_batch()) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("no fault found"),
            Err(error) => return error,
        }
    };
    open(base, parameters, Shard::WHOLE).map_or_else(|error| error, rows)
}

#[test]
fn rows_become_features_and_labels() {
    let base = TempBase::new();
    base.write_data("iris.csv", IRIS);
    let mut rows = open(&base, json!({ "URL": "iris.csv", "LABEL_COLUMN": "class", "BATCH_ROWS": 2 }), Shard::WHOLE).unwrap();
    assert_eq!(rows.total(), Some(3));
    let first = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(first.field(Field::FEATURES).unwrap().as_f32(), Some(&[1.0, 2.0, 3.0, 4.5][..]));
    assert_eq!(first.field(Field::LABEL).unwrap().as_i64(), Some(&[0, 1][..]));
    let second = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!((second.start(), second.end()), (2, 3));
    assert_eq!(second.field(Field::FEATURES).unwrap().shape, vec![1, 2]);
    assert!(block_on(rows.next_batch()).unwrap().is_none());
}

#[test]
fn a_file_without_header_names_its_label_by_number() {
    let base = TempBase::new();
    base.write_data("plain.csv", "7,1\n8,0\n");
    let parameters = json!({ "URL": "plain.csv", "HAS_HEADER": false, "LABEL_COLUMN": "1" });
    let mut rows = open(&base, parameters, Shard::WHOLE).unwrap();
    assert_eq!(rows.total(), Some(2));
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(batch.field(Field::LABEL).unwrap().as_i64(), Some(&[1, 0][..]));
    let named: CsvFileParameters = serde_json::from_value(json!({ "URL": "a", "HAS_HEADER": false, "LABEL_COLUMN": "x" })).unwrap();
    assert_eq!(CsvFile.check(&named)[0].path, "/LABEL_COLUMN");
}

#[test]
fn faults_of_the_file_are_input_failures_that_name_row_and_column() {
    let base = TempBase::new();
    let message = |text: &str, expected: &str| {
        base.write_data("bad.csv", text);
        let error = error(&base, json!({ "URL": "bad.csv", "LABEL_COLUMN": "class" }));
        assert_eq!((error.class(), error.to_string().as_str()), (FailureClass::Input, expected));
    };
    message("a,class\n1,0\nx,1\n", "input bad.csv: row 2, column a: value is no finite number");
    message("a,class\n1,0\nNaN,1\n", "input bad.csv: row 2, column a: value is no finite number");
    message("a,class\n1,0.5\n", "input bad.csv: row 1, column class: label is no whole number");
    message("a,class\n1,0\n1,0\n1\n", "input bad.csv: row 3 has 1 columns instead of 2");
    message("a,b\n1,0\n", "input bad.csv: has no column \"class\"");
    message("class\n1\n", "input bad.csv: has no column beside the label");
}

#[test]
fn missing_linked_and_altered_files_are_refused() {
    let base = TempBase::new();
    base.write_data("iris.csv", IRIS);
    let digest = blake3::hash(IRIS.as_bytes()).to_hex().to_string();
    assert!(open(&base, json!({ "URL": "iris.csv", "BLAKE3": digest }), Shard::WHOLE).is_ok());
    assert_eq!(error(&base, json!({ "URL": "iris.csv", "BLAKE3": "0".repeat(64) })).class(), FailureClass::Input);
    assert_eq!(error(&base, json!({ "URL": "absent.csv" })).class(), FailureClass::Input);
    assert_eq!(error(&base, json!({ "URL": "." .repeat(3) })).class(), FailureClass::Input);
    let secret = base.root().join("secret.csv");
    std::fs::write(&secret, IRIS).unwrap();
    std::os::unix::fs::symlink(&secret, base.data().root().join("link.csv")).unwrap();
    assert_eq!(error(&base, json!({ "URL": "link.csv" })).class(), FailureClass::Input);
    assert!(serde_json::from_value::<CsvFileParameters>(json!({ "URL": "../secret.csv" })).is_err());
    assert!(serde_json::from_value::<CsvFileParameters>(json!({ "URL": secret })).is_err());
}

#[test]
fn columns_say_what_becomes_of_a_table() {
    let base = TempBase::new();
    base.write_data("log.csv", "at,site,x,y,class\n2024-01-01,\"a\nb\",1,,3\n2024-01-02,c,2,5,4\n");
    let read = |columns: Value| {
        let mut rows = open(&base, json!({ "URL": "log.csv", "COLUMNS": columns }), Shard::WHOLE).unwrap();
        block_on(rows.next_batch()).unwrap().unwrap()
    };
    let batch = read(json!({ "TIME": "at", "LABEL": "class", "TEXTS": ["site"], "NUMBERS": ["y"], "MISSING": "nan" }));
    assert_eq!(batch.columns(Field::FEATURES).unwrap(), ["x"]);
    assert_eq!(batch.field(Field::TIME).unwrap().as_i64(), Some(&[1_704_067_200_000, 1_704_153_600_000][..]));
    assert_eq!(batch.field(Field::LABEL).unwrap().as_i64(), Some(&[3, 4][..]));
    assert_eq!(batch.field("site").unwrap().as_text().unwrap(), ["a\nb", "c"]);
    assert!(batch.field("y").unwrap().as_f64().unwrap()[0].is_nan());
    let guessed = read(json!({}));
    assert_eq!(guessed.columns(Field::FEATURES).unwrap(), ["x", "class"], "columns whose first value is a number");
    let missing = error(&base, json!({ "URL": "log.csv", "COLUMNS": { "NUMBERS": ["y"] } }));
    assert_eq!(missing.to_string(), "input log.csv: row 1, column y: value is missing");
    let absent = error(&base, json!({ "URL": "log.csv", "COLUMNS": { "TEXTS": ["z"] } }));
    assert_eq!(absent.to_string(), "input log.csv: has no column \"z\"");
}

#[test]
fn files_of_one_input_may_order_named_columns_as_they_like() {
    let base = TempBase::new();
    std::fs::create_dir(base.root().join("data/days")).unwrap();
    base.write_data("days/1.csv", "a,b\n1,2\n");
    base.write_data("days/2.csv", "b,a\n4,3\n");
    let parameters = json!({ "URL": "days", "FILES": "*.csv", "COLUMNS": { "FEATURES": ["a", "b"] } });
    let batch = block_on(open(&base, parameters, Shard::WHOLE).unwrap().next_batch()).unwrap().unwrap();
    assert_eq!(batch.field(Field::FEATURES).unwrap().as_f32(), Some(&[1.0, 2.0, 3.0, 4.0][..]));
    let unnamed = error(&base, json!({ "URL": "days", "FILES": "*.csv" }));
    assert_eq!(unnamed.to_string(), "input days/2.csv: has other columns than the first file: name those to read in COLUMNS");
}

#[test]
fn a_file_that_grows_is_followed_by_whole_records() {
    let base = TempBase::new();
    base.write_data("log.csv", "n,text\n0,plain\n1,\"two\nlines\"\n2,5\" pipe\n3,\"says \"\"so\"\"\"\n");
    let parameters = json!({ "URL": "log.csv", "FOLLOW": true, "BATCH_ROWS": 3, "COLUMNS": { "FEATURES": ["n"], "TEXTS": ["text"] } });
    let mut rows = open(&base, parameters.clone(), Shard::WHOLE).unwrap();
    let first = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(first.field("text").unwrap().as_text().unwrap(), ["plain", "two\nlines", "5\" pipe"]);
    let second = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(second.field("text").unwrap().as_text().unwrap(), ["says \"so\""]);
    acquisition::goes_on_after_every_batch(|| open(&base, parameters.clone(), Shard::WHOLE).unwrap(), 4);
    base.write_data("log.csv", "n,text\n0,plain\n1\n");
    assert_eq!(error(&base, parameters).to_string(), "input log.csv: row 2 has 1 columns instead of 2");
}

#[test]
fn parameters_that_exclude_each_other_are_faults() {
    let paths = |parameters: Value| {
        let parameters: CsvFileParameters = serde_json::from_value(parameters).unwrap();
        CsvFile.check(&parameters).into_iter().map(|fault| fault.path).collect::<Vec<_>>()
    };
    assert_eq!(paths(json!({ "URL": "a", "LABEL_COLUMN": "x", "COLUMNS": {} })), ["/LABEL_COLUMN"]);
    assert_eq!(paths(json!({ "URL": "a", "FOLLOW": true })), ["/COLUMNS"]);
    assert_eq!(paths(json!({ "URL": "a", "FOLLOW": true, "COLUMNS": {} })), ["/COLUMNS/FEATURES"]);
    let digest = json!({ "URL": "a", "FOLLOW": true, "COLUMNS": { "FEATURES": ["x"] }, "BLAKE3": "0".repeat(64) });
    assert_eq!(paths(digest), ["/BLAKE3"]);
    assert_eq!(paths(json!({ "URL": "a", "FILES": [] })), ["/FILES"]);
}

#[test]
fn an_empty_file_has_no_rows_in_any_shard() {
    let base = TempBase::new();
    base.write_data("empty.csv", "a,b\n");
    acquisition::shards_partition_rows(|shard| open(&base, json!({ "URL": "empty.csv" }), shard).unwrap(), 3, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_contract_of_acquisition_holds(rows in 1u64..60, shards in 1u16..7, batch in 1u32..9) {
        let base = TempBase::new();
        let body: String = (0..rows).map(|row| format!("{row},{},{}\n", row * 2, row % 3)).collect();
        base.write_data("rows.csv", &format!("a,b,class\n{body}"));
        let parameters = json!({ "URL": "rows.csv", "LABEL_COLUMN": "class", "BATCH_ROWS": batch });
        let open = |shard| open(&base, parameters.clone(), shard).unwrap();
        acquisition::shards_partition_rows(open, shards, rows);
        acquisition::resumes_anywhere(|| open(Shard::new(shards - 1, shards).unwrap()));
        acquisition::resumes_after_every_batch(|| open(Shard::WHOLE), rows);
    }
}

#[test]
fn the_files_that_must_be_there_are_named() {
    let base = TempBase::new();
    let needs = |parameters: Value| {
        let parameters: CsvFileParameters = serde_json::from_value(parameters).unwrap();
        let needs = CsvFile.needs(&parameters, &context(&base)).unwrap();
        needs.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(needs(json!({ "URL": "iris.csv" })), ["file iris.csv"]);
    assert_eq!(needs(json!({ "URL": "days", "FILES": ["b.csv", "a.csv"] })), ["file days/b.csv", "file days/a.csv"]);
    assert_eq!(needs(json!({ "URL": "days", "FILES": "*.csv" })), ["files days/*.csv"]);
    assert_eq!(needs(json!({ "URL": "days", "FILES": "*.csv", "FOLLOW": true })), ["folder days"]);
}
