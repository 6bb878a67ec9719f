//! The processes of a network: started with a log each, watched, and stopped by their ids.

use crate::CliError;
use rustix::process::{kill_process, set_parent_process_death_signal, Pid, Signal};
use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// How long a process may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(20);
/// How much of a log is shown when its process has ended.
const LOG_LINES: usize = 15;

/// Processes, in the order in which they were started.
#[derive(Debug, Default)]
pub struct Processes {
    running: Vec<Running>,
    /// Whether they outlive this program.
    detached: bool,
}

#[derive(Debug)]
struct Running {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Processes {
    /// Makes an empty set; with `detached` its processes outlive this program once [`Self::leave_running`] was called.
    pub fn new(detached: bool) -> Self {
        Self { running: Vec::new(), detached }
    }

    /// Starts a program whose words go to `log`; returns its id.
    ///
    /// Must be called on a thread that lives as long as this program: unless detached, the kernel ends the process with that thread.
    pub fn start(&mut self, name: &str, mut command: Command, log: &Path) -> Result<u32, CliError> {
        let fault = |reason: String| CliError::Process { name: name.to_owned(), reason };
        let open = || File::options().create(true).append(true).open(log);
        let file = open().map_err(|error| fault(format!("{}: {error}", log.display())))?;
        let copy = file.try_clone().map_err(|error| fault(error.to_string()))?;
        // A group of its own, so that Ctrl-C in a terminal reaches only this program, which then stops the others in order.
        command.stdin(Stdio::null()).stdout(file).stderr(copy).process_group(0);
        if !self.detached {
            // SAFETY: between fork and exec only an async-signal-safe system call is made, and no memory is allocated.
            unsafe { command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::TERM))?)) };
        }
        let child = command.spawn().map_err(|error| fault(format!("cannot start {}: {error}", command.get_program().to_string_lossy())))?;
        let id = child.id();
        self.running.push(Running { name: name.to_owned(), child, log: log.to_owned() });
        Ok(id)
    }

    /// Fails if a process has ended, with the end of its log.
    pub fn ensure_running(&mut self) -> Result<(), CliError> {
        for process in &mut self.running {
            if let Ok(Some(status)) = process.child.try_wait() {
                return Err(CliError::Process { name: process.name.clone(), reason: ended(status, &process.log) });
            }
        }
        Ok(())
    }

    /// The ids of the processes.
    pub fn ids(&self) -> Vec<u32> {
        self.running.iter().map(|process| process.child.id()).collect()
    }

    /// Lets the processes run on when this value goes; they must have been started detached.
    pub fn leave_running(mut self) -> Vec<u32> {
        let ids = self.ids();
        if self.detached {
            self.running.clear();
        }
        ids
    }

    /// Asks the processes to end, the last one first, and ends by force what does not within a deadline.
    pub async fn stop(mut self) {
        while let Some(mut process) = self.running.pop() {
            // An id stays ours until the process has been waited for, so this reaches no other process.
            let _ = kill_process(Pid::from_child(&process.child), Signal::TERM);
            let deadline = Instant::now() + FAREWELL;
            while matches!(process.child.try_wait(), Ok(None)) {
                if Instant::now() >= deadline {
                    let _ = process.child.kill();
                    let _ = process.child.wait();
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

impl Drop for Processes {
    /// Ends by force what was neither stopped nor left running.
    fn drop(&mut self) {
        for process in &mut self.running {
            let _ = process.child.kill();
            let _ = process.child.wait();
        }
    }
}

fn ended(status: ExitStatus, log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(LOG_LINES)..].join("\n");
    format!("ended with {status}; the end of {}:\n{tail}", log.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dev::wait_for;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    fn is_alive(id: u32) -> bool {
        fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    }

    #[tokio::test]
    async fn a_process_that_ends_is_reported_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let mut processes = Processes::new(false);
        processes.start("teller", shell("echo the reason; exit 3"), &folder.path().join("log")).unwrap();
        let never = || std::future::ready(Ok(None::<()>));
        let error = wait_for(&mut processes, "nothing", Duration::from_secs(30), never).await.unwrap_err().to_string();
        assert!(error.starts_with("teller: ended with exit status: 3") && error.contains("the reason"), "{error}");
    }

    #[tokio::test]
    async fn stopping_ends_every_process() {
        let folder = tempfile::tempdir().unwrap();
        let mut processes = Processes::new(false);
        let ids: Vec<u32> =
            (0..2).map(|n| processes.start("sleeper", shell("exec sleep 600"), &folder.path().join(n.to_string())).unwrap()).collect();
        assert!(ids.iter().all(|id| is_alive(*id)));
        processes.stop().await;
        assert!(!ids.iter().any(|id| is_alive(*id)));
    }

    #[test]
    fn what_is_dropped_is_ended_and_what_is_left_runs_on() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut dropped = Processes::new(true);
        let id = dropped.start("sleeper", shell("exec sleep 600"), &log).unwrap();
        drop(dropped);
        assert!(!is_alive(id));
        let mut left = Processes::new(true);
        left.start("sleeper", shell("exec sleep 600"), &log).unwrap();
        let ids = left.leave_running();
        assert!(is_alive(ids[0]));
        kill_process(Pid::from_raw(ids[0].try_into().unwrap()).unwrap(), Signal::KILL).unwrap();
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Processes::new(false).start("node", Command::new("/nowhere/neurite-node"), &folder.path().join("log")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/neurite-node"), "{error}");
    }
}
