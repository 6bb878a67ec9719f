//! `MASK_VIDEO`: the pictures as a video in which what a detector saw cannot be recognised.
//!
//! # What is masked
//! Every detection, and everywhere the things of the rows before can have gone at the pace they had, in any direction; both grown by
//! `MARGIN`. So a thing of which the detector sees only a part is masked where it was as a whole, and one that is not detected any more
//! stays masked for `HOLD_FRAMES` rows; with `HOLD_FRAMES` 0 nothing is remembered. A row without the field of detections (a model that
//! gives none, a name that is wrong) is masked whole instead of dropped: the video keeps its length and shows that something was there that
//! nobody has looked at. What is never detected is never masked, and neither is a thing before its first detection: masks do not reach
//! back.
//!
//! `FILL` makes boxes black. `PIXELATE` leaves the mean colour of a few cells, none smaller than 8 pixels; over many pictures of a thing
//! that moves, these means tell more than one picture's: where that matters, fill.
//!
//! # What is written
//! Matroska files in the pipeline's output folder, below `MASK_VIDEO/INSTANCE_ID` (shards of jobs one level lower), named by their first
//! row: `0000000001.mkv`. A file is finished when its pictures take `MAX_FILE_MIB`, when the size of pictures changes, and at the end. The
//! disk that is taken is at most `MAX_FILES` files, and twice `MAX_FILE_MIB` for the one that is being made. A pipeline of the same name
//! that begins anew writes over the files of the one before.
//!
//! Payloads `{EVENT: "FILE", FILE, FIRST_ROW, FIRST_TIME, LAST_ROW, LAST_TIME, BOXES, HELD, WHOLE}` when a file is finished: the detections
//! that were masked, the things that were masked without one, and the pictures that were masked whole. The result is `{ROWS, BOXES, HELD,
//! WHOLE, NOT_HELD, FILES: [{FILE, FIRST_ROW, ROWS}], REMOVED}`; `NOT_HELD` counts detections that were masked but found no room in the
//! memory.
//!
//! # Guarantees
//! * No byte of an unmasked picture is written anywhere: pictures are masked in memory, before they are encoded.
//! * A file under its final name is whole. A killed engine leaves files that end in `.part`, and goes on with them.
//! * A restart loses no picture and doubles none: pictures wait as JPEGs, one after the other, and are cut back to where the checkpoint was
//!   made. A checkpoint is made only after its pictures are on the disk.
//! * Result, and where files begin, depend on the rows only. The bytes of a video depend on the node's version of `ffmpeg` as well.

mod config;
mod encode;
mod error;
mod files;
mod mask;
mod plugin;
mod state;

pub use config::{Codec, MaskVideoParameters, Style};
pub use plugin::MaskVideo;

#[cfg(test)]
mod tests;
