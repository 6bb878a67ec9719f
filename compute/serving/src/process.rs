//! A child process: its start, its end, and the certainty that it ends.
//!
//! A thread starts the child and waits for its end. It lives exactly as long as the child, which matters: the signal that a child asks
//! for at its parent's death comes when the *thread* that started it ends.

use std::{
    io,
    os::fd::OwnedFd,
    process::{Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{pidfd_open, pidfd_send_signal, Pid, PidfdFlags, Signal};
use tokio::sync::{oneshot, watch};

/// The stack of the thread that waits for a child.
const STACK_BYTES: usize = 128 << 10;

/// A running or ended child; dropping it kills the child.
#[derive(Debug)]
pub(crate) struct Process {
    pid: u32,
    handle: OwnedFd,
    status: watch::Receiver<Option<ExitStatus>>,
}

/// What the thread reports once the child runs.
type Started = io::Result<(u32, OwnedFd)>;

impl Process {
    /// Starts a child; it gets the socket as standard input and the memory as standard output.
    pub(crate) async fn spawn(mut command: Command, socket: OwnedFd, memory: OwnedFd) -> io::Result<Self> {
        command.stdin(Stdio::from(socket)).stdout(Stdio::from(memory)).stderr(Stdio::inherit());
        let (started_sender, started) = oneshot::channel();
        let (status_sender, status) = watch::channel(None);
        let keep = move || keep(command, started_sender, &status_sender);
        thread::Builder::new().name("serving-child".into()).stack_size(STACK_BYTES).spawn(keep)?;
        let (pid, handle) = started.await.map_err(|_| io::Error::other("the thread that starts the process ended"))??;
        Ok(Self { pid, handle, status })
    }

    /// Returns the process id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Kills the child, if it still runs.
    pub(crate) fn kill(&self) {
        if let Err(error) = pidfd_send_signal(&self.handle, Signal::KILL) {
            tracing::trace!(pid = self.pid, %error, "serving process was already gone");
        }
    }

    /// Waits for the child's end, up to a limit. Cancel-safe.
    pub(crate) async fn ended(&self, limit: Duration) -> Option<ExitStatus> {
        let mut receiver = self.status.clone();
        let ended = receiver.wait_for(Option::is_some);
        let status = tokio::time::timeout(limit, ended).await.ok()?.ok()?;
        *status
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.status.borrow().is_none() {
            self.kill();
        }
    }
}

fn keep(mut command: Command, started: oneshot::Sender<Started>, status: &watch::Sender<Option<ExitStatus>>) {
    let spawned = command.spawn();
    // The command holds this side's copies of the child's descriptors: while they are open, the child's end would go unnoticed.
    drop(command);
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => return drop(started.send(Err(error))),
    };
    let handle = Pid::from_raw(child.id() as i32)
        .ok_or_else(|| io::Error::other("process id out of bounds"))
        .and_then(|pid| Ok(pidfd_open(pid, PidfdFlags::empty())?));
    // Whoever asked may be gone, or there may be no handle to control the child by: then nobody wants it.
    let wanted = handle.is_ok();
    let told = started.send(handle.map(|handle| (child.id(), handle)));
    if !wanted || told.is_err() {
        if let Err(error) = child.kill() {
            tracing::trace!(pid = child.id(), %error, "serving process was already gone");
        }
    }
    match child.wait() {
        Ok(ended) => drop(status.send(Some(ended))),
        Err(error) => tracing::error!(pid = child.id(), %error, "cannot wait for serving process"),
    }
}
