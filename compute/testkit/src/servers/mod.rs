//! Real servers for tests, each started on loopback at a free port in a folder of its own and ended when dropped.
//!
//! A server whose program is missing fails the test with what to do about it: a test that is passed over in silence shows nothing.

mod mariadb;
mod mosquitto;
mod postgres;
mod rabbitmq;

pub use mariadb::MariaDb;
pub use mosquitto::Mosquitto;
pub use postgres::PostgreSql;
pub use rabbitmq::RabbitMq;

use rustix::process::{kill_process, Pid, Signal};
use std::{
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long a server may take to start or to end.
const DEADLINE: Duration = Duration::from_secs(120);

/// Finds a program of a server in these folders.
fn program(name: &str, folders: &[PathBuf]) -> PathBuf {
    let found = folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("the program {name} is missing: run scripts/setup, which installs what the tests need"))
}

/// The user and group of a name, from the system's list.
fn account(name: &str) -> Option<(u32, u32)> {
    let accounts = std::fs::read_to_string("/etc/passwd").expect("a list of users");
    let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// A server's process, which is not root's even where the test is.
struct Server {
    child: Child,
    end: Signal,
}

/// Lets a command run as an unprivileged user that owns a folder; unchanged unless the test is run by root.
fn unprivileged(mut command: Command, folder: &Path, user: &str) -> Command {
    if rustix::process::getuid().is_root() {
        let (user, group) = account(user).or_else(|| account("nobody")).expect("an unprivileged user");
        chown(folder, Some(user), Some(group)).expect("a folder given away");
        command.uid(user).gid(group);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir(folder);
    command
}

impl Server {
    /// Starts a server and waits until it is ready.
    fn start(mut command: Command, end: Signal, ready: impl Fn() -> bool) -> Self {
        let mut server = Self { child: command.spawn().expect("a server that can be started"), end };
        let begun = Instant::now();
        while !ready() {
            assert!(server.child.try_wait().expect("a child").is_none(), "the server ended while it started: {command:?}");
            assert!(begun.elapsed() < DEADLINE, "the server did not start: {command:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(pid) = Pid::from_raw(self.child.id() as i32) else { return };
        // It may have ended by itself.
        let _ = kill_process(pid, self.end);
        let begun = Instant::now();
        while begun.elapsed() < DEADLINE && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
