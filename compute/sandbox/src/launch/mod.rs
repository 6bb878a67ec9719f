//! How the worker of each runtime is started.
//!
//! Monty's worker is the program itself. A worker of CPython is bubblewrap, which runs the program once more behind its walls; that limits
//! itself further ([`crate::worker`]) and becomes the interpreter, which runs our `python/runner.py`, given on its command line.

mod walls;

use crate::{error::SandboxError, limits::Limits, runner::SandboxConfig, runtime::Runtime, worker::landlock};
use neurite_protocol::Address;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// What CPython runs, natively or in WebAssembly: it answers the engine and runs the code.
const RUNNER: &str = include_str!("../../python/runner.py");
/// What a native CPython runs that holds one in WebAssembly.
const WASM_HOST: &str = include_str!("../../python/wasm_host.py");
/// The file by which an installation of CPython for WebAssembly is known.
const COMPILED: &str = "python.cwasm";
/// Bytes that a bare interpreter takes by itself.
const INTERPRETER: u64 = 32 << 20;
/// Bytes that packages of an operator may take by themselves once imported.
const PACKAGES: u64 = 256 << 20;
/// Bytes that wasmtime and its CPython take by themselves; the guest's own memory is limited by wasmtime.
const WASMTIME: u64 = 1 << 30;

/// A command that starts a worker.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    /// Where it stands.
    pub(crate) folder: PathBuf,
    /// Whether it is bubblewrap, which says by an exit status how the process behind it ended.
    pub(crate) is_walled: bool,
}

impl Launch {
    /// Makes the command for code of `owner`.
    ///
    /// Fails with `NotAllowed` if the operator has not allowed it, with `Missing` if a part of it is not on this machine.
    pub(crate) fn new(config: &SandboxConfig, runtime: Runtime, owner: &Address, limits: &Limits) -> Result<Self, SandboxError> {
        match runtime {
            Runtime::Monty => {
                let (program, args, folder) = (config.program.clone(), config.args.clone(), config.folder.clone());
                Ok(Self { program, args, folder, is_walled: false })
            }
            Runtime::Wasm => wasm(config, limits),
            Runtime::Native => native(config, owner, limits),
        }
    }
}

fn native(config: &SandboxConfig, owner: &Address, limits: &Limits) -> Result<Launch, SandboxError> {
    let cpython = &config.cpython;
    if cpython.operators.is_empty() {
        return Err(SandboxError::NotAllowed { reason: "its operator has not switched on native code".into() });
    }
    if !cpython.operators.contains(owner) {
        return Err(SandboxError::NotAllowed { reason: format!("{owner} is not among the operators whose code may run natively") });
    }
    let packages = if cpython.packages.is_empty() { 0 } else { PACKAGES };
    let memory = INTERPRETER + packages + limits.memory();
    let script = [RUNNER.into()].into_iter().chain(cpython.packages.iter().map(OsString::from)).collect();
    walled(config, walls::Inside { memory, threads: false, folders: cpython.packages.clone(), script })
}

fn wasm(config: &SandboxConfig, limits: &Limits) -> Result<Launch, SandboxError> {
    let missing = || SandboxError::Missing {
        layer: "CPython for WebAssembly".into(),
        remedy: "run scripts/install-python-wasm, and name its folder in the engine's configuration if the engine does not find it".into(),
    };
    let folder = config.cpython.wasm.clone().filter(|folder| folder.join(COMPILED).is_file()).ok_or_else(missing)?;
    let folder = folder.canonicalize().map_err(|_| missing())?;
    let memory = WASMTIME + limits.memory();
    let script = vec![WASM_HOST.into(), folder.clone().into(), limits.memory().to_string().into(), RUNNER.into()];
    walled(config, walls::Inside { memory, threads: true, folders: vec![folder], script })
}

/// Makes the command of a process behind walls, all of which must be there.
fn walled(config: &SandboxConfig, inside: walls::Inside) -> Result<Launch, SandboxError> {
    let cpython = &config.cpython;
    need(&cpython.bubblewrap, "bubblewrap", "install Debian's package bubblewrap")?;
    need(&cpython.interpreter, "the interpreter", "install Debian's package python3")?;
    landlock::version().map_err(|reason| SandboxError::Missing { layer: "Landlock".into(), remedy: reason })?;
    let args = walls::arguments(config, inside)?;
    Ok(Launch { program: cpython.bubblewrap.clone(), args, folder: config.folder.clone(), is_walled: true })
}

fn need(file: &Path, layer: &str, remedy: &str) -> Result<(), SandboxError> {
    if file.is_file() {
        return Ok(());
    }
    Err(SandboxError::Missing { layer: format!("{layer} ({})", file.display()), remedy: remedy.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{MAX_CALLS, MAX_DEPTH, MAX_FAULT_BYTES, MAX_LOG_BYTES};
    use neurite_core::bounds::{MAX_OUTBOX, MAX_PAYLOAD_BYTES};
    use neurite_protocol::Identity;

    fn owner(secret: u8) -> Address {
        *Identity::from_secret(&[secret; 32]).unwrap().address()
    }

    fn error(runtime: Runtime, change: impl FnOnce(&mut SandboxConfig)) -> SandboxError {
        let mut config = SandboxConfig { program: "/bin/true".into(), ..SandboxConfig::default() };
        change(&mut config);
        Launch::new(&config, runtime, &owner(7), &Limits::default()).unwrap_err()
    }

    #[test]
    fn native_code_runs_only_if_its_owner_is_an_operator() {
        let off = error(Runtime::Native, |_| ());
        assert!(matches!(&off, SandboxError::NotAllowed { reason } if reason.contains("not switched on")), "{off}");
        let stranger = error(Runtime::Native, |config| config.cpython.operators = vec![owner(8)]);
        assert!(matches!(&stranger, SandboxError::NotAllowed { reason } if reason.contains("not among")), "{stranger}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = |runtime, change: fn(&mut SandboxConfig)| match error(runtime, change) {
            SandboxError::Missing { layer, remedy } => (layer, remedy),
            other => panic!("{other}"),
        };
        let (layer, remedy) = missing(Runtime::Wasm, |_| ());
        assert!(layer.contains("WebAssembly") && remedy.contains("scripts/install-python-wasm"), "{layer}: {remedy}");
        let (layer, remedy) = missing(Runtime::Native, |config| {
            config.cpython.operators = vec![owner(7)];
            config.cpython.bubblewrap = "/nonexistent/bwrap".into();
        });
        assert!(layer.contains("bubblewrap (/nonexistent/bwrap)") && remedy.contains("install"), "{layer}: {remedy}");
        let (layer, _) = missing(Runtime::Native, |config| {
            config.cpython.operators = vec![owner(7)];
            config.cpython.bubblewrap = "/bin/true".into();
            config.cpython.interpreter = "/nonexistent/python3".into();
        });
        assert!(layer.contains("the interpreter (/nonexistent/python3)"), "{layer}");
    }

    /// The bounds of a run are the same in every runtime.
    #[test]
    fn the_runner_has_the_bounds_of_the_engine() {
        let kibibytes = |bytes: usize| format!("{} * 1024", bytes / 1024);
        let digits = MAX_CALLS.to_string();
        let (thousands, rest) = digits.split_at(digits.len() - 3);
        for line in [
            format!("MAX_CALLS = {thousands}_{rest}"),
            format!("MAX_DEPTH = {MAX_DEPTH}"),
            format!("MAX_LOG_BYTES = {}", kibibytes(MAX_LOG_BYTES)),
            format!("MAX_FAULT_BYTES = {}", kibibytes(MAX_FAULT_BYTES)),
            format!("MAX_OUTBOX = {MAX_OUTBOX}"),
            format!("MAX_PAYLOAD_BYTES = {}", kibibytes(MAX_PAYLOAD_BYTES)),
            format!("VERSION = {}", crate::wire::VERSION),
        ] {
            assert!(RUNNER.lines().any(|written| written == line), "{line}");
        }
    }
}
