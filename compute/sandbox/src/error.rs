//! What can go wrong when code runs, and whose fault it is.

use std::path::PathBuf;

/// An error of a runner. The text of code, and of what it said, is cut to a bound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The code cannot be compiled.
    #[error("the code is not valid: {fault}")]
    Invalid {
        /// What the interpreter says, with the line.
        fault: String,
    },
    /// The code ended with an exception, or passed a limit that the interpreter watches.
    #[error("the code failed: {fault}")]
    Failed {
        /// The traceback.
        fault: String,
    },
    /// The code took too long, and its worker was killed.
    #[error("the code took longer than {limit_ms} ms")]
    TooSlow {
        /// The limit.
        limit_ms: u32,
    },
    /// The code used up the memory of its worker.
    #[error("the code used more than {limit_mb} MiB of memory")]
    TooLarge {
        /// The limit.
        limit_mb: u32,
    },
    /// The worker did a thing that it has no right to, and the kernel killed it.
    #[error("the code's process was killed because it asked the system for something that it must not do")]
    Forbidden,
    /// The worker fell over the code.
    #[error("the code's process ended: {how}")]
    Crashed {
        /// How it ended and what it said.
        how: String,
    },
    /// The worker was killed from outside, again and again.
    #[error("the code's process was killed from outside: {how}")]
    Lost {
        /// How it ended.
        how: String,
    },
    /// The worker answered what no worker answers.
    #[error("the code's process broke the protocol: {reason}")]
    Protocol {
        /// What is wrong with the answer.
        reason: String,
    },
    /// A worker could not be started.
    #[error("the code's process {} cannot be started: {reason}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// The system's message, or the worker's.
        reason: String,
    },
    /// The engine's operator does not allow such code.
    #[error("this engine does not run the code: {reason}")]
    NotAllowed {
        /// What is not allowed.
        reason: String,
    },
    /// This machine lacks what would hold the code.
    #[error("the code's process is not started without {layer}, which is missing: {remedy}")]
    Missing {
        /// What is missing.
        layer: String,
        /// What to do about it.
        remedy: String,
    },
    /// The batch cannot be handed over.
    #[error("the batch cannot be handed to the code: {reason}")]
    Batch {
        /// What is wrong with it.
        reason: String,
    },
    /// The runner was dropped while it was at work.
    #[error("the runner is closed")]
    Closed,
}

impl SandboxError {
    /// Tells whether the same run may succeed in another worker.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Lost { .. })
    }

    /// Tells whether the code is to blame, so that another batch may well succeed.
    pub fn is_codes_fault(&self) -> bool {
        matches!(
            self,
            Self::Failed { .. }
                | Self::TooSlow { .. }
                | Self::TooLarge { .. }
                | Self::Forbidden
                | Self::Crashed { .. }
                | Self::Protocol { .. }
        )
    }
}
