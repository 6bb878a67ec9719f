//! Free ports of the loopback.

use crate::CliError;
use std::{
    net::{Ipv4Addr, TcpListener},
    ops::Range,
};

/// The port that people and their tools expect a node's RPC on.
pub(super) const USUAL_RPC: u16 = 9944;

/// Ports that Linux gives to no connection by itself (`net.ipv4.ip_local_port_range`): whoever listened on one finds it free after a restart.
const LASTING: Range<u16> = 10_000..20_000;

/// Holds ports until the processes that are to listen on them start, so that none is given out twice.
#[derive(Debug, Default)]
pub(super) struct Ports {
    held: Vec<TcpListener>,
}

impl Ports {
    /// Holds any free port.
    pub(super) fn any(&mut self) -> Result<u16, CliError> {
        let none = || CliError::Process { name: "loopback".into(), reason: "no port is free".into() };
        // Networks that start at the same time begin to look at different places.
        let first = std::process::id() % u32::from(LASTING.end - LASTING.start);
        let first = LASTING.start + u16::try_from(first).unwrap_or_default();
        (first..LASTING.end).chain(LASTING.start..first).find_map(|port| self.bind(port)).ok_or_else(none)
    }

    /// Holds `wanted` if it is free, any other if not.
    pub(super) fn preferably(&mut self, wanted: u16) -> Result<u16, CliError> {
        match self.bind(wanted) {
            Some(port) => Ok(port),
            None => self.any(),
        }
    }

    fn bind(&mut self, port: u16) -> Option<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
        self.held.push(listener);
        Some(port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_replaced_by_another() {
        let mut ports = Ports::default();
        let first = ports.any().unwrap();
        let second = ports.preferably(first).unwrap();
        assert_ne!(first, second);
        drop(ports);
        assert_eq!(Ports::default().preferably(second).unwrap(), second);
    }
}
