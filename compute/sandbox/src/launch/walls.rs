//! The command line of bubblewrap.
//!
//! Behind it a process has namespaces of its own for users, processes, network, messages, host name and, where the kernel has them, control
//! groups; no capabilities; an environment of ours; and as its whole file system, read-only, the interpreter with its library, the system's
//! shared libraries and loader, what the operator adds, and the program that goes on with limiting itself. There is no `/proc`, no `/dev`,
//! no `/etc` and no `/tmp`. It dies with whoever started bubblewrap.

use crate::{error::SandboxError, runner::SandboxConfig, worker::SEPARATOR};
use std::{
    env::consts::ARCH,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

/// Where our program is behind the walls.
const PROGRAM: &str = "/neurite/worker";
/// The user that it runs as: nobody.
const NOBODY: &str = "65534";
/// The programs that load others, by their paths in those; a machine has one of them.
const LOADERS: &[&str] = &["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];

/// What is to run behind the walls.
pub(super) struct Inside {
    /// Bytes of memory, those of the interpreter included.
    pub(super) memory: u64,
    /// Whether it may start threads.
    pub(super) threads: bool,
    /// Folders that it may read, besides those of the interpreter.
    pub(super) folders: Vec<PathBuf>,
    /// The script, and what it is told.
    pub(super) script: Vec<OsString>,
}

/// Writes the command line after the name of the program.
pub(super) fn arguments(config: &SandboxConfig, inside: Inside) -> Result<Vec<OsString>, SandboxError> {
    let (interpreter, library) = interpreter(&config.cpython.interpreter)?;
    let loaders: Vec<PathBuf> = LOADERS.iter().map(PathBuf::from).filter(|loader| loader.exists()).collect();
    let mut readable = vec![library];
    readable.extend(["/usr/lib", "/lib"].iter().map(|folder| Path::new(folder).join(format!("{ARCH}-linux-gnu"))));
    readable.extend(inside.folders);
    readable.retain(|folder| folder.exists());

    let mut args = Arguments::default();
    args.add(["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]);
    args.add(["--uid", NOBODY, "--gid", NOBODY, "--hostname", "neurite", "--cap-drop", "ALL"]);
    args.add(["--die-with-parent", "--new-session", "--clearenv"]);
    for (name, value) in [("PYTHONHASHSEED", "0"), ("PYTHONUTF8", "1"), ("OPENBLAS_NUM_THREADS", "1"), ("OMP_NUM_THREADS", "1")] {
        args.add(["--setenv", name, value]);
    }
    for path in readable.iter().chain([&interpreter]).chain(&loaders) {
        args.add([OsStr::new("--ro-bind"), path.as_os_str(), path.as_os_str()]);
    }
    args.add([OsStr::new("--ro-bind"), config.program.as_os_str(), OsStr::new(PROGRAM)]);
    args.add(["--remount-ro", "/", "--chdir", "/", "--", PROGRAM]);
    args.add(&config.args);
    args.add(["cpython", &inside.memory.to_string(), if inside.threads { "threads" } else { "one-thread" }]);
    for path in readable.iter().chain([&interpreter]).chain(&loaders) {
        args.add([path]);
    }
    args.add([SEPARATOR]);
    args.add(&loaders);
    args.add([SEPARATOR]);
    // Not -I: it would ignore the seed of hashes, and sets would have another order in every process.
    args.add([interpreter.as_os_str(), OsStr::new("-s"), OsStr::new("-S"), OsStr::new("-B"), OsStr::new("-c")]);
    args.add(inside.script);
    Ok(args.0)
}

/// Returns the interpreter itself and the folder of its library.
fn interpreter(named: &Path) -> Result<(PathBuf, PathBuf), SandboxError> {
    let missing = || SandboxError::Missing {
        layer: format!("the library of the interpreter {}", named.display()),
        remedy: "name an interpreter with its library in lib beside its folder, such as Debian's".into(),
    };
    let interpreter = named.canonicalize().map_err(|_| missing())?;
    let name = interpreter.file_name().ok_or_else(missing)?;
    let library = interpreter.parent().and_then(Path::parent).ok_or_else(missing)?.join("lib").join(name);
    if library.join("os.py").is_file() {
        Ok((interpreter, library))
    } else {
        Err(missing())
    }
}

#[derive(Default)]
struct Arguments(Vec<OsString>);

impl Arguments {
    fn add<T: AsRef<OsStr>>(&mut self, more: impl IntoIterator<Item = T>) {
        self.0.extend(more.into_iter().map(|argument| argument.as_ref().to_owned()));
    }
}
