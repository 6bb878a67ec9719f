//! What a serving process says when its model is loaded, or why it is not.
//!
//! One frame on the socket: its length as four little-endian bytes, then JSON. After it the socket carries only single bytes that wake
//! the other side, whose values mean nothing; its end means that the other side is gone or wants to part.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::tensor::{ModelDescription, MAX_RANK, MAX_TENSORS};

/// The version of the hello and of everything that follows it.
pub(crate) const VERSION: u32 = 2;

/// The longest hello.
const LONGEST: usize = 64 << 10;

/// The first and only frame of a serving process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hello {
    /// The version that the process speaks.
    pub(crate) version: u32,
    /// How loading the model went.
    pub(crate) outcome: Outcome,
}

/// How loading a model went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The model is ready.
    Ready(ModelDescription),
    /// The model cannot be served, for this reason.
    ModelInvalid(String),
    /// The backend's library cannot be used, for this reason.
    BackendUnavailable(String),
    /// Loading the model needed more memory than the process may have.
    MemoryExceeded(String),
}

impl Hello {
    /// Makes the hello of this version.
    pub(crate) fn new(outcome: Outcome) -> Self {
        Self { version: VERSION, outcome }
    }

    /// Writes the frame.
    pub(crate) fn send(&self, mut stream: impl Write) -> io::Result<()> {
        let body = serde_json::to_vec(self)?;
        if body.len() > LONGEST {
            return Err(io::Error::other("the model's description is too long"));
        }
        let mut frame = (body.len() as u32).to_le_bytes().to_vec();
        frame.extend_from_slice(&body);
        stream.write_all(&frame)
    }
}

/// Collects a hello from a socket that gives it in pieces.
#[derive(Debug, Default)]
pub(crate) struct HelloReader {
    bytes: Vec<u8>,
}

impl HelloReader {
    /// Reads what is there; `None` means that more is needed. [`io::ErrorKind::WouldBlock`] passes through.
    pub(crate) fn read_from(&mut self, mut stream: impl Read) -> io::Result<Option<Hello>> {
        let wanted = self.wanted()?;
        let mut piece = vec![0; wanted - self.bytes.len()];
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.bytes.extend_from_slice(&piece[..count]);
        if self.bytes.len() <= 4 || self.bytes.len() < self.wanted()? {
            return Ok(None);
        }
        parse(&self.bytes[4..]).map(Some)
    }

    /// Returns how many bytes the frame has, as far as known.
    fn wanted(&self) -> io::Result<usize> {
        let Some(length) = self.bytes.first_chunk::<4>() else { return Ok(4) };
        let length = u32::from_le_bytes(*length) as usize;
        if length == 0 || length > LONGEST {
            return Err(io::Error::other("length of the hello is out of bounds"));
        }
        Ok(4 + length)
    }
}

fn parse(body: &[u8]) -> io::Result<Hello> {
    let hello: Hello = serde_json::from_slice(body)?;
    if hello.version != VERSION {
        return Err(io::Error::other(format!("version {} instead of {VERSION}", hello.version)));
    }
    if let Outcome::Ready(model) = &hello.outcome {
        let tensors = model.inputs.iter().chain(&model.outputs);
        if model.inputs.len() > MAX_TENSORS
            || model.outputs.len() > MAX_TENSORS
            || tensors.into_iter().any(|info| info.shape.len() > MAX_RANK)
        {
            return Err(io::Error::other("the model's description is out of bounds"));
        }
    }
    Ok(hello)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        execution::{Device, Execution, Runtime},
        tensor::{Dtype, TensorInfo},
    };

    fn hello() -> Hello {
        let info = |name: &str, size| TensorInfo { name: name.into(), shape: vec![None, Some(size)], dtype: Dtype::F32 };
        let execution = Execution { runtime: Runtime::OnnxRuntime, device: Device::Cpu, note: Some("no library".into()) };
        let (inputs, outputs) = (vec![info("features", 64)], vec![info("scores", 10)]);
        Hello::new(Outcome::Ready(ModelDescription { inputs, outputs, execution }))
    }

    fn framed(hello: &Hello) -> Vec<u8> {
        let mut frame = Vec::new();
        hello.send(&mut frame).unwrap();
        frame
    }

    #[test]
    fn golden_hello() {
        let expected = concat!(
            r#"{"version":2,"outcome":{"ready":{"inputs":[{"name":"features","shape":[null,64],"dtype":"f32"}],"#,
            r#""outputs":[{"name":"scores","shape":[null,10],"dtype":"f32"}],"#,
            r#""execution":{"runtime":"onnxruntime","device":"cpu","note":"no library"}}}}"#
        );
        assert_eq!(std::str::from_utf8(&framed(&hello())[4..]).unwrap(), expected);
        let invalid = framed(&Hello::new(Outcome::ModelInvalid("empty".into())));
        assert_eq!(&invalid[4..], br#"{"version":2,"outcome":{"model_invalid":"empty"}}"#);
    }

    #[test]
    fn a_hello_in_pieces_is_put_together_and_nothing_behind_it_is_read() {
        let mut frame = framed(&hello());
        frame.push(1);
        let mut reader = HelloReader::default();
        let mut rest = frame.as_slice();
        loop {
            let (piece, _) = rest.split_at(rest.len().min(3));
            let mut piece_left = piece;
            let found = reader.read_from(&mut piece_left).unwrap();
            rest = &rest[piece.len() - piece_left.len()..];
            if let Some(found) = found {
                assert_eq!(found, hello());
                assert_eq!(rest, [1]);
                return;
            }
        }
    }

    #[test]
    fn a_hello_that_breaks_the_rules_is_refused() {
        let refused = |frame: &[u8]| {
            let mut reader = HelloReader::default();
            let mut rest = frame;
            loop {
                match reader.read_from(&mut rest) {
                    Ok(None) => {}
                    Ok(Some(_)) => return false,
                    Err(_) => return true,
                }
            }
        };
        assert!(refused(&u32::MAX.to_le_bytes()), "length");
        assert!(refused(&[0; 8]), "no length");
        assert!(refused(&[9, 0, 0, 0, b'{']), "ends early");
        let mut other = hello();
        other.version = 1;
        assert!(refused(&framed(&other)), "version");
        let mut wide = hello();
        if let Outcome::Ready(model) = &mut wide.outcome {
            model.inputs[0].shape = vec![None; 9];
        }
        assert!(refused(&framed(&wide)), "rank");
    }
}
