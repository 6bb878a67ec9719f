//! Tests of `ParquetFile`: the contract of acquisition, every type, and damaged files.

use super::*;
use neurite_core::{Acquisition, Batch, Context, FailureClass, Field, Plugin, PluginError, Shard};
use neurite_testkit::{acquisition, block_on, context, TempBase};
use parquet::{
    basic::{Compression, ZstdLevel},
    data_type::{BoolType, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType, Int32Type, Int64Type},
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use proptest::prelude::*;
use serde_json::{json, Value};
use std::sync::Arc;

/// Writes row groups, each by a function.
fn write(schema: &str, compression: Compression, groups: &[&dyn Fn(&mut SerializedRowGroupWriter<'_, &mut Vec<u8>>)]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    for group in groups {
        let mut rows = file.next_row_group().unwrap();
        group(&mut rows);
        rows.close().unwrap();
    }
    file.close().unwrap();
    bytes
}

/// Writes the next column; `levels` are those of its values, missing ones included.
fn column<T: DataType>(group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>, values: &[T::T], levels: Option<&[i16]>) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, levels, None).unwrap();
    column.close().unwrap();
}

fn open(base: &TempBase, parameters: Value, shard: Shard) -> Result<Box<dyn Acquisition>, PluginError> {
    let parameters: ParquetFileParameters = serde_json::from_value(parameters).unwrap();
    assert_eq!(ParquetFile.check(&parameters), []);
    block_on(ParquetFile.open(parameters, &Context { shard, ..context(base) }))
}

fn put(base: &TempBase, bytes: &[u8]) {
    std::fs::write(base.data().root().join("rows.parquet"), bytes).unwrap();
}

/// Reads the first batch of a file.
fn first(bytes: &[u8], columns: Value) -> Result<Batch, PluginError> {
    let base = TempBase::new();
    put(&base, bytes);
    let mut rows = open(&base, json!({ "URL": "rows.parquet", "COLUMNS": columns }), Shard::WHOLE)?;
    Ok(block_on(rows.next_batch())?.expect("a row"))
}

const TYPES: &str = "message rows {
    REQUIRED BOOLEAN flag;
    OPTIONAL INT32 small (INTEGER(32, false));
    REQUIRED INT64 price (DECIMAL(10, 2));
    REQUIRED FLOAT single;
    OPTIONAL DOUBLE double;
    REQUIRED INT64 at (TIMESTAMP(NANOS, true));
    REQUIRED INT32 day (DATE);
    OPTIONAL BYTE_ARRAY name (STRING);
    REQUIRED FIXED_LEN_BYTE_ARRAY (3) sum (DECIMAL(6, 1));
    REQUIRED GROUP unit { OPTIONAL INT64 id; }
}";

fn types(compression: Compression) -> Vec<u8> {
    write(
        TYPES,
        compression,
        &[&|group| {
            column::<BoolType>(group, &[true, false], None);
            column::<Int32Type>(group, &[-1], Some(&[1, 0]));
            column::<Int64Type>(group, &[1_250, -5], None);
            column::<FloatType>(group, &[0.5, 1.5], None);
            column::<DoubleType>(group, &[f64::NAN, 1e30], Some(&[1, 1]));
            column::<Int64Type>(group, &[1_500_000_999, -1], None);
            column::<Int32Type>(group, &[1, -1], None);
            column::<ByteArrayType>(group, &["ü".into()], Some(&[0, 1]));
            let sums = [[0xffu8, 0xff, 0xf6], [0, 1, 0]].map(|bytes| FixedLenByteArray::from(bytes.to_vec()));
            column::<FixedLenByteArrayType>(group, &sums, None);
            column::<Int64Type>(group, &[7, 8], Some(&[1, 1]));
        }],
    )
}

#[test]
fn every_type_becomes_what_it_means() {
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default())] {
        let columns = json!({
            "FEATURES": ["flag", "single", "price"], "LABEL": "unit.id", "TIME": "at",
            "NUMBERS": ["small", "double", "sum"], "TEXTS": ["name", "day"], "MISSING": "nan"
        });
        let batch = first(&types(compression), columns).unwrap();
        assert_eq!(batch.field(Field::FEATURES).unwrap().as_f32(), Some(&[1.0, 0.5, 12.5, 0.0, 1.5, -0.05][..]));
        assert_eq!(batch.field(Field::LABEL).unwrap().as_i64(), Some(&[7, 8][..]));
        assert_eq!(batch.field(Field::TIME).unwrap().as_i64(), Some(&[1_500, -1][..]));
        let numbers = |name: &str| batch.field(name).unwrap().as_f64().unwrap().to_vec();
        assert_eq!((numbers("small")[0], numbers("small")[1].is_nan()), (4_294_967_295.0, true));
        assert_eq!((numbers("double")[0].is_nan(), numbers("double")[1]), (true, 1e30));
        assert_eq!(numbers("sum"), [-1.0, 25.6]);
        assert_eq!(batch.field("name").unwrap().as_text().unwrap(), ["", "ü"]);
        assert_eq!(batch.field("day").unwrap().as_text().unwrap(), ["1970-01-02T00:00:00+00:00", "1969-12-31T00:00:00+00:00"]);
    }
}

#[test]
fn without_a_choice_all_numbers_are_features() {
    let batch = first(&types(Compression::SNAPPY), json!({ "MISSING": "nan" })).unwrap();
    assert_eq!(batch.columns(Field::FEATURES).unwrap(), ["flag", "small", "price", "single", "double", "sum", "unit.id"]);
}

#[test]
fn values_and_columns_that_do_not_fit_are_named() {
    let message = |columns: Value| first(&types(Compression::SNAPPY), columns).unwrap_err().to_string();
    assert_eq!(message(json!({ "FEATURES": [], "NUMBERS": ["small"] })), "input rows.parquet: row 2, column small: value is missing");
    assert_eq!(
        message(json!({ "FEATURES": ["single", "name"], "MISSING": "nan" })),
        "input rows.parquet: row 2, column name: value is no finite number"
    );
    assert_eq!(message(json!({ "LABEL": "unit" })), "input rows.parquet: has no column \"unit\"");
    let bytes = write(
        "message rows { REQUIRED BYTE_ARRAY name; REPEATED INT32 list; }",
        Compression::UNCOMPRESSED,
        &[&|group| {
            column::<ByteArrayType>(group, &["a".into(), vec![0xff].into()], None);
            let mut list = group.next_column().unwrap().unwrap();
            list.typed::<Int32Type>().write_batch(&[1, 2], Some(&[1, 1]), Some(&[0, 0])).unwrap();
            list.close().unwrap();
        }],
    );
    let texts = first(&bytes, json!({ "FEATURES": [], "TEXTS": ["name"] })).unwrap_err();
    assert_eq!(texts.to_string(), "input rows.parquet: row 2, column name: value is no UTF-8 text");
    let lists = first(&bytes, json!({ "FEATURES": ["list"] })).unwrap_err();
    assert_eq!(lists.to_string(), "input rows.parquet: has no column \"list\"");
}

/// Writes rows `0..total` in groups of `group` rows.
fn numbered(total: i64, group: i64) -> Vec<u8> {
    let bounds: Vec<i64> = (0..total).step_by(group as usize).collect();
    let groups: Vec<_> = bounds
        .iter()
        .map(|start| {
            move |rows: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>| {
                let values: Vec<i64> = (*start..total.min(*start + group)).collect();
                column::<Int64Type>(rows, &values, None);
                let present: Vec<f64> = values.iter().filter(|value| *value % 3 != 0).map(|value| *value as f64).collect();
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value % 3 != 0)).collect();
                column::<DoubleType>(rows, &present, Some(&levels));
            }
        })
        .collect();
    let groups: Vec<&dyn Fn(&mut SerializedRowGroupWriter<'_, &mut Vec<u8>>)> = groups.iter().map(|group| group as _).collect();
    write("message rows { REQUIRED INT64 n; OPTIONAL DOUBLE x; }", Compression::SNAPPY, &groups)
}

#[test]
fn chunks_join_without_a_gap() {
    let base = TempBase::new();
    put(&base, &numbered(5_000, 2_200));
    let parameters = json!({ "URL": "rows.parquet", "BATCH_ROWS": 999, "COLUMNS": { "LABEL": "n", "MISSING": "nan" } });
    let mut rows = open(&base, parameters, Shard::new(1, 2).unwrap()).unwrap();
    let mut expected = 2_500;
    while let Some(batch) = block_on(rows.next_batch()).unwrap() {
        let features = batch.field(Field::FEATURES).unwrap().as_f32().unwrap();
        for (label, feature) in batch.field(Field::LABEL).unwrap().as_i64().unwrap().iter().zip(features) {
            assert_eq!(*label, expected);
            assert!(if label % 3 == 0 { feature.is_nan() } else { *feature == *label as f32 });
            expected += 1;
        }
    }
    assert_eq!(expected, 5_000);
}

#[test]
fn a_file_that_is_none_is_an_input_failure() {
    let whole = types(Compression::SNAPPY);
    for bytes in [&b""[..], b"PAR1", b"PAR1\x00\x00\x00\x00PAR1", b"PAR1\xff\xff\xff\x7fPAR1", &whole[..whole.len() - 1], &whole[8..]] {
        let error = first(bytes, json!({})).unwrap_err();
        assert_eq!(error.class(), FailureClass::Input, "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_contract_of_acquisition_holds(rows in 1u64..60, group in 1i64..20, shards in 1u16..7, batch in 1u32..9) {
        let base = TempBase::new();
        put(&base, &numbered(rows as i64, group));
        let parameters = json!({ "URL": "rows.parquet", "COLUMNS": { "LABEL": "n", "MISSING": "nan" }, "BATCH_ROWS": batch });
        let open = |shard| open(&base, parameters.clone(), shard).unwrap();
        acquisition::shards_partition_rows(open, shards, rows);
        acquisition::resumes_anywhere(|| open(Shard::new(shards - 1, shards).unwrap()));
        acquisition::resumes_after_every_batch(|| open(Shard::WHOLE), rows);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_damaged_file_gives_rows_or_an_input_failure(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = numbered(40, 15);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let base = TempBase::new();
        put(&base, &bytes);
        let read = || {
            let mut rows = open(&base, json!({ "URL": "rows.parquet", "COLUMNS": { "MISSING": "nan" } }), Shard::WHOLE)?;
            while block_on(rows.next_batch())?.is_some() {}
            Ok::<_, PluginError>(())
        };
        if let Err(error) = read() {
            prop_assert_eq!(error.class(), FailureClass::Input, "{}", error);
        }
    }
}
