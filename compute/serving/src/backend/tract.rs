//! tract as a backend: pure Rust, part of the program, on one thread of the processor.
//!
//! A model whose sizes tract can work out with its free dimensions left open is prepared once. Any other is prepared for each combination
//! of input shapes that comes; the last [`MAX_PLANS`] of them are kept.

use std::{
    collections::VecDeque,
    io::Cursor,
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use tract_onnx::{
    prelude::{
        DatumType, Framework, InferenceFact, InferenceModel, InferenceModelExt, IntoRunnable, IntoTValue, OutletId, TValue, TVec, Tensor,
        TractResult, TypedModel, TypedRunnableModel,
    },
    tract_hir::internal::Factoid,
};

use super::{Backend, BackendError, TensorSink};
use crate::{
    execution::{Device, Execution, Runtime},
    tensor::{DataView, Dtype, ModelDescription, TensorInfo, TensorView, MAX_RANK, MAX_TENSORS},
};

/// The combinations of input shapes for which a model is kept ready.
const MAX_PLANS: usize = 4;

/// A model that is ready to run.
type Plan = Arc<TypedRunnableModel>;

/// A model in tract.
#[derive(Debug)]
pub struct TractBackend {
    description: ModelDescription,
    plans: Plans,
}

#[derive(Debug)]
enum Plans {
    /// One for all shapes.
    Open(Plan),
    /// One for each of the last shapes, the latest first.
    PerShape { model: Box<InferenceModel>, plans: VecDeque<(Vec<Vec<usize>>, Plan)> },
}

impl TractBackend {
    /// Loads a model in ONNX format; one that keeps weights in other files is refused. `note` says why tract executes it, where another
    /// backend would have been the first choice.
    ///
    /// # Errors
    /// [`BackendError::Model`] if it is corrupt or uses what tract or this crate does not support.
    pub fn load(model: &[u8], note: Option<String>) -> Result<Self, BackendError> {
        let model = guarded(|| tract_onnx::onnx().model_for_read(&mut Cursor::new(model))).map_err(BackendError::Model)?;
        if model.input_outlets().map_err(invalid)?.is_empty() || model.output_outlets().map_err(invalid)?.is_empty() {
            return Err(BackendError::Model("it has no inputs or no outputs".to_owned()));
        }
        let execution = Execution { runtime: Runtime::Tract, device: Device::Cpu, note };
        match guarded(|| model.clone().into_optimized().and_then(|typed| Ok((describe_outputs(&model, &typed), prepare(typed)?)))) {
            Ok((outputs, plan)) => {
                let description = ModelDescription { inputs: describe_inputs(&model)?, outputs: outputs?, execution };
                Ok(Self { description, plans: Plans::Open(plan) })
            }
            Err(error) => {
                tracing::debug!(%error, "model is prepared for each shape of its inputs");
                let description = ModelDescription { inputs: describe_inputs(&model)?, outputs: describe_open_outputs(&model)?, execution };
                Ok(Self { description, plans: Plans::PerShape { model: Box::new(model), plans: VecDeque::new() } })
            }
        }
    }
}

impl Plans {
    /// Returns the plan for these inputs, preparing it if need be.
    fn plan_for(&mut self, inputs: &[TensorView<'_>]) -> TractResult<Plan> {
        let (model, plans) = match self {
            Self::Open(plan) => return Ok(Arc::clone(plan)),
            Self::PerShape { model, plans } => (model, plans),
        };
        let shapes: Vec<Vec<usize>> = inputs.iter().map(|input| input.shape.to_vec()).collect();
        if let Some(known) = plans.iter().position(|(known, _)| *known == shapes).and_then(|at| plans.remove(at)) {
            plans.push_front(known);
        } else {
            let mut model = model.as_ref().clone();
            for (index, input) in inputs.iter().enumerate() {
                model.set_input_fact(index, InferenceFact::dt_shape(datum_type(input.dtype()), input.shape))?;
            }
            plans.push_front((shapes, prepare(model.into_optimized()?)?));
            plans.truncate(MAX_PLANS);
        }
        Ok(Arc::clone(&plans[0].1))
    }
}

fn prepare(model: TypedModel) -> TractResult<Plan> {
    model.into_runnable()
}

/// Makes an error of tract's panics, too: some of its operators index with values of models and inputs. What it worked on is left behind
/// whole, for plans are not changed by a run, and models are prepared in copies.
fn guarded<T>(work: impl FnOnce() -> TractResult<T>) -> Result<T, String> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| format!("{error:#}")),
        Err(payload) => {
            let message = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
            Err(message.unwrap_or("tract panicked").to_owned())
        }
    }
}

fn invalid(error: impl std::fmt::Display) -> BackendError {
    BackendError::Model(format!("{error:#}"))
}

fn failed(error: impl std::fmt::Display) -> BackendError {
    BackendError::Inference(format!("{error:#}"))
}

fn datum_type(dtype: Dtype) -> DatumType {
    match dtype {
        Dtype::F32 => DatumType::F32,
        Dtype::I64 => DatumType::I64,
        Dtype::U8 => DatumType::U8,
    }
}

fn dtype(datum_type: DatumType) -> Result<Dtype, BackendError> {
    match datum_type {
        DatumType::F32 => Ok(Dtype::F32),
        DatumType::I64 | DatumType::TDim => Ok(Dtype::I64),
        DatumType::U8 => Ok(Dtype::U8),
        other => Err(BackendError::Model(format!("elements of type {other:?} are not supported"))),
    }
}

fn info(name: &str, datum_type: DatumType, shape: Vec<Option<usize>>) -> Result<TensorInfo, BackendError> {
    if shape.len() > MAX_RANK {
        return Err(BackendError::Model(format!("{name} has {} dimensions, at most {MAX_RANK} are possible", shape.len())));
    }
    Ok(TensorInfo { name: name.to_owned(), shape, dtype: dtype(datum_type)? })
}

fn check_count(count: usize) -> Result<(), BackendError> {
    if count > MAX_TENSORS {
        return Err(BackendError::Model(format!("{count} inputs or outputs, at most {MAX_TENSORS} are possible")));
    }
    Ok(())
}

/// Reads type and shape, as far as the file or tract's first look at it says them.
fn describe_fact(name: &str, fact: &InferenceFact) -> Result<TensorInfo, BackendError> {
    let datum_type = fact.datum_type.concretize().ok_or_else(|| BackendError::Model(format!("the type of {name} is unknown")))?;
    let rank = fact.shape.rank().concretize().ok_or_else(|| BackendError::Model(format!("the rank of {name} is unknown")))?;
    let size = |axis: usize| fact.shape.dim(axis).and_then(|dim| dim.concretize()).and_then(|dim| dim.to_i64().ok());
    let shape = (0..rank as usize).map(|axis| size(axis).and_then(|size| usize::try_from(size).ok())).collect();
    info(name, datum_type, shape)
}

fn describe_inputs(model: &InferenceModel) -> Result<Vec<TensorInfo>, BackendError> {
    let outlets = model.input_outlets().map_err(invalid)?;
    check_count(outlets.len())?;
    let describe =
        |(index, outlet): (usize, &OutletId)| describe_fact(&model.node(outlet.node).name, model.input_fact(index).map_err(invalid)?);
    outlets.iter().enumerate().map(describe).collect()
}

fn output_names(model: &InferenceModel) -> Result<Vec<String>, BackendError> {
    let outlets = model.output_outlets().map_err(invalid)?;
    check_count(outlets.len())?;
    let name = |outlet: &OutletId| model.outlet_label(*outlet).unwrap_or(&model.node(outlet.node).name).to_owned();
    Ok(outlets.iter().map(name).collect())
}

/// Describes the outputs of a model that is prepared with its free dimensions left open.
fn describe_outputs(model: &InferenceModel, typed: &TypedModel) -> Result<Vec<TensorInfo>, BackendError> {
    let describe = |(index, name): (usize, &String)| {
        let fact = typed.output_fact(index).map_err(invalid)?;
        let shape = fact.shape.iter().map(|size| size.to_i64().ok().and_then(|size| usize::try_from(size).ok())).collect();
        info(name, fact.datum_type, shape)
    };
    output_names(model)?.iter().enumerate().map(describe).collect()
}

/// Describes the outputs of a model whose shapes are known only with those of its inputs.
fn describe_open_outputs(model: &InferenceModel) -> Result<Vec<TensorInfo>, BackendError> {
    let mut analysed = model.clone();
    // What the analysis could not find out stays open; whether the model runs shows with its first request.
    if let Err(error) = analysed.analyse(true) {
        tracing::debug!(%error, "shapes of the model are only partly known");
    }
    let describe = |(index, name): (usize, &String)| describe_fact(name, analysed.output_fact(index).map_err(invalid)?);
    output_names(model)?.iter().enumerate().map(describe).collect()
}

impl Backend for TractBackend {
    fn description(&self) -> &ModelDescription {
        &self.description
    }

    fn infer(&mut self, inputs: &[TensorView<'_>], outputs: &mut dyn TensorSink) -> Result<(), BackendError> {
        self.description.check_inputs(inputs).map_err(BackendError::Inference)?;
        let plan = guarded(|| self.plans.plan_for(inputs)).map_err(BackendError::Inference)?;
        let values: TVec<TValue> = inputs.iter().map(input_value).collect::<TractResult<_>>().map_err(failed)?;
        let results = guarded(|| plan.run(values)).map_err(BackendError::Inference)?;
        for (info, value) in self.description.outputs.iter().zip(&results) {
            put_output(info, value, outputs)?;
        }
        Ok(())
    }
}

fn input_value(tensor: &TensorView<'_>) -> TractResult<TValue> {
    let tensor = match tensor.data {
        DataView::F32(data) => Tensor::from_shape(tensor.shape, data)?,
        DataView::I64(data) => Tensor::from_shape(tensor.shape, data)?,
        DataView::U8(data) => Tensor::from_shape(tensor.shape, data)?,
    };
    Ok(tensor.into_tvalue())
}

fn put_output(info: &TensorInfo, value: &Tensor, outputs: &mut dyn TensorSink) -> Result<(), BackendError> {
    // Sizes that tract computes itself have a type of their own.
    let value = value.cast_to_dt(datum_type(info.dtype)).map_err(failed)?;
    let plain = value.try_as_plain_ram().map_err(failed)?;
    let data = match info.dtype {
        Dtype::F32 => DataView::F32(plain.as_slice().map_err(failed)?),
        Dtype::I64 => DataView::I64(plain.as_slice().map_err(failed)?),
        Dtype::U8 => DataView::U8(plain.as_slice().map_err(failed)?),
    };
    outputs.put(TensorView { shape: value.shape(), data })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tensor;

    /// The rows for which a model is kept ready, the latest first.
    fn ready(plans: &Plans) -> Vec<usize> {
        let Plans::PerShape { plans, .. } = plans else { panic!("one plan for all shapes") };
        plans.iter().map(|(shapes, _)| shapes[0][0]).collect()
    }

    #[test]
    fn a_model_is_kept_ready_for_the_last_shapes_only() {
        let bytes = include_bytes!("../../tests/models/table.onnx");
        let model = tract_onnx::onnx().model_for_read(&mut Cursor::new(bytes)).unwrap();
        let mut plans = Plans::PerShape { model: Box::new(model), plans: VecDeque::new() };
        let mut ask = |rows: usize| {
            let plan = plans.plan_for(&[Tensor::i64(vec![rows], vec![0; rows]).view()]).unwrap();
            (plan, ready(&plans))
        };
        for rows in 1..=MAX_PLANS {
            ask(rows);
        }
        let (second, order) = ask(2);
        assert_eq!(order, [2, 4, 3, 1]);
        assert_eq!(ask(MAX_PLANS + 1).1, [5, 2, 4, 3], "the one that nobody asked for longest is gone");
        assert!(Arc::ptr_eq(&second, &ask(2).0), "one that is ready is not prepared again");
    }
}
