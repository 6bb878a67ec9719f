//! Landlock: a process says which files it will use, and the kernel holds it to that.

use std::{
    fs::OpenOptions,
    io,
    os::{
        fd::{AsRawFd, FromRawFd, OwnedFd, RawFd},
        unix::fs::OpenOptionsExt,
    },
    path::Path,
    ptr,
};

/// Asks for the version instead of making a rule set.
const CREATE_RULESET_VERSION: u32 = 1;
const RULE_PATH_BENEATH: u32 = 1;

const EXECUTE: u64 = 1 << 0;
const READ_FILE: u64 = 1 << 2;
const READ_DIR: u64 = 1 << 3;
/// All rights over files by the version that brought the last of them.
const FILE_RIGHTS: &[(i64, u64)] = &[(1, (1 << 13) - 1), (2, (1 << 14) - 1), (3, (1 << 15) - 1), (5, (1 << 16) - 1)];
/// Binding and connecting TCP sockets, since version 4.
const NETWORK_RIGHTS: u64 = 0b11;
/// Abstract sockets and signals of others, since version 6.
const SCOPES: u64 = 0b11;

/// `struct landlock_ruleset_attr`; older kernels know only its beginning.
#[repr(C)]
struct Ruleset {
    files: u64,
    network: u64,
    scopes: u64,
}

/// `struct landlock_path_beneath_attr`.
#[repr(C, packed)]
struct PathBeneath {
    rights: u64,
    parent: RawFd,
}

/// Returns the kernel's version of Landlock; fails with what to do where it has none.
pub(crate) fn version() -> Result<i64, String> {
    // SAFETY: with this flag the kernel reads nothing.
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, ptr::null::<Ruleset>(), 0usize, CREATE_RULESET_VERSION) };
    if version > 0 {
        return Ok(version);
    }
    let error = io::Error::last_os_error();
    Err(format!("Landlock: this kernel gives none ({error}): use Linux 5.13 or later with landlock among its security modules"))
}

/// Leaves this process, and what it becomes, nothing but reading in `read` and executing `execute`. It must have no new privileges.
pub(super) fn restrict<P: AsRef<Path>>(read: &[P], execute: &[P]) -> Result<(), String> {
    let version = version()?;
    let files = FILE_RIGHTS.iter().rev().find(|(since, _)| *since <= version).map_or(0, |(_, rights)| *rights);
    let ruleset = Ruleset { files, network: NETWORK_RIGHTS, scopes: SCOPES };
    let known = match version {
        ..4 => 1,
        4..6 => 2,
        _ => 3,
    };
    // SAFETY: the structure lives through the call and is as long as said.
    let made = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, &ruleset, known * size_of::<u64>(), 0u32) };
    let made = RawFd::try_from(made).ok().filter(|made| *made >= 0).ok_or_else(|| failed("no set of rules"))?;
    // SAFETY: the kernel has just made it for us.
    let rules = unsafe { OwnedFd::from_raw_fd(made) };
    for path in read {
        allow(&rules, path.as_ref(), READ_FILE | READ_DIR)?;
    }
    for path in execute {
        allow(&rules, path.as_ref(), READ_FILE | EXECUTE)?;
    }
    // SAFETY: the call takes two numbers.
    match unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules.as_raw_fd(), 0u32) } {
        0 => Ok(()),
        _ => Err(failed("the process cannot be restricted")),
    }
}

/// Adds a rule; rights that only folders have are left out for a file.
fn allow(rules: &OwnedFd, path: &Path, rights: u64) -> Result<(), String> {
    let unreadable = |error: io::Error| format!("Landlock: {} cannot be opened: {error}", path.display());
    let file = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(path).map_err(unreadable)?;
    let is_folder = file.metadata().map_err(unreadable)?.is_dir();
    let rights = if is_folder { rights } else { rights & !READ_DIR };
    let rule = PathBeneath { rights, parent: file.as_raw_fd() };
    // SAFETY: the structure lives through the call.
    match unsafe { libc::syscall(libc::SYS_landlock_add_rule, rules.as_raw_fd(), RULE_PATH_BENEATH, &rule, 0u32) } {
        0 => Ok(()),
        _ => Err(failed(&format!("no rule for {}", path.display()))),
    }
}

fn failed(what: &str) -> String {
    format!("Landlock: {what}: {}", io::Error::last_os_error())
}
