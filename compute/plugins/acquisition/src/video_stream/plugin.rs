//! The plugin `VideoStream`.

use super::{
    address::with_credentials,
    arrivals::{Arrival, Arrivals},
    config::{RtspTransport, VideoStreamParameters},
    reader::{fault, Reader},
};
use crate::ffmpeg::{Camera, Command, Pictures, Scale, Transport, PROGRAM};
use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Context, Field, Need, Plugin, PluginError, Tensor};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// The schemes of the addresses that are spoken to.
const SCHEMES: &[&str] = &["rtsp", "http"];

/// Reads cameras.
#[derive(Debug, Clone, Copy)]
pub struct VideoStream;

impl Plugin for VideoStream {
    type Instance = Box<dyn Acquisition>;
    type Parameters = VideoStreamParameters;
    const SIGNATURE: &'static str = "VideoStream";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/video_stream.json");
    const LIVE: bool = true;

    fn needs(&self, parameters: &VideoStreamParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let camera = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        Ok(vec![Need::Program(PROGRAM), Need::Service(camera)])
    }

    fn open<'a>(&'a self, parameters: VideoStreamParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move { Ok(Box::new(CameraFrames::open(&parameters, context).await?) as Self::Instance) })
    }
}

/// The pictures of a camera.
struct CameraFrames {
    arrivals: Arc<Arrivals>,
    batch_frames: usize,
    /// Rows that were delivered.
    done: u64,
    /// Holds the reader, which ends when this is dropped.
    _reader: JoinSet<()>,
}

impl CameraFrames {
    /// Starts the decoder; whether the camera answers shows when the first picture is asked for.
    async fn open(parameters: &VideoStreamParameters, context: &Context) -> Result<Self, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        let stall = Duration::from_secs(parameters.stall_seconds.into());
        let transport = match parameters.rtsp_transport {
            RtspTransport::Tcp => Transport::Tcp,
            RtspTransport::Udp => Transport::Udp,
        };
        let camera = Camera { url: with_credentials(&endpoint)?, transport, timeout: stall };
        let scale = Scale { width: parameters.width, height: parameters.height };
        let pictures = Pictures::start(&Command::camera(&camera, scale)).await.map_err(|error| fault(&endpoint.url, error))?;
        let arrivals = Arc::new(Arrivals::new(parameters.queue_frames as usize));
        let reader =
            Reader { pictures, arrivals: arrivals.clone(), clock: context.services.clock.clone(), stall, name: endpoint.url.clone() };
        let mut task = JoinSet::new();
        task.spawn(reader.run());
        Ok(Self { arrivals, batch_frames: parameters.batch_frames as usize, done: 0, _reader: task })
    }

    async fn read_batch(&mut self) -> Result<Option<Batch>, PluginError> {
        let arrivals = self.arrivals.take(self.batch_frames).await?;
        let batch = batch(self.done, arrivals)?;
        self.done = batch.end();
        Ok(Some(batch))
    }
}

/// Makes the batch of pictures of one size.
fn batch(start: u64, arrivals: Vec<Arrival>) -> Result<Batch, PluginError> {
    let rows = arrivals.len();
    let (height, width) = arrivals.first().map_or((0, 0), |first| (first.frame.height, first.frame.width));
    let times = arrivals.iter().map(|arrival| arrival.time as i64).collect();
    let numbers = arrivals.iter().map(|arrival| arrival.number as f64).collect();
    let mut pixels: Vec<Vec<u8>> = arrivals.into_iter().map(|arrival| arrival.frame.pixels).collect();
    // One picture, as most batches have, is not copied.
    let pixels = if rows == 1 { pixels.swap_remove(0) } else { pixels.concat() };
    let fields = vec![
        Field::new(Field::IMAGE, Tensor::u8(vec![rows, height, width, 3], pixels)?),
        Field::new(Field::TIME, Tensor::i64(vec![rows], times)?),
        Field::new("frame", Tensor::f64(vec![rows], numbers)?),
    ];
    Batch::new(start, fields)
}

impl Acquisition for CameraFrames {
    fn total(&self) -> Option<u64> {
        None
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            self.done = bookmark.rows;
            Ok(())
        })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(self.read_batch())
    }

    fn dropped(&self) -> u64 {
        self.arrivals.dropped()
    }
}
