//! What payloads look like on the wire: the body of the business plugin, and whose work it is.

use neurite_config::{InstanceSpec, PipelineDocument};
use neurite_core::{bounds::MAX_PAYLOAD_BYTES, JobIdentity, Origin, Payload, PayloadKind, PluginError};
use serde_json::{json, Map, Value};

/// Returns who sends the payloads of an instance.
pub(super) fn origin(document: &PipelineDocument, spec: &InstanceSpec) -> Origin {
    Origin { pipeline: document.name.clone(), signature: spec.plugin.signature.clone(), instance: spec.id.clone() }
}

/// Adds `JOB`, `SHARD` and `DEED` to a payload of a job; fails if it becomes too large.
pub(super) fn message(job: Option<&JobIdentity>, mut payload: Payload) -> Result<Payload, PluginError> {
    if let Some(job) = job {
        payload.body.insert("JOB".into(), json!({ "SENDER": job.sender, "ID": job.id }));
        payload.body.insert("SHARD".into(), json!(job.shard.index()));
        payload.body.insert("DEED".into(), json!(job.deed));
    }
    let size = serde_json::to_vec(&payload.body).map_or(usize::MAX, |text| text.len());
    if size > MAX_PAYLOAD_BYTES {
        return Err(PluginError::resources(format!("payload takes {size} bytes, {MAX_PAYLOAD_BYTES} are possible")));
    }
    Ok(payload)
}

/// Makes the message that carries a pipeline's result; the first instance speaks for the pipeline.
pub(crate) fn result_message(
    document: &PipelineDocument,
    job: Option<&JobIdentity>,
    result: &Value,
) -> Result<(Origin, Payload), PluginError> {
    let spec = document.instances.first().ok_or_else(|| PluginError::internal("document without instances"))?;
    let body = Map::from_iter([("RESULT".to_owned(), result.clone())]);
    Ok((origin(document, spec), message(job, Payload { kind: PayloadKind::Result, body })?))
}
