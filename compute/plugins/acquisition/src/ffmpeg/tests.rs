//! Tests of the child: what it is asked, what it gives, and how it ends.

use super::{
    messages::{last_messages, redacted},
    process::MAX_MEMORY,
    testing::{is_running, make, runtime},
    *,
};
use neurite_testkit::TempBase;
use std::{path::Path, time::Duration};

const GARDEN: &str = "-f lavfi -i testsrc=size=64x48:rate=10:duration=1 -c:v libx264 -g 4";

async fn pictures(command: &Command) -> Result<Vec<Frame>, FfmpegError> {
    let mut pictures = Pictures::start(command).await?;
    let mut frames = Vec::new();
    while let Some(frame) = pictures.next().await? {
        frames.push(frame);
    }
    assert!(pictures.next().await?.is_none(), "the end stays the end");
    Ok(frames)
}

fn camera(url: &str) -> Camera {
    Camera { url: url.into(), transport: Transport::Tcp, timeout: Duration::from_secs(5) }
}

fn read(bytes: &[u8]) -> Result<Option<Frame>, FfmpegError> {
    let mut pipe = bytes;
    runtime().block_on(Frame::read(&mut pipe))
}

#[test]
fn a_range_is_cut_out_exactly() {
    let base = TempBase::new();
    make(base.root(), GARDEN, "a.mp4");
    let file = base.root().join("a.mp4");
    let whole = runtime().block_on(pictures(&Command::pictures(&file, &(0..10), 1, Scale::default()))).unwrap();
    assert_eq!(whole.len(), 10);
    assert_eq!((whole[0].width, whole[0].height, whole[0].pixels.len()), (64, 48, 64 * 48 * 3));
    let part = runtime().block_on(pictures(&Command::pictures(&file, &(1..3), 3, Scale::default()))).unwrap();
    assert_eq!(part, [whole[3].clone(), whole[6].clone()]);
    assert_ne!(part[0], part[1]);
}

#[test]
fn one_side_scales_the_other() {
    let base = TempBase::new();
    make(base.root(), GARDEN, "a.mp4");
    for (width, height, expected) in [(Some(32), None, (32, 24)), (None, Some(96), (128, 96)), (Some(20), Some(40), (20, 40))] {
        let command = Command::pictures(&base.root().join("a.mp4"), &(0..1), 1, Scale { width, height });
        let frames = runtime().block_on(pictures(&command)).unwrap();
        assert_eq!((frames[0].width, frames[0].height), expected);
    }
}

#[test]
fn what_is_no_video_is_refused_in_the_childs_words() {
    let base = TempBase::new();
    std::fs::write(base.root().join("a.mp4"), "no video").unwrap();
    let error = runtime().block_on(pictures(&Command::pictures(&base.root().join("a.mp4"), &(0..1), 1, Scale::default()))).unwrap_err();
    assert!(error.is_inputs() && error.to_string().contains("Invalid data"), "{error}");
    let error = runtime().block_on(pictures(&Command::pictures(Path::new("/nonexistent"), &(0..1), 1, Scale::default()))).unwrap_err();
    assert!(error.is_inputs() && error.to_string().contains("No such file"), "{error}");
}

#[test]
fn a_list_inside_a_file_leads_nowhere() {
    let base = TempBase::new();
    make(base.root(), GARDEN, "secret.mp4");
    let secret = base.root().join("secret.mp4");
    let lists = [
        ("a.ffconcat", format!("ffconcat version 1.0\nfile '{}'\n", secret.display())),
        ("a.m3u8", format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n", secret.display())),
        ("a.mp4", format!("ffconcat version 1.0\nfile 'file:{}'\n", secret.display())),
    ];
    for (name, list) in lists {
        std::fs::write(base.root().join(name), list).unwrap();
        let command = Command::pictures(&base.root().join(name), &(0..1), 1, Scale::default());
        let error = runtime().block_on(pictures(&command)).expect_err(name);
        assert!(error.is_inputs(), "{name}: {error}");
    }
}

#[test]
fn a_child_that_is_dropped_or_killed_is_gone() {
    let base = TempBase::new();
    make(base.root(), "-f lavfi -i testsrc=size=640x480:rate=10:duration=2 -c:v mpeg4", "long.avi");
    let command = Command::pictures(&base.root().join("long.avi"), &(0..20), 1, Scale::default());
    runtime().block_on(async {
        let mut dropped = Pictures::start(&command).await.unwrap();
        assert!(dropped.next().await.unwrap().is_some());
        let process = dropped.process_id().unwrap();
        assert!(is_running(process));
        drop(dropped);
        while is_running(process) {
            tokio::task::yield_now().await;
        }
        let mut killed = Pictures::start(&command).await.unwrap();
        assert!(killed.next().await.unwrap().is_some());
        let process = rustix::process::Pid::from_raw(killed.process_id().unwrap() as i32).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
        let error = loop {
            match killed.next().await {
                Ok(frame) => assert!(frame.is_some(), "a killed child must not look like one that ended"),
                Err(error) => break error,
            }
        };
        assert!(matches!(error, FfmpegError::Killed), "{error}");
    });
}

#[test]
fn a_child_is_confined() {
    let base = TempBase::new();
    make(base.root(), "-f lavfi -i testsrc=size=640x480:rate=10:duration=2 -c:v mpeg4", "long.avi");
    runtime().block_on(async {
        let command = Command::pictures(&base.root().join("long.avi"), &(0..20), 1, Scale::default());
        let mut pictures = Pictures::start(&command).await.unwrap();
        assert!(pictures.next().await.unwrap().is_some());
        let process = pictures.process_id().unwrap();
        let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
        let limit = |name: &str| limits.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()).unwrap();
        assert_eq!((limit("Max file size"), limit("Max address space")), ("0", MAX_MEMORY.to_string().as_str()));
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
        let group = stat.rsplit_once(") ").unwrap().1.split_whitespace().nth(2).unwrap().to_owned();
        assert_eq!(group, process.to_string(), "a process group of its own");
    });
}

#[test]
fn headers_are_read_and_short_pictures_are_the_end() {
    let frame = Frame { width: 2, height: 1, pixels: vec![1, 2, 3, 4, 5, 6] };
    assert_eq!(read(b"P6\n2 1\n255\n\x01\x02\x03\x04\x05\x06rest").unwrap(), Some(frame));
    for short in [&b""[..], b"P", b"P6\n", b"P6\n2 1", b"P6\n2 1\n255\n\x01\x02"] {
        assert_eq!(read(short).unwrap(), None, "{short:?}");
    }
    for wrong in
        [&b"P5\n2 1\n255\n"[..], b"P6\n0 1\n255\n", b"P6\n2 1\n65535\n", b"P6\n-2 1\n255\n", b"P6\n21\n255\n", b"<html><head><title>"]
    {
        assert!(matches!(read(wrong), Err(FfmpegError::Garbled)), "{wrong:?}");
    }
    assert!(matches!(read(b"P6\n4097 1\n255\n"), Err(FfmpegError::TooLarge { width: 4097, height: 1 })));
}

#[test]
fn secrets_stand_neither_in_arguments_nor_in_messages() {
    let command = Command::camera(&camera("rtsp://user:s3cret@cam.example/live"), Scale::default());
    assert!(command.arguments.iter().all(|argument| !argument.to_string_lossy().contains("s3cret")));
    assert!(!format!("{command:?}").contains("s3cret"));
    assert!(command
        .script
        .unwrap()
        .contains("file 'rtsp://user:s3cret@cam.example/live'\noption rtsp_transport tcp\noption timeout 5000000\n"));
    assert_eq!(redacted("a rtsp://u:p@h/x?y=@z: b http://u@h"), "a rtsp://h/x?y=@z: b http://h");
    assert_eq!(redacted("http://h/a@b 'rtsp://u:p@h' @ ://"), "http://h/a@b 'rtsp://h' @ ://");
}

#[test]
fn messages_are_bounded_and_plain() {
    let text = runtime().block_on(last_messages(&b"[h264 @ 0x55a67f8e5c00] bad\n\nhttp://u:p@h: gone\n"[..]));
    assert_eq!(text, "bad; http://h: gone");
    let long = format!("start http://user:{}@host/x {}", "p".repeat(700), "tail ".repeat(30));
    let text = runtime().block_on(last_messages(long.as_bytes()));
    assert!(text.len() <= 400 && text.ends_with("tail") && !text.contains("ppp"), "{text}");
    let many = "ü".repeat(5000);
    assert!(runtime().block_on(last_messages(many.as_bytes())).len() <= 400);
}
