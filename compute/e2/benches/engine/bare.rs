//! The peer of pipelines: a model in a loop that does nothing else.

use crate::{support::root, Result};
use ort::{
    environment::Environment,
    session::{Session, SessionInputValue},
    value::TensorRef,
};
use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

/// A model and what it is fed with, again and again.
pub struct Bare {
    session: Session,
    shape: Vec<usize>,
    data: Vec<f32>,
}

/// Loads the library, once for all models.
pub fn environment() -> Result<Environment> {
    let library = std::env::var_os("NEURITE_ONNXRUNTIME").map_or_else(|| root().join(".deps/libonnxruntime.so"), PathBuf::from);
    let builder = ort::init_from(library).map_err(|error| error.to_string())?;
    Ok(builder.build().map_err(|error| error.to_string())?)
}

impl Bare {
    /// Opens a model with one thread, as engines do unless they are told otherwise.
    pub fn open(environment: &Environment, model: &str, shape: Vec<usize>) -> Result<Self> {
        let builder = Session::builder(environment).map_err(|error| error.to_string())?;
        let builder = builder.with_intra_threads(1).map_err(|error| error.to_string())?;
        let mut builder = builder.with_inter_threads(1).map_err(|error| error.to_string())?;
        let bytes = fs::read(root().join("models").join(model))?;
        let session = builder.commit_from_memory(&bytes).map_err(|error| error.to_string())?;
        let size: usize = shape.iter().product();
        let data = (0..size).map(|index| (index % 17) as f32 / 16.0).collect();
        Ok(Self { session, shape, data })
    }

    /// Runs the model for a while and returns how many rows it took in a second.
    pub fn rows_per_second(&mut self, time: Duration) -> Result<f64> {
        self.run()?;
        let (began, mut rows) = (Instant::now(), 0);
        while began.elapsed() < time {
            rows += self.run()?;
        }
        Ok(rows as f64 / began.elapsed().as_secs_f64())
    }

    fn run(&mut self) -> Result<usize> {
        let input = TensorRef::from_array_view((self.shape.as_slice(), self.data.as_slice())).map_err(|error| error.to_string())?;
        let values: Vec<SessionInputValue<'_>> = vec![input.into()];
        let outputs = self.session.run(values.as_slice()).map_err(|error| error.to_string())?;
        for value in outputs.values() {
            let (_, data) = value.try_extract_tensor::<f32>().map_err(|error| error.to_string())?;
            std::hint::black_box(data.to_vec());
        }
        Ok(self.shape[0])
    }
}
