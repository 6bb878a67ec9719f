//! The contract of serving plugins.

use neurite_core::{Batch, Serving};

/// Checks that every output has as many rows as the batch and that equal batches have equal outputs.
///
/// Asynchronous, because real models need an executor of their own.
pub async fn answers_every_row_alike(model: &dyn Serving, batches: &[Batch]) {
    for batch in batches {
        let outputs = model.infer(batch).await.expect("an inference");
        assert!(!outputs.is_empty(), "outputs of {} rows", batch.rows());
        for output in &outputs {
            assert!(output.tensor.is_consistent(), "shape of output {}", output.name);
            assert_eq!(output.tensor.rows(), batch.rows(), "rows of output {}", output.name);
        }
        assert_eq!(model.infer(batch).await.expect("a second inference"), outputs, "a second inference");
    }
}
