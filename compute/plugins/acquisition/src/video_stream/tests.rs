//! Tests of `VideoStream` with real cameras on the loopback: pictures, drops, stalls, and cameras that go and come back.

use super::{
    address::with_credentials,
    arrivals::{Arrival, Arrivals},
    rtsp::RtspCamera,
    *,
};
use crate::ffmpeg::{
    testing::{free_port, runtime, RunningCamera},
    Frame,
};
use neurite_core::{
    Acquisition, Batch, Bookmark, Connection, Connections, Context, Endpoint, FailureClass, Field, JobIdentity, Plugin, PluginError,
    SecretText, Services, Shard,
};
use neurite_testkit::{detached_context, services, FakeClock};
use serde_json::{json, Value};
use std::{collections::BTreeMap, net::TcpListener, sync::Arc, time::Duration};

const PASSWORD: &str = "p@ss:/'w";
/// `viewer` and the password, as RTSP sends them.
const AUTHORIZATION: &str = "Basic dmlld2VyOnBAc3M6Lyd3";

fn endpoint(url: &str, user: Option<&str>, password: Option<&str>) -> Endpoint {
    Endpoint { url: url.into(), user: user.map(str::to_owned), password: password.map(SecretText::new) }
}

async fn open_with(context: &Context, parameters: Value) -> Result<Box<dyn Acquisition>, PluginError> {
    VideoStream.open(serde_json::from_value(parameters).unwrap(), context).await
}

/// Opens the camera and takes a batch, again and again while the camera is not there, as the engine does.
async fn connect(context: &Context, parameters: &Value) -> (Box<dyn Acquisition>, Batch) {
    for _ in 0..200 {
        let mut source = open_with(context, parameters.clone()).await.unwrap();
        match source.next_batch().await {
            Ok(batch) => return (source, batch.expect("a camera has no end")),
            Err(error) => assert!(error.is_transient(), "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the camera was never there");
}

/// Takes batches until the camera is gone.
async fn last_error(source: &mut dyn Acquisition) -> PluginError {
    loop {
        if let Err(error) = source.next_batch().await {
            return error;
        }
    }
}

fn number(batch: &Batch) -> f64 {
    batch.field("frame").unwrap().as_f64().unwrap()[0]
}

#[test]
fn an_http_camera_that_is_killed_comes_back() {
    runtime().block_on(async {
        let port = free_port();
        let output = format!("-f mpegts -listen 1 http://127.0.0.1:{port}");
        let parameters = json!({ "URL": format!("http://127.0.0.1:{port}"), "WIDTH": 32 });
        let camera = RunningCamera::start(&output);
        let (mut source, first) = connect(&detached_context(), &parameters).await;
        assert_eq!(source.total(), None);
        assert_eq!(first.field(Field::IMAGE).unwrap().shape, [1, 24, 32, 3]);
        assert!(first.field(Field::TIME).unwrap().as_i64().unwrap()[0] > 1_000_000_000_000);
        let second = source.next_batch().await.unwrap().unwrap();
        assert!(second.start() == first.end() && number(&second) > number(&first));
        assert_ne!(first.field(Field::IMAGE), second.field(Field::IMAGE), "the test picture moves");
        drop(camera);
        let error = last_error(&mut *source).await;
        assert!(error.is_transient(), "{error}");
        drop(source);
        let _camera = RunningCamera::start(&output);
        let (mut source, _) = connect(&detached_context(), &parameters).await;
        source.seek(&Bookmark::at(17)).await.unwrap();
        assert_eq!(source.next_batch().await.unwrap().unwrap().start(), 17);
    });
}

#[test]
fn an_rtsp_camera_gets_the_operators_password_and_nobody_sees_it() {
    runtime().block_on(async {
        let camera = RtspCamera::start(Some(AUTHORIZATION));
        let url = format!("rtsp://127.0.0.1:{}/live", camera.port);
        let connection = |password| Connection { endpoint: endpoint(&url, Some("viewer"), Some(password)), open_to_jobs: false };
        let by_name = BTreeMap::from([("door".into(), connection(PASSWORD)), ("wrong".into(), connection("s3cret"))]);
        let services = Services { connections: Arc::new(Connections::new(by_name)), ..services() };
        let context = Context { services, ..detached_context() };
        let (mut source, _) = connect(&context, &json!({ "URL": "connection:door" })).await;
        let lines = command_lines();
        assert!(lines.iter().any(|line| line.contains("pipe:0")), "{lines:?}");
        assert!(lines.iter().all(|line| !line.contains("p@ss") && !line.contains("p%40ss")), "{lines:?}");
        drop(camera);
        assert!(last_error(&mut *source).await.is_transient());
        let camera = RtspCamera::start(Some(AUTHORIZATION));
        let url = format!("rtsp://127.0.0.1:{}/live", camera.port);
        let by_name = BTreeMap::from([(
            "wrong".into(),
            Connection { endpoint: endpoint(&url, Some("viewer"), Some("s3cret")), open_to_jobs: false },
        )]);
        let services = Services { connections: Arc::new(Connections::new(by_name)), ..context.services };
        let context = Context { services, ..detached_context() };
        let mut source = open_with(&context, json!({ "URL": "connection:wrong" })).await.unwrap();
        let error = source.next_batch().await.unwrap_err();
        assert!(error.is_transient() && error.to_string().contains("401 Unauthorized"), "{error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    });
}

/// Returns the command lines of this process's children.
fn command_lines() -> Vec<String> {
    let own = format!(" {} ", std::process::id());
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let is_child = |path: &std::path::PathBuf| {
        let stat = std::fs::read_to_string(path.join("stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.get(1..).is_some_and(|rest| rest.starts_with(&own)))
    };
    processes.filter(is_child).filter_map(|path| std::fs::read_to_string(path.join("cmdline")).ok()).collect()
}

#[test]
fn an_rtsp_camera_may_send_packets() {
    runtime().block_on(async {
        let camera = RtspCamera::start(None);
        let url = format!("rtsp://127.0.0.1:{}/live", camera.port);
        let (mut source, first) = connect(&detached_context(), &json!({ "URL": url, "RTSP_TRANSPORT": "udp" })).await;
        assert_eq!(first.field(Field::IMAGE).unwrap().shape, [1, 48, 64, 3]);
        assert!(number(&source.next_batch().await.unwrap().unwrap()) >= 1.0);
    });
}

#[test]
fn pictures_that_are_not_taken_are_dropped_and_counted() {
    runtime().block_on(async {
        let camera = RtspCamera::start(None);
        let url = format!("rtsp://127.0.0.1:{}/live", camera.port);
        let parameters = json!({ "URL": url, "QUEUE_FRAMES": 3, "BATCH_FRAMES": 64 });
        let (mut source, first) = connect(&detached_context(), &parameters).await;
        let before = source.dropped();
        while source.dropped() < before + 4 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let batch = source.next_batch().await.unwrap().unwrap();
        assert_eq!(batch.rows(), 3);
        let taken = first.rows() as f64;
        assert!(number(&batch) >= taken + 4.0, "{} after {taken}", number(&batch));
    });
}

#[test]
fn a_camera_that_falls_silent_is_given_up() {
    runtime().block_on(async {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", silent.local_addr().unwrap());
        let clock = FakeClock::standing();
        let services = Services { clock: Arc::new(clock.clone()), ..services() };
        let context = Context { services, ..detached_context() };
        let mut source = open_with(&context, json!({ "URL": url, "STALL_SECONDS": 30 })).await.unwrap();
        while clock.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(30));
        let error = source.next_batch().await.unwrap_err();
        assert_eq!(error.to_string(), format!("{url} is unavailable: no picture came for 30 s"));
        assert!(error.is_transient());
    });
}

#[test]
fn a_camera_that_is_not_there_is_unavailable() {
    runtime().block_on(async {
        let url = format!("rtsp://127.0.0.1:{}/live", free_port());
        let mut source = open_with(&detached_context(), json!({ "URL": url })).await.unwrap();
        let error = source.next_batch().await.unwrap_err();
        assert!(error.is_transient() && error.to_string().contains("Connection refused"), "{error}");
    });
}

#[test]
fn where_a_document_may_not_go_is_refused() {
    runtime().block_on(async {
        let job = JobIdentity { sender: "5F".into(), id: 1, shard: Shard::WHOLE, deed: 1, steps: 1 };
        let of_job = Context { job: Some(job), ..detached_context() };
        for (context, url) in [
            (&of_job, "rtsp://10.0.0.1/live"),
            (&detached_context(), "file:///etc/passwd"),
            (&detached_context(), "rtsp://user:secret@10.0.0.1/live"),
            (&detached_context(), "rtsp://10.0.0.1/a'\nfile '/etc/passwd"),
            (&detached_context(), "connection:unknown"),
        ] {
            let error = open_with(context, json!({ "URL": url })).await.err().expect(url);
            assert_eq!(error.class(), FailureClass::Document, "{url}: {error}");
        }
    });
}

#[test]
fn credentials_are_encoded() {
    let url = |user, password| with_credentials(&endpoint("rtsp://cam:554/x?a=b", user, password)).unwrap();
    assert_eq!(url(None, None), "rtsp://cam:554/x?a=b");
    assert_eq!(url(Some("us er"), None), "rtsp://us%20er@cam:554/x?a=b");
    assert_eq!(url(Some("u"), Some("p@'\nü")), "rtsp://u:p%40%27%0A%C3%BC@cam:554/x?a=b");
    assert_eq!(url(None, Some("t")), "rtsp://:t@cam:554/x?a=b");
}

fn arrival(number: u64, width: usize) -> Arrival {
    Arrival { frame: Frame { height: 1, width, pixels: vec![0; width * 3] }, time: 0, number }
}

fn numbers(taken: Vec<Arrival>) -> Vec<u64> {
    taken.into_iter().map(|arrival| arrival.number).collect()
}

#[test]
fn the_queue_keeps_the_newest_of_one_size_and_what_came_before_the_end() {
    runtime().block_on(async {
        let arrivals = Arrivals::new(3);
        for (number, width) in [(0, 1), (1, 1), (2, 1), (3, 2)] {
            arrivals.push(arrival(number, width));
        }
        arrivals.end(PluginError::unavailable("camera", "gone"));
        assert_eq!(arrivals.dropped(), 1);
        assert_eq!(numbers(arrivals.take(9).await.unwrap()), [1, 2]);
        assert_eq!(numbers(arrivals.take(9).await.unwrap()), [3]);
        assert!(arrivals.take(9).await.is_err() && arrivals.take(9).await.is_err());
    });
}

#[test]
fn the_queue_is_bounded_in_bytes_and_so_is_a_batch() {
    runtime().block_on(async {
        let arrivals = Arrivals::new(100);
        // 24 MiB each: five fit into the queue, two into a batch.
        for number in 0..9 {
            arrivals.push(arrival(number, 8 * 1024 * 1024));
        }
        assert_eq!(arrivals.dropped(), 4);
        assert_eq!(numbers(arrivals.take(9).await.unwrap()), [4, 5]);
        assert_eq!(numbers(arrivals.take(1).await.unwrap()), [6]);
    });
}
