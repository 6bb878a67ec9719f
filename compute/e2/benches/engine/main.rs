//! Measures the whole engine, as its user has it: a real process with real models, beside the least that could do the same.
//!
//! `scripts/bench engine [--json FILE] [--case NAME]`; the cases:
//!
//! * `pipeline`: rows a second from a source through a model to payloads on the broker, beside the same model in a bare `ort` loop.
//! * `rule`: messages a second from MQTT through a threshold to MQTT, beside a loop of `rumqttc` and `serde_json`.
//! * `broker`: messages a second through the embedded broker, beside Mosquitto; what `bench-broker` measures.
//! * `start`: seconds until a hundred instances run.
//! * `memory`: KiB of memory for each idle pipeline.
//!
//! Both sides take turns within one run; the median of the rounds counts, and of ratios the median of those within a round.

#![allow(unreachable_pub, reason = "to the modules of a program, public means what one offers to the others")]

mod bare;
mod broker;
mod idle;
mod pipeline;
mod rule;

#[path = "../../tests/support/mod.rs"]
mod support;

use neurite_report::{machine, Report, Row};
use std::{error::Error, path::PathBuf, process::ExitCode, time::Duration};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The rounds of which the median counts.
const ROUNDS: usize = 5;
/// How long each side is measured in a round.
const ROUND_TIME: Duration = Duration::from_secs(3);
/// The cases, in the order in which they are measured.
const CASES: [&str; 5] = ["pipeline", "rule", "broker", "start", "memory"];

struct Options {
    json: Option<PathBuf>,
    /// The program that measures the brokers.
    bench_broker: Option<PathBuf>,
    /// Measures these cases only; all if there are none.
    cases: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match measure_and_report().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure_and_report() -> Result<()> {
    let options = options()?;
    let mut rows = Vec::new();
    for case in CASES.into_iter().filter(|case| options.cases.is_empty() || options.cases.iter().any(|wanted| wanted == case)) {
        eprintln!("measuring {case}");
        rows.extend(measure(case, &options).await?);
    }
    let report = Report { suite: "engine", machine: machine(), rows };
    println!("{report}");
    if let Some(path) = &options.json {
        report.write(path)?;
    }
    Ok(())
}

async fn measure(case: &str, options: &Options) -> Result<Vec<Row>> {
    match case {
        "pipeline" => pipeline::measure().await,
        "rule" => rule::measure().await.map(|row| vec![row]),
        "broker" => match &options.bench_broker {
            Some(program) => broker::measure(program),
            None => {
                eprintln!("left out: --bench-broker names the program that measures brokers, as scripts/bench does");
                Ok(Vec::new())
            }
        },
        "start" => idle::start().await,
        _ => idle::memory().await.map(|row| vec![row]),
    }
}

fn options() -> Result<Options> {
    let mut options = Options { json: None, bench_broker: None, cases: Vec::new() };
    // cargo passes --bench to every benchmark.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} has no value"))?;
        match name.as_str() {
            "--json" => options.json = Some(value.into()),
            "--bench-broker" => options.bench_broker = Some(value.into()),
            "--case" if CASES.contains(&value.as_str()) => options.cases.push(value),
            "--case" => return Err(format!("unknown case {value}: {}", CASES.join(", ")).into()),
            _ => return Err(format!("unknown option {name}: --json FILE, --bench-broker FILE, --case NAME").into()),
        }
    }
    Ok(options)
}
