//! `ImageFolder`: the pictures in a folder or an archive.
//!
//! PNG, JPEG, WebP and BMP files below a folder of the engine's data folder, or in a `.zip`, `.tar`, `.tar.gz` or `.tgz` archive there, sorted by
//! their paths byte by byte. Every picture is a row: `image`, `origin` (its path inside the folder or archive) and, on request, `label`: the
//! position of the folder that it lies in among the sorted names of all such folders. Pictures are turned as their camera says they stand,
//! without transparency, 8 bits a colour. Hidden files and links are passed over. Workers divide the pictures by contiguous ranges.
//!
//! Guarantees: rows and their order depend on files, parameters and shard only. Nothing is unpacked to disk; the paths in an archive are names
//! and nothing else. Entries, their sizes and what they unpack to have bounds, so that an archive made to burst is refused. A fault of a picture
//! names its row and path.
//!
//! Memory: the names, the batch and one picture; a compressed tar archive is kept unpacked, up to 256 MiB. The index of a zip archive is read by
//! our own code, because it must not be believed before its bounds are checked; archives in the large format (zip64) are refused.

mod config;
mod folder;
mod gallery;
mod listing;
mod picture;
mod plugin;
mod tarball;
mod zipped;

pub use config::{ImageFolderParameters, MAX_BATCH_IMAGES};
pub use plugin::ImageFolder;

#[cfg(test)]
mod tests;
