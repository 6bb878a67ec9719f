//! Parameters of `VideoStream`.

use schemars::JsonSchema;
use serde::Deserialize;

/// How RTSP carries pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RtspTransport {
    /// In the connection of the commands: no picture is lost or damaged on the way.
    #[default]
    Tcp,
    /// In packets of their own: less delay on a bad network, but pictures may be damaged.
    Udp,
}

/// Reads the pictures of a camera over RTSP or HTTP; of those that are not taken in time, the oldest are dropped and counted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct VideoStreamParameters {
    /// The camera: `rtsp://…` or `http://…` without user and password, or `connection:NAME` of a connection of the engine.
    #[schemars(length(min = 1, max = 2048))]
    pub url: String,
    /// Most pictures per batch; a batch has those that are there, at least one.
    #[serde(default = "default_batch_frames")]
    #[schemars(range(min = 1, max = 64))]
    pub batch_frames: u32,
    /// Most pictures that wait to be taken; fewer do if they would take more than 128 MiB.
    #[serde(default = "default_queue_frames")]
    #[schemars(range(min = 1, max = 256))]
    pub queue_frames: u32,
    /// Width to which pictures are scaled, in pixels; without it, it follows from HEIGHT, or is the camera's.
    #[serde(default)]
    #[schemars(range(min = 8, max = 4096))]
    pub width: Option<u32>,
    /// Height to which pictures are scaled, in pixels; without it, it follows from WIDTH, or is the camera's.
    #[serde(default)]
    #[schemars(range(min = 8, max = 4096))]
    pub height: Option<u32>,
    /// How RTSP carries pictures.
    #[serde(default)]
    pub rtsp_transport: RtspTransport,
    /// Seconds without a picture after which the camera is given up and opened again.
    #[serde(default = "default_stall_seconds")]
    #[schemars(range(min = 1, max = 600))]
    pub stall_seconds: u32,
}

fn default_batch_frames() -> u32 {
    1
}

fn default_queue_frames() -> u32 {
    2
}

fn default_stall_seconds() -> u32 {
    10
}
