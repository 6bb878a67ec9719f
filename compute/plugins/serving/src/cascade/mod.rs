//! `cascade`: detector, cut-out and classifier as one unit.
//!
//! Outputs: what the detector yields, with its `boxes`; and for each place of `boxes` the `class` (`I64`, -1 where there is no box), its `score`
//! (`F32`, 0 there) and, if the classifier has names, its `label` (`Text`, empty there). Other outputs of the classifier are left out.
//!
//! Guarantees: each part runs in the process of its model, which it shares with all other users of the same model; parts fail as models of `onnx`
//! do. A request to the classifier has at most 32 cut-outs, or as many as its model takes.

mod config;
mod crop;
mod plugin;

pub use config::{CascadeParameters, CropParameters};
pub use plugin::Cascade;

#[cfg(test)]
mod tests;
