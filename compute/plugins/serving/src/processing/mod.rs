//! Pre- and post-processing that documents declare: from pictures and features to what a model takes, and from what it gives to classes and
//! boxes.
//!
//! # Terms
//! * **Step**: an entry of `PREPROCESS` or `POSTPROCESS`, done in the order of the document.
//! * **Geometry**: where a pixel of the source's picture lies in the picture that the model sees; boxes are mapped back through it.
//!
//! Everything here is a pure function of the batch's rows, row by row; nothing depends on how rows are cut into batches.

mod boxes;
mod check;
mod config;
mod geometry;
mod input;
mod nms;
mod output;
mod picture;
mod resample;
mod scores;

pub use config::{BoxFormat, Filter, Layout, Postprocess, Preprocess};

pub(crate) use check::{check_postprocess, check_preprocess, yields_boxes, yields_classes};
pub(crate) use input::{pictures, PictureSteps, Prepared, Preprocessor};
pub(crate) use output::{Postprocessor, View};
pub(crate) use picture::Picture;

#[cfg(test)]
mod tests;
