//! `neurite-e2 score`: what this machine is measured to be able to do.

use crate::{
    arguments::ScoreArguments,
    assemble, base,
    benchmark::{Rates, REFERENCE, VERSION},
};
use anyhow::Result;
use serde_json::json;
use std::process::ExitCode;

/// Measures this machine as a worker does when it starts, and prints what it would commit on chain.
pub async fn score(arguments: ScoreArguments) -> Result<ExitCode> {
    let (folder, config) = arguments.place.resolve()?;
    base::prepare(&folder)?;
    let serving = assemble::serving_config(&config, assemble::onnxruntime(&config))?;
    eprintln!("measuring, for about five seconds");
    let rates = Rates::measure(serving, folder.root()).await;
    if arguments.json {
        let shown = json!({ "version": VERSION, "score": rates.score(), "rates": rates, "reference": REFERENCE });
        println!("{shown:#}");
    } else {
        print!("{}", table(&rates));
    }
    Ok(ExitCode::SUCCESS)
}

fn table(rates: &Rates) -> String {
    let rows = [
        ("matrix", rates.matrix, REFERENCE.matrix, "operations/µs"),
        ("memory", rates.memory, REFERENCE.memory, "MiB/s"),
        ("model", rates.model, REFERENCE.model, "pictures/s"),
        ("disk", rates.disk, REFERENCE.disk, "MiB/s"),
    ];
    let mut text = format!("{:<8}{:>12}{:>12}  unit\n", "rate", "measured", "reference");
    for (name, rate, reference, unit) in rows {
        text += &format!("{name:<8}{rate:>12.1}{reference:>12.1}  {unit}\n");
    }
    text + &format!("score {} by procedure {VERSION}\n", rates.score())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_every_rate_and_the_score() {
        let shown = table(&REFERENCE);
        assert_eq!(shown.lines().count(), 6, "{shown}");
        assert!(shown.ends_with("score 10000 by procedure 2\n"), "{shown}");
    }
}
