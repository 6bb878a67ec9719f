//! Parameters of `life_game`.

use schemars::JsonSchema;
use serde::Deserialize;

/// What is beyond the edges of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Edges {
    /// The opposite edge: the world is a torus.
    #[default]
    Wrap,
    /// Nothing that lives.
    Dead,
}

/// Plays Conway's game of life: a simulation with state behind the interface of a model. Each row moves the world on.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct LifeGameParameters {
    /// Width of the world in cells.
    #[schemars(range(min = 3, max = 1024))]
    pub width: u32,
    /// Height of the world in cells.
    #[schemars(range(min = 3, max = 1024))]
    pub height: u32,
    /// Fills the world at random from this number; about one cell in three lives.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Puts this pattern into the middle of an empty world: run-length encoded, as pattern collections write it (`b` dead, `o` alive, `$` end of
    /// row, `!` end), without header.
    #[serde(default)]
    #[schemars(length(max = 65536))]
    pub pattern: Option<String>,
    /// Generations per row.
    #[serde(default = "default_steps")]
    #[schemars(range(min = 1, max = 1000))]
    pub steps_per_row: u32,
    /// What is beyond the edges.
    #[serde(default)]
    pub edges: Edges,
}

fn default_steps() -> u32 {
    1
}
