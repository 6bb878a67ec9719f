//! What the chain costs: job submissions beside plain transfers, the life of a job, settling an epoch, claims.
//!
//! `scripts/bench chain [--json FILE] [--case NAME]`; the cases:
//!
//! * `submit`: submissions of jobs that fit into a block, and those that a node validates, builds into blocks and imports in a second.
//! * `import`: submissions that a node imports in a second.
//! * `life`: a job from its submission to the end of its challenge window.
//! * `settle`: what settling an epoch takes for each node, with 1,000, 10,000 and 100,000 of them.
//! * `claim`: what paying a reward takes, beside the same with the fewest nodes.
//!
//! Everything goes through the node's own client: the Wasm runtime on a RocksDB in a temporary folder, without consensus and network. The peer
//! of jobs is a second chain with the same runtime and genesis that sees nothing but transfers; both take turns within one run, and the median
//! of the rounds counts. Weights bound every block as they do on a network.

#![allow(unreachable_pub, reason = "to the modules of a program, public means what one offers to the others")]

mod chain;
mod genesis;
mod life;
mod people;
mod settle;
mod submit;

use neurite_report::{machine, Report, Row};
use std::{error::Error, path::PathBuf, process::ExitCode};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The cases and what measures them; the last also tells what claims cost.
const SUITES: [(&[&str], fn() -> Result<Vec<Row>>); 3] =
    [(&["submit", "import"], submit::measure), (&["life"], life::measure), (&["settle", "claim"], settle::measure)];

struct Options {
    json: Option<PathBuf>,
    /// Measures these cases only; all if there are none.
    cases: Vec<String>,
}

fn main() -> ExitCode {
    match measure_and_report() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure_and_report() -> Result<()> {
    let options = options()?;
    let mut rows = Vec::new();
    for (cases, measure) in SUITES {
        let is_wanted = |case: &str| options.cases.is_empty() || options.cases.iter().any(|wanted| wanted == case);
        if cases.iter().copied().any(is_wanted) {
            eprintln!("measuring {}", cases.join(" and "));
            rows.extend(measure()?);
        }
    }
    let report = Report { suite: "chain", machine: machine(), rows };
    println!("{report}");
    if let Some(path) = &options.json {
        report.write(path)?;
    }
    Ok(())
}

fn options() -> Result<Options> {
    let mut options = Options { json: None, cases: Vec::new() };
    let cases: Vec<&str> = SUITES.iter().flat_map(|(cases, _)| cases.iter().copied()).collect();
    // cargo passes --bench to every benchmark.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} has no value"))?;
        match name.as_str() {
            "--json" => options.json = Some(value.into()),
            "--case" if cases.contains(&value.as_str()) => options.cases.push(value),
            "--case" => return Err(format!("unknown case {value}: {}", cases.join(", ")).into()),
            _ => return Err(format!("unknown option {name}: --json FILE, --case NAME").into()),
        }
    }
    Ok(options)
}
