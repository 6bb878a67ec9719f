//! What payloads look like on the wire: the body of the business plugin, its id, and whose work it is.

use super::{
    ids::{result_id, PAYLOAD_ID},
    Run,
};
use crate::StageName;
use neurite_core::{bounds::MAX_PAYLOAD_BYTES, BusMessage, Origin, Payload, PayloadKind, PluginError};
use serde_json::{json, Map, Value};

/// Puts id and job into a payload of a stage; fails if it becomes too large.
pub(super) fn message(run: &Run, stage: &StageName, mut payload: Payload, id: String) -> Result<BusMessage, PluginError> {
    payload.body.insert(PAYLOAD_ID.into(), Value::String(id));
    if let Some(job) = &run.job {
        payload.body.insert("JOB".into(), json!({ "SENDER": job.sender, "ID": job.id }));
        payload.body.insert("SHARD".into(), json!(job.shard.index()));
        payload.body.insert("DEED".into(), json!(job.deed));
    }
    let size = serde_json::to_vec(&payload.body).map_or(usize::MAX, |text| text.len());
    if size > MAX_PAYLOAD_BYTES {
        return Err(PluginError::resources(format!("payload takes {size} bytes, {MAX_PAYLOAD_BYTES} are possible")));
    }
    let StageName { signature, instance } = stage.clone();
    Ok(BusMessage { origin: Origin { pipeline: run.name.clone(), signature, instance }, payload })
}

/// Makes the message that carries the pipeline's result; the first instance speaks for the pipeline.
pub(crate) fn result_message(run: &Run, result: &Value) -> Result<BusMessage, PluginError> {
    let document = run.document();
    let spec = document.instances.first().ok_or_else(|| PluginError::internal("document without instances"))?;
    let body = Map::from_iter([("RESULT".to_owned(), result.clone())]);
    message(run, &StageName::of(spec), Payload { kind: PayloadKind::Result, body }, result_id(run))
}
