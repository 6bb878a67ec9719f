//! Pipeline and engine documents, validated whole.
//!
//! Two documents come from outside. A **pipeline document** (JSON, [`PipelineDocument`]) says what to run and comes from strangers: it is bounded
//! before it is parsed, held against one JSON Schema that is generated from the types of the plugins in a [`neurite_core::Registry`], and refused
//! whole with the path of every fault. An **engine configuration** (TOML, [`EngineConfig`]) says how this node runs and comes from its operator.
//!
//! Guarantees: nothing here opens a file or a connection. A value of [`PipelineDocument`] or [`EngineConfig`] that exists is valid. The schema that
//! [`schema`] returns for publication is the one that [`PipelineDocument::parse`] enforces.
#![warn(missing_docs)]

mod engine;
mod error;
mod pipeline;

pub use engine::{
    BaseFolder, BrokerSection, ChainSection, CodeSection, ConnectionSection, EmbeddedBrokerSection, EngineConfig, HttpSection,
    LimitsSection, ModelsSection, Role, Secret, CONFIG_VERSION,
};
pub use error::{ConfigError, DocumentError, Fault};
pub use pipeline::{
    document_hash, reference_markdown, schema, AcquisitionSpec, CommunicationSpec, InstanceSpec, PipelineDocument, PluginSpec,
    MAX_DOCUMENT_BYTES, MAX_INSTANCES, MAX_PLUGINS, MAX_TARGETS,
};
