//! What code can run in, and what an operator says about it.

use neurite_protocol::Address;
use std::path::PathBuf;

/// What runs code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Runtime {
    /// Monty, a subset of Python with nothing around it: for code of anybody.
    #[default]
    Monty,
    /// CPython with numpy and pandas, compiled to WebAssembly: for code of anybody, where it is installed.
    Wasm,
    /// The system's own CPython behind walls of the kernel: for code of the engine's operators alone.
    Native,
}

/// How the runtimes that are CPython are started.
#[derive(Debug, Clone)]
pub struct CpythonConfig {
    /// The program of bubblewrap, which makes namespaces.
    pub bubblewrap: PathBuf,
    /// The interpreter; its library is expected in `lib` beside the folder that it is in.
    pub interpreter: PathBuf,
    /// Folders with packages that native code may import, read-only.
    pub packages: Vec<PathBuf>,
    /// Whose code may run natively. Nobody's, if empty.
    pub operators: Vec<Address>,
    /// The folder in which `scripts/install-python-wasm` has put CPython for WebAssembly.
    pub wasm: Option<PathBuf>,
}

impl Default for CpythonConfig {
    fn default() -> Self {
        Self {
            bubblewrap: "/usr/bin/bwrap".into(),
            interpreter: "/usr/bin/python3".into(),
            packages: Vec::new(),
            operators: Vec::new(),
            wasm: None,
        }
    }
}
