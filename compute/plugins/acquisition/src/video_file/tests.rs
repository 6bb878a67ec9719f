//! Tests of `VideoFile`: the contract of acquisition on real videos, colours and times, and faulty files.

use super::{plugin::VideoFrames, *};
use crate::ffmpeg::testing::{make, runtime};
use neurite_core::{Acquisition, Batch, Bookmark, Context, FailureClass, Field, Plugin, PluginError, Shard};
use neurite_testkit::{acquisition, block_on, context, TempBase};
use serde_json::{json, Value};

/// A second of red and a second of blue, without loss.
const RED_BLUE: &str =
    "-f lavfi -i color=red:size=32x16:rate=5:duration=1[a];color=blue:size=32x16:rate=5:duration=1[b];[a][b]concat -c:v ffv1";

fn open(base: &TempBase, parameters: Value, shard: Shard) -> Result<Box<dyn Acquisition>, PluginError> {
    let parameters: VideoFileParameters = serde_json::from_value(parameters).unwrap();
    block_on(VideoFile.open(parameters, &Context { shard, ..context(base) }))
}

fn base(arguments: &str, name: &str) -> TempBase {
    let base = TempBase::new();
    make(base.data().root(), arguments, name);
    base
}

fn next(rows: &mut dyn Acquisition) -> Batch {
    block_on(rows.next_batch()).unwrap().expect("a batch")
}

/// Returns the colour in the middle of each picture.
fn middles(batch: &Batch) -> Vec<[u8; 3]> {
    let image = batch.field(Field::IMAGE).unwrap();
    let (height, width) = (image.shape[1], image.shape[2]);
    let middle = (height / 2 * width + width / 2) * 3;
    let pictures = image.as_u8().unwrap().chunks_exact(height * width * 3);
    pictures.map(|picture| picture[middle..middle + 3].try_into().unwrap()).collect()
}

#[test]
fn pictures_have_their_colours_times_and_numbers() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = base(RED_BLUE, "a.mkv");
    let parameters = json!({ "URL": "a.mkv", "BATCH_FRAMES": 7, "START_TIME": 1_000_000 });
    let mut rows = open(&base, parameters, Shard::WHOLE).unwrap();
    assert_eq!(rows.total(), Some(10));
    let batch = next(&mut *rows);
    assert_eq!(batch.field(Field::IMAGE).unwrap().shape, [7, 16, 32, 3]);
    let colours = middles(&batch);
    assert!(colours[..5].iter().all(|[red, green, blue]| *red > 250 && *green < 5 && *blue < 5), "{colours:?}");
    assert!(colours[5..].iter().all(|[red, green, blue]| *red < 5 && *green < 5 && *blue > 250), "{colours:?}");
    let times: Vec<i64> = (0..7).map(|number| 1_000_000 + 200 * number).collect();
    assert_eq!(batch.field(Field::TIME).unwrap().as_i64(), Some(&times[..]));
    assert_eq!(batch.field("frame").unwrap().as_f64(), Some(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0][..]));
    assert_eq!(next(&mut *rows).rows(), 3);
    assert!(block_on(rows.next_batch()).unwrap().is_none());
}

#[test]
fn steps_leave_pictures_out_and_sizes_are_scaled() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = base(RED_BLUE, "a.mkv");
    let parameters = json!({ "URL": "a.mkv", "BATCH_FRAMES": 9, "STEP": 4, "WIDTH": 16, "HEIGHT": 16 });
    let mut rows = open(&base, parameters, Shard::WHOLE).unwrap();
    let batch = next(&mut *rows);
    assert_eq!(batch.field(Field::IMAGE).unwrap().shape, [3, 16, 16, 3]);
    assert_eq!(batch.field("frame").unwrap().as_f64(), Some(&[0.0, 4.0, 8.0][..]));
    assert_eq!(batch.field(Field::TIME).unwrap().as_i64(), Some(&[0, 800, 1600][..]));
    assert!(middles(&batch)[1][0] > 250 && middles(&batch)[2][2] > 250);
}

#[test]
fn batches_stay_within_their_bytes() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = base("-f lavfi -i color=red:size=64x64:rate=5:duration=1 -c:v ffv1", "a.mkv");
    let parameters = json!({ "URL": "a.mkv", "BATCH_FRAMES": 3, "WIDTH": 4096, "HEIGHT": 2048 });
    let mut rows = open(&base, parameters, Shard::WHOLE).unwrap();
    let mut sizes = Vec::new();
    while let Some(batch) = block_on(rows.next_batch()).unwrap() {
        sizes.push(batch.rows());
    }
    assert_eq!(sizes, [2, 2, 1], "24 MiB each, 64 MiB at most");
}

#[test]
fn the_contract_of_acquisition_holds() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let h264 = "-f lavfi -i testsrc=size=48x32:rate=10:duration=1.3 -c:v libx264 -g 5 -bf 2";
    for (arguments, name, parameters, rows) in [
        (h264, "a.mp4", json!({ "BATCH_FRAMES": 4 }), 13),
        (h264, "a.ts", json!({ "BATCH_FRAMES": 3, "STEP": 2 }), 7),
        ("-f lavfi -i testsrc=size=48x32:rate=10:duration=0.7 -c:v mjpeg", "a.avi", json!({}), 7),
    ] {
        let base = base(arguments, name);
        let mut parameters = parameters;
        parameters["URL"] = name.into();
        let open = |shard| open(&base, parameters.clone(), shard).unwrap();
        acquisition::shards_partition_rows(open, 3, rows);
        // A small shard, for every position starts the decoder three times.
        acquisition::resumes_anywhere(|| open(Shard::new(1, 4).unwrap()));
        acquisition::resumes_after_every_batch(|| open(Shard::WHOLE), rows);
    }
}

#[test]
fn a_killed_decoder_is_unavailable_and_nothing_is_lost() {
    let runtime = runtime();
    let base = base("-f lavfi -i testsrc=size=640x480:rate=10:duration=2 -c:v mpeg4 -g 30", "a.avi");
    let parameters = || serde_json::from_value(json!({ "URL": "a.avi", "BATCH_FRAMES": 2 })).unwrap();
    runtime.block_on(async {
        let mut rows = VideoFrames::open(parameters(), &context(&base)).await.unwrap();
        let mut expected = VideoFrames::open(parameters(), &context(&base)).await.unwrap();
        let mut last = rows.next_batch().await.unwrap().unwrap();
        let process = rows.pictures.as_ref().unwrap().process_id().unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(process as i32).unwrap(), rustix::process::Signal::KILL).unwrap();
        let error = loop {
            match rows.next_batch().await {
                Ok(batch) => last = batch.expect("a killed decoder must not look like the end"),
                Err(error) => break error,
            }
        };
        assert!(error.is_transient(), "{error}");
        let mut reopened = VideoFrames::open(parameters(), &context(&base)).await.unwrap();
        for source in [&mut reopened, &mut expected] {
            source.seek(&last.bookmark()).await.unwrap();
        }
        let next = reopened.next_batch().await.unwrap().unwrap();
        assert_eq!(next.start(), last.end());
        assert!(next == expected.next_batch().await.unwrap().unwrap(), "the same pictures as without the kill");
    });
}

#[test]
fn faulty_files_are_the_inputs_fault() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = base("-f lavfi -i testsrc=size=64x48:rate=10:duration=3 -c:v libx264 -g 7", "good.mp4");
    let folder = base.data().root().to_owned();
    make(&folder, "-f lavfi -i sine=duration=0.2", "sound.wav");
    let mut bytes = std::fs::read(folder.join("good.mp4")).unwrap();
    std::fs::write(folder.join("cut.mp4"), &bytes[..bytes.len() / 2]).unwrap();
    let data = bytes.windows(4).position(|window| window == b"mdat").unwrap();
    bytes[data + 3000..data + 3400].fill(0xff);
    std::fs::write(folder.join("damaged.mp4"), &bytes).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link.mp4")).unwrap();
    for name in ["sound.wav", "cut.mp4", "damaged.mp4", "link.mp4", "absent.mp4"] {
        let error = open(&base, json!({ "URL": name }), Shard::WHOLE).err().expect(name);
        assert_eq!(error.class(), FailureClass::Input, "{name}: {error}");
    }
    assert!(serde_json::from_value::<VideoFileParameters>(json!({ "URL": "../good.mp4" })).is_err());
}

#[test]
fn a_file_that_became_shorter_is_noticed() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = base("-f lavfi -i testsrc=size=64x48:rate=10:duration=2 -c:v ffv1", "a.mkv");
    let mut rows = open(&base, json!({ "URL": "a.mkv", "BATCH_FRAMES": 20 }), Shard::WHOLE).unwrap();
    make(base.data().root(), "-f lavfi -i testsrc=size=64x48:rate=10:duration=1 -c:v ffv1", "a.mkv");
    let error = block_on(rows.next_batch()).unwrap_err();
    assert_eq!(error.to_string(), "input a.mkv: picture 10 is gone: the file became shorter");
}

#[test]
fn a_position_beyond_the_end_is_refused() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = base(RED_BLUE, "a.mkv");
    let mut rows = open(&base, json!({ "URL": "a.mkv" }), Shard::WHOLE).unwrap();
    assert!(block_on(rows.seek(&Bookmark::at(10))).is_ok());
    assert_eq!(block_on(rows.seek(&Bookmark::at(11))).unwrap_err().class(), FailureClass::Input);
}
