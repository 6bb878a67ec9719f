//! Reading pictures out of rows, and drawing on them.
//!
//! A picture is what the field `image` holds by convention: height × width × 3 bytes, red green blue. A field of numbers of one brightness
//! each can stand for grey pictures if the document says their height and width.

mod canvas;
mod config;
mod font;
mod grey;
mod read;

pub(crate) use canvas::Canvas;
pub use config::PictureParameters;
pub(crate) use grey::Grey;
pub(crate) use read::Pictures;

#[cfg(test)]
mod tests;
