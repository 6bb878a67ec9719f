//! A network through a serving process, as jobs run theirs.

use super::{processors, scratch};
use anyhow::{Context, Result};
use futures::future::try_join_all;
use neurite_serving::{ModelHandle, ModelSpec, ServingConfig, ServingError, ServingManager, Tensor};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// The reference model; `models/make_conv.py` made it.
const MODEL: &[u8] = include_bytes!("../../../../models/conv.onnx");
/// Sizes of a picture.
const PICTURE: [usize; 3] = [3, 224, 224];
/// Pictures of a request.
const BATCH: usize = 8;
/// Requests in flight.
const IN_FLIGHT: usize = 4;
/// How long requests are made.
const TIME: Duration = Duration::from_secs(1);

/// Returns the pictures that the reference model takes in a second: on the graphics processor where the library of ONNX Runtime can use one,
/// else on all processors.
///
/// # Errors
/// If the folder cannot be written to, or no backend runs the model.
pub async fn pictures_per_second(serving: ServingConfig, folder: &Path) -> Result<f64> {
    let path = scratch(folder, "model.onnx");
    fs::write(&path, MODEL).with_context(|| format!("cannot write {}", path.display()))?;
    let manager = ServingManager::new(serving);
    let rate = rate(&manager, &path).await;
    manager.shutdown().await;
    fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    Ok(rate?)
}

async fn rate(manager: &ServingManager, model: &Path) -> Result<f64, ServingError> {
    let handle = manager.model(ModelSpec { threads: Some(processors::count()), ..ModelSpec::new(model.to_owned()) }).await?;
    let inputs = [pictures()];
    // The first request prepares what the others find.
    handle.infer_borrowed(&inputs).await?;
    let began = Instant::now();
    let requests: usize = try_join_all((0..IN_FLIGHT).map(|_| requests(&handle, &inputs, began))).await?.into_iter().sum();
    Ok((requests * BATCH) as f64 / began.elapsed().as_secs_f64())
}

/// Makes one request after the other until the time is over; returns how many.
async fn requests(handle: &ModelHandle, inputs: &[Tensor], began: Instant) -> Result<usize, ServingError> {
    let mut count = 0;
    while began.elapsed() < TIME {
        handle.infer_borrowed(inputs).await?;
        count += 1;
    }
    Ok(count)
}

fn pictures() -> Tensor {
    let shape: Vec<usize> = std::iter::once(BATCH).chain(PICTURE).collect();
    let size = shape.iter().product();
    Tensor::f32(shape, (0..size).map(|index| (index % 17) as f32 / 16.0).collect())
}
