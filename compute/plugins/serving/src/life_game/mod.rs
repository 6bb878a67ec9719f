//! `life_game`: Conway's game of life as a model.
//!
//! Outputs for each row: `cells` (`U8` [rows, height, width], 1 alive), `alive` (`I64`, how many live) and `generation` (`I64`). The n-th row of the
//! shard shows generation n × `STEPS_PER_ROW`, whatever the row holds: the world depends on the number of rows only, not on batches, retries or
//! restarts.
//!
//! Guarantees: an instance remembers the world at the beginning of its last batch, so that a batch that is tried again costs no more than the first
//! time, and gives it away as its state. Rows before that are played from the beginning. One call plays at most a million generations; a shard that is
//! further on than that without state is refused.

mod config;
mod pattern;
mod plugin;
mod world;

pub use config::{Edges, LifeGameParameters};
pub use plugin::LifeGame;

#[cfg(test)]
mod tests;
