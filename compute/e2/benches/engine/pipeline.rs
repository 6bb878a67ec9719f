//! `pipeline`: source, model, business plugin and broker, as one engine runs them.

use crate::{
    bare::{self, Bare},
    support::{root, TestEngine},
    Result, ROUNDS, ROUND_TIME,
};
use neurite_report::Row;
use serde_json::{json, Value};
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    time::{Duration, Instant},
};

/// Rows of a batch.
const BATCH: usize = 32;
/// How often the file of digits is written into the one that is read: about a million rows.
const REPEATS: usize = 557;
/// Pictures in the folder that is read.
const PICTURES: usize = 1_024;
/// Height and width of a picture.
const SIDE: usize = 224;
/// How often the engine is asked how far it is.
const SAMPLE: Duration = Duration::from_millis(20);

/// Measures a small model on rows of a file, and a large one on pictures.
pub async fn measure() -> Result<Vec<Row>> {
    let files = tempfile::tempdir()?;
    write_rows(&files.path().join("rows.csv"))?;
    write_pictures(&files.path().join("pictures"))?;
    for model in ["digits.onnx", "conv.onnx"] {
        fs::copy(root().join("models").join(model), files.path().join(model))?;
    }
    let engine = TestEngine::start(files.path()).await;
    let environment = bare::environment()?;
    let small = Bare::open(&environment, "digits.onnx", vec![BATCH, 64])?;
    let large = Bare::open(&environment, "conv.onnx", vec![BATCH, 3, SIDE, SIDE])?;
    Ok(vec![take_turns(&engine, "small", &rows(), small).await?, take_turns(&engine, "large", &pictures(), large).await?])
}

/// Measures both sides in turns.
async fn take_turns(engine: &TestEngine, input: &str, document: &Value, mut bare: Bare) -> Result<Row> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        // Nothing else runs on this thread meanwhile, and the engine has a process of its own.
        theirs.push(bare.rows_per_second(ROUND_TIME)?);
        ours.push(rows_per_second(engine, document).await?);
    }
    let goal = "ratio >= 0.90";
    Ok(Row { input: Some(input.into()), batch: Some(BATCH), goal, ..Row::of_rates("pipeline", "rows/s", ours, theirs) })
}

/// Runs a document for a while and returns how many rows it took in a second, from the first that is seen to be done.
async fn rows_per_second(engine: &TestEngine, document: &Value) -> Result<f64> {
    let name = document["NAME"].as_str().unwrap_or_default();
    let (status, body) = engine.submit(document).await;
    assert_eq!(status, 201, "{body}");
    let first = engine.until("the first rows", || async { progress(engine, name).await.filter(|(_, done, _)| *done > 0) }).await;
    let mut last = first;
    while !last.2 && first.0.elapsed() < ROUND_TIME {
        tokio::time::sleep(SAMPLE).await;
        last = progress(engine, name).await.filter(|(_, done, _)| *done > last.1).unwrap_or(last);
    }
    engine.stop(name).await;
    if last.1 == first.1 {
        return Err(format!("pipeline {name} ended before it could be measured").into());
    }
    Ok((last.1 - first.1) as f64 / (last.0 - first.0).as_secs_f64())
}

/// Returns when the engine was asked, how many rows were done, and whether that is all.
async fn progress(engine: &TestEngine, name: &str) -> Option<(Instant, u64, bool)> {
    let pipeline = engine.pipeline(name).await?;
    assert_ne!(pipeline["state"], "failed", "{pipeline}");
    Some((Instant::now(), pipeline["done"].as_u64()?, pipeline["state"] == "complete"))
}

/// A document whose every batch makes a payload for the node's broker.
fn document(name: &str, source: Value, model: Value) -> Value {
    let instance = json!({ "INSTANCE_ID": "scores", "VALUES": ["scores"], "EVERY_ROWS": BATCH, "MODEL": model });
    let mut document = json!({ "NAME": name, "PLUGINS": [{ "SIGNATURE": "FORWARD", "INSTANCES": [instance] }] });
    for (key, value) in source.as_object().into_iter().flatten() {
        document[key.as_str()] = value.clone();
    }
    document
}

fn rows() -> Value {
    let metadata = json!({ "BATCH_ROWS": BATCH, "LABEL_COLUMN": "label" });
    let source = json!({ "TYPE": "CsvFile", "URL": "rows.csv", "STREAM_CONFIG_METADATA": metadata });
    document("bench-small", source, json!({ "BACKEND": "onnx", "PATH": "digits.onnx", "DEVICE": "cpu" }))
}

fn pictures() -> Value {
    let source = json!({ "TYPE": "ImageFolder", "URL": "pictures", "STREAM_CONFIG_METADATA": { "BATCH_IMAGES": BATCH } });
    let steps = json!([{ "OP": "NORMALISE" }]);
    document("bench-large", source, json!({ "BACKEND": "onnx", "PATH": "conv.onnx", "DEVICE": "cpu", "PREPROCESS": steps }))
}

/// Writes the digits of the checkout again and again.
fn write_rows(path: &Path) -> Result<()> {
    let digits = fs::read_to_string(root().join("models/digits.csv"))?;
    let (header, rows) = digits.split_once('\n').ok_or("the digits have no header")?;
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{header}")?;
    for _ in 0..REPEATS {
        writeln!(file, "{}", rows.trim_end())?;
    }
    Ok(file.flush()?)
}

/// Writes a picture that takes no time to decode, and links to it.
fn write_pictures(folder: &Path) -> Result<()> {
    fs::create_dir(folder)?;
    let first = folder.join("0000.bmp");
    fs::write(&first, bitmap())?;
    for number in 1..PICTURES {
        fs::hard_link(&first, folder.join(format!("{number:04}.bmp")))?;
    }
    Ok(())
}

/// Makes a bitmap of 24 bits a pixel; its lines need no padding, for their bytes are a multiple of four.
fn bitmap() -> Vec<u8> {
    let pixels: Vec<u8> = (0..SIDE * SIDE * 3).map(|index| (index % 251) as u8).collect();
    let (header, side) = (54, SIDE as i32);
    let mut bytes = b"BM".to_vec();
    for number in [header + pixels.len() as i32, 0, header, 40, side, side] {
        bytes.extend(number.to_le_bytes());
    }
    // One plane; 24 bits; then: no compression, the bytes of the pixels, no resolution, no palette.
    bytes.extend([1, 0, 24, 0]);
    for number in [0, pixels.len() as i32, 0, 0, 0, 0] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(pixels);
    bytes
}
