//! The engine configuration: how this node runs.
//!
//! A TOML file with a `version`; unknown keys are refused. What describes the node stands here; what is meant for one run only is a flag of the
//! binary. The base folder's layout is [`BaseFolder`].

mod base;
mod config;
mod connections;
mod secret;

pub use base::BaseFolder;
pub use config::{
    BrokerSection, ChainSection, CodeSection, EmbeddedBrokerSection, EngineConfig, HttpSection, LimitsSection, ModelsSection, Role,
    CONFIG_VERSION,
};
pub use connections::ConnectionSection;
pub use secret::Secret;

#[cfg(test)]
mod tests;
