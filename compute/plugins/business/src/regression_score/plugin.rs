//! The plugin `REGRESSION_SCORE` and its instances.

use super::{
    config::RegressionScoreParameters,
    errors::{quantised, Errors},
};
use neurite_core::{BoxFuture, Business, Context, Field, Input, Outbox, PayloadKind, Plugin, PluginError, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use serde_json::{json, Map, Value};

/// Opens scorers.
#[derive(Debug, Clone, Copy)]
pub struct RegressionScore;

impl Plugin for RegressionScore {
    type Instance = Box<dyn Business>;
    type Parameters = RegressionScoreParameters;
    const SIGNATURE: &'static str = "REGRESSION_SCORE";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/predictive-maintenance/pipeline.json");
    const NEEDS_MODEL: bool = true;

    fn open<'a>(
        &'a self,
        parameters: RegressionScoreParameters,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let tally = Tally { version: Tally::VERSION, decimals: parameters.decimals, ..Tally::default() };
        let scorer = Scorer { tally, parameters, instance: context.instance.clone() };
        Box::pin(async move { Ok(Box::new(scorer) as Self::Instance) })
    }
}

/// What is known after some rows. Its JSON form is the plugin's state in checkpoints.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Tally {
    version: u8,
    decimals: u8,
    rows: u64,
    model: Errors,
    baseline: Errors,
}

impl Tally {
    const VERSION: u8 = 1;
}

/// An instance.
struct Scorer {
    parameters: RegressionScoreParameters,
    instance: String,
    tally: Tally,
}

impl Scorer {
    fn compare(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let truth = self.column(input, &self.parameters.truth)?;
        let answers = self.answers(input)?;
        let baseline = match &self.parameters.baseline {
            Some(field) => self.column(input, field)?,
            None => Vec::new(),
        };
        let before = self.tally.rows;
        self.tally.rows += truth.len() as u64;
        answers.iter().zip(&truth).for_each(|(answer, truth)| self.tally.model.add(*answer, *truth));
        baseline.iter().zip(&truth).for_each(|(answer, truth)| self.tally.baseline.add(*answer, *truth));
        let messages = |rows: u64| rows / u64::from(self.parameters.progress_rows);
        if messages(self.tally.rows) > messages(before) {
            let mae = self.tally.model.mae(self.tally.rows, self.parameters.decimals);
            let body = [("ROWS".to_owned(), json!(self.tally.rows)), ("MAE".to_owned(), json!(mae))];
            outbox.push(PayloadKind::Progress, Map::from_iter(body))?;
        }
        Ok(())
    }

    /// Reads a field of the input in whole units.
    fn column(&self, input: Input<'_>, name: &str) -> Result<Vec<i64>, PluginError> {
        let values = input.batch.field(name).and_then(|tensor| numbers(tensor, input.batch.rows()));
        let values = values.ok_or_else(|| PluginError::input(name, "the input has no such field of one number per row"))?;
        let fault = |at: usize| PluginError::InputValue {
            input: name.to_owned(),
            row: input.batch.start() + at as u64 + 1,
            column: name.to_owned(),
            reason: "is no finite number that can be compared".to_owned(),
        };
        values.into_iter().enumerate().map(|(at, value)| quantised(value, self.parameters.decimals).ok_or_else(|| fault(at))).collect()
    }

    /// Reads what the model says in whole units.
    fn answers(&self, input: Input<'_>) -> Result<Vec<i64>, PluginError> {
        let rows = input.batch.rows();
        let values = match &self.parameters.output {
            Some(name) => Field::find(input.inference, name).and_then(|tensor| numbers(tensor, rows)),
            None => input.inference.iter().find_map(|field| numbers(&field.tensor, rows)),
        };
        let values = values.ok_or_else(|| self.model_error(format!("gives no output of {rows} numbers, one per row")))?;
        let round = |value| quantised(value, self.parameters.decimals);
        let answers: Option<Vec<i64>> = values.into_iter().map(round).collect();
        answers.ok_or_else(|| self.model_error("an answer is no finite number that can be compared".to_owned()))
    }

    fn model_error(&self, reason: String) -> PluginError {
        PluginError::model(format!("of instance {}", self.instance), reason)
    }

    fn result(&self) -> Value {
        let Tally { rows, decimals, model, baseline, .. } = &self.tally;
        let mut result = json!({
            "ROWS": rows,
            "MAE": model.mae(*rows, *decimals),
            "RMSE": model.rmse(*rows, *decimals),
            "BIAS": model.bias(*rows, *decimals),
        });
        if self.parameters.baseline.is_some() {
            result["BASELINE_MAE"] = json!(baseline.mae(*rows, *decimals));
            result["BASELINE_RMSE"] = json!(baseline.rmse(*rows, *decimals));
        }
        result
    }
}

/// Returns the elements of a tensor that holds one number per row.
fn numbers(tensor: &Tensor, rows: usize) -> Option<Vec<f64>> {
    if !matches!(tensor.shape[..], [length] | [length, 1] if length == rows) {
        return None;
    }
    match &tensor.data {
        TensorData::F32(values) => Some(values.iter().copied().map(f64::from).collect()),
        TensorData::F64(values) => Some(values.clone()),
        TensorData::I64(values) => Some(values.iter().map(|value| *value as f64).collect()),
        TensorData::U8(_) | TensorData::Text(_) => None,
    }
}

impl Business for Scorer {
    fn process<'a>(&'a mut self, input: Input<'a>, outbox: &'a mut Outbox) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move { self.compare(input, outbox) })
    }

    fn snapshot(&self) -> Result<Value, PluginError> {
        serde_json::to_value(&self.tally).map_err(|error| PluginError::internal(error.to_string()))
    }

    fn restore(&mut self, state: Value) -> Result<(), PluginError> {
        let tally: Tally = serde_json::from_value(state).map_err(|error| PluginError::internal(format!("state: {error}")))?;
        if tally.version != Tally::VERSION || tally.decimals != self.parameters.decimals {
            return Err(PluginError::internal("state does not fit the parameters"));
        }
        self.tally = tally;
        Ok(())
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(self.result()))
    }
}
