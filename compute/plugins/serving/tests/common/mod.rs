//! What the tests with real model processes share.

#![allow(dead_code, reason = "each test program uses its part")]

use neurite_core::{Batch, Field, Tensor};
use neurite_serving::{ServingConfig, ServingManager};
use neurite_testkit::TempBase;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a pipeline may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// The library of ONNX Runtime that set-up has fetched.
pub(crate) fn onnxruntime() -> PathBuf {
    std::env::var_os("NEURITE_ONNXRUNTIME").map_or_else(|| workspace().join(".deps/libonnxruntime.so"), PathBuf::from)
}

/// Makes a manager whose model processes are the program `neurite-serve-model` beside the tests.
pub(crate) fn manager_with(onnxruntime: PathBuf) -> ServingManager {
    let tests = std::env::current_exe().unwrap();
    let worker_program = tests.parent().and_then(Path::parent).unwrap().join("neurite-serve-model");
    assert!(worker_program.exists(), "{} is missing: build the workspace first", worker_program.display());
    ServingManager::new(ServingConfig {
        worker_program,
        worker_args: Vec::new(),
        onnxruntime,
        threads: 1,
        max_models: 4,
        idle_timeout: PATIENCE,
        startup_timeout: PATIENCE,
    })
}

pub(crate) fn manager() -> ServingManager {
    manager_with(onnxruntime())
}

/// Makes a base folder with committed models.
pub(crate) fn base_with(models: &[&str]) -> TempBase {
    let base = TempBase::new();
    for name in models {
        std::fs::copy(workspace().join("models").join(name), base.root().join("models").join(name)).unwrap();
    }
    base
}

/// A rectangle of one colour: left, top, right, bottom in pixels, red green blue.
pub(crate) type Patch = ([usize; 4], [u8; 3]);

/// Draws pictures of patches on black.
pub(crate) fn pictures(width: usize, height: usize, pictures: &[&[Patch]]) -> Batch {
    let mut pixels = vec![0; pictures.len() * height * width * 3];
    for (row, patches) in pictures.iter().enumerate() {
        for ([left, top, right, bottom], colour) in *patches {
            for y in *top..*bottom {
                for x in *left..*right {
                    let place = ((row * height + y) * width + x) * 3;
                    pixels[place..place + 3].copy_from_slice(colour);
                }
            }
        }
    }
    let image = Tensor::u8(vec![pictures.len(), height, width, 3], pixels).unwrap();
    Batch::new(0, vec![Field::new(Field::IMAGE, image)]).unwrap()
}
