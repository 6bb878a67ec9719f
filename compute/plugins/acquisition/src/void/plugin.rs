//! The plugin `Void` and its ticks.

use super::config::VoidParameters;
use crate::pace::Pace;
use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Context, Field, ParameterFault, Plugin, PluginError, Tensor};
use std::{ops::Range, time::Duration};

/// Ticks at an interval.
#[derive(Debug, Clone, Copy)]
pub struct Void;

impl Plugin for Void {
    type Instance = Box<dyn Acquisition>;
    type Parameters = VoidParameters;
    const SIGNATURE: &'static str = "Void";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/void.json");
    const LIVE: bool = true;

    fn check(&self, parameters: &VoidParameters) -> Vec<ParameterFault> {
        if parameters.start_time.is_some() && parameters.count.is_none() {
            return vec![ParameterFault {
                path: "/START_TIME".into(),
                message: "needs COUNT: ticks without end carry the clock's time".into(),
            }];
        }
        Vec::new()
    }

    fn open<'a>(&'a self, parameters: VoidParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move { Ok(Box::new(Ticks::open(&parameters, context)) as Self::Instance) })
    }
}

/// The ticks of a shard.
struct Ticks {
    pace: Pace,
    interval_ms: u64,
    /// Where the ticks end, if they do.
    end: Option<End>,
    /// Ticks of the shard that were delivered.
    done: u64,
}

/// What is known of ticks that end.
struct End {
    /// The shard's ticks, counted from 0 over all.
    range: Range<u64>,
    start_time: u64,
}

impl Ticks {
    fn open(parameters: &VoidParameters, context: &Context) -> Self {
        let interval = Duration::from_millis(parameters.interval_ms);
        let end = |count| End { range: context.shard.range(count), start_time: parameters.start_time.unwrap_or(0) };
        Self {
            pace: Pace::new(context.services.clock.clone(), interval, Duration::ZERO),
            interval_ms: parameters.interval_ms,
            end: parameters.count.map(end),
            done: 0,
        }
    }

    /// Waits for the next tick; `None` after the last.
    async fn tick(&mut self) -> Result<Option<Batch>, PluginError> {
        if self.total() == Some(self.done) {
            return Ok(None);
        }
        self.pace.wait().await;
        let time = match &self.end {
            Some(end) => end.start_time + (end.range.start + self.done) * self.interval_ms,
            None => self.pace.clock().unix_ms(),
        };
        let start = self.done;
        self.done += 1;
        Batch::new(start, vec![Field::new(Field::TIME, Tensor::i64(vec![1], vec![time as i64])?)]).map(Some)
    }
}

impl Acquisition for Ticks {
    fn total(&self) -> Option<u64> {
        self.end.as_ref().map(|end| end.range.end - end.range.start)
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            if self.total().is_some_and(|total| bookmark.rows > total) {
                return Err(PluginError::input("Void", format!("shard has no tick after its first {}", bookmark.rows)));
            }
            self.done = bookmark.rows;
            Ok(())
        })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(self.tick())
    }
}
