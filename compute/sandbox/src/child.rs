//! One worker as its keeper sees it: started, asked with a deadline, ended.

use crate::{
    error::SandboxError,
    launch::Launch,
    limits::{Limits, MAX_FAULT_BYTES},
    wire::{keep_end, read, Reply},
};
use std::{
    fs,
    io::{self, Read, Write},
    os::{fd::OwnedFd, unix::net::UnixStream, unix::process::ExitStatusExt},
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long a worker that closed its pipe may take to end by itself, so that its status tells why.
const END_WAIT: Duration = Duration::from_millis(500);
/// How often its status is asked for meanwhile.
const END_STEP: Duration = Duration::from_millis(2);
/// The exit status of a Rust program that panicked.
const PANICKED: i32 = 101;
/// What bubblewrap adds to the number of a signal for its exit status.
const SIGNALLED: i32 = 128;

/// A worker; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    socket: UnixStream,
    errors: Option<ChildStderr>,
    is_walled: bool,
}

impl Worker {
    /// Starts a worker with nothing but a socket to talk over and a pipe to complain on.
    pub(crate) fn start(launch: &Launch) -> io::Result<Self> {
        fs::create_dir_all(&launch.folder)?;
        let (socket, theirs) = UnixStream::pair()?;
        let their_output = theirs.try_clone()?;
        let mut command = Command::new(&launch.program);
        command.args(&launch.args).env_clear().current_dir(&launch.folder);
        command.stdin(OwnedFd::from(theirs)).stdout(OwnedFd::from(their_output)).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        // The command holds our copies of the worker's ends: while they are open, its end would go unnoticed.
        drop(command);
        let errors = child.stderr.take();
        Ok(Self { child, socket, errors, is_walled: launch.is_walled })
    }

    /// Returns the process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns a second handle of the socket, for whoever wants to interrupt.
    pub(crate) fn socket(&self) -> io::Result<UnixStream> {
        self.socket.try_clone()
    }

    /// Asks a question and waits for the answer, no longer than `time`. After an error the worker is of no use.
    pub(crate) fn ask(&mut self, question: &[u8], time: Duration, limits: &Limits) -> Result<Reply, SandboxError> {
        let mut socket = Timed { socket: &self.socket, deadline: Instant::now() + time };
        let answer = match socket.write_all(question) {
            // A worker that ends while it is written to may have said why.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => read::<Reply>(&mut socket, limits.reply()),
        };
        match answer {
            Ok(Some(reply)) => Ok(reply),
            Ok(None) => Err(self.ended(limits)),
            Err(error) => Err(match error.kind() {
                io::ErrorKind::InvalidData => SandboxError::Protocol { reason: error.to_string() },
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => SandboxError::TooSlow { limit_ms: limits.time_ms },
                _ => self.ended(limits),
            }),
        }
    }

    /// Waits for the end of a worker that closed its socket and says what ended it.
    fn ended(&mut self, limits: &Limits) -> SandboxError {
        let deadline = Instant::now() + END_WAIT;
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < deadline => thread::sleep(END_STEP),
                Ok(None) => return SandboxError::Protocol { reason: "it closed its pipe and lives on".into() },
                Err(error) => return SandboxError::Crashed { how: format!("its end cannot be seen: {error}") },
            }
        };
        blame(status, self.is_walled, &self.complaint(), limits)
    }

    /// Returns the end of what the worker wrote on its pipe for errors. Called when it has ended: every writer is gone.
    fn complaint(&mut self) -> String {
        let mut bytes = Vec::new();
        if let Some(errors) = self.errors.take() {
            // What cannot be read is missing from a message that says enough without it.
            let _ = errors.take(64 * 1024).read_to_end(&mut bytes);
        }
        keep_end(String::from_utf8_lossy(&bytes).trim(), MAX_FAULT_BYTES).to_owned()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Both fail only if it has ended and was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says what an end means: of these, only a kill from outside may be no fault of the code.
fn blame(status: ExitStatus, is_walled: bool, complaint: &str, limits: &Limits) -> SandboxError {
    let how = if complaint.is_empty() { status.to_string() } else { format!("{status}: {complaint}") };
    let out_of_memory = complaint.contains("memory allocation") || complaint.contains("out of memory");
    // Bubblewrap says the signal that ended what is behind it as shells do.
    let behind = status.code().filter(|code| is_walled && *code > SIGNALLED).map(|code| code - SIGNALLED);
    match status.signal().or(behind) {
        None if is_walled && complaint.ends_with("MemoryError") => SandboxError::TooLarge { limit_mb: limits.memory_mb },
        Some(libc::SIGABRT) if out_of_memory => SandboxError::TooLarge { limit_mb: limits.memory_mb },
        Some(libc::SIGKILL | libc::SIGTERM | libc::SIGINT | libc::SIGHUP) => SandboxError::Lost { how },
        Some(libc::SIGSYS) => SandboxError::Forbidden,
        None if status.code() == Some(PANICKED) && out_of_memory => SandboxError::TooLarge { limit_mb: limits.memory_mb },
        _ => SandboxError::Crashed { how },
    }
}

/// A socket whose reads and writes share a deadline.
struct Timed<'a> {
    socket: &'a UnixStream,
    deadline: Instant,
}

impl Timed<'_> {
    fn left(&self) -> io::Result<Option<Duration>> {
        match self.deadline.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => Ok(Some(left)),
            _ => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(self.left()?)?;
        self.socket.read(buffer)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(self.left()?)?;
        self.socket.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
