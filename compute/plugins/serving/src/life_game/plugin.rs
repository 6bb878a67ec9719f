//! The plugin `life_game` and its instances.

use super::{config::LifeGameParameters, pattern::Pattern, world::World};
use neurite_core::{bounds::MAX_BATCH_BYTES, Batch, BoxFuture, Context, Field, ParameterFault, Plugin, PluginError, Serving, Tensor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most generations that one call plays.
const MAX_GENERATIONS: u64 = 1_000_000;

/// Opens worlds.
#[derive(Debug, Clone, Copy)]
pub struct LifeGame;

impl Plugin for LifeGame {
    type Instance = Arc<dyn Serving>;
    type Parameters = LifeGameParameters;
    const SIGNATURE: &'static str = "life_game";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/life_game.json");

    fn check(&self, parameters: &LifeGameParameters) -> Vec<ParameterFault> {
        let fault = |path: &str, message: String| vec![ParameterFault { path: path.into(), message }];
        match (&parameters.seed, &parameters.pattern) {
            (None, None) => fault("", "SEED or PATTERN is missing".into()),
            (Some(_), Some(_)) => fault("/SEED", "cannot stand beside PATTERN".into()),
            (Some(_), None) => Vec::new(),
            (None, Some(_)) => genesis(parameters).err().map_or(Vec::new(), |reason| fault("/PATTERN", reason)),
        }
    }

    fn open<'a>(&'a self, parameters: LifeGameParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let genesis = genesis(&parameters).map_err(|reason| PluginError::parameters("/PATTERN", reason))?;
            let remembered = Mutex::new(Moment { generation: 0, world: genesis.clone() });
            Ok(Arc::new(Game { parameters, genesis, remembered }) as Self::Instance)
        })
    }
}

/// Makes the world of generation 0; fails with what is wrong with the pattern.
fn genesis(parameters: &LifeGameParameters) -> Result<World, String> {
    let world = World::empty(parameters.width as usize, parameters.height as usize, parameters.edges);
    match &parameters.pattern {
        None => Ok(world.with_seed(parameters.seed.unwrap_or_default())),
        Some(text) => {
            let pattern = Pattern::parse(text)?;
            let (width, height) = (pattern.width, pattern.height);
            world.with_pattern(&pattern).ok_or_else(|| format!("a pattern of {width} × {height} does not fit into the world"))
        }
    }
}

/// The world at some time.
#[derive(Debug, Clone)]
struct Moment {
    generation: u64,
    world: World,
}

/// The state that an instance gives away.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct State {
    generation: u64,
    /// The cells row by row, eight to a byte, in hexadecimal digits.
    cells: String,
}

/// An instance.
struct Game {
    parameters: LifeGameParameters,
    genesis: World,
    /// The world before the first row of the last batch.
    remembered: Mutex<Moment>,
}

impl Game {
    fn play(&self, batch: &Batch) -> Result<Vec<Field>, PluginError> {
        let steps = u64::from(self.parameters.steps_per_row);
        let first = batch.start().saturating_mul(steps);
        let mut moment = self.lock().clone();
        if moment.generation > first {
            moment = Moment { generation: 0, world: self.genesis.clone() };
        }
        let bytes = self.genesis.cells().len().saturating_mul(batch.rows());
        if bytes > MAX_BATCH_BYTES {
            return Err(PluginError::resources(format!(
                "{} rows show {bytes} cells, at most {MAX_BATCH_BYTES} are possible",
                batch.rows()
            )));
        }
        let wanted = (first - moment.generation).saturating_add(steps.saturating_mul(batch.rows() as u64));
        if wanted > MAX_GENERATIONS {
            return Err(PluginError::resources(format!("{wanted} generations at once, at most {MAX_GENERATIONS} are possible")));
        }
        moment.advance_to(first);
        *self.lock() = moment.clone();
        let (mut cells, mut alive, mut generations) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..batch.rows() {
            moment.advance_to(moment.generation + steps);
            cells.extend_from_slice(moment.world.cells());
            alive.push(moment.world.alive() as i64);
            generations.push(i64::try_from(moment.generation).unwrap_or(i64::MAX));
        }
        let (rows, height, width) = (batch.rows(), self.parameters.height as usize, self.parameters.width as usize);
        Ok(vec![
            Field::new("cells", Tensor::u8(vec![rows, height, width], cells)?),
            Field::new("alive", Tensor::i64(vec![rows], alive)?),
            Field::new("generation", Tensor::i64(vec![rows], generations)?),
        ])
    }

    /// A panic while the lock was held would be a fault of this crate, but the world behind it is whole.
    fn lock(&self) -> MutexGuard<'_, Moment> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Moment {
    fn advance_to(&mut self, generation: u64) {
        while self.generation < generation {
            self.world.step();
            self.generation += 1;
        }
    }
}

impl Serving for Game {
    fn infer<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<Field>, PluginError>> {
        Box::pin(async move { self.play(batch) })
    }

    fn has_state(&self) -> bool {
        true
    }

    fn snapshot(&self) -> Result<Value, PluginError> {
        let moment = self.lock();
        let pack = |cells: &[u8]| cells.iter().enumerate().fold(0, |byte, (bit, cell)| byte | (cell << bit));
        let bytes: Vec<u8> = moment.world.cells().chunks(8).map(pack).collect();
        let state = State { generation: moment.generation, cells: hex::encode(bytes) };
        serde_json::to_value(state).map_err(|error| PluginError::internal(error.to_string()))
    }

    fn restore(&self, state: Value) -> Result<(), PluginError> {
        if state.is_null() {
            return Ok(());
        }
        let unfit = |reason: &dyn std::fmt::Display| PluginError::internal(format!("state does not fit the world: {reason}"));
        let state: State = serde_json::from_value(state).map_err(|error| unfit(&error))?;
        let bytes = hex::decode(&state.cells).map_err(|error| unfit(&error))?;
        let count = self.genesis.cells().len();
        if bytes.len() != count.div_ceil(8) {
            return Err(unfit(&format!("{} bytes of cells", bytes.len())));
        }
        let cells = bytes.iter().flat_map(|byte| (0..8).map(move |bit| (byte >> bit) & 1)).take(count).collect();
        let world = self.genesis.clone().with_cells(cells).ok_or_else(|| unfit(&"number of cells"))?;
        *self.lock() = Moment { generation: state.generation, world };
        Ok(())
    }
}
