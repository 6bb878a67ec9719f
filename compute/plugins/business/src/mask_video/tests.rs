//! Tests of `MASK_VIDEO` with the real `ffmpeg`: what can be seen in the videos, how they are bounded, and what a killed engine leaves.

use super::{
    mask::{mask, mask_whole},
    *,
};
use crate::{
    picture::Canvas,
    testing::{boxes, depends_on_rows_only, run, Rows},
};
use neurite_core::{Business, FailureClass, Field, Input, Outbox, Plugin, Tensor};
use neurite_testkit::{block_on, context, TempBase};
use serde_json::{json, Value};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const WIDTH: usize = 96;
const HEIGHT: usize = 64;
/// Width and height of the things that move.
const SIDE: usize = 20;

fn parameters(value: Value) -> MaskVideoParameters {
    serde_json::from_value(value).unwrap()
}

fn open(base: &TempBase, value: &Value) -> Box<dyn Business> {
    block_on(MaskVideo.open(parameters(value.clone()), &context(base))).unwrap()
}

fn folder(base: &TempBase) -> PathBuf {
    base.root().join("outputs/test/MASK_VIDEO/test")
}

/// The names of the files of an instance.
fn names(base: &TempBase) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder(base)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Bright squares of four pixels, other ones in every row.
fn scene(row: usize) -> Vec<u8> {
    let grey = |x: usize, y: usize| {
        let block = ((x / 4) * 73_856_093) ^ ((y / 4) * 19_349_663) ^ (row * 83_492_791);
        (90 + (block >> 3) % 160) as u8
    };
    (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y))).map(|(x, y)| grey(x, y)).collect()
}

/// Where the thing is in a row: left, top, right and bottom.
fn place(row: usize) -> [f32; 4] {
    let (left, top) = ((4 + 3 * row) as f32, (6 + row) as f32);
    [left, top, left + SIDE as f32, top + SIDE as f32]
}

/// Rows of the scene; the detector sees the thing in those that it says.
fn rows(count: usize, is_seen: impl Fn(usize) -> bool) -> Rows {
    let bytes = (0..count).flat_map(scene).flat_map(|grey| [grey; 3]).collect();
    let image = Field::new(Field::IMAGE, Tensor::u8(vec![count, HEIGHT, WIDTH, 3], bytes).unwrap());
    let detection = |row: usize| {
        let [left, top, right, bottom] = place(row);
        [left, top, right, bottom, 0.9, 0.0]
    };
    let seen = (0..count).map(|row| if is_seen(row) { vec![detection(row)] } else { vec![] }).collect::<Vec<_>>();
    Rows { fields: vec![image, Rows::of(&vec![0.0; count]).fields[1].clone()], inference: vec![boxes(&seen, 2)] }
}

/// The brightness of all pictures of a video.
fn decode(file: &Path) -> Vec<Vec<u8>> {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-loglevel", "error", "-i"]).arg(file).args(["-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.chunks_exact(WIDTH * HEIGHT).map(<[u8]>::to_vec).collect()
}

/// The pixels of a picture where the thing is in a row, or those that are far from it.
fn pixels(picture: &[u8], row: usize, is_within: bool) -> Vec<f64> {
    const FAR: usize = 16;
    let [left, top, right, bottom] = place(row).map(|edge| edge as usize);
    let chosen = |at: usize| {
        let (x, y) = (at % WIDTH, at / WIDTH);
        match is_within {
            true => (left..right).contains(&x) && (top..bottom).contains(&y),
            false => x + FAR < left || x >= right + FAR || y + FAR < top || y >= bottom + FAR,
        }
    };
    picture.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, grey)| f64::from(*grey)).collect()
}

fn brightest(picture: &[u8], row: usize) -> f64 {
    pixels(picture, row, true).into_iter().fold(0.0, f64::max)
}

/// Returns the correlation of two series, 0 if one of them is constant.
fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (middle, other_middle) = (mean(one), mean(other));
    let sum = |of: fn(f64, f64) -> f64| one.iter().zip(other).map(|(a, b)| of(a - middle, b - other_middle)).sum::<f64>();
    let spread = (sum(|a, _| a * a) * sum(|_, b| b * b)).sqrt();
    if spread > 0.0 {
        sum(|a, b| a * b) / spread
    } else {
        0.0
    }
}

/// Correlates all pictures of a video with the scene, where the thing is or far from it.
fn likeness(video: &[Vec<u8>], is_within: bool) -> f64 {
    let of_all = |picture: &dyn Fn(usize) -> Vec<u8>| -> Vec<f64> {
        (0..video.len()).flat_map(|row| pixels(&picture(row), row, is_within)).collect()
    };
    correlation(&of_all(&|row| video[row].clone()), &of_all(&scene))
}

#[test]
fn nothing_of_a_filled_box_is_in_the_video_and_all_else_is() {
    for codec in ["H264", "MJPEG"] {
        let base = TempBase::new();
        let (payloads, result) = run(&mut *open(&base, &json!({ "CODEC": codec })), &rows(20, |_| true), 6).unwrap();
        let video = decode(&base.root().join("outputs/test").join(payloads[0]["FILE"].as_str().unwrap()));
        assert_eq!(video.len(), 20);
        assert!(video.iter().enumerate().all(|(row, picture)| brightest(picture, row) < 60.0), "{codec}: the scene is brighter than 90");
        assert!(likeness(&video, true).abs() < 0.1, "{codec}: {}", likeness(&video, true));
        assert!(likeness(&video, false) > 0.8, "{codec}: {}", likeness(&video, false));
        let file = "MASK_VIDEO/test/0000000001.mkv";
        let told = json!({ "EVENT": "FILE", "FILE": file, "FIRST_ROW": 1, "FIRST_TIME": 0, "LAST_ROW": 20, "LAST_TIME": 19_000,
            "BOXES": 20, "HELD": 0, "WHOLE": 0 });
        assert_eq!(Value::Object(payloads[0].clone()), told);
        let expected = json!({ "ROWS": 20, "BOXES": 20, "HELD": 0, "WHOLE": 0, "NOT_HELD": 0, "REMOVED": 0,
            "FILES": [{ "FILE": file, "FIRST_ROW": 1, "ROWS": 20 }] });
        assert_eq!(result, Some(expected));
        assert_eq!(names(&base), ["0000000001.mkv"]);
    }
}

#[test]
fn a_thing_that_is_missed_stays_masked_as_long_as_the_document_says() {
    let missed = |row: usize| (8..14).contains(&row);
    let shown = |hold: u32| {
        let base = TempBase::new();
        let value = json!({ "CODEC": "MJPEG", "HOLD_FRAMES": hold, "MARGIN": 0.2 });
        let (_, result) = run(&mut *open(&base, &value), &rows(20, |row| !missed(row)), 5).unwrap();
        let video = decode(&folder(&base).join("0000000001.mkv"));
        let shown: Vec<usize> = (0..20).filter(|row| brightest(&video[*row], *row) > 60.0).collect();
        (shown, result.unwrap()["HELD"].clone())
    };
    assert_eq!(shown(6), (vec![], json!(6)));
    assert_eq!(shown(4), (vec![12, 13], json!(4)));
    assert_eq!(shown(0), ((8..14).collect(), json!(0)));
}

#[test]
fn a_row_without_detections_is_masked_whole_and_that_is_told() {
    let base = TempBase::new();
    let blind = Rows { inference: Vec::new(), ..rows(4, |_| true) };
    let (payloads, result) = run(&mut *open(&base, &json!({ "CODEC": "MJPEG" })), &blind, 2).unwrap();
    let faults: Vec<&Value> = payloads.iter().filter(|body| body.contains_key("FAULT")).map(|body| &body["ROW"]).collect();
    assert_eq!(faults, [&json!(1), &json!(2), &json!(4)], "the more there are, the fewer are told");
    assert_eq!(result.unwrap()["WHOLE"], json!(4));
    assert!(decode(&folder(&base).join("0000000001.mkv")).iter().flatten().all(|grey| *grey < 20));
}

#[test]
fn pixels_become_cells_that_are_never_small() {
    let picture = || Canvas { width: WIDTH, height: HEIGHT, bytes: scene(0).into_iter().flat_map(|grey| [grey; 3]).collect() };
    let colours = |edges: [f64; 4]| {
        let mut canvas = picture();
        assert!(mask(&mut canvas, edges, &parameters(json!({ "STYLE": "PIXELATE", "MARGIN": 0.0 }))));
        let [left, top, right, bottom] = edges.map(|edge| edge as usize);
        let greys = (top..bottom).flat_map(|y| (left..right).map(move |x| (y * WIDTH + x) * 3)).map(|at| canvas.bytes[at]);
        greys.collect::<std::collections::BTreeSet<u8>>().len()
    };
    assert_eq!(colours([8.0, 8.0, 15.0, 14.0]), 1, "a thing smaller than a cell is one");
    assert!((2..=16).contains(&colours([10.0, 4.0, 74.0, 60.0])));
    let mut canvas = picture();
    assert!(!mask(&mut canvas, [-30.0, -30.0, -1.0, -1.0], &parameters(json!({ "MARGIN": 0.0 }))), "beyond the picture");
    assert_eq!(canvas, picture());
    assert!(mask(&mut canvas, [f64::from(f32::MIN), 0.5, f64::from(f32::MAX), 0.6], &parameters(json!({}))));
    assert!(canvas.bytes[..WIDTH * 3].iter().all(|byte| *byte == 0) && canvas.bytes[WIDTH * 3..] == picture().bytes[WIDTH * 3..]);
    mask_whole(&mut canvas);
    assert!(canvas.bytes.iter().all(|byte| *byte == 0));
}

/// Feeds batches from one on, without an end.
fn feed(instance: &mut dyn Business, rows: &Rows, batches: std::ops::Range<usize>) {
    for (batch, inference) in &rows.batches(4)[batches] {
        block_on(instance.process(Input { batch, inference }, &mut Outbox::default())).unwrap();
    }
}

#[test]
fn a_killed_engine_leaves_no_video_and_goes_on_to_the_same_one() {
    let rows = rows(24, |row| row % 5 != 0);
    let (calm, shaken) = (TempBase::new(), TempBase::new());
    let value = json!({});
    let (_, expected) = run(&mut *open(&calm, &value), &rows, 4).unwrap();
    let state = {
        let mut killed = open(&shaken, &value);
        feed(&mut *killed, &rows, 0..2);
        let state = killed.snapshot().unwrap();
        feed(&mut *killed, &rows, 2..5);
        state
    };
    assert_eq!(names(&shaken), ["0000000001.jpeg.part"]);
    let mut restored = open(&shaken, &value);
    restored.restore(state).unwrap();
    feed(&mut *restored, &rows, 2..6);
    assert_eq!(restored.finish(&mut Outbox::default()).unwrap(), expected);
    assert_eq!(names(&shaken), ["0000000001.mkv"]);
    let video = |base: &TempBase| fs::read(folder(base).join("0000000001.mkv")).unwrap();
    assert!(video(&calm) == video(&shaken), "the same bytes");
}

#[test]
fn a_video_that_was_finished_after_the_checkpoint_is_not_made_again() {
    let rows = rows(12, |_| true);
    let (base, value) = (TempBase::new(), json!({ "CODEC": "MJPEG" }));
    let mut first = open(&base, &value);
    feed(&mut *first, &rows, 0..2);
    let state = first.snapshot().unwrap();
    feed(&mut *first, &rows, 2..3);
    let expected = first.finish(&mut Outbox::default()).unwrap();
    let again = |state: Value| {
        let mut second = open(&base, &value);
        second.restore(state).unwrap();
        feed(&mut *second, &rows, 2..3);
        second.finish(&mut Outbox::default()).unwrap()
    };
    assert_eq!(again(state.clone()), expected);
    assert_eq!(decode(&folder(&base).join("0000000001.mkv")).len(), 12);
    fs::remove_file(folder(&base).join("0000000001.mkv")).unwrap();
    let mut third = open(&base, &value);
    third.restore(state).unwrap();
    let (batch, inference) = &rows.batches(4)[2];
    let error = block_on(third.process(Input { batch, inference }, &mut Outbox::default())).unwrap_err();
    assert_eq!((error.class(), error.to_string().contains("are gone")), (FailureClass::Resources, true), "{error}");
}

/// Pictures of which a dozen take a MiB, without detections.
fn noise(count: usize) -> Rows {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let bytes = (0..count * 192 * 192 * 3).map(|_| next()).collect();
    let image = Field::new(Field::IMAGE, Tensor::u8(vec![count, 192, 192, 3], bytes).unwrap());
    Rows { fields: vec![image], inference: vec![boxes(&vec![vec![]; count], 1)] }
}

#[test]
fn files_are_bounded_in_size_and_number() {
    let base = TempBase::new();
    let value = json!({ "CODEC": "MJPEG", "QUALITY": 95, "MAX_FILE_MIB": 1, "MAX_FILES": 2 });
    let (payloads, result) = run(&mut *open(&base, &value), &noise(50), 8).unwrap();
    let result = result.unwrap();
    let (files, removed) = (result["FILES"].as_array().unwrap(), result["REMOVED"].as_u64().unwrap());
    assert_eq!((files.len(), files.len() + removed as usize), (2, payloads.len()), "{result}");
    assert!(removed > 0, "{result}");
    assert_eq!(names(&base).len(), 2);
    for name in names(&base) {
        assert!(fs::metadata(folder(&base).join(&name)).unwrap().len() < (1 << 20) + 4096, "{name}");
    }
    let told: u64 = payloads.iter().map(|body| body["LAST_ROW"].as_u64().unwrap() - body["FIRST_ROW"].as_u64().unwrap() + 1).sum();
    assert_eq!(told, 50, "every row is in one file");
}

#[test]
fn a_change_of_size_begins_another_file() {
    let base = TempBase::new();
    let mut instance = open(&base, &json!({ "CODEC": "MJPEG" }));
    feed(&mut *instance, &rows(4, |_| true), 0..1);
    let (batch, inference) = &noise(1).batches(1)[0];
    block_on(instance.process(Input { batch, inference }, &mut Outbox::default())).unwrap();
    instance.finish(&mut Outbox::default()).unwrap();
    assert_eq!(names(&base), ["0000000001.mkv", "0000000005.mkv"]);
}

#[test]
fn batches_and_restarts_do_not_matter() {
    let base = TempBase::new();
    let value = json!({ "CODEC": "MJPEG", "HOLD_FRAMES": 3, "STYLE": "PIXELATE" });
    depends_on_rows_only(|| open(&base, &value), &rows(9, |row| row != 4), &[2, 5]);
    let small = json!({ "CODEC": "MJPEG", "QUALITY": 95, "MAX_FILE_MIB": 1 });
    depends_on_rows_only(|| open(&base, &small), &noise(20), &[7]);
}

#[test]
fn what_cannot_be_masked_fails() {
    let base = TempBase::new();
    let error = run(&mut *open(&base, &json!({})), &Rows::of(&[1.0]), 1).unwrap_err();
    assert_eq!(error.class(), FailureClass::Input, "no pictures: {error}");
    let flat = Field::new(Field::BOXES, Tensor::f32(vec![1, 6], vec![0.0; 6]).unwrap());
    let error = run(&mut *open(&base, &json!({})), &Rows { inference: vec![flat], ..rows(1, |_| true) }, 1).unwrap_err();
    assert_eq!(error.class(), FailureClass::Input, "no boxes: {error}");
    assert!(!folder(&base).exists(), "nothing was written");
    for wrong in [json!({ "STYLE": "fill" }), json!({ "MAX_FILE_MIB": "1" }), json!({ "HOLD_FRAMES": -1 }), json!({ "BLUR": 3 })] {
        assert!(serde_json::from_value::<MaskVideoParameters>(wrong.clone()).is_err(), "{wrong}");
    }
}
