//! The plugin `CLASSIFIER_SCORE` and its instances.

use super::{config::ClassifierScoreParameters, tally::Tally};
use neurite_core::{BoxFuture, Business, Context, Field, Input, Outbox, PayloadKind, Plugin, PluginError, Tensor, TensorData};
use serde_json::{json, Map, Value};

/// Opens scorers.
#[derive(Debug, Clone, Copy)]
pub struct ClassifierScore;

impl Plugin for ClassifierScore {
    type Instance = Box<dyn Business>;
    type Parameters = ClassifierScoreParameters;
    const SIGNATURE: &'static str = "CLASSIFIER_SCORE";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/classifier_score.json");
    const NEEDS_MODEL: bool = true;

    fn open<'a>(
        &'a self,
        parameters: ClassifierScoreParameters,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let tally = Tally::new(parameters.classes);
        let scorer = Scorer { tally, parameters, instance: context.instance.clone() };
        Box::pin(async move { Ok(Box::new(scorer) as Self::Instance) })
    }
}

/// An instance.
struct Scorer {
    parameters: ClassifierScoreParameters,
    instance: String,
    tally: Tally,
}

impl Scorer {
    fn count(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let labels = self.labels(input)?;
        let predictions = self.predictions(input)?;
        let before = self.tally.rows();
        self.tally.add(labels.into_iter().zip(predictions));
        let messages = |rows: u64| rows / u64::from(self.parameters.progress_rows);
        if messages(self.tally.rows()) > messages(before) {
            outbox.push(PayloadKind::Progress, self.progress())?;
        }
        Ok(())
    }

    fn progress(&self) -> Map<String, Value> {
        Map::from_iter([("ROWS".to_owned(), json!(self.tally.rows())), ("RIGHT".to_owned(), json!(self.tally.right()))])
    }

    fn labels(&self, input: Input<'_>) -> Result<Vec<usize>, PluginError> {
        let labels = input.batch.field(Field::LABEL).and_then(Tensor::as_i64);
        let labels = labels.ok_or_else(|| PluginError::input(Field::LABEL, "the input has no labels to compare with"))?;
        let class = |(at, label): (usize, &i64)| {
            self.class(*label).ok_or_else(|| PluginError::InputValue {
                input: Field::LABEL.into(),
                row: input.batch.start() + at as u64 + 1,
                column: Field::LABEL.into(),
                reason: format!("{label} is none of {} classes", self.parameters.classes),
            })
        };
        labels.iter().enumerate().map(class).collect()
    }

    fn predictions(&self, input: Input<'_>) -> Result<Vec<usize>, PluginError> {
        let rows = input.batch.rows();
        let classes = usize::from(self.parameters.classes);
        let readable = |tensor: &&Tensor| match tensor.data {
            TensorData::I64(_) => matches!(tensor.shape[..], [length] | [length, 1] if length == rows),
            TensorData::F32(_) => tensor.shape[..] == [rows, classes],
            _ => false,
        };
        let found = match &self.parameters.output {
            Some(name) => Field::find(input.inference, name).filter(readable),
            // Classes before scores: what the model itself decided stands.
            None => {
                let outputs = || input.inference.iter().map(|field| &field.tensor).filter(readable);
                outputs().find(|tensor| tensor.as_i64().is_some()).or_else(|| outputs().next())
            }
        };
        let tensor = found.filter(|tensor| tensor.is_consistent()).ok_or_else(|| self.unreadable(input))?;
        match &tensor.data {
            TensorData::I64(values) => values.iter().map(|value| self.class(*value).ok_or_else(|| self.no_class(*value))).collect(),
            TensorData::F32(scores) => scores.chunks_exact(classes).map(|scores| self.largest(scores)).collect(),
            _ => Err(self.unreadable(input)),
        }
    }

    /// Returns the position of the largest score, the first of equals.
    fn largest(&self, scores: &[f32]) -> Result<usize, PluginError> {
        let mut best = 0;
        for (class, score) in scores.iter().enumerate() {
            if score.is_nan() {
                return Err(self.model_error("a score is not a number"));
            }
            if *score > scores[best] {
                best = class;
            }
        }
        Ok(best)
    }

    fn class(&self, value: i64) -> Option<usize> {
        usize::try_from(value).ok().filter(|class| *class < usize::from(self.parameters.classes))
    }

    fn no_class(&self, value: i64) -> PluginError {
        self.model_error(&format!("answer {value} is none of {} classes", self.parameters.classes))
    }

    fn unreadable(&self, input: Input<'_>) -> PluginError {
        let outputs = input.inference.iter().map(|field| format!("{} {:?}", field.name, field.tensor.shape)).collect::<Vec<_>>().join(", ");
        let wanted = self.parameters.output.as_deref().unwrap_or("any output");
        let (rows, classes) = (input.batch.rows(), self.parameters.classes);
        self.model_error(&format!("{wanted} must be integers [{rows}] or scores [{rows}, {classes}]; outputs are {outputs}"))
    }

    fn model_error(&self, reason: &str) -> PluginError {
        PluginError::model(format!("of instance {}", self.instance), reason)
    }
}

impl Business for Scorer {
    fn process<'a>(&'a mut self, input: Input<'a>, outbox: &'a mut Outbox) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move { self.count(input, outbox) })
    }

    fn snapshot(&self) -> Result<Value, PluginError> {
        serde_json::to_value(&self.tally).map_err(|error| PluginError::internal(error.to_string()))
    }

    fn restore(&mut self, state: Value) -> Result<(), PluginError> {
        let tally: Tally = serde_json::from_value(state).map_err(|error| PluginError::internal(format!("state: {error}")))?;
        if !tally.fits(self.parameters.classes) {
            return Err(PluginError::internal("state does not fit the parameters"));
        }
        self.tally = tally;
        Ok(())
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(self.tally.result()))
    }
}
