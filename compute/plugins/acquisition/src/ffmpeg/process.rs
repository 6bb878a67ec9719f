//! The child.

use super::{command::Command, messages::last_messages, picture::Frame, FfmpegError};
use rustix::process::{prlimit, Pid, Resource, Rlimit};
use std::{io, process::Stdio};
use tokio::{
    io::{AsyncWriteExt, BufReader},
    process::{Child, ChildStdout},
    task::JoinHandle,
};

/// The program, looked up on the search path.
pub(crate) const PROGRAM: &str = "ffmpeg";
/// The most memory of a child, in bytes.
pub(super) const MAX_MEMORY: u64 = 4 * 1024 * 1024 * 1024;
/// How much of the pipe is read at once, in bytes.
const PIPE_BUFFER: usize = 64 * 1024;

/// A running `ffmpeg`; killed when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) output: BufReader<ChildStdout>,
    messages: JoinHandle<String>,
}

impl Process {
    /// Starts the child. Needs a tokio runtime around it.
    pub(crate) async fn start(command: &Command) -> Result<Self, FfmpegError> {
        let mut process = tokio::process::Command::new(PROGRAM);
        process.args(&command.arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
        process.stdin(if command.script.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = process.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => FfmpegError::Missing,
            _ => error.into(),
        })?;
        confine(&child)?;
        if let (Some(script), Some(mut input)) = (&command.script, child.stdin.take()) {
            // A child that ended before it read this says why itself.
            let _ = input.write_all(script.as_bytes()).await;
        }
        let (output, messages) = child.stdout.take().zip(child.stderr.take()).ok_or_else(|| io::Error::other("has no pipes"))?;
        let output = BufReader::with_capacity(PIPE_BUFFER, output);
        Ok(Self { child, output, messages: tokio::spawn(last_messages(messages)) })
    }

    /// Waits for the end of a child that has closed its output; fails if it did not end well.
    pub(crate) async fn finish(&mut self) -> Result<(), FfmpegError> {
        let status = self.child.wait().await?;
        match status.code() {
            Some(0) => Ok(()),
            Some(code) => {
                let messages = (&mut self.messages).await.unwrap_or_default();
                let messages = if messages.is_empty() { format!("ffmpeg ended with code {code}") } else { messages };
                Err(FfmpegError::Refused(messages))
            }
            None => Err(FfmpegError::Killed),
        }
    }

    /// Returns the child's process id while it runs.
    #[cfg(test)]
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }
}

/// Limits what the child may take: memory, and no files.
fn confine(child: &Child) -> Result<(), FfmpegError> {
    // Without an id the limits would be the engine's own.
    let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) else { return Ok(()) };
    for (resource, limit) in [(Resource::As, MAX_MEMORY), (Resource::Fsize, 0), (Resource::Core, 0)] {
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        match prlimit(Some(id), resource, limit) {
            // A child that has already ended says why itself.
            Ok(_) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => return Err(io::Error::from(error).into()),
        }
    }
    Ok(())
}

/// A running `ffmpeg` that gives pictures.
pub(crate) struct Pictures {
    process: Process,
    ended: bool,
}

impl Pictures {
    /// Starts the child. Needs a tokio runtime around it.
    pub(crate) async fn start(command: &Command) -> Result<Self, FfmpegError> {
        Ok(Self { process: Process::start(command).await?, ended: false })
    }

    /// Returns the next picture; `None` when the child ended well.
    pub(crate) async fn next(&mut self) -> Result<Option<Frame>, FfmpegError> {
        if self.ended {
            return Ok(None);
        }
        if let Some(frame) = Frame::read(&mut self.process.output).await? {
            return Ok(Some(frame));
        }
        self.ended = true;
        self.process.finish().await.map(|()| None)
    }

    /// Returns the child's process id while it runs.
    #[cfg(test)]
    pub(crate) fn process_id(&self) -> Option<u32> {
        self.process.id()
    }
}
