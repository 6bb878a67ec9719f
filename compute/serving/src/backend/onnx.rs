//! ONNX Runtime as a backend; the library is loaded at run time.

use std::path::Path;

use ort::{
    environment::Environment,
    ep::{ExecutionProvider, CUDA},
    session::{Session, SessionInputValue},
    value::{DynValue, Outlet, TensorElementType, TensorRef, ValueType},
};

use super::{Backend, BackendError, TensorSink};
use crate::{
    execution::{Device, DeviceChoice, Execution, Runtime},
    tensor::{DataView, Dtype, ModelDescription, TensorInfo, TensorView, MAX_RANK, MAX_TENSORS},
};

/// The loaded library; a process has at most one.
#[derive(Debug)]
pub struct OnnxRuntime {
    environment: Environment,
}

impl OnnxRuntime {
    /// Loads the library.
    ///
    /// # Errors
    /// [`BackendError::Library`] if it cannot be loaded, is too old, or the process has one already.
    pub fn open(library: &Path) -> Result<Self, BackendError> {
        if !library.is_file() {
            return Err(BackendError::Library("there is no such file".to_owned()));
        }
        let builder = ort::init_from(library).map_err(|error| BackendError::Library(error.to_string()))?;
        let environment = builder.with_telemetry(false).build().map_err(|error| BackendError::Library(error.to_string()))?;
        Ok(Self { environment })
    }

    /// Loads a model; one that keeps weights in other files is refused.
    ///
    /// A graphics card that was asked for and cannot be used is no error: the model runs on the processor, and the description says why.
    ///
    /// # Errors
    /// [`BackendError::Model`] if it is corrupt or uses what this crate does not support.
    pub fn load(&self, model: &[u8], threads: usize, device: DeviceChoice) -> Result<OnnxBackend, BackendError> {
        let (session, device, note) = self.session(model, threads, device).map_err(|error| BackendError::Model(error.to_string()))?;
        let execution = Execution { runtime: Runtime::OnnxRuntime, device, note };
        let description = describe(&session, execution)?;
        Ok(OnnxBackend { session, description })
    }

    /// Makes a session where the choice wants it, or on the processor; says where it is, and why not where it was wanted.
    fn session(&self, model: &[u8], threads: usize, choice: DeviceChoice) -> ort::Result<(Session, Device, Option<String>)> {
        if choice == DeviceChoice::Cpu {
            return Ok((self.session_on(Device::Cpu, model, threads)?, Device::Cpu, None));
        }
        let reason = match CUDA::is_available() {
            Ok(true) => match self.session_on(Device::Cuda, model, threads) {
                Ok(session) => return Ok((session, Device::Cuda, None)),
                Err(error) => format!("CUDA cannot be used: {error}"),
            },
            // The usual case: nobody who leaves the choice to the machine needs to hear of it.
            _ if choice == DeviceChoice::Auto => return Ok((self.session_on(Device::Cpu, model, threads)?, Device::Cpu, None)),
            Ok(false) => "the library of ONNX Runtime was built without CUDA".to_owned(),
            Err(error) => format!("the library of ONNX Runtime does not say what it was built with: {error}"),
        };
        tracing::warn!(%reason, "model runs on the processor");
        Ok((self.session_on(Device::Cpu, model, threads)?, Device::Cpu, Some(reason)))
    }

    fn session_on(&self, device: Device, model: &[u8], threads: usize) -> ort::Result<Session> {
        let builder = Session::builder(&self.environment)?.with_intra_threads(threads)?.with_inter_threads(1)?;
        match device {
            Device::Cpu => { builder }.commit_from_memory(model),
            Device::Cuda => builder.with_execution_providers([CUDA::default().build().error_on_failure()])?.commit_from_memory(model),
        }
    }
}

/// A model in ONNX Runtime.
#[derive(Debug)]
pub struct OnnxBackend {
    session: Session,
    description: ModelDescription,
}

fn describe(session: &Session, execution: Execution) -> Result<ModelDescription, BackendError> {
    let side = |side: &str, outlets: &[Outlet]| {
        if outlets.len() > MAX_TENSORS {
            return Err(BackendError::Model(format!("{} {side}s, at most {MAX_TENSORS} are possible", outlets.len())));
        }
        let info = |outlet| tensor_info(outlet).map_err(|fault| BackendError::Model(format!("{side} {}: {fault}", Outlet::name(outlet))));
        outlets.iter().map(info).collect::<Result<Vec<_>, _>>()
    };
    Ok(ModelDescription { inputs: side("input", session.inputs())?, outputs: side("output", session.outputs())?, execution })
}

fn tensor_info(outlet: &Outlet) -> Result<TensorInfo, String> {
    let ValueType::Tensor { ty, shape, .. } = outlet.dtype() else { return Err("is not a tensor".to_owned()) };
    let dtype = match ty {
        TensorElementType::Float32 => Dtype::F32,
        TensorElementType::Int64 => Dtype::I64,
        TensorElementType::Uint8 => Dtype::U8,
        other => return Err(format!("elements of type {other} are not supported")),
    };
    if shape.len() > MAX_RANK {
        return Err(format!("{} dimensions, at most {MAX_RANK} are possible", shape.len()));
    }
    // A negative size stands for any.
    let shape = shape.iter().map(|size| usize::try_from(*size).ok()).collect();
    Ok(TensorInfo { name: outlet.name().to_owned(), shape, dtype })
}

impl Backend for OnnxBackend {
    fn description(&self) -> &ModelDescription {
        &self.description
    }

    fn infer(&mut self, inputs: &[TensorView<'_>], outputs: &mut dyn TensorSink) -> Result<(), BackendError> {
        if inputs.len() != self.description.inputs.len() {
            let wanted = self.description.inputs.len();
            return Err(BackendError::Inference(format!("{} tensors given, the model takes {wanted}", inputs.len())));
        }
        let values = inputs.iter().map(input_value).collect::<ort::Result<Vec<_>>>().map_err(failed)?;
        let results = self.session.run(values.as_slice()).map_err(failed)?;
        for (info, value) in self.description.outputs.iter().zip(results.values()) {
            put_output(info, &value, outputs)?;
        }
        Ok(())
    }
}

fn failed(error: ort::Error) -> BackendError {
    BackendError::Inference(error.to_string())
}

fn input_value<'a>(tensor: &TensorView<'a>) -> ort::Result<SessionInputValue<'a>> {
    Ok(match tensor.data {
        DataView::F32(data) => TensorRef::from_array_view((tensor.shape, data))?.into(),
        DataView::I64(data) => TensorRef::from_array_view((tensor.shape, data))?.into(),
        DataView::U8(data) => TensorRef::from_array_view((tensor.shape, data))?.into(),
    })
}

fn put_output(info: &TensorInfo, value: &DynValue, outputs: &mut dyn TensorSink) -> Result<(), BackendError> {
    let shape = value.dtype().tensor_shape().map(|shape| shape.iter().map(|size| *size as usize).collect::<Vec<_>>());
    let shape = shape.ok_or_else(|| BackendError::Inference(format!("output {} is not a tensor", info.name)))?;
    let empty = shape.contains(&0);
    let data = match info.dtype {
        Dtype::F32 if empty => DataView::F32(&[]),
        Dtype::I64 if empty => DataView::I64(&[]),
        Dtype::U8 if empty => DataView::U8(&[]),
        Dtype::F32 => DataView::F32(value.try_extract_tensor::<f32>().map_err(failed)?.1),
        Dtype::I64 => DataView::I64(value.try_extract_tensor::<i64>().map_err(failed)?.1),
        Dtype::U8 => DataView::U8(value.try_extract_tensor::<u8>().map_err(failed)?.1),
    };
    outputs.put(TensorView { shape: &shape, data })
}
