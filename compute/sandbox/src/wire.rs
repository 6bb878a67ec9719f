//! What engine and worker say to each other.
//!
//! A frame is its length as four little-endian bytes, a byte with the version, and a message in postcard; the length counts what follows
//! it. The engine asks, the worker answers each question with one frame. The first question is [`Request::Load`]; after a [`Reply::Refused`]
//! the worker ends.

use crate::limits::Limits;
use neurite_core::Tensor;
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use std::{
    borrow::Cow,
    io::{self, Read},
};

/// The version of all messages.
pub(crate) const VERSION: u8 = 1;
/// The bytes before a message: length and version.
pub(crate) const HEADER: usize = 5;
/// The largest question: a batch with its inferences, and a little.
pub(crate) const MAX_REQUEST: usize = 2 * neurite_core::bounds::MAX_BATCH_BYTES + (16 << 20);
/// The bytes that are reserved for a frame before any of them has come.
const PIECE: usize = 64 * 1024;

/// A question of the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Request<'a> {
    /// Compile this code, after giving up all rights.
    Load {
        /// The code.
        code: Cow<'a, str>,
        /// The hash that the code must have.
        blake3: [u8; 32],
        /// What it may use.
        limits: Limits,
    },
    /// Run the code on a batch.
    Run(Run<'a>),
}

/// A batch, and the state before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Run<'a> {
    /// Rows of the shard before this batch.
    pub(crate) start: u64,
    /// The state, as JSON.
    pub(crate) state: Cow<'a, str>,
    /// The batch.
    pub(crate) inputs: Vec<WireField<'a>>,
    /// What the model made of it.
    pub(crate) inferences: Vec<WireField<'a>>,
}

/// A named tensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WireField<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) columns: Option<Cow<'a, [String]>>,
    pub(crate) tensor: Cow<'a, Tensor>,
}

/// An answer of the worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The code is compiled.
    Loaded,
    /// The code cannot be compiled, for this reason.
    Refused(String),
    /// The worker cannot give up its rights, for this reason.
    Unconfined(String),
    /// The run succeeded.
    Done {
        /// What the code made, in order.
        payloads: Vec<WirePayload>,
        /// The state after the batch, as JSON, if the code has set it.
        state: Option<String>,
        /// What the code logged.
        log: WireLog,
    },
    /// The run failed and left nothing but its log.
    Failed {
        /// The traceback.
        fault: String,
        /// What the code logged.
        log: WireLog,
    },
}

/// Something that the code made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum WirePayload {
    /// A payload; its body as a JSON object.
    Data(String),
    /// An alert: what it says, and its details as a JSON object.
    Alert(String, String),
}

/// What the code logged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct WireLog {
    /// Lines, each with its end.
    pub(crate) text: String,
    /// Bytes that found no room.
    pub(crate) dropped: u64,
}

/// Makes a frame; fails if the message is longer than `limit`.
pub(crate) fn encode(message: &impl Serialize, limit: usize) -> io::Result<Vec<u8>> {
    let mut frame = postcard::to_extend(message, vec![0u8; HEADER]).map_err(invalid)?;
    let length = frame.len() - 4;
    if length > limit {
        return Err(invalid(format!("a frame of {length} bytes is longer than {limit}")));
    }
    frame[..4].copy_from_slice(&(length as u32).to_le_bytes());
    frame[4] = VERSION;
    Ok(frame)
}

/// Reads a frame and its message; `None` if the other side is gone. Reserves memory only as it fills.
pub(crate) fn read<T: DeserializeOwned>(mut stream: impl Read, limit: usize) -> io::Result<Option<T>> {
    let mut header = [0; 4];
    match stream.read(&mut header)? {
        0 => return Ok(None),
        count => stream.read_exact(&mut header[count..])?,
    }
    let length = u32::from_le_bytes(header) as usize;
    if length == 0 || length > limit {
        return Err(invalid(format!("a frame of {length} bytes, expected 1 to {limit}")));
    }
    let mut body = Vec::with_capacity(length.min(PIECE));
    let count = stream.take(length as u64).read_to_end(&mut body)?;
    if count < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    decode(&body).map(Some)
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> io::Result<T> {
    match body.split_first() {
        Some((&VERSION, message)) => match postcard::take_from_bytes(message) {
            Ok((message, [])) => Ok(message),
            Ok(_) => Err(invalid("bytes behind the message")),
            Err(error) => Err(invalid(error)),
        },
        Some((version, _)) => Err(invalid(format!("version {version} instead of {VERSION}"))),
        None => Err(invalid("an empty frame")),
    }
}

fn invalid(reason: impl ToString) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.to_string())
}

/// Cuts a text to its last bytes, at a character.
pub(crate) fn keep_end(text: &str, bytes: usize) -> &str {
    let from = text.len().saturating_sub(bytes);
    let from = (from..=text.len()).find(|from| text.is_char_boundary(*from)).unwrap_or(text.len());
    &text[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> Request<'static> {
        let field = |name: &'static str, tensor| WireField { name: name.into(), columns: None, tensor: Cow::Owned(tensor) };
        let features = Tensor::f32(vec![1, 2], vec![0.5, f32::NAN]).unwrap();
        let columns = Cow::Owned(vec!["a".to_owned(), "b".to_owned()]);
        let inputs = vec![WireField { columns: Some(columns), ..field("features", features) }];
        Request::Run(Run { start: 300, state: "null".into(), inputs, inferences: vec![field("c", Tensor::text(vec!["x".into()]))] })
    }

    #[test]
    fn golden_frames() {
        let load = Request::Load { code: "pass".into(), blake3: [3; 32], limits: Limits::default() };
        let hex = |frame: io::Result<Vec<u8>>| hex::encode(frame.unwrap());
        let hash = "03".repeat(32);
        assert_eq!(hex(encode(&load, 1 << 10)), format!("31000000010004{}{hash}e8078001c80180028002", hex::encode("pass")));
        let expected = "300000000101ac02046e756c6c010866656174757265730102016101620201020002".to_owned()
            + "0000003f0000c07f"
            + "010163000101040101"
            + "78";
        assert_eq!(hex(encode(&run(), 1 << 10)), expected);
        let log = WireLog { text: "l\n".into(), dropped: 1 };
        let done = Reply::Done {
            payloads: vec![WirePayload::Data("{}".into()), WirePayload::Alert("t".into(), "{}".into())],
            state: Some("1".into()),
            log: log.clone(),
        };
        assert_eq!(hex(encode(&done, 1 << 10)), "1400000001030200027b7d010174027b7d010131026c0a01");
        assert_eq!(hex(encode(&Reply::Failed { fault: "f".into(), log }, 1 << 10)), "080000000104".to_owned() + "0166" + "026c0a01");
        assert_eq!(hex(encode(&Reply::Loaded, 1 << 10)), "020000000100");
        assert_eq!(hex(encode(&Reply::Refused("r".into()), 1 << 10)), "0400000001010172");
        assert_eq!(hex(encode(&Reply::Unconfined("u".into()), 1 << 10)), "0400000001020175");
    }

    #[test]
    fn frames_are_read_back_in_pieces_of_any_size() {
        struct Dripping<'a>(&'a [u8]);
        impl Read for Dripping<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = self.0.len().min(buffer.len()).min(3);
                buffer[..count].copy_from_slice(&self.0[..count]);
                self.0 = &self.0[count..];
                Ok(count)
            }
        }
        let frames = [encode(&Reply::Loaded, 9).unwrap(), encode(&Reply::Refused("because".into()), 99).unwrap()].concat();
        let mut stream = Dripping(&frames);
        assert_eq!(read::<Reply>(&mut stream, 99).unwrap(), Some(Reply::Loaded));
        assert_eq!(read::<Reply>(&mut stream, 99).unwrap(), Some(Reply::Refused("because".into())));
        assert_eq!(read::<Reply>(&mut stream, 99).unwrap(), None);
    }

    #[test]
    fn frames_that_break_the_rules_are_refused() {
        let refused = |bytes: &[u8]| read::<Reply>(bytes, 64).unwrap_err().to_string();
        assert!(refused(&u32::MAX.to_le_bytes()).contains("expected 1 to 64"));
        assert!(refused(&[0; 4]).contains("0 bytes"));
        assert!(refused(&[2, 0, 0, 0, 9, 0]).contains("version 9"));
        assert!(refused(&[3, 0, 0, 0, 1, 0, 0]).contains("behind"));
        assert_eq!(read::<Reply>(&[9, 0, 0, 0, 1][..], 64).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        refused(&[2, 0, 0, 0, 1, 200]);
        assert!(encode(&Reply::Refused("x".repeat(64)), 64).is_err());
    }

    #[test]
    fn the_end_of_a_text_is_kept_whole() {
        assert_eq!(keep_end("abc", 2), "bc");
        assert_eq!(keep_end("aü", 1), "");
        assert_eq!(keep_end("ü", 9), "ü");
    }
}
