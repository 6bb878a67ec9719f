//! A year of the reward protocol with its own rules: who earns what, and whether cheating pays.
//!
//! Ten thousand nodes come, go, work, split, idle and lie for 365 epochs. Entries of deeds and shares are those of `pallet-poai` (whose
//! mathematics is `poai-math`), medians, quorum and faults those of `pallet-oracles`; what the world is like stands in
//! [`assumptions`]. The program prints how everybody fared and fails if something pays that should not; `docs/economics/README.md`
//! tells what follows from it.
//!
//! All decisions are made with integers and draws from a printed seed, so that a run can be repeated to the last digit.

mod assumptions;
mod committee;
mod curves;
mod dice;
mod market;
mod outcome;
mod pool;
mod population;
mod report;
mod rule;
mod year;

use anyhow::{Context, Result};
use clap::Parser;
use dice::Dice;
use rule::Rule;
use std::{fs, path::PathBuf, process::ExitCode, thread};
use year::Year;

#[derive(Parser)]
#[command(about = "A year of the reward protocol with its own rules: who earns what, and whether cheating pays.")]
struct Arguments {
    /// Seed of all draws.
    #[arg(long, default_value_t = 4)]
    seed: u64,
    /// Epochs to simulate.
    #[arg(long, default_value_t = assumptions::EPOCHS, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    epochs: u32,
    /// Where to write all figures as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let Arguments { seed, epochs, json } = Arguments::parse();
    println!("seed {seed}, {} nodes, {epochs} epochs", assumptions::NODES);
    let years = simulate_all(Dice::new(seed), epochs)?;
    let mut is_as_expected = true;
    for year in &years {
        let comparisons = year.comparisons();
        is_as_expected &= comparisons.iter().all(outcome::Comparison::is_as_expected);
        println!("\nrule `{}`, NEU per machine\n\n{}", year.rule.key(), report::comparisons(&comparisons));
        println!("\n{}", report::classes(&year.classes()));
    }
    println!("\nno money came or went: every epoch paid and released what was reserved for it");
    if let Some(path) = json {
        let text = format!("{}\n", report::figures(seed, &years));
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if !is_as_expected {
        eprintln!("error: something pays, or does not, unlike docs/economics/README.md says: see the verdicts");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Simulates a year under every rule, each on a thread of its own.
fn simulate_all(dice: Dice, epochs: u32) -> Result<Vec<Year>> {
    thread::scope(|scope| {
        let years = Rule::ALL.map(|rule| scope.spawn(move || year::simulate(rule, dice, assumptions::NODES, epochs)));
        years.into_iter().map(|year| year.join().expect("a panic in a year is a panic of the program")).collect()
    })
}
