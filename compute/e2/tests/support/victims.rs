//! The processes of an engine, for tests that kill them.

use rustix::process::{kill_process, Pid, Signal};
use std::fs;

/// A kind of process that an engine starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Child {
    /// Holds a model.
    Serving,
    /// Runs code of a user.
    Sandbox,
    /// Decodes a video.
    Decoder,
}

impl Child {
    /// What its command line holds and no other's does.
    fn mark(self) -> &'static str {
        match self {
            Self::Serving => "serve-model",
            Self::Sandbox => "run-code",
            Self::Decoder => "ffmpeg",
        }
    }
}

/// The children of a process that are of a kind.
pub fn children(parent: u32, kind: Child) -> Vec<u32> {
    let pids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent_of(*pid) == Some(parent) && command_line(*pid).contains(kind.mark())).collect()
}

/// Kills a process as a power cut would; one that is gone already is no fault.
pub fn kill(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    // It may have ended since it was looked up.
    let _ = kill_process(pid, Signal::KILL);
}

/// Resident memory in KiB.
pub fn resident_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Open files.
pub fn open_files(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

fn command_line(pid: u32) -> String {
    String::from_utf8_lossy(&fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default()).replace('\0', " ")
}
