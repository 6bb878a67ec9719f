//! Pictures on the pipe: portable pixmaps, one after the other.

use super::FfmpegError;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The largest width and height of a picture, in pixels; its 8-bit red, green and blue then take 48 MiB.
pub(crate) const MAX_SIDE: usize = 4096;
/// The longest line of a header, in bytes.
const MAX_LINE: u64 = 16;

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    pub(crate) height: usize,
    pub(crate) width: usize,
    /// Rows of red, green and blue.
    pub(crate) pixels: Vec<u8>,
}

impl Frame {
    /// Reads the next picture whole; `None` if nothing more comes, or not all of it.
    ///
    /// Not cancel-safe: a picture that was begun is lost.
    pub(super) async fn read(pipe: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<Self>, FfmpegError> {
        let Some(magic) = read_line(pipe).await? else { return Ok(None) };
        let (Some(size), Some(depth)) = (read_line(pipe).await?, read_line(pipe).await?) else { return Ok(None) };
        let (width, height) = parse_header(&magic, &size, &depth).ok_or(FfmpegError::Garbled)?;
        if width > MAX_SIDE || height > MAX_SIDE {
            return Err(FfmpegError::TooLarge { width, height });
        }
        let mut pixels = vec![0; width * height * 3];
        match pipe.read_exact(&mut pixels).await {
            Ok(_) => Ok(Some(Self { height, width, pixels })),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Reads a line without its end; `None` if the pipe ends before.
async fn read_line(pipe: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<String>, FfmpegError> {
    let mut line = Vec::new();
    pipe.take(MAX_LINE).read_until(b'\n', &mut line).await?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => String::from_utf8(line).map(Some).map_err(|_| FfmpegError::Garbled),
        Some(_) if line.len() as u64 + 1 < MAX_LINE => Ok(None),
        Some(_) => Err(FfmpegError::Garbled),
    }
}

/// Reads width and height from the three lines of a header; `None` if it is none of a picture of 8 bits.
fn parse_header(magic: &str, size: &str, depth: &str) -> Option<(usize, usize)> {
    let (width, height) = size.split_once(' ')?;
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    (magic == "P6" && depth == "255" && width > 0 && height > 0).then_some((width, height))
}
