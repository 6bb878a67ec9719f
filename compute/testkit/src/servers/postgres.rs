//! PostgreSQL, from Debian's package `postgresql`.

use super::{program, unprivileged, Server};
use crate::free_address;
use rustix::process::Signal;
use std::{path::PathBuf, process::Command};

/// A PostgreSQL server with the user [`PostgreSql::USER`], who owns it, and the database `postgres`.
pub struct PostgreSql {
    folder: tempfile::TempDir,
    port: u16,
    server: Option<Server>,
}

impl PostgreSql {
    /// The user.
    pub const USER: &'static str = "neurite";
    /// The user's password.
    pub const PASSWORD: &'static str = "correct horse";

    /// Makes a cluster and starts it.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let secret = folder.path().join("password");
        std::fs::write(&secret, Self::PASSWORD).expect("a file");
        let mut make = Command::new(program("initdb", &folders()));
        make.arg("--pgdata").arg(folder.path().join("data")).arg("--pwfile").arg(&secret);
        make.args(["--username", Self::USER, "--auth=scram-sha-256", "--no-sync", "--locale=C.UTF-8"]);
        let made = unprivileged(make, folder.path(), "postgres").status().expect("a program that can be started");
        assert!(made.success(), "initdb failed: {made}");
        let mut this = Self { folder, port: free_address().port(), server: None };
        this.resume();
        this
    }

    /// Returns the URL of a database, without user and password.
    pub fn url(&self) -> String {
        format!("postgres://127.0.0.1:{}/postgres", self.port)
    }

    /// Ends the server.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// Starts the server again, at the same port.
    pub fn resume(&mut self) {
        let data = self.folder.path().join("data");
        let mut command = Command::new(program("postgres", &folders()));
        command.arg("-D").arg(&data).arg("-k").arg(self.folder.path()).args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-F"]);
        let command = unprivileged(command, self.folder.path(), "postgres");
        // The server writes how far it is into the last line of this file.
        let status = data.join("postmaster.pid");
        let ready = || std::fs::read_to_string(&status).is_ok_and(|text| text.lines().any(|line| line.trim_end() == "ready"));
        self.server = Some(Server::start(command, Signal::QUIT, ready));
    }
}

/// The folders of Debian's versions, the newest first, and those of other systems.
fn folders() -> Vec<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(["/usr/local/bin", "/usr/bin"].map(PathBuf::from));
    folders
}
