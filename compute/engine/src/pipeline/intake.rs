//! What a stage takes in: batches with what its model makes of them, in order.

use super::{pump::Feed, Run};
use crate::queue::{Policy, Receiver};
use futures::{
    future::ready,
    stream::{self, BoxStream},
    StreamExt,
};
use neurite_core::{Batch, Field, PluginError, Serving};
use std::sync::Arc;

/// The batches whose inferences are under way at a time: one that the model works on, and one that is prepared for it meanwhile.
const AHEAD: usize = 2;

/// What a stage works on next.
pub(super) enum Intake {
    /// Rows, and what the model made of them.
    Batch(Batch, Vec<Field>),
    /// There are no more rows.
    End,
}

/// What was fed, in order; ends without [`Intake::End`] after an interruption.
pub(super) type Intakes = BoxStream<'static, Result<Intake, PluginError>>;

/// Takes in what is fed to a stage that has processed `position` rows. Cancel-safe between items.
pub(super) fn intakes(run: Arc<Run>, model: Option<Arc<dyn Serving>>, feed: Receiver<Feed>, mut position: u64) -> Intakes {
    let ahead = ahead(&run, model.as_deref());
    let fed = stream::unfold(feed, |mut feed| async { feed.recv().await.map(|item| (item, feed)) });
    let inferring = run.clone();
    let taken = fed.filter_map(move |item| ready(take(&run, item, &mut position)));
    taken.map(move |batch| infer(inferring.clone(), model.clone(), batch)).buffered(ahead).boxed()
}

/// A model with a state must not be ahead of its stage, for both are saved together. Of a live source, the newest rows count when the
/// model is free, and not those that were the newest when it began.
fn ahead(run: &Run, model: Option<&dyn Serving>) -> usize {
    let has_state = model.is_some_and(|model| model.has_state());
    if has_state || run.policy() == Policy::DropOldest {
        1
    } else {
        AHEAD
    }
}

/// Returns the rows that are new to the stage, `Some(Ok(None))` at the end.
fn take(run: &Run, item: Feed, position: &mut u64) -> Option<Result<Option<Batch>, PluginError>> {
    let Feed::Batch(batch) = item else { return Some(Ok(None)) };
    // The others were needed once more by another stage.
    let batch = batch.after(*position)?;
    if batch.start() != *position && !run.source_kind().has_gaps() {
        let reason = format!("batch begins at row {} instead of {position}", batch.start());
        return Some(Err(PluginError::internal(reason)));
    }
    *position = batch.end();
    Some(Ok(Some(batch)))
}

async fn infer(run: Arc<Run>, model: Option<Arc<dyn Serving>>, batch: Result<Option<Batch>, PluginError>) -> Result<Intake, PluginError> {
    let Some(batch) = batch? else { return Ok(Intake::End) };
    let inference = match model {
        Some(model) => run.retry(|| model.infer(&batch)).await?,
        None => Vec::new(),
    };
    Ok(Intake::Batch(batch, inference))
}
