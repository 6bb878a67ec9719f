//! The plugin `CUSTOM_CODE` and its instances.

use super::{
    config::{CustomCodeParameters, OnError},
    memory::Memory,
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, ParameterFault, PayloadKind, Plugin, PluginError};
use neurite_sandbox::{CodeError, CodeRunner, Outcome, Produced, SandboxConfig, SandboxError, VerifiedCode};
use serde_json::{json, Map, Value};

/// The bytes kept of a fault in an error: its end, where the exception stands.
const ERROR_BYTES: usize = 400;

/// Opens instances, each with a process for its code.
#[derive(Debug, Clone)]
pub struct CustomCode {
    sandbox: SandboxConfig,
}

impl CustomCode {
    /// Makes the plugin; `sandbox` says how processes are started.
    pub fn new(sandbox: SandboxConfig) -> Self {
        Self { sandbox }
    }
}

impl Plugin for CustomCode {
    type Instance = Box<dyn Business>;
    type Parameters = CustomCodeParameters;
    const SIGNATURE: &'static str = "CUSTOM_CODE";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/custom_code.json");
    const TAKES_MODEL: bool = true;

    fn check(&self, parameters: &CustomCodeParameters) -> Vec<ParameterFault> {
        let fault = VerifiedCode::verify(&parameters.code.text(), &parameters.claim()).err();
        fault.map(|error| ParameterFault { path: path(&error).into(), message: error.to_string() }).into_iter().collect()
    }

    fn open<'a>(&'a self, parameters: CustomCodeParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let code = VerifiedCode::verify(&parameters.code.text(), &parameters.claim())
                .map_err(|error| PluginError::parameters(path(&error), error.to_string()))?;
            let memory = Memory::new(parameters.code_blake3.clone());
            let name = format!("{}/{}", context.pipeline, context.instance);
            let runner = CodeRunner::on(parameters.runtime.into(), name, &self.sandbox, code, parameters.limits()).map_err(failure)?;
            // A fault in its form shows before the first row.
            runner.check().await.map_err(failure)?;
            let state_bytes = parameters.state_kb as usize * 1024;
            Ok(Box::new(Instance { runner, memory, state_bytes, on_error: parameters.on_error }) as Self::Instance)
        })
    }
}

/// Returns the parameter that is wrong.
fn path(error: &CodeError) -> &'static str {
    match error {
        CodeError::Hash { .. } => "/CODE_BLAKE3",
        CodeError::Owner { .. } => "/CODE_OWNER",
        CodeError::Signature { .. } => "/CODE_SIGNATURE",
        _ => "/CODE",
    }
}

/// An instance.
struct Instance {
    runner: CodeRunner,
    memory: Memory,
    state_bytes: usize,
    on_error: OnError,
}

impl Instance {
    async fn run(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        match self.runner.run(input, self.memory.state()).await {
            Ok(outcome) => self.take(input, outcome, outbox),
            Err(error) if self.on_error == OnError::Skip && error.is_codes_fault() => self.skip(input, &error, outbox),
            Err(error) => {
                outbox.push(PayloadKind::Notification, self.fault(input, &error))?;
                Err(failure(error))
            }
        }
    }

    fn take(&mut self, input: Input<'_>, outcome: Outcome, outbox: &mut Outbox) -> Result<(), PluginError> {
        for produced in outcome.produced {
            match produced {
                Produced::Data(body) => outbox.push(PayloadKind::Data, body)?,
                Produced::Alert { text, details } => {
                    let body = [("ALERT".to_owned(), json!(text)), ("DETAILS".to_owned(), Value::Object(details))];
                    outbox.push(PayloadKind::Notification, Map::from_iter(body))?;
                }
            }
        }
        self.memory.advance(input.batch.rows(), outcome.state);
        Ok(())
    }

    /// Leaves a batch out. The more there were, the fewer of them are told, so that bad code does not flood anybody.
    fn skip(&mut self, input: Input<'_>, error: &SandboxError, outbox: &mut Outbox) -> Result<(), PluginError> {
        if self.memory.skip(input.batch.rows()).is_power_of_two() {
            outbox.push(PayloadKind::Notification, self.fault(input, error))?;
        }
        Ok(())
    }

    fn fault(&self, input: Input<'_>, error: &SandboxError) -> Map<String, Value> {
        Map::from_iter([
            ("FAULT".to_owned(), json!(error.to_string())),
            ("FIRST_ROW".to_owned(), json!(input.batch.start() + 1)),
            ("LAST_ROW".to_owned(), json!(input.batch.end())),
            ("BATCHES_SKIPPED".to_owned(), json!(self.memory.skipped())),
        ])
    }
}

/// Says whose fault it is: what code does is the document's.
fn failure(error: SandboxError) -> PluginError {
    let text = error.to_string();
    let from = (text.len().saturating_sub(ERROR_BYTES)..=text.len()).find(|from| text.is_char_boundary(*from)).unwrap_or(0);
    let path = match error {
        SandboxError::Invalid { .. } | SandboxError::Failed { .. } | SandboxError::Forbidden => "/CODE",
        SandboxError::Crashed { .. } | SandboxError::Protocol { .. } => "/CODE",
        SandboxError::NotAllowed { .. } => "/RUNTIME",
        SandboxError::TooSlow { .. } => "/TIME_MS",
        SandboxError::TooLarge { .. } => "/MEMORY_MB",
        _ => return PluginError::resources(&text[from..]),
    };
    PluginError::parameters(path, &text[from..])
}

impl Business for Instance {
    fn process<'a>(&'a mut self, input: Input<'a>, outbox: &'a mut Outbox) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(self.run(input, outbox))
    }

    fn snapshot(&self) -> Result<Value, PluginError> {
        serde_json::to_value(&self.memory).map_err(|error| PluginError::internal(error.to_string()))
    }

    fn restore(&mut self, state: Value) -> Result<(), PluginError> {
        self.memory = self.memory.restore(state, self.state_bytes)?;
        Ok(())
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(self.memory.result()))
    }
}
