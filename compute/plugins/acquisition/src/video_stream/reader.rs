//! The task that reads a camera.

use super::arrivals::{Arrival, Arrivals};
use crate::ffmpeg::{FfmpegError, Pictures};
use neurite_core::{Clock, PluginError};
use std::{sync::Arc, time::Duration};

/// A camera that is read.
pub(super) struct Reader {
    pub(super) pictures: Pictures,
    pub(super) arrivals: Arc<Arrivals>,
    pub(super) clock: Arc<dyn Clock>,
    /// After how long without a picture the camera is given up.
    pub(super) stall: Duration,
    /// The camera's name in messages.
    pub(super) name: String,
}

impl Reader {
    /// Reads pictures until the camera ends, stalls or fails.
    pub(super) async fn run(mut self) {
        let error = self.read().await;
        self.arrivals.end(error);
    }

    async fn read(&mut self) -> PluginError {
        for number in 0.. {
            let frame = tokio::select! {
                frame = self.pictures.next() => frame,
                () = self.clock.sleep(self.stall) => {
                    let seconds = self.stall.as_secs();
                    return PluginError::unavailable(&self.name, format!("no picture came for {seconds} s"));
                }
            };
            match frame {
                Ok(Some(frame)) => self.arrivals.push(Arrival { frame, time: self.clock.unix_ms(), number }),
                Ok(None) => break,
                Err(error) => return fault(&self.name, error),
            }
        }
        PluginError::unavailable(&self.name, "the camera ended the connection")
    }
}

/// Tells a camera that does not answer, which may change, from a node that cannot decode.
pub(super) fn fault(name: &str, error: FfmpegError) -> PluginError {
    match error {
        FfmpegError::Refused(_) | FfmpegError::Killed | FfmpegError::Garbled => PluginError::unavailable(name, error.to_string()),
        FfmpegError::TooLarge { .. } => PluginError::input(name, error.to_string()),
        error => PluginError::resources(error.to_string()),
    }
}
