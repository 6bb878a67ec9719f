//! MariaDB, from Debian's package `mariadb-server`.

use super::{program, unprivileged, Server};
use crate::free_address;
use rustix::process::Signal;
use std::{
    net::{Ipv4Addr, TcpStream},
    path::PathBuf,
    process::Command,
};

/// A MariaDB server with the database `test`, which the user [`MariaDb::USER`] owns.
pub struct MariaDb {
    _server: Server,
    _folder: tempfile::TempDir,
    port: u16,
}

impl MariaDb {
    /// The user.
    pub const USER: &'static str = "neurite";
    /// The user's password.
    pub const PASSWORD: &'static str = "correct horse";

    /// Makes a database and starts the server.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let mut make = Command::new(program("mariadb-install-db", &folders()));
        make.arg("--no-defaults")
            .arg(format!("--datadir={}", data.display()))
            .args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
        let made = unprivileged(make, folder.path(), "mysql").status().expect("a program that can be started");
        assert!(made.success(), "mariadb-install-db failed: {made}");
        let users = folder.path().join("users.sql");
        let (user, password) = (Self::USER, Self::PASSWORD);
        let text = format!("CREATE DATABASE test;\nCREATE USER {user}@'127.0.0.1' IDENTIFIED BY '{password}';\nGRANT ALL ON test.* TO {user}@'127.0.0.1';\n");
        std::fs::write(&users, text).expect("a file");
        let port = free_address().port();
        let mut command = Command::new(program("mariadbd", &folders()));
        command.arg("--no-defaults").arg(format!("--datadir={}", data.display())).arg(format!("--init-file={}", users.display()));
        command.arg(format!("--socket={}", folder.path().join("socket").display())).arg(format!("--port={port}"));
        command.args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-method=fsync"]);
        // It listens after it has read the users.
        let ready = || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
        let server = Server::start(unprivileged(command, folder.path(), "mysql"), Signal::TERM, ready);
        Self { _server: server, _folder: folder, port }
    }

    /// Returns the URL of the database, without user and password.
    pub fn url(&self) -> String {
        format!("mysql://127.0.0.1:{}/test", self.port)
    }
}

fn folders() -> Vec<PathBuf> {
    ["/usr/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from).to_vec()
}
