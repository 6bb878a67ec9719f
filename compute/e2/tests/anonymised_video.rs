//! The application `examples/video-anonymisation`, run by a real engine as its README says: no head is left to be seen in the video.

mod support;

use serde_json::Value;
use std::{fs, path::Path, process::Command};
use support::{json, root, TestEngine};

/// Width and height of the street's pictures.
const SIZE: (usize, usize) = (320, 192);
/// The brightest that black is after encoding; what is drawn is brighter, even in the shade.
const BLACK: u8 = 32;

/// Frame, left, top, right and bottom of every head in every picture.
fn heads(file: &Path) -> Vec<[usize; 5]> {
    let text = fs::read_to_string(file).unwrap();
    let numbers = |line: &str| line.split(',').map(|number| number.parse().unwrap()).collect::<Vec<usize>>();
    text.lines().skip(1).map(|line| numbers(line).try_into().unwrap()).collect()
}

/// The brightness of every pixel of a video, picture after picture.
fn decode(file: &Path) -> Vec<u8> {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-loglevel", "error", "-i"]).arg(file).args(["-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Returns how many heads are not wholly black.
fn seen(video: &[u8], heads: &[[usize; 5]]) -> usize {
    let (width, height) = SIZE;
    let is_seen = |[frame, left, top, right, bottom]: &[usize; 5]| {
        let line = |y: usize| (frame * height + y) * width;
        (*top..*bottom).any(|y| video[line(y) + left..line(y) + right].iter().any(|grey| *grey > BLACK))
    };
    heads.iter().filter(|head| is_seen(head)).count()
}

/// Runs a pipeline; returns its result and the video that it wrote.
async fn masked(engine: &TestEngine, document: &Value) -> (Value, Vec<u8>) {
    let result = engine.result(document).await;
    let files = result["FILES"].as_array().unwrap();
    assert_eq!(files.len(), 1, "{result}");
    let folder = engine.base().join("outputs").join(document["NAME"].as_str().unwrap());
    let video = decode(&folder.join(files[0]["FILE"].as_str().unwrap()));
    (result, video)
}

#[tokio::test]
async fn no_head_is_seen_that_the_detector_alone_leaves_to_be_seen() {
    let folder = root().join("examples/video-anonymisation");
    let (expected, heads) = (json(&folder.join("expected.json")), heads(&folder.join("truth.csv")));
    assert_eq!(heads.len() as u64, expected["heads"]);
    let engine = TestEngine::start(&folder).await;
    let mut document = json(&folder.join("pipeline.json"));

    let (result, video) = masked(&engine, &document).await;
    assert_eq!(result["ROWS"], expected["frames"]);
    assert_eq!(video.len() as u64, expected["frames"].as_u64().unwrap() * (SIZE.0 * SIZE.1) as u64);
    assert!(result["BOXES"].as_u64().unwrap().abs_diff(expected["detections"].as_u64().unwrap()) <= 5, "{result} against {expected}");
    assert_eq!(seen(&video, &heads) as u64, expected["seen_with_memory"], "{result}");

    document["NAME"] = "without-memory".into();
    document["PLUGINS"][0]["INSTANCES"][0]["HOLD_FRAMES"] = 0.into();
    let (result, video) = masked(&engine, &document).await;
    let left = seen(&video, &heads) as u64;
    assert!(left.abs_diff(expected["seen_without_memory"].as_u64().unwrap()) <= 3, "{left} heads, {result} against {expected}");
}
