//! The plugin `VideoFile` and its pictures.

use super::{config::VideoFileParameters, times::read_times};
use crate::ffmpeg::{Command, FfmpegError, Frame, Pictures, Scale, PROGRAM};
use neurite_core::{bounds::MAX_BATCH_BYTES, Acquisition, Batch, Bookmark, BoxFuture, Context, Field, Need, Plugin, PluginError, Tensor};
use std::{ops::Range, path::PathBuf};

/// Bytes of a row beside its picture: time and number.
const ROW_BYTES: usize = 16;

/// Reads video files in the engine's data folder.
#[derive(Debug, Clone, Copy)]
pub struct VideoFile;

impl Plugin for VideoFile {
    type Instance = Box<dyn Acquisition>;
    type Parameters = VideoFileParameters;
    const SIGNATURE: &'static str = "VideoFile";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/video_file.json");

    fn needs(&self, parameters: &VideoFileParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        Ok(vec![Need::file(&context.data, &parameters.url), Need::Program(PROGRAM)])
    }

    fn open<'a>(&'a self, parameters: VideoFileParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move { Ok(Box::new(VideoFrames::open(parameters, context).await?) as Self::Instance) })
    }
}

/// The pictures of a shard.
pub(super) struct VideoFrames {
    parameters: VideoFileParameters,
    path: PathBuf,
    /// The shard's pictures, counted from 0 among every `STEP`-th of the file.
    range: Range<u64>,
    /// The times of the shard's pictures, in Unix milliseconds.
    times: Vec<i64>,
    /// Pictures of the shard that were delivered.
    done: u64,
    /// The decoder, once the first batch was asked for.
    pub(super) pictures: Option<Pictures>,
    /// Height and width of the shard's first picture.
    size: Option<(usize, usize)>,
}

impl VideoFrames {
    pub(super) async fn open(parameters: VideoFileParameters, context: &Context) -> Result<Self, PluginError> {
        let input = parameters.url.as_str();
        let path = context.data.resolve(&parameters.url).map_err(|error| PluginError::input(input, error.to_string()))?;
        let times = read_times(&path, parameters.step).await.map_err(|error| fault(input, error))?;
        let range = context.shard.range(times.len() as u64);
        let of_shard = times.get(range.start as usize..range.end as usize).unwrap_or_default();
        let times = of_shard.iter().map(|time| time.saturating_add_unsigned(parameters.start_time)).collect();
        Ok(Self { path, range, times, done: 0, pictures: None, size: None, parameters })
    }

    fn rows(&self) -> u64 {
        self.range.end - self.range.start
    }

    async fn read_batch(&mut self) -> Result<Option<Batch>, PluginError> {
        let start = self.done;
        let most = (self.rows() - start).min(self.parameters.batch_frames.into()) as usize;
        if most == 0 {
            return Ok(None);
        }
        let Frame { height, width, mut pixels } = self.next_frame().await?;
        let rows = most.min(MAX_BATCH_BYTES / (pixels.len() + ROW_BYTES)).max(1);
        pixels.reserve_exact(pixels.len() * (rows - 1));
        for _ in 1..rows {
            pixels.extend(self.next_frame().await?.pixels);
        }
        let times = self.times.get(start as usize..self.done as usize).unwrap_or_default().to_vec();
        let step = u64::from(self.parameters.step);
        let numbers = (start..self.done).map(|row| ((self.range.start + row) * step) as f64).collect();
        let fields = vec![
            Field::new(Field::IMAGE, Tensor::u8(vec![rows, height, width, 3], pixels)?),
            Field::new(Field::TIME, Tensor::i64(vec![rows], times)?),
            Field::new("frame", Tensor::f64(vec![rows], numbers)?),
        ];
        Batch::new(start, fields).map(Some)
    }

    /// Returns the next picture, which must exist and be as large as the first.
    async fn next_frame(&mut self) -> Result<Frame, PluginError> {
        let input = self.parameters.url.as_str();
        let pictures = match &mut self.pictures {
            Some(pictures) => pictures,
            none => {
                let VideoFileParameters { step, width, height, .. } = self.parameters;
                let range = self.range.start + self.done..self.range.end;
                let command = Command::pictures(&self.path, &range, step, Scale { width, height });
                none.insert(Pictures::start(&command).await.map_err(|error| fault(input, error))?)
            }
        };
        let frame = pictures.next().await.map_err(|error| fault(input, error))?;
        let row = self.range.start + self.done;
        let frame = frame.ok_or_else(|| PluginError::input(input, format!("picture {row} is gone: the file became shorter")))?;
        let (height, width) = *self.size.get_or_insert((frame.height, frame.width));
        if (frame.height, frame.width) != (height, width) {
            let found = format!("{} x {} pixels", frame.width, frame.height);
            return Err(PluginError::input(input, format!("picture {row} is {found} instead of {width} x {height}: set WIDTH and HEIGHT")));
        }
        self.done += 1;
        Ok(frame)
    }
}

impl Acquisition for VideoFrames {
    fn total(&self) -> Option<u64> {
        Some(self.rows())
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            if bookmark.rows > self.rows() {
                let reason = format!("shard has no picture after its first {}", bookmark.rows);
                return Err(PluginError::input(self.parameters.url.as_str(), reason));
            }
            self.pictures = None;
            self.done = bookmark.rows;
            Ok(())
        })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(self.read_batch())
    }
}

/// Tells whose fault it is that there are no more pictures.
fn fault(input: &str, error: FfmpegError) -> PluginError {
    match error {
        FfmpegError::Killed => PluginError::unavailable(input, error.to_string()),
        error if error.is_inputs() => PluginError::input(input, error.to_string()),
        error => PluginError::resources(error.to_string()),
    }
}
