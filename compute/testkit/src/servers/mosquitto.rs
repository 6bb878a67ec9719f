//! Mosquitto, from Debian's package `mosquitto`.

use crate::free_address;
use std::{
    fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Where Debian keeps it, where only root's path looks.
const PROGRAM: &str = "/usr/sbin/mosquitto";
/// A small machine may take this long beside other tests.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A broker that can be killed and started again; it stores nothing.
#[derive(Debug)]
pub struct Mosquitto {
    folder: tempfile::TempDir,
    address: SocketAddr,
    child: Option<Child>,
}

impl Mosquitto {
    /// Starts a broker for anonymous clients and returns when it takes connections.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = free_address();
        let config = format!("listener {} 127.0.0.1\nallow_anonymous true\npersistence false\n", address.port());
        fs::write(folder.path().join("mosquitto.conf"), config).expect("a file in a new folder");
        let mut broker = Self { folder, address, child: None };
        broker.restart().await;
        broker
    }

    /// Returns the URL.
    pub fn url(&self) -> String {
        format!("mqtt://{}", self.address)
    }

    /// Kills the broker, as a power cut would.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // One that has ended by itself cannot be killed.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts the broker again and returns when it takes connections.
    pub async fn restart(&mut self) {
        let mut command = Command::new(PROGRAM);
        command.arg("-c").arg(self.folder.path().join("mosquitto.conf")).stdout(Stdio::null()).stderr(Stdio::null());
        let child = self.child.insert(command.spawn().expect("mosquitto can be started"));
        let began = Instant::now();
        while tokio::net::TcpStream::connect(self.address).await.is_err() {
            let ended = child.try_wait().expect("the state of a child");
            assert!(ended.is_none() && began.elapsed() < START_TIMEOUT, "mosquitto does not start: {ended:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.stop();
    }
}
