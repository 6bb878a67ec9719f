//! The main job on a network of its own: submitted, followed to its end, paid out, and told as a table.
//!
//! One document, three shards, 1,797 handwritten digits. The answers are compared with those of the same model in Python's onnxruntime,
//! which are committed beside the model; the money is followed from the sender's escrow through the reward pool to the owners.

mod run;
mod summary;

pub use run::run;
pub use summary::{Reward, ShardSummary, Summary};
