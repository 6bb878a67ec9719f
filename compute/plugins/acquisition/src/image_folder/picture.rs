//! From a file's bytes to red, green and blue.

use image::{
    imageops::{resize, FilterType},
    DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, RgbImage,
};
use std::io::Cursor;

/// The most pixels of a picture before it is scaled.
const MAX_PIXELS: u64 = 64 * 1024 * 1024;
/// The most bytes that decoding a picture may take.
const MAX_DECODED_BYTES: u64 = 512 * 1024 * 1024;
/// The largest width and height of a picture as it is delivered, in pixels.
const MAX_SIDE: u32 = 4096;

/// Decodes a picture and scales it to this width and height.
///
/// Fails with what is wrong with it; never takes more memory than its bounds say.
pub(super) fn decode(file: &[u8], size: Option<(u32, u32)>) -> Result<RgbImage, String> {
    let plain = |error: ImageError| error.to_string();
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|error| error.to_string())?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(plain)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(format!("has {width} x {height} pixels, at most {MAX_PIXELS} in all are possible"));
    }
    let orientation = decoder.orientation().map_err(plain)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(plain)?;
    picture.apply_orientation(orientation);
    let picture = picture.into_rgb8();
    match size {
        Some((width, height)) if picture.dimensions() == (width, height) => Ok(picture),
        Some((width, height)) => Ok(resize(&picture, width, height, FilterType::Triangle)),
        None if picture.width() > MAX_SIDE || picture.height() > MAX_SIDE => Err(format!(
            "has {} x {} pixels, at most {MAX_SIDE} x {MAX_SIDE} are possible: set WIDTH and HEIGHT",
            picture.width(),
            picture.height()
        )),
        None => Ok(picture),
    }
}
