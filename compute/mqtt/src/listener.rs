//! Listening sockets of this process that a library opened and keeps to itself.

use rustix::{
    net::{getsockname, sockopt},
    process::{getpid, pidfd_getfd, pidfd_open, ForeignRawFd, PidfdFlags, PidfdGetfdFlags},
};
use std::{fs, io, net::SocketAddr, os::fd::OwnedFd};

/// Where Linux lists the open files of this process.
const OPEN_FILES: &str = "/proc/self/fd";

/// Has every connection that is accepted on `address` from now on send small messages at once (RFC 1122, 4.2.3.4): Linux gives an
/// accepted connection the TCP_NODELAY of its listening socket.
///
/// # Errors
/// `NotFound` if this process does not listen on `address`; what the kernel says if it does not let the socket be reached.
pub(crate) fn accept_without_delay(address: SocketAddr) -> io::Result<()> {
    Ok(sockopt::set_tcp_nodelay(listening_on(address)?, true)?)
}

/// Returns a second handle of the socket that listens on `address`.
pub(crate) fn listening_on(address: SocketAddr) -> io::Result<OwnedFd> {
    let this = pidfd_open(getpid(), PidfdFlags::empty())?;
    for number in open_sockets()? {
        // Another thread may have closed it since.
        let Ok(socket) = pidfd_getfd(&this, number, PidfdGetfdFlags::empty()) else { continue };
        if is_listening_on(&socket, address) {
            return Ok(socket);
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, format!("no socket of this process listens on {address}")))
}

/// Returns the numbers of the open sockets. Other files are not touched: closing a second handle of one that SQLite has locked would
/// give up its lock.
fn open_sockets() -> io::Result<Vec<ForeignRawFd>> {
    let socket = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.ok()?;
        let target = fs::read_link(entry.path()).ok()?;
        if !target.to_str()?.starts_with("socket:") {
            return None;
        }
        entry.file_name().to_str()?.parse().ok()
    };
    Ok(fs::read_dir(OPEN_FILES)?.filter_map(socket).collect())
}

fn is_listening_on(socket: &OwnedFd, address: SocketAddr) -> bool {
    sockopt::socket_acceptconn(socket).unwrap_or(false)
        && getsockname(socket).ok().and_then(|bound| SocketAddr::try_from(bound).ok()) == Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn accepted_connections_do_not_delay() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        accept_without_delay(listener.local_addr().unwrap()).unwrap();
        let accepted = |listener: &TcpListener| {
            let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            listener.accept().unwrap().0.nodelay().unwrap()
        };
        assert!(accepted(&listener));
        assert!(!accepted(&other));
    }

    #[test]
    fn a_connection_is_no_listener() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let error = accept_without_delay(client.local_addr().unwrap()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
