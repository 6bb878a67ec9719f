//! The last walls around a CPython: limits, Landlock and a filter of system calls, set by this program before it becomes the interpreter.
//!
//! Around it stand the namespaces of bubblewrap, made before. The filter answers a call that is not allowed with an error, which the code
//! sees as a `PermissionError` in its line, instead of killing it: an interpreter tries much that it can do without.

use super::{
    confine::{argument, bits, bits_set, rule},
    landlock, SEPARATOR,
};
use rustix::process::{getrlimit, setrlimit, Resource, Rlimit};
use seccompiler::{apply_filter, BpfProgram, SeccompAction, SeccompFilter, SeccompRule, TargetArch};
use std::{collections::BTreeMap, convert::Infallible, ffi::OsString, os::unix::process::CommandExt, process::Command};

/// Seconds of processor time in the life of a worker.
const CPU_SECONDS: u64 = 3_600;
/// File descriptors: modules are read through them.
const FILES: u64 = 64;
/// Bytes of the stack, on which calls of Python and of WebAssembly are.
const STACK: u64 = 32 << 20;

/// System calls that an interpreter makes: on files, which Landlock guards, on its own memory, time and threads.
const ALLOWED: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
    libc::SYS_execve,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fadvise64,
    libc::SYS_fcntl,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getitimer,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_pipe2,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_prlimit64,
    libc::SYS_pselect6,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_setitimer,
    libc::SYS_sigaltstack,
    libc::SYS_statx,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_write,
    libc::SYS_writev,
];

/// The same in the words of older machines.
#[cfg(target_arch = "x86_64")]
const ALLOWED_OLD: &[i64] = &[
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_dup2,
    libc::SYS_epoll_wait,
    libc::SYS_getdents,
    libc::SYS_lstat,
    libc::SYS_open,
    libc::SYS_pipe,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_select,
    libc::SYS_stat,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_OLD: &[i64] = &[];

/// What this program is told behind bubblewrap's walls: `MEMORY threads|one-thread READABLE… : LOADER… : INTERPRETER ARGUMENT…`.
#[derive(Debug, PartialEq, Eq)]
struct Order<'a> {
    memory: u64,
    threads: bool,
    readable: &'a [OsString],
    loaders: &'a [OsString],
    command: &'a [OsString],
}

impl<'a> Order<'a> {
    fn parse(args: &'a [OsString]) -> Option<Self> {
        let [memory, threads, rest @ ..] = args else { return None };
        let end = |args: &[OsString]| args.iter().position(|argument| argument == SEPARATOR);
        let (readable, rest) = rest.split_at(end(rest)?);
        let rest = &rest[1..];
        let (loaders, rest) = rest.split_at(end(rest)?);
        let command = &rest[1..];
        let memory = memory.to_str()?.parse().ok()?;
        (!command.is_empty()).then_some(Self { memory, threads: threads == "threads", readable, loaders, command })
    }
}

/// Gives up all rights that an interpreter does not need, and becomes it. Returns only what is missing.
pub(super) fn enter(args: &[OsString]) -> Result<Infallible, String> {
    let order = Order::parse(args).ok_or("the worker was started with arguments that it does not understand")?;
    confine(&order)?;
    let (program, arguments) = order.command.split_first().ok_or("there is no interpreter to start")?;
    let error = Command::new(program).args(arguments).exec();
    Err(format!("the interpreter {} cannot be started: {error}", program.display()))
}

fn confine(order: &Order<'_>) -> Result<(), String> {
    limit(order)?;
    rustix::thread::set_no_new_privs(true).map_err(|error| format!("privileges remain: {error}"))?;
    let execute: Vec<OsString> = order.loaders.iter().chain(order.command.first()).cloned().collect();
    landlock::restrict(order.readable, &execute)?;
    let failed = |error: &dyn std::fmt::Display| format!("seccomp: no filter of system calls: {error}");
    if order.threads {
        // The C library starts threads in another way where this one does not exist; in that way their kind can be seen.
        let newest = [(libc::SYS_clone3, Vec::new())].into();
        let filter = compile(newest, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS as u32)).map_err(|error| failed(&error))?;
        apply_filter(&filter).map_err(|error| failed(&error))?;
    }
    let rules = rules(order.threads).map_err(|error| failed(&error))?;
    let filter = compile(rules, SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow).map_err(|error| failed(&error))?;
    apply_filter(&filter).map_err(|error| failed(&error))
}

fn limit(order: &Order<'_>) -> Result<(), String> {
    let stack = getrlimit(Resource::Stack).maximum.map_or(STACK, |most| most.min(STACK));
    let mut limits = vec![
        // Private memory that can be written; of other kinds the filter lets it have none, and programs and libraries are not counted.
        (Resource::Data, order.memory),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, FILES),
        (Resource::Stack, stack),
    ];
    if !order.threads {
        limits.push((Resource::Nproc, 0));
    }
    for (resource, limit) in limits {
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        setrlimit(resource, limit).map_err(|error| format!("no limit of {resource:?}: {error}"))?;
    }
    Ok(())
}

fn compile(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    matching: SeccompAction,
) -> Result<BpfProgram, seccompiler::BackendError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, otherwise, matching, arch)?.try_into()
}

fn rules(threads: bool) -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().chain(ALLOWED_OLD).map(|call| (*call, Vec::new())).collect();
    // No memory that others could share, which no limit would count.
    rules.insert(libc::SYS_mmap, vec![rule(&[bits(3, libc::MAP_SHARED)?])?]);
    // What is asked of every file that is opened.
    let asked = [libc::TCGETS, libc::FIOCLEX].map(|request| request as u32);
    rules.insert(libc::SYS_ioctl, asked.into_iter().map(|request| rule(&[argument(1, request)?])).collect::<Result<_, _>>()?);
    // Only itself, as `abort` does.
    rules.insert(libc::SYS_tgkill, vec![rule(&[argument(0, std::process::id())?])?]);
    if threads {
        rules.insert(libc::SYS_clone3, Vec::new());
        rules.insert(libc::SYS_clone, vec![rule(&[bits_set(0, libc::CLONE_THREAD)?])?]);
        rules.insert(libc::SYS_prctl, vec![rule(&[argument(0, libc::PR_SET_NAME as u32)?])?]);
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        os::unix::process::ExitStatusExt,
        process::{Output, Stdio},
    };

    fn args(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn orders_are_read_whole_or_not_at_all() {
        let words = args(&["1024", "threads", "/a", "/b", ":", "/ld", ":", "/python", "-c", ":"]);
        let order = Order::parse(&words).unwrap();
        assert_eq!((order.memory, order.threads), (1024, true));
        assert_eq!((order.readable, order.loaders, order.command), (&words[2..4], &words[5..6], &words[7..]));
        for words in [&["1024"][..], &["much", "threads", ":", ":", "/python"], &["1", "threads", "/a", ":", "/ld"], &["1", "t", ":", ":"]]
        {
            assert_eq!(Order::parse(&args(words)), None, "{words:?}");
        }
    }

    /// Names what the child of a test is denied before it confines itself.
    const DENIED: &str = "NEURITE_DENIED";

    /// The child's part of the test below; without its variable, nobody's.
    #[test]
    fn child_on_a_machine_that_lacks_something() {
        let Ok(denied) = std::env::var(DENIED) else { return };
        let calls: &[i64] = match denied.as_str() {
            "Landlock" => &[libc::SYS_landlock_create_ruleset],
            "seccomp" => &[libc::SYS_seccomp],
            _ => &[],
        };
        let order = args(&["1073741824", "one-thread", "/usr", ":", "/usr", ":", "/bin/true"]);
        if !calls.is_empty() {
            rustix::thread::set_no_new_privs(true).unwrap();
            let rules = calls.iter().map(|call| (*call, Vec::new())).collect();
            let filter = compile(rules, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS as u32)).unwrap();
            apply_filter(&filter).unwrap();
        }
        println!("missing: {}", enter(&order).unwrap_err());
    }

    fn lacking(denied: &str) -> Output {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "worker::cpython::tests::child_on_a_machine_that_lacks_something", "--nocapture", "--test-threads", "1"]);
        child.env(DENIED, denied).stdin(Stdio::null()).output().unwrap()
    }

    #[test]
    fn a_worker_that_lacks_a_layer_does_not_become_the_interpreter() {
        let landlock = String::from_utf8(lacking("Landlock").stdout).unwrap();
        assert!(landlock.contains("missing: Landlock: this kernel gives none"), "{landlock}");
        let seccomp = String::from_utf8(lacking("seccomp").stdout).unwrap();
        assert!(seccomp.contains("missing: seccomp: no filter of system calls"), "{seccomp}");
        let whole = lacking("nothing");
        assert!(!String::from_utf8_lossy(&whole.stdout).contains("missing: "), "{whole:?}");
        assert_eq!((whole.status.code(), whole.status.signal()), (Some(0), None));
    }
}
