//! Runs a document and adds up what the engine counts.

use anyhow::{bail, Result};
use neurite_engine::{Engine, Histogram, PipelineKey, PipelineState, PipelineStatus, StartRequest};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Who starts the pipelines.
const OWNER: &str = "bench";

/// What was counted while the document ran.
#[derive(Debug, Default)]
pub struct Measured {
    /// How long it ran, in all runs together.
    pub time: Duration,
    /// Rows that all stages processed.
    pub rows: u64,
    /// Rows that were dropped, by the source or by slow stages.
    pub rows_dropped: u64,
    /// Payloads that were handed over.
    pub payloads_sent: u64,
    /// Payloads that were dropped.
    pub payloads_dropped: u64,
    /// How long each stage took for a batch, by its name.
    pub stages: BTreeMap<String, Histogram>,
}

/// Runs a document until the time is over, again if it ends sooner.
pub async fn measure(engine: &Engine, document: &[u8], time: Duration) -> Result<Measured> {
    let (began, mut measured) = (Instant::now(), Measured::default());
    loop {
        let left = time.saturating_sub(measured.time);
        let request = StartRequest { owner: OWNER.into(), document: document.to_vec(), job: None };
        let key = engine.start(request).await?;
        let status = run(engine, &key, left, &mut measured.time).await;
        engine.stop(&key, OWNER).await?;
        let status = status?;
        measured.add(&status);
        if let PipelineState::Failed { failure } = &status.state {
            bail!("the pipeline failed: {}", failure.reason);
        }
        if !status.state.is_final() || began.elapsed() >= time {
            return Ok(measured);
        }
    }
}

/// Waits until a pipeline ends or the time is over; adds the time for which it ran.
async fn run(engine: &Engine, key: &PipelineKey, longest: Duration, time: &mut Duration) -> Result<PipelineStatus> {
    let accepted = Instant::now();
    let mut status = engine.watch(key)?;
    let is_open = |status: &PipelineStatus| !matches!(status.state, PipelineState::Starting);
    let ended = status.wait_for(is_open).await?.state.is_final();
    // One that has ended by now was too short to be told from its start.
    let began = if ended { accepted } else { Instant::now() };
    let is_final = |status: &PipelineStatus| status.state.is_final();
    // That the time is over is no fault.
    let _ = tokio::time::timeout(longest, status.wait_for(is_final)).await;
    *time += began.elapsed();
    let last = status.borrow().clone();
    Ok(last)
}

impl Measured {
    fn add(&mut self, status: &PipelineStatus) {
        self.rows += status.done;
        self.rows_dropped += status.source_dropped + status.stages.iter().map(|stage| stage.dropped_rows).sum::<u64>();
        self.payloads_sent += status.payloads_sent;
        self.payloads_dropped += status.payloads_dropped;
        for stage in &status.stages {
            let total = self.stages.entry(stage.name.to_string()).or_default();
            for (sum, count) in total.buckets.iter_mut().zip(stage.latency.buckets) {
                *sum += count;
            }
            total.sum += stage.latency.sum;
        }
    }
}
