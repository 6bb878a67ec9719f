//! Parameters of `CUSTOM_CODE`.

use neurite_sandbox::{CodeClaim, Limits, Runtime};
use schemars::JsonSchema;
use serde::Deserialize;

/// The most lines of code.
const MAX_LINES: usize = 4_096;

/// Runs signed code of the user on every batch, in a process of its own that can reach nothing but the rows, its state and its payloads.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct CustomCodeParameters {
    /// The code, in Python as its runtime runs it: one text, or its lines without their ends. At most 64 KiB.
    pub code: CodeText,
    /// The blake3 hash of the code's bytes, in hexadecimal digits; of lines, those that are joined with one line feed between two.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub code_blake3: String,
    /// The address of the code's owner.
    #[schemars(length(min = 49, max = 49))]
    pub code_owner: String,
    /// The owner's signature over the hash, as `neurite-e2 sign-code` makes it.
    #[schemars(length(min = 1, max = 100))]
    pub code_signature: String,
    /// What runs the code.
    #[serde(default)]
    pub runtime: CodeRuntime,
    /// Milliseconds that one batch may take.
    #[serde(default = "time_ms")]
    #[schemars(range(min = *Limits::TIME_MS.start(), max = *Limits::TIME_MS.end()))]
    pub time_ms: u32,
    /// MiB of memory that the code may use, its batch included.
    #[serde(default = "memory_mb")]
    #[schemars(range(min = *Limits::MEMORY_MB.start(), max = *Limits::MEMORY_MB.end()))]
    pub memory_mb: u32,
    /// How many calls deep the code may go.
    #[serde(default = "recursion")]
    #[schemars(range(min = *Limits::RECURSION.start(), max = *Limits::RECURSION.end()))]
    pub recursion: u16,
    /// KiB of payloads that one batch may make.
    #[serde(default = "output_kb")]
    #[schemars(range(min = *Limits::OUTPUT_KB.start(), max = *Limits::OUTPUT_KB.end()))]
    pub output_kb: u32,
    /// KiB that the state may take as JSON.
    #[serde(default = "state_kb")]
    #[schemars(range(min = *Limits::STATE_KB.start(), max = *Limits::STATE_KB.end()))]
    pub state_kb: u32,
    /// What becomes of the pipeline when the code fails on a batch.
    #[serde(default)]
    pub on_error: OnError,
}

/// Code as documents write it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CodeText {
    /// One text.
    Text(#[schemars(length(min = 1, max = 65_536))] String),
    /// Lines without their ends.
    Lines(#[schemars(length(min = 1, max = MAX_LINES))] Vec<String>),
}

impl CodeText {
    /// Returns the code whose bytes are hashed and run.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Lines(lines) => lines.join("\n"),
        }
    }
}

/// What runs the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CodeRuntime {
    /// Monty, a subset of Python: everywhere, for everybody.
    #[default]
    Monty,
    /// CPython with numpy and pandas in WebAssembly: for everybody, on engines that have it installed.
    Wasm,
    /// The engine's own CPython: for its operators, if they have switched it on.
    Native,
}

impl From<CodeRuntime> for Runtime {
    fn from(runtime: CodeRuntime) -> Self {
        match runtime {
            CodeRuntime::Monty => Self::Monty,
            CodeRuntime::Wasm => Self::Wasm,
            CodeRuntime::Native => Self::Native,
        }
    }
}

/// What to do when code fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OnError {
    /// The pipeline ends with the fault.
    #[default]
    Stop,
    /// The batch is left out and counted; its state is that before it.
    Skip,
}

impl CustomCodeParameters {
    /// Returns what the code says about itself.
    pub(super) fn claim(&self) -> CodeClaim {
        CodeClaim { blake3: self.code_blake3.clone(), owner: self.code_owner.clone(), signature: self.code_signature.clone() }
    }

    /// Returns what the code may use.
    pub(super) fn limits(&self) -> Limits {
        Limits {
            time_ms: self.time_ms,
            memory_mb: self.memory_mb,
            recursion: self.recursion,
            output_kb: self.output_kb,
            state_kb: self.state_kb,
        }
    }
}

fn time_ms() -> u32 {
    Limits::default().time_ms
}

fn memory_mb() -> u32 {
    Limits::default().memory_mb
}

fn recursion() -> u16 {
    Limits::default().recursion
}

fn output_kb() -> u32 {
    Limits::default().output_kb
}

fn state_kb() -> u32 {
    Limits::default().state_kb
}
