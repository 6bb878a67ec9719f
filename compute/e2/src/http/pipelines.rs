//! Metrics of every stage and every target of payloads.

use neurite_engine::{Histogram, PipelineStatus, StageStatus, TargetStatus, LATENCY_BUCKETS};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet},
    metrics::MetricType,
};
use std::fmt::Error;

/// What can be seen of all pipelines at one moment.
#[derive(Debug)]
pub struct Pipelines(pub Vec<PipelineStatus>);

type Labels = Vec<(&'static str, String)>;

/// A count of each stage: name, help and where it is found.
const STAGE_COUNTS: [(&str, &str, fn(&StageStatus) -> u64); 5] = [
    ("stage_rows_in", "Rows taken in by business instances", |stage| stage.rows_in),
    ("stage_payloads_out", "Payloads left behind by business instances", |stage| stage.payloads_out),
    ("stage_dropped_batches", "Batches of live feeds dropped before slow business instances", |stage| stage.dropped_batches),
    ("stage_dropped_rows", "Rows of live feeds dropped before slow business instances", |stage| stage.dropped_rows),
    ("stage_restarts", "Starts of business instances after failures", |stage| stage.restarts),
];

/// A count of each target.
const TARGET_COUNTS: [(&str, &str, fn(&TargetStatus) -> u64); 3] = [
    ("target_payloads_sent", "Payloads handed over", |target| target.sent),
    ("target_payloads_dropped", "Payloads dropped", |target| target.dropped),
    ("target_retries", "Attempts that were not answered", |target| target.retries),
];

/// What waits for each target.
const TARGET_GAUGES: [(&str, &str, fn(&TargetStatus) -> u64); 2] = [
    ("target_payloads_waiting", "Payloads that wait on disk", |target| target.waiting),
    ("target_bytes_waiting", "Bytes of payloads that wait on disk", |target| target.waiting_bytes),
];

impl Collector for Pipelines {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        for (name, help, count) in STAGE_COUNTS {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for (labels, stage) in self.stages() {
                metric.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(&count(stage), None)?;
            }
        }
        self.encode_errors(encoder.encode_descriptor("stage_errors", "Failures of business instances", None, MetricType::Counter)?)?;
        let help = "Seconds that business instances took for a batch";
        let mut latency = encoder.encode_descriptor("stage_latency_seconds", help, None, MetricType::Histogram)?;
        for (labels, stage) in self.stages() {
            encode_histogram(latency.encode_family(&labels)?, &stage.latency)?;
        }
        for (name, help, count) in TARGET_COUNTS {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for (labels, target) in self.targets() {
                metric.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(&count(target), None)?;
            }
        }
        for (name, help, value) in TARGET_GAUGES {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for (labels, target) in self.targets() {
                metric.encode_family(&labels)?.encode_gauge(&i64::try_from(value(target)).unwrap_or(i64::MAX))?;
            }
        }
        Ok(())
    }
}

impl Pipelines {
    fn stages(&self) -> impl Iterator<Item = (Labels, &StageStatus)> {
        self.0.iter().flat_map(|pipeline| {
            pipeline.stages.iter().map(|stage| {
                let (signature, instance) = (stage.name.signature.clone(), stage.name.instance.clone());
                (vec![("pipeline", pipeline.key.to_string()), ("signature", signature), ("instance", instance)], stage)
            })
        })
    }

    fn targets(&self) -> impl Iterator<Item = (Labels, &TargetStatus)> {
        self.0.iter().flat_map(|pipeline| {
            let labels = |target: &TargetStatus| vec![("pipeline", pipeline.key.to_string()), ("target", target.name.clone())];
            pipeline.targets.iter().map(move |target| (labels(target), target))
        })
    }

    fn encode_errors(&self, mut metric: MetricEncoder<'_>) -> Result<(), Error> {
        for (labels, stage) in self.stages() {
            for (class, count) in stage.errors.by_class() {
                let labels: Labels = labels.iter().cloned().chain([("class", class.name().to_owned())]).collect();
                metric.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(&count, None)?;
            }
        }
        Ok(())
    }
}

fn encode_histogram(mut metric: MetricEncoder<'_>, histogram: &Histogram) -> Result<(), Error> {
    let bounds = LATENCY_BUCKETS.into_iter().chain([f64::MAX]);
    let buckets: Vec<(f64, u64)> = bounds.zip(histogram.buckets).collect();
    metric.encode_histogram::<NoLabelSet>(histogram.sum, histogram.count(), &buckets, None)
}
