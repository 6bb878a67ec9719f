//! The pipeline document: what to run.
//!
//! Keys: `NAME`, `TYPE` (acquisition plugin), `URL`, `CAP_RESOLUTION` (batches per second), `LIVE_FEED`, `RECONNECTABLE`,
//! `STREAM_CONFIG_METADATA` (the acquisition plugin's parameters), `COMMUNICATION` (where payloads go, if not where the node sends them: one
//! object or a list of them, each with the kinds of payloads that it `CARRIES`), and
//! `PLUGINS: [{SIGNATURE, INSTANCES: [{INSTANCE_ID, MODEL: {BACKEND, …}, …}]}]`. Unknown keys are faults.
//!
//! The document's identity is the blake3 hash of its bytes as they were submitted, so that nothing has to be written canonically to compare it
//! with what the chain says.

mod document;
mod reference;
mod schema;
mod validate;

pub use document::{
    document_hash, AcquisitionSpec, CommunicationSpec, InstanceSpec, PipelineDocument, PluginSpec, MAX_DOCUMENT_BYTES, MAX_INSTANCES,
    MAX_PLUGINS, MAX_TARGETS,
};
pub use reference::reference_markdown;
pub use schema::schema;

#[cfg(test)]
mod tests;
