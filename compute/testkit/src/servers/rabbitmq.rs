//! RabbitMQ, from Debian's package `rabbitmq-server`.

use crate::free_address;
use std::{
    fs,
    net::SocketAddr,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The server itself: the command on the path switches to a user of its own and back to the machine's folders.
const PROGRAM: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";
/// A small machine takes this long to start Erlang beside other tests.
const START_TIMEOUT: Duration = Duration::from_secs(180);

/// A broker that can be killed and started again with what it has stored.
#[derive(Debug)]
pub struct RabbitMq {
    folder: tempfile::TempDir,
    address: SocketAddr,
    /// Where Erlang's nodes would find this one; it takes the place of a port mapper that all share.
    distribution: u16,
    child: Option<Child>,
}

impl RabbitMq {
    /// Starts an empty broker and returns when it takes connections.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("enabled_plugins"), "[].\n").expect("a file in a new folder");
        let mut broker = Self { folder, address: free_address(), distribution: free_address().port(), child: None };
        broker.restart().await;
        broker
    }

    /// Returns the URL; user and password are RabbitMQ's `guest`.
    pub fn url(&self) -> String {
        format!("amqp://{}", self.address)
    }

    /// Kills the broker, as a power cut would, and returns when nobody listens any more.
    pub async fn stop(&mut self) {
        let child = self.child.take().expect("a broker that runs");
        tokio::task::spawn_blocking(move || kill(child)).await.expect("the end of the broker");
        // The server is no child of this process, which therefore cannot wait for its end.
        while tokio::net::TcpStream::connect(self.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Starts the broker again with what it has stored, and returns when it takes connections.
    pub async fn restart(&mut self) {
        let child = self.child.insert(self.command().spawn().expect("rabbitmq-server can be started"));
        let began = Instant::now();
        while tokio::net::TcpStream::connect(self.address).await.is_err() {
            let ended = child.try_wait().expect("the state of a child");
            assert!(ended.is_none() && began.elapsed() < START_TIMEOUT, "rabbitmq does not start: {}", log(self.folder.path()));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn command(&self) -> Command {
        let (folder, port) = (self.folder.path(), self.address.port());
        let output = fs::File::options().create(true).append(true).open(folder.join("output")).expect("a file in the folder");
        // Nothing but loopback, and no port mapper.
        let erlang = format!("-start_epmd false -erl_epmd_port {} -kernel inet_dist_use_interface {{127,0,0,1}}", self.distribution);
        let mut command = Command::new(PROGRAM);
        command
            // A group of its own, for the program is a script with the server as its child.
            .process_group(0)
            .env("HOME", folder)
            .env("RABBITMQ_NODENAME", format!("test{port}@localhost"))
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODE_PORT", port.to_string())
            .env("RABBITMQ_DIST_PORT", self.distribution.to_string())
            .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", erlang)
            .env("RABBITMQ_LOGS", "-")
            .stdin(Stdio::null())
            .stderr(output.try_clone().expect("a second handle"))
            .stdout(output);
        for (variable, name) in [
            ("RABBITMQ_BASE", ""),
            ("RABBITMQ_MNESIA_BASE", "mnesia"),
            ("RABBITMQ_LOG_BASE", "log"),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", "enabled_plugins"),
            ("RABBITMQ_PID_FILE", "pid"),
            // Neither is there: the machine's own configuration must not count.
            ("RABBITMQ_CONF_ENV_FILE", "rabbitmq-env.conf"),
            ("RABBITMQ_CONFIG_FILE", "rabbitmq"),
        ] {
            command.env(variable, folder.join(name));
        }
        command
    }
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            kill(child);
        }
    }
}

fn kill(mut child: Child) {
    // One that has ended by itself cannot be killed.
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).stderr(Stdio::null()).status();
    let _ = child.wait();
}

fn log(folder: &Path) -> String {
    let output = fs::read_to_string(folder.join("output")).unwrap_or_default();
    let lines: Vec<&str> = output.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
