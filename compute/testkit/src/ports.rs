//! Ports on which the servers of tests listen.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    ops::Range,
    sync::atomic::{AtomicU16, Ordering::Relaxed},
};

/// Ports that Linux gives to no connection by itself (`net.ipv4.ip_local_port_range`): a server that is started again finds its own free.
const LASTING: Range<u16> = 20_000..32_768;

/// Returns an address of the loopback on which nobody listens; another one with every call in this process.
pub fn free_address() -> SocketAddr {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    let count = LASTING.end - LASTING.start;
    // Tests that run at the same time begin to look at different places.
    let place = (u64::from(std::process::id()) * 97 % u64::from(count)) as u16;
    let port = |taken: u16| LASTING.start + (place + taken % count) % count;
    let mut addresses = (0..count).map(|_| SocketAddr::from((Ipv4Addr::LOCALHOST, port(TAKEN.fetch_add(1, Relaxed)))));
    addresses.find(|address| TcpListener::bind(address).is_ok()).expect("a free port of the loopback")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_is_given_twice_and_none_is_taken() {
        let first = free_address();
        let _listener = TcpListener::bind(first).unwrap();
        let second = free_address();
        assert_ne!(first, second);
        assert!(LASTING.contains(&first.port()) && LASTING.contains(&second.port()));
    }
}
