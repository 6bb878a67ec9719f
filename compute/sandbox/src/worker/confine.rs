//! Gives up all rights that a worker does not need, for good, before it looks at any code.
//!
//! This is the second wall: the first is the interpreter, which has no way to ask the system for anything. After it a worker can compute,
//! allocate up to its limit, read its standard input, write its standard output and error, and end. Any other system call kills it.

use rustix::process::{set_parent_process_death_signal, setrlimit, Resource, Rlimit, Signal};
use seccompiler::{
    apply_filter, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};
use std::{collections::BTreeMap, fs};

/// Seconds of processor time in the life of a worker.
const CPU_SECONDS: u64 = 3_600;
/// File descriptors: standard input, output and error.
const FILES: u64 = 3;

/// System calls that are allowed with any arguments: memory, waiting for nothing, and the end.
const ALLOWED: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
];

/// Confines this process, which must have one thread; `memory` is what it may have beyond what it takes now.
///
/// Fails with what is missing; the process is then confined in part and must end.
pub(super) fn confine(memory: u64) -> Result<(), String> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|error| format!("no signal at the engine's death: {error}"))?;
    let address_space = address_space()?.saturating_add(memory);
    let limits = [
        (Resource::As, address_space),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, FILES),
        (Resource::Nproc, 0),
    ];
    for (resource, limit) in limits {
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        setrlimit(resource, limit).map_err(|error| format!("no limit of {resource:?}: {error}"))?;
    }
    rustix::thread::set_no_new_privs(true).map_err(|error| format!("privileges remain: {error}"))?;
    let filter = filter().map_err(|error| format!("no filter of system calls: {error}"))?;
    apply_filter(&filter).map_err(|error| format!("no filter of system calls: {error}"))
}

/// Returns the bytes of address space that the process takes.
fn address_space() -> Result<u64, String> {
    let status = fs::read_to_string("/proc/self/status").map_err(|error| format!("its size is unknown: {error}"))?;
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    size.map(|kilobytes| kilobytes * 1024).ok_or_else(|| "its size is unknown".to_owned())
}

fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_read, vec![rule(&[argument(0, 0)?])?]);
    rules.insert(libc::SYS_write, vec![rule(&[argument(0, 1)?])?, rule(&[argument(0, 2)?])?]);
    // Memory, but neither files nor code: what a worker executes is its program alone.
    let no_code = bits(2, libc::PROT_EXEC)?;
    rules.insert(libc::SYS_mmap, vec![rule(&[no_code.clone(), bits_set(3, libc::MAP_ANONYMOUS)?])?]);
    rules.insert(libc::SYS_mprotect, vec![rule(&[no_code])?]);
    // Only itself, as `abort` does.
    let own = argument(0, std::process::id())?;
    rules.insert(libc::SYS_tgkill, vec![rule(&[own])?]);
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, arch)?.try_into()
}

pub(super) fn rule(conditions: &[SeccompCondition]) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(conditions.to_vec())
}

/// The argument is this number.
pub(super) fn argument(index: u8, value: u32) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value.into())
}

/// The argument has none of these bits.
pub(super) fn bits(index: u8, mask: i32) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(mask as u64), 0)
}

/// The argument has all of these bits.
pub(super) fn bits_set(index: u8, mask: i32) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(mask as u64), mask as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        hint::black_box,
        net::UdpSocket,
        os::unix::process::ExitStatusExt,
        process::{Command, ExitStatus},
    };

    /// Names what the child of a test does once it is confined.
    const PROBE: &str = "NEURITE_CONFINED";
    const MEMORY: u64 = 64 << 20;

    /// Tries what a confined process must not do. The result is of no interest: the process is not to see one.
    fn attempt(probe: &str) {
        let outcome = match probe {
            "nothing" => "as it should".to_owned(),
            "allocate" => format!("{:?}", black_box(vec![1u8; 16 << 20]).len()),
            "allocate too much" => format!("{:?}", black_box(vec![1u8; 256 << 20]).len()),
            "read a file" => format!("{:?}", fs::read("/etc/passwd")),
            "write a file" => format!("{:?}", fs::write("/tmp/neurite-confined", "x")),
            "make a socket" => format!("{:?}", UdpSocket::bind("127.0.0.1:0")),
            "start a program" => format!("{:?}", Command::new("/bin/true").spawn()),
            "start a thread" => format!("{:?}", std::thread::spawn(|| ()).join()),
            "kill the parent" => {
                format!("{:?}", rustix::process::getppid().map(|parent| rustix::process::kill_process(parent, Signal::KILL)))
            }
            "raise a limit" => format!("{:?}", setrlimit(Resource::Nofile, Rlimit { current: Some(9), maximum: Some(9) })),
            "get code into memory" => {
                let (kind, rights) = (rustix::mm::MapFlags::PRIVATE, rustix::mm::ProtFlags::READ | rustix::mm::ProtFlags::EXEC);
                // SAFETY: the mapping is new and is not used.
                format!("{:?}", unsafe { rustix::mm::mmap_anonymous(std::ptr::null_mut(), 4096, rights, kind) })
            }
            "read another file descriptor" => format!("{:?}", rustix::io::read(std::io::stderr(), &mut [0; 1])),
            other => panic!("unknown probe {other}"),
        };
        eprintln!("{probe}: {outcome}");
    }

    /// The child's part of the tests below; without its variable, nobody's.
    #[test]
    fn confined_child() {
        if let Ok(probe) = std::env::var(PROBE) {
            super::super::program::warm_up();
            confine(MEMORY).expect("this system can confine");
            attempt(&probe);
        }
    }

    fn confined(probe: &str) -> ExitStatus {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "worker::confine::tests::confined_child", "--test-threads", "1"]);
        // As the supervisor starts it: with a backtrace asked for, the end of memory would have the program look for its own file.
        child.env_clear().env(PROBE, probe);
        child.output().unwrap().status
    }

    #[test]
    fn a_confined_process_can_compute_and_end() {
        for probe in ["nothing", "allocate"] {
            assert_eq!(confined(probe).code(), Some(0), "{probe}");
        }
    }

    #[test]
    fn what_a_confined_process_must_not_do_kills_it() {
        let forbidden = [
            "read a file",
            "write a file",
            "make a socket",
            "start a program",
            "start a thread",
            "kill the parent",
            "raise a limit",
            "get code into memory",
            "read another file descriptor",
        ];
        for probe in forbidden {
            assert_eq!(confined(probe).signal(), Some(libc::SIGSYS), "{probe}");
        }
        assert_eq!(confined("allocate too much").signal(), Some(libc::SIGABRT));
    }
}
