//! `neurite-e2 bench`: how fast one document runs on this machine.
//!
//! The document runs in an engine in this process, with real models in processes of their own, without a broker and without its targets:
//! payloads are counted and thrown away. Sources with an end are run again until the time is over; rates count only while a pipeline
//! runs, not while it is opened. A document that limits its own rate is measured at that rate.

mod measure;

use crate::{
    arguments::BenchArguments,
    assemble::{self, Surroundings},
    base, documents,
    http::HttpIngress,
};
use anyhow::{Context, Result};
use measure::{measure, Measured};
use neurite_core::{BoxFuture, OutboundPayload, PayloadPublisher, PluginError};
use neurite_engine::{Histogram, SystemClock, LATENCY_BUCKETS};
use neurite_report::{machine, Report, Row};
use neurite_serving::ServingManager;
use redb::{backends::InMemoryBackend, Database};
use serde_json::Value;
use std::{process::ExitCode, sync::Arc, time::Duration};

/// What is told of the times of each stage.
const SHARES: [(&str, f64); 3] = [("latency p50", 0.50), ("latency p95", 0.95), ("latency p99", 0.99)];

/// Runs a document for a while and prints what was measured.
pub async fn bench(arguments: BenchArguments) -> Result<ExitCode> {
    let (folder, mut config) = arguments.place.resolve()?;
    if arguments.onnxruntime.is_some() {
        config.models.onnxruntime.clone_from(&arguments.onnxruntime);
    }
    let document = without_targets(&documents::read(&arguments.document)?)?;
    base::prepare(&folder)?;
    let serving = ServingManager::new(assemble::serving_config(&config, assemble::onnxruntime(&config))?);
    let surroundings = Surroundings {
        folder: &folder,
        config: &config,
        database: Arc::new(Database::builder().create_with_backend(InMemoryBackend::new())?),
        clock: Arc::new(SystemClock::default()),
        serving: &serving,
        ingress: &HttpIngress::new(Vec::new()),
        publisher: Arc::new(Nowhere),
    };
    let engine = assemble::engine(surroundings).await?;
    let measured = measure(&engine, &document, Duration::from_secs(arguments.seconds)).await;
    engine.shutdown(config.limits.drain()).await;
    serving.shutdown().await;
    let report = Report { suite: "bench", machine: machine(), rows: rows(&measured?) };
    println!("{report}");
    println!("latencies are estimated within the buckets of the engine's histograms");
    if let Some(path) = &arguments.json {
        report.write(path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes the targets out of a document, so that its payloads go to the engine's own publisher.
fn without_targets(document: &[u8]) -> Result<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(document).context("the document is not JSON")?;
    if let Some(keys) = value.as_object_mut() {
        keys.remove("COMMUNICATION");
    }
    Ok(value.to_string().into_bytes())
}

/// Makes the rows of the report.
fn rows(measured: &Measured) -> Vec<Row> {
    let seconds = measured.time.as_secs_f64().max(f64::MIN_POSITIVE);
    let mut rows = vec![
        Row::new("rows", measured.rows as f64 / seconds, "rows/s"),
        Row::new("payloads", measured.payloads_sent as f64 / seconds, "payloads/s"),
        Row::new("dropped rows", measured.rows_dropped as f64, "rows"),
        Row::new("dropped payloads", measured.payloads_dropped as f64, "payloads"),
    ];
    for (stage, histogram) in &measured.stages {
        for (case, share) in SHARES {
            let Some(quantile) = quantile(histogram, share) else { continue };
            rows.push(Row { input: Some(stage.clone()), ..Row::new(case, quantile * 1e6, "us") });
        }
    }
    rows
}

/// Estimates a quantile in seconds, evenly within a bucket; what is over all bounds counts as the highest of them. `None` without times.
fn quantile(histogram: &Histogram, share: f64) -> Option<f64> {
    let wanted = share * histogram.count() as f64;
    let (mut below, mut lower) = (0.0, 0.0);
    for (count, upper) in histogram.buckets.iter().zip(LATENCY_BUCKETS) {
        let within = *count as f64;
        if within > 0.0 && below + within >= wanted {
            return Some(lower + (upper - lower) * (wanted - below) / within);
        }
        (below, lower) = (below + within, upper);
    }
    (histogram.count() > 0).then_some(lower)
}

/// Takes payloads and does nothing with them; the engine has counted them.
struct Nowhere;

impl PayloadPublisher for Nowhere {
    fn publish<'a>(&'a self, _: OutboundPayload) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async { Ok(()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(counts: &[(usize, u64)]) -> Histogram {
        let mut histogram = Histogram::default();
        for (bucket, count) in counts {
            histogram.buckets[*bucket] = *count;
        }
        histogram
    }

    #[test]
    fn a_quantile_lies_within_its_bucket() {
        assert_eq!(quantile(&histogram(&[]), 0.5), None);
        // All times are between 0.5 and 1 ms, so that the median is in the middle.
        let even = quantile(&histogram(&[(2, 10)]), 0.5).unwrap();
        assert!((even - 0.000_75).abs() < 1e-9, "{even}");
        let tail = quantile(&histogram(&[(0, 98), (5, 2)]), 0.99).unwrap();
        assert!((0.01..=0.025).contains(&tail), "{tail}");
        assert_eq!(quantile(&histogram(&[(12, 3)]), 0.5), Some(5.0));
    }

    #[test]
    fn a_document_loses_its_targets_only() {
        let document = br#"{"NAME":"a","COMMUNICATION":{"TYPE":"WEBHOOK","URL":"http://h"},"PLUGINS":[]}"#;
        let left: Value = serde_json::from_slice(&without_targets(document).unwrap()).unwrap();
        assert_eq!(left, serde_json::json!({ "NAME": "a", "PLUGINS": [] }));
    }
}
