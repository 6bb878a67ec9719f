//! Compiled code, and how it runs on a batch.

use super::host::Host;
use crate::{
    limits::{Limits, MAX_FAULT_BYTES},
    wire::{keep_end, Reply, Run},
};
use monty::{MontyRun, RunProgress};
use monty_types::{
    CompileOptions, DateTimeSource, MontyException, MontyObject, NameLookupResult, OsPolicy, PrintWriter, RandomSeed, RandomStart,
    ResourceLimits, ResourceTracker, SleepMode,
};

/// The name of the code in tracebacks.
const FILE: &str = "code.py";

/// Compiles and runs a line of our own: what is looked up once and kept, such as the bounds of the stack, is looked up while that is allowed.
pub(super) fn warm_up() {
    let program = MontyRun::new("sorted([2, 1])".to_owned(), FILE, Vec::new(), CompileOptions::default());
    let result = program.and_then(|program| program.start(Vec::new(), ResourceTracker::default(), PrintWriter::Disabled).map(drop));
    debug_assert!(result.is_ok(), "{result:?}");
}

/// Compiled code.
#[derive(Debug)]
pub(super) struct Program {
    compiled: MontyRun,
    blake3: String,
    limits: Limits,
}

impl Program {
    /// Compiles code that has the right hash; fails with what is wrong with it.
    pub(super) fn compile(code: String, blake3: [u8; 32], limits: Limits) -> Result<Self, String> {
        let hash = blake3::hash(code.as_bytes());
        if hash != blake3::Hash::from_bytes(blake3) {
            return Err(format!("its blake3 hash is {hash}"));
        }
        let names = Host::FUNCTIONS.iter().map(|name| (*name).to_owned()).collect();
        let compiled = MontyRun::new(code, FILE, names, CompileOptions::default()).map_err(|exception| exception.to_string())?;
        Ok(Self { compiled, blake3: hash.to_hex().to_string(), limits })
    }

    /// Runs the code on a batch.
    pub(super) fn run(&self, run: &Run<'_>) -> Reply {
        let mut host = Host::new(run, self.limits);
        match self.execute(run.start, &mut host) {
            Ok(()) => host.done(),
            Err(exception) => host.failed(keep_end(&exception.to_string(), MAX_FAULT_BYTES).to_owned()),
        }
    }

    fn execute(&self, start: u64, host: &mut Host<'_>) -> Result<(), MontyException> {
        let functions = Host::FUNCTIONS.iter().map(|name| MontyObject::function(*name, None)).collect();
        let compiled = self.compiled.clone().with_os_policy(self.policy(start));
        let mut progress = compiled.start(functions, self.tracker(), host.writer())?;
        loop {
            progress = match progress {
                RunProgress::Complete(_) => return Ok(()),
                RunProgress::FunctionCall(call) => match host.over_limit() {
                    Some(exception) => call.abort(exception, host.writer())?,
                    None => {
                        let answer = host.call(&call.function_name, &call.args);
                        call.resume(answer, host.writer())?
                    }
                },
                RunProgress::OsCall(call) => match host.over_limit() {
                    Some(exception) => call.abort(exception, host.writer())?,
                    None => {
                        let refusal = call.function_call.on_no_handler();
                        call.resume(refusal, host.writer())?
                    }
                },
                RunProgress::NameLookup(lookup) => match host.over_limit() {
                    Some(exception) => lookup.abort(exception, host.writer())?,
                    None => lookup.resume(NameLookupResult::Undefined, host.writer())?,
                },
                RunProgress::ResolveFutures(_) => return Err(MontyException::runtime_error("there is nothing to wait for")),
            }
        }
    }

    fn tracker(&self) -> ResourceTracker {
        let limits = ResourceLimits::default()
            .max_feed_duration(self.limits.time())
            .max_memory(usize::try_from(self.limits.memory()).unwrap_or(usize::MAX))
            .max_recursion_depth(self.limits.recursion.into());
        ResourceTracker::new(limits)
    }

    /// Neither a clock nor chance: the host answers no question about time, and numbers drawn depend on code and rows alone.
    fn policy(&self, start: u64) -> OsPolicy {
        OsPolicy {
            datetime: DateTimeSource::CallHost,
            sleep: SleepMode::Zero,
            random_start: RandomStart::Seed(RandomSeed::Str(format!("{}:{start}", self.blake3))),
            ..OsPolicy::default()
        }
    }
}
