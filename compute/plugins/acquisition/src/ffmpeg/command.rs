//! What the child is asked to do. Pure functions.

use std::{ffi::OsString, fmt, ops::Range, path::Path, time::Duration};

/// The containers that files may be of: none that leads to other files.
const FILE_FORMATS: &str = "asf,avi,flv,gif,h264,hevc,ivf,m4v,matroska,mjpeg,mov,mpeg,mpegts,mpegvideo,nut,ogg,yuv4mpegpipe";
/// The containers that cameras may send; the first is the list of one entry that names the camera.
const CAMERA_FORMATS: &str = "concat,rtsp,sdp,rtp,flv,h264,hevc,jpeg_pipe,matroska,mjpeg,mov,mpegts,mpjpeg";
/// The protocols by which cameras are reached; the first is for the list.
const CAMERA_PROTOCOLS: &str = "pipe,rtsp,rtp,http,tcp,udp";
/// The most pixels of a picture before it is scaled.
const MAX_PIXELS: u32 = 8192 * 8192;
/// The threads that decode a file: with more, ffmpeg sometimes misses that a picture is damaged.
const FILE_THREADS: &str = "1";
/// The most threads that decode what a camera sends.
const CAMERA_THREADS: &str = "2";

/// To what size pictures are scaled; what is `None` follows from the other, or is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Scale {
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
}

/// How RTSP carries pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp,
    Udp,
}

/// A camera.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Camera {
    /// Its URL with user and password, of graphic ASCII characters without quotes and backslashes.
    pub(crate) url: String,
    pub(crate) transport: Transport,
    /// After how long without data it is given up.
    pub(crate) timeout: Duration,
}

/// Arguments, and what is written to the child's standard input.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(super) arguments: Vec<OsString>,
    pub(super) script: Option<String>,
}

impl fmt::Debug for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The script may hold a password.
        formatter.debug_struct("Command").field("arguments", &self.arguments).finish_non_exhaustive()
    }
}

impl Command {
    /// Asks for the times of every `step`-th picture of a file: a line of comment, then a line of milliseconds for each.
    pub(crate) fn times(file: &Path, step: u32) -> Self {
        let mut command = Self::of_file(file);
        command.add(&["-vf", &format!("framestep={step}"), "-enc_time_base", "-1", "-c:v", "wrapped_avframe"]);
        command.add(&["-f", "mkvtimestamp_v2", "pipe:1"]);
        command
    }

    /// Asks for the pictures of a file whose numbers, counted among every `step`-th, are in the range.
    ///
    /// All pictures before are decoded: only so it is certain which number a picture has.
    pub(crate) fn pictures(file: &Path, range: &Range<u64>, step: u32, scale: Scale) -> Self {
        let step = u64::from(step);
        let cut = format!("trim=start_frame={}:end_frame={},framestep={step}", range.start * step, range.end * step);
        let mut command = Self::of_file(file);
        command.add_pictures(&format!("{cut},{}", scale.filter()));
        command
    }

    /// Asks for the pictures of a camera as they come.
    pub(crate) fn camera(camera: &Camera, scale: Scale) -> Self {
        let Camera { url, transport, timeout } = camera;
        let transport = match transport {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
        };
        let timeout = timeout.as_micros();
        let options = match url.starts_with("rtsp:") {
            true => format!("option rtsp_transport {transport}\noption timeout {timeout}\n"),
            false => format!("option rw_timeout {timeout}\n"),
        };
        let mut command = Self { arguments: Vec::new(), script: Some(format!("ffconcat version 1.0\nfile '{url}'\n{options}")) };
        command.begin(CAMERA_PROTOCOLS, CAMERA_FORMATS, CAMERA_THREADS);
        command.add(&["-fflags", "nobuffer", "-flags", "low_delay", "-f", "concat", "-safe", "0", "-i", "pipe:0"]);
        command.choose_video();
        command.add_pictures(&scale.filter());
        command
    }

    fn of_file(file: &Path) -> Self {
        let mut command = Self { arguments: Vec::new(), script: None };
        // Damaged video is an error, for what a decoder makes of it may differ from worker to worker.
        command.add(&["-xerror"]);
        command.begin("file", FILE_FORMATS, FILE_THREADS);
        // Without the prefix, a name with a colon would be taken for a URL.
        let mut input = OsString::from("file:");
        input.push(file);
        command.add(&["-i"]);
        command.arguments.push(input);
        command.choose_video();
        command
    }

    fn begin(&mut self, protocols: &str, formats: &str, threads: &str) {
        self.add(&["-hide_banner", "-nostdin", "-loglevel", "error"]);
        self.add(&["-protocol_whitelist", protocols, "-format_whitelist", formats]);
        self.add(&["-max_pixels", &MAX_PIXELS.to_string(), "-threads", threads]);
    }

    /// Takes the first video that is no cover picture, every picture of it once.
    fn choose_video(&mut self) {
        self.add(&["-map", "0:V:0", "-fps_mode", "passthrough"]);
    }

    fn add_pictures(&mut self, filter: &str) {
        self.add(&["-vf", filter, "-c:v", "ppm", "-f", "image2pipe", "pipe:1"]);
    }

    fn add(&mut self, arguments: &[&str]) {
        self.arguments.extend(arguments.iter().map(OsString::from));
    }
}

impl Scale {
    /// Returns the filter that scales and makes red, green and blue, in the arithmetic that is the same on all processors.
    fn filter(self) -> String {
        let side = |side: Option<u32>| side.map_or("-1".to_owned(), |side| side.to_string());
        let size = match self {
            Self { width: None, height: None } => String::new(),
            Self { width, height } => format!("{}:{}:", side(width), side(height)),
        };
        format!("scale={size}flags=bicubic+accurate_rnd+full_chroma_int+bitexact,format=rgb24")
    }
}
