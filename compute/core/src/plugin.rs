//! What a plugin is.

use crate::{registry::Shelf, Acquisition, BoxFuture, Business, Communication, Context, Need, PluginError, Registry, Serving};
use schemars::JsonSchema;
use serde::{de::DeserializeOwned, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// The four subsystems of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PluginKind {
    /// Where data comes from.
    Acquisition,
    /// Models.
    Serving,
    /// What is done with the data.
    Business,
    /// Where payloads go.
    Communication,
}

impl PluginKind {
    /// All kinds, in the order in which data passes them.
    pub const ALL: [Self; 4] = [Self::Acquisition, Self::Serving, Self::Business, Self::Communication];

    /// Returns the kind's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acquisition => "acquisition",
            Self::Serving => "serving",
            Self::Business => "business",
            Self::Communication => "communication",
        }
    }
}

impl std::fmt::Display for PluginKind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A fault in a plugin's parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterFault {
    /// JSON pointer within the parameters; empty for the parameters as a whole.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

/// A plugin: opens instances from parameters.
///
/// The doc comment of `Parameters` is the plugin's text on the reference page, those of its fields describe the keys. The type should carry
/// `#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]` and say bounds by `#[schemars(range(…), length(…))]`.
///
/// The parameters are, by kind: of acquisition, `URL` and the keys of `STREAM_CONFIG_METADATA`; of serving, the keys of `MODEL` except
/// `BACKEND`; of business, the keys of an instance except `INSTANCE_ID` and `MODEL`; of communication, the keys of `COMMUNICATION` except `TYPE`.
pub trait Plugin: Send + Sync + 'static {
    /// What opening yields; decides the kind.
    type Instance: Instance;
    /// The parameters.
    type Parameters: DeserializeOwned + JsonSchema + Send + 'static;
    /// The name by which documents ask for the plugin.
    const SIGNATURE: &'static str;
    /// A pipeline document that uses the plugin, JSON; empty only for plugins of tests.
    const EXAMPLE: &'static str = "";
    /// Whether instances of a business plugin need a model.
    const NEEDS_MODEL: bool = false;
    /// Whether instances of a business plugin may have a model; those that need one may.
    const TAKES_MODEL: bool = Self::NEEDS_MODEL;
    /// Whether an acquisition plugin's source has no end.
    const LIVE: bool = false;

    /// Returns what the schema cannot say is wrong with the parameters. Pure: looks at no file and no network.
    fn check(&self, _parameters: &Self::Parameters) -> Vec<ParameterFault> {
        Vec::new()
    }

    /// Returns what an instance needs outside of the engine, so that it can be tried before anything runs. Pure, as [`Plugin::check`] is.
    ///
    /// Fails as [`Plugin::open`] would where the parameters lead nowhere, such as to a connection that the operator did not configure.
    fn needs(&self, _parameters: &Self::Parameters, _context: &Context) -> Result<Vec<Need>, PluginError> {
        Ok(Vec::new())
    }

    /// Opens an instance. May block: the engine calls it where that hurts nobody.
    fn open<'a>(&'a self, parameters: Self::Parameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>>;
}

/// What the registry tells about a plugin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Descriptor {
    /// The kind.
    pub kind: PluginKind,
    /// The name by which documents ask for it.
    pub signature: &'static str,
    /// What it does, from the doc comment of its parameters.
    pub description: String,
    /// A pipeline document that uses it.
    #[serde(skip)]
    pub example: &'static str,
    /// JSON Schema (2020-12) of its parameters, without references.
    pub schema: Value,
    /// Whether instances of a business plugin need a model.
    pub needs_model: bool,
    /// Whether instances of a business plugin may have a model.
    pub takes_model: bool,
    /// Whether an acquisition plugin's source has no end.
    pub live: bool,
}

/// Something that a plugin can open; implemented by the four kinds only.
pub trait Instance: Sized + Send + 'static {
    /// The kind.
    const KIND: PluginKind;
    #[doc(hidden)]
    fn shelf(registry: &Registry) -> &Shelf<Self>;
    #[doc(hidden)]
    fn shelf_mut(registry: &mut Registry) -> &mut Shelf<Self>;
}

macro_rules! instance {
    ($instance:ty, $kind:ident, $shelf:ident) => {
        impl Instance for $instance {
            const KIND: PluginKind = PluginKind::$kind;
            fn shelf(registry: &Registry) -> &Shelf<Self> {
                &registry.$shelf
            }
            fn shelf_mut(registry: &mut Registry) -> &mut Shelf<Self> {
                &mut registry.$shelf
            }
        }
    };
}

instance!(Box<dyn Acquisition>, Acquisition, acquisition);
instance!(Arc<dyn Serving>, Serving, serving);
instance!(Box<dyn Business>, Business, business);
instance!(Arc<dyn Communication>, Communication, communication);
