//! The plugin `Telemetry` and its rows.

use super::{
    config::TelemetryParameters,
    readings::Layout,
    sample::{Machine, Sample},
};
use crate::pace::Pace;
use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Context, Field, Plugin, PluginError, Tensor};
use std::{sync::Arc, time::Duration};

/// Reads the machine's own numbers.
#[derive(Debug, Clone, Copy)]
pub struct Telemetry;

impl Plugin for Telemetry {
    type Instance = Box<dyn Acquisition>;
    type Parameters = TelemetryParameters;
    const SIGNATURE: &'static str = "Telemetry";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/telemetry.json");
    const LIVE: bool = true;

    fn open<'a>(&'a self, parameters: TelemetryParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let machine = Machine { root: "/".into(), folder: context.data.root().to_owned() };
            Ok(Box::new(Measurements::open(&parameters, context, machine)?) as Self::Instance)
        })
    }
}

/// The rows of a machine.
pub(super) struct Measurements {
    machine: Machine,
    pace: Pace,
    layout: Layout,
    columns: Arc<[String]>,
    last: Sample,
    done: u64,
}

impl Measurements {
    /// Takes the first sample; fails with [`PluginError::Resources`] if the kernel tells nothing.
    pub(super) fn open(parameters: &TelemetryParameters, context: &Context, machine: Machine) -> Result<Self, PluginError> {
        let clock = context.services.clock.clone();
        let last = machine.sample(clock.monotonic());
        if last.cpus.is_empty() {
            return Err(PluginError::resources("the kernel's numbers below /proc cannot be read"));
        }
        let layout = Layout::of(&last, parameters.cores);
        let columns = layout.readings(&last, &last).into_iter().map(|(name, _)| name).collect();
        let interval = Duration::from_millis(parameters.interval_ms);
        Ok(Self { pace: Pace::new(clock, interval, interval), machine, layout, columns, last, done: 0 })
    }

    async fn measure(&mut self) -> Result<Option<Batch>, PluginError> {
        self.pace.wait().await;
        let now = self.machine.sample(self.pace.clock().monotonic());
        let time = self.pace.clock().unix_ms() as i64;
        let values: Vec<f32> = self.layout.readings(&self.last, &now).into_iter().map(|(_, value)| value as f32).collect();
        self.last = now;
        let features = Field::new(Field::FEATURES, Tensor::f32(vec![1, values.len()], values)?).with_columns(self.columns.clone());
        let batch = Batch::new(self.done, vec![features, Field::new(Field::TIME, Tensor::i64(vec![1], vec![time])?)])?;
        self.done = batch.end();
        Ok(Some(batch))
    }
}

impl Acquisition for Measurements {
    fn total(&self) -> Option<u64> {
        None
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            self.done = bookmark.rows;
            Ok(())
        })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(self.measure())
    }
}
