//! The plugins that exist in a process.

use crate::{
    Acquisition, BoxFuture, Business, Communication, Context, Descriptor, Instance, Need, ParameterFault, Plugin, PluginError, PluginKind,
    Serving,
};
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Why the registry could not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// No plugin of this kind has that name.
    #[error("unknown {kind} plugin {signature:?}; available: {}", .available.join(", "))]
    Unknown {
        /// The kind that was asked for.
        kind: PluginKind,
        /// The name that was asked for.
        signature: String,
        /// The names that exist.
        available: Vec<&'static str>,
    },
    /// Two plugins of a kind have the same name.
    #[error("{kind} plugin {signature:?} is registered twice")]
    Duplicate {
        /// The kind.
        kind: PluginKind,
        /// The name.
        signature: &'static str,
    },
}

/// The part of a registered plugin that does not depend on its kind.
trait Entry: Send + Sync {
    fn descriptor(&self) -> &Descriptor;
    fn check(&self, parameters: &Value) -> Vec<ParameterFault>;
    fn needs(&self, parameters: &Value, context: &Context) -> Result<Vec<Need>, PluginError>;
}

/// A registered plugin whose parameters' type is erased.
trait Opener<I>: Entry {
    fn open<'a>(&'a self, parameters: Value, context: &'a Context) -> BoxFuture<'a, Result<I, PluginError>>;
}

struct Registered<P> {
    plugin: P,
    descriptor: Descriptor,
}

impl<P: Plugin> Entry for Registered<P> {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn check(&self, parameters: &Value) -> Vec<ParameterFault> {
        match serde_json::from_value::<P::Parameters>(parameters.clone()) {
            Ok(parameters) => self.plugin.check(&parameters),
            Err(error) => vec![ParameterFault { path: String::new(), message: error.to_string() }],
        }
    }

    fn needs(&self, parameters: &Value, context: &Context) -> Result<Vec<Need>, PluginError> {
        match serde_json::from_value::<P::Parameters>(parameters.clone()) {
            Ok(parameters) => self.plugin.needs(&parameters, context),
            Err(error) => Err(PluginError::parameters("", error.to_string())),
        }
    }
}

impl<P: Plugin> Opener<P::Instance> for Registered<P> {
    fn open<'a>(&'a self, parameters: Value, context: &'a Context) -> BoxFuture<'a, Result<P::Instance, PluginError>> {
        match serde_json::from_value::<P::Parameters>(parameters) {
            Ok(parameters) => self.plugin.open(parameters, context),
            Err(error) => Box::pin(async move { Err(PluginError::parameters("", error.to_string())) }),
        }
    }
}

/// The plugins of one kind.
pub struct Shelf<I> {
    plugins: BTreeMap<&'static str, Arc<dyn Opener<I>>>,
}

impl<I> Default for Shelf<I> {
    fn default() -> Self {
        Self { plugins: BTreeMap::new() }
    }
}

impl<I: Instance> Shelf<I> {
    fn find(&self, signature: &str) -> Result<&Arc<dyn Opener<I>>, RegistryError> {
        self.plugins.get(signature).ok_or_else(|| RegistryError::Unknown {
            kind: I::KIND,
            signature: signature.chars().take(64).collect(),
            available: self.plugins.keys().copied().collect(),
        })
    }

    fn entry(&self, signature: &str) -> Result<&dyn Entry, RegistryError> {
        let opener: &dyn Opener<I> = &**self.find(signature)?;
        Ok(opener)
    }

    fn descriptors(&self) -> Vec<&Descriptor> {
        self.plugins.values().map(|plugin| plugin.descriptor()).collect()
    }
}

/// The plugins that exist in a process, by kind and signature.
#[derive(Default)]
pub struct Registry {
    pub(crate) acquisition: Shelf<Box<dyn Acquisition>>,
    pub(crate) serving: Shelf<Arc<dyn Serving>>,
    pub(crate) business: Shelf<Box<dyn Business>>,
    pub(crate) communication: Shelf<Arc<dyn Communication>>,
}

impl Registry {
    /// Adds a plugin; fails if its kind has one of that name.
    pub fn register<P: Plugin>(&mut self, plugin: P) -> Result<(), RegistryError> {
        let descriptor = describe::<P>();
        let shelf = P::Instance::shelf_mut(self);
        if shelf.plugins.contains_key(P::SIGNATURE) {
            return Err(RegistryError::Duplicate { kind: P::Instance::KIND, signature: P::SIGNATURE });
        }
        shelf.plugins.insert(P::SIGNATURE, Arc::new(Registered { plugin, descriptor }));
        Ok(())
    }

    /// Returns the descriptions of all plugins of a kind, sorted by signature.
    pub fn descriptors(&self, kind: PluginKind) -> Vec<&Descriptor> {
        match kind {
            PluginKind::Acquisition => self.acquisition.descriptors(),
            PluginKind::Serving => self.serving.descriptors(),
            PluginKind::Business => self.business.descriptors(),
            PluginKind::Communication => self.communication.descriptors(),
        }
    }

    /// Returns the description of a plugin; fails with the list of those that exist.
    pub fn descriptor(&self, kind: PluginKind, signature: &str) -> Result<&Descriptor, RegistryError> {
        Ok(self.entry(kind, signature)?.descriptor())
    }

    /// Returns what is wrong with the parameters beyond their schema: where they do not fit the plugin's type, and what its own check says.
    pub fn check(&self, kind: PluginKind, signature: &str, parameters: &Value) -> Result<Vec<ParameterFault>, RegistryError> {
        Ok(self.entry(kind, signature)?.check(parameters))
    }

    /// Returns what an instance of a plugin needs outside of the engine.
    ///
    /// Fails with [`PluginError::Parameters`] if there is no such plugin, or as [`Plugin::needs`] does.
    pub fn needs(&self, kind: PluginKind, signature: &str, parameters: &Value, context: &Context) -> Result<Vec<Need>, PluginError> {
        let entry = self.entry(kind, signature).map_err(|error| PluginError::parameters("", error.to_string()))?;
        entry.needs(parameters, context)
    }

    /// Opens an instance of a plugin. The wanted kind is the type that the caller expects.
    ///
    /// Fails with [`PluginError::Parameters`] if there is no such plugin, or as the plugin does.
    pub async fn open<I: Instance>(&self, signature: &str, parameters: Value, context: &Context) -> Result<I, PluginError> {
        let plugin = I::shelf(self).find(signature).map_err(|error| PluginError::parameters("", error.to_string()))?.clone();
        plugin.open(parameters, context).await
    }

    fn entry(&self, kind: PluginKind, signature: &str) -> Result<&dyn Entry, RegistryError> {
        match kind {
            PluginKind::Acquisition => self.acquisition.entry(signature),
            PluginKind::Serving => self.serving.entry(signature),
            PluginKind::Business => self.business.entry(signature),
            PluginKind::Communication => self.communication.entry(signature),
        }
    }
}

/// Generates what is known of a plugin from its types.
fn describe<P: Plugin>() -> Descriptor {
    let generator = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true).into_generator();
    let mut schema = generator.into_root_schema_for::<P::Parameters>();
    schema.remove("$schema");
    schema.remove("title");
    let description = schema.remove("description").and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default();
    Descriptor {
        kind: P::Instance::KIND,
        signature: P::SIGNATURE,
        description,
        example: P::EXAMPLE,
        schema: schema.to_value(),
        needs_model: P::NEEDS_MODEL,
        takes_model: P::TAKES_MODEL,
        live: P::LIVE,
    }
}
