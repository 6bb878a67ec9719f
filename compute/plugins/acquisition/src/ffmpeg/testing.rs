//! Videos and cameras that tests make with the real `ffmpeg`.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};
use tokio::runtime::{Builder, Runtime};

/// Returns a runtime for plugins that start processes; the caller enters it.
pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

/// Runs `ffmpeg` to its end; `arguments` are separated by spaces, the last is below `folder`.
pub(crate) fn make(folder: &Path, arguments: &str, name: &str) {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-loglevel", "error", "-y"]).args(arguments.split_whitespace()).arg(folder.join(name));
    assert!(command.status().expect("ffmpeg is installed").success(), "ffmpeg {arguments} {name}");
}

/// An `ffmpeg` that plays a camera; killed when dropped.
pub(crate) struct RunningCamera(Child);

impl RunningCamera {
    /// Starts a camera that sends a test picture of 64 x 48 pixels, ten times a second, as `output` says.
    pub(crate) fn start(output: &str) -> Self {
        let input = "-re -f lavfi -i testsrc=size=64x48:rate=10 -c:v mpeg2video -g 5";
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-loglevel", "quiet"]).args(input.split_whitespace()).args(output.split_whitespace());
        Self(command.stdin(Stdio::null()).spawn().expect("ffmpeg is installed"))
    }
}

impl Drop for RunningCamera {
    fn drop(&mut self) {
        // One that has already ended needs no more.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns a port of the loopback that is free at the moment.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Tells whether a process runs.
pub(crate) fn is_running(process: u32) -> bool {
    // A process that was killed but not yet waited for is a zombie.
    let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    state.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}
