//! An open model.

use super::{
    convert::{from_serving, to_view},
    failure::failure,
    parameters::ModelParameters,
    windows::{Stretch, Windows},
};
use crate::processing::{Picture, PictureSteps, Postprocessor, Prepared, Preprocessor, View};
use neurite_core::{Batch, BoxFuture, Context, Field, PluginError, Serving};
use neurite_serving::{BackendKind, ModelDescription, ModelHandle, ServingManager, TensorView};
use serde_json::Value;
use std::io::ErrorKind;

/// A model with the steps before and after it.
pub(crate) struct ServedModel {
    name: String,
    handle: ModelHandle,
    description: ModelDescription,
    before: Preprocessor,
    windows: Option<Windows>,
    after: Postprocessor,
}

/// What an input is fed with.
enum Fed<'a> {
    /// A field of the batch as it is.
    Field(TensorView<'a>),
    /// What the steps made of one.
    Prepared(neurite_serving::Tensor),
}

impl Fed<'_> {
    fn view(&self) -> TensorView<'_> {
        match self {
            Self::Field(view) => *view,
            Self::Prepared(tensor) => tensor.view(),
        }
    }
}

impl ServedModel {
    /// Opens a model in whose parameters no check found a fault, starting its process if no other user has.
    ///
    /// Fails as the serving manager does; a model that is missing is a model failure.
    pub(crate) async fn open(
        manager: &ServingManager,
        backend: BackendKind,
        parameters: &ModelParameters,
        context: &Context,
    ) -> Result<Self, PluginError> {
        let name = parameters.path.to_string();
        let path = context.models.resolve(&parameters.path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory => PluginError::model(&name, error.to_string()),
            _ => PluginError::resources(format!("model {name}: {error}")),
        })?;
        let handle = manager.model(parameters.spec(path, backend)?).await.map_err(|error| failure(&name, &error))?;
        let handle = match parameters.batching() {
            Some(batching) => handle.joining(batching),
            None => handle,
        };
        let windows = parameters.window.map(|rows| Windows::new(rows as usize));
        let before = match &windows {
            Some(_) if parameters.preprocess.is_empty() => Preprocessor::Features(Vec::new()),
            _ => Preprocessor::new(&parameters.preprocess),
        };
        let after = Postprocessor::new(&parameters.postprocess);
        Ok(Self { description: handle.describe(), name, handle, before, windows, after })
    }

    /// Runs steps, model and steps on a batch.
    pub(crate) async fn infer_batch(&self, batch: &Batch) -> Result<Vec<Field>, PluginError> {
        let Some(windows) = &self.windows else { return self.infer_rows(batch, None).await };
        let stretch = windows.stretch(batch).map_err(|reason| self.fault(reason))?;
        let mut outputs = self.infer_rows(batch, Some(&stretch)).await?;
        stretch.strike_out(&mut outputs).map_err(|reason| self.fault(reason))?;
        windows.remember(stretch);
        Ok(outputs)
    }

    async fn infer_rows(&self, batch: &Batch, stretch: Option<&Stretch>) -> Result<Vec<Field>, PluginError> {
        let (fed, view) = self.feed(batch, stretch)?;
        let views: Vec<TensorView<'_>> = fed.iter().map(Fed::view).collect();
        self.run(&views, batch.rows(), &view).await
    }

    /// Runs steps, model and steps on pictures that are rows of no batch; for models whose steps are on pictures.
    pub(crate) async fn infer_pictures(&self, steps: &PictureSteps, pictures: Vec<Picture<'_>>) -> Result<Vec<Field>, PluginError> {
        let rows = pictures.len();
        let input = self.description.inputs.first().ok_or_else(|| self.fault("the model has no input"))?;
        let prepared = steps.prepare(pictures, input.dtype).map_err(|reason| self.fault(reason))?;
        self.run(&[prepared.tensor.view()], rows, &prepared.view).await
    }

    /// Returns the rows that every request must have; `None` where the model takes any number.
    pub(crate) fn fixed_rows(&self) -> Option<usize> {
        self.description.inputs.first().and_then(|input| input.shape.first().copied().flatten())
    }

    /// Makes the error of a model that does not fit its data or document.
    pub(crate) fn fault(&self, reason: impl Into<String>) -> PluginError {
        PluginError::model(&self.name, reason)
    }

    async fn run(&self, inputs: &[TensorView<'_>], rows: usize, view: &View) -> Result<Vec<Field>, PluginError> {
        let outputs = self.handle.infer_views(inputs).await.map_err(|error| failure(&self.name, &error))?;
        let named = self.description.outputs.iter().zip(outputs);
        let fields = named.map(|(output, tensor)| Field::new(output.name.clone(), from_serving(tensor))).collect();
        self.after.apply(fields, rows, view).map_err(|reason| self.fault(reason))
    }

    /// Picks and prepares what the model takes, in the order of its inputs; of a model with windows, from the stretch.
    fn feed<'a>(&self, batch: &'a Batch, stretch: Option<&Stretch>) -> Result<(Vec<Fed<'a>>, View), PluginError> {
        let Some(source) = self.before.field() else {
            let fed = self.description.inputs.iter().map(|input| self.pick(batch, &input.name)).collect::<Result<_, _>>()?;
            return Ok((fed, View::of(batch.field(Field::IMAGE))));
        };
        let field = stretch.map(Stretch::rows).or_else(|| batch.field(source));
        let field = field.ok_or_else(|| self.fault(format!("PREPROCESS needs the field {source:?}")))?;
        let inputs = &self.description.inputs;
        let fed_by_steps = inputs.iter().position(|input| input.name == source).unwrap_or(0);
        let mut view = View::UNKNOWN;
        let mut fed = Vec::with_capacity(inputs.len());
        for (place, input) in inputs.iter().enumerate() {
            let steps = (place == fed_by_steps).then(|| self.before.prepare(field, input.dtype)).flatten();
            match steps {
                Some(prepared) => {
                    let Prepared { tensor, view: seen } = prepared.map_err(|reason| self.fault(reason))?;
                    view = seen;
                    let windows = stretch.map(|stretch| stretch.windows(&tensor, input.shape.len())).transpose();
                    fed.push(Fed::Prepared(windows.map_err(|reason| self.fault(reason))?.unwrap_or(tensor)));
                }
                None => fed.push(self.pick(batch, &input.name)?),
            }
        }
        Ok((fed, view))
    }

    fn pick<'a>(&self, batch: &'a Batch, name: &str) -> Result<Fed<'a>, PluginError> {
        let alone = self.description.inputs.len() == 1;
        let usual = || batch.field(Field::FEATURES).or_else(|| batch.field(Field::IMAGE)).filter(|_| alone);
        let view = batch.field(name).or_else(usual).and_then(to_view);
        view.map(Fed::Field).ok_or_else(|| self.fault(format!("the input has no field {name:?} of numbers for the model")))
    }
}

impl Serving for ServedModel {
    fn infer<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<Field>, PluginError>> {
        Box::pin(self.infer_batch(batch))
    }

    fn has_state(&self) -> bool {
        self.windows.is_some()
    }

    fn snapshot(&self) -> Result<Value, PluginError> {
        self.windows.as_ref().map_or(Ok(Value::Null), Windows::snapshot)
    }

    fn restore(&self, state: Value) -> Result<(), PluginError> {
        match &self.windows {
            Some(windows) => windows.restore(state),
            None if state.is_null() => Ok(()),
            None => Err(PluginError::internal("a model without a window has no state")),
        }
    }
}
