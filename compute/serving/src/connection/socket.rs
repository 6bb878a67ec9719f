//! The engine's end of the socket: read through the runtime, written to at once.

use std::{
    io::{self, Read, Write},
    net::Shutdown,
    os::unix::net::UnixStream as StdStream,
};

use tokio::net::UnixStream;

/// A non-blocking socket to a serving process.
#[derive(Debug)]
pub(crate) struct Socket {
    reader: UnixStream,
    /// The same socket, written to without asking the runtime whether it is writable: a byte that finds no room is not needed.
    writer: StdStream,
}

impl Socket {
    /// Takes over a connected socket.
    pub(crate) fn new(stream: StdStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        let writer = stream.try_clone()?;
        Ok(Self { reader: UnixStream::from_std(stream)?, writer })
    }

    /// Waits until there may be something to read. Cancel-safe.
    pub(crate) async fn readable(&self) -> io::Result<()> {
        self.reader.readable().await
    }

    /// Writes the byte that wakes the process.
    pub(crate) fn ring(&self) -> io::Result<()> {
        (&self.writer).write(&[1]).map(drop)
    }

    /// Tells the process that nothing more will come.
    pub(crate) fn close_writing(&self) -> io::Result<()> {
        self.writer.shutdown(Shutdown::Write)
    }
}

impl Read for &Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.try_read(buffer)
    }
}
