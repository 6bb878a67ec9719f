//! What can go wrong, with a kind for programs and a hint for people.

use std::path::PathBuf;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// The node does not answer.
    #[error("cannot reach the chain at {url}: {reason}")]
    Chain {
        /// Where it was sought.
        url: String,
        /// What happened.
        reason: String,
    },
    /// The node answered something that cannot be read.
    #[error("the chain's answer to {question} cannot be used: {reason}")]
    Answer {
        /// What was asked.
        question: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// The transaction did not enter a block.
    #[error("{call} was not included: {reason}")]
    Invalid {
        /// The call.
        call: String,
        /// What the pool said.
        reason: String,
    },
    /// The transaction entered a block and failed there; nothing changed but the fee.
    #[error("{call} failed: {error}")]
    Refused {
        /// The call.
        call: String,
        /// The named error of the pallet.
        error: String,
        /// What the pallet documents about it.
        docs: String,
    },
    /// Something that was named does not exist.
    #[error("there is no {what}")]
    NotFound {
        /// What was named.
        what: String,
    },
    /// The signer cannot be used.
    #[error("cannot use the signer: {reason}")]
    Signer {
        /// Why.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The pipeline document cannot be submitted.
    #[error("{path} is no pipeline document to submit: {reason}")]
    Document {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The engine's HTTP interface does not do what was asked.
    #[error("the engine at {url}: {reason}")]
    Engine {
        /// Where it was sought.
        url: String,
        /// What happened.
        reason: String,
    },
    /// A process of the network cannot be started, or ended by itself.
    #[error("{name}: {reason}")]
    Process {
        /// The process.
        name: String,
        /// What happened, with the end of its log.
        reason: String,
    },
    /// Something that should have happened did not.
    #[error("waited {seconds} s for {what}")]
    Timeout {
        /// What was awaited.
        what: String,
        /// For how long.
        seconds: u64,
    },
    /// The job did not end as it should.
    #[error("the job ended as {status}: {ending}")]
    Job {
        /// Its last state.
        status: String,
        /// Why it ended.
        ending: String,
    },
    /// A person ended it.
    #[error("interrupted")]
    Interrupted,
}

impl CliError {
    /// Names the kind of fault for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Chain { .. } => "chain",
            Self::Answer { .. } => "answer",
            Self::Invalid { .. } => "invalid",
            Self::Refused { .. } => "refused",
            Self::NotFound { .. } => "not-found",
            Self::Signer { .. } => "signer",
            Self::File { .. } => "file",
            Self::Document { .. } => "document",
            Self::Engine { .. } => "engine",
            Self::Process { .. } => "process",
            Self::Timeout { .. } => "timeout",
            Self::Job { .. } => "job",
            Self::Interrupted => "interrupted",
        }
    }

    /// Says what to try next.
    pub fn hint(&self) -> String {
        match self {
            Self::Chain { .. } => "is a node running there? Name another with --url, or start a network with `neurite dev`".into(),
            Self::Answer { .. } => "node and command line may be of different versions: build both from the same tree".into(),
            Self::Invalid { .. } => "does the signer have enough free NEU for the fee and what is held?".into(),
            Self::Refused { docs, .. } if !docs.is_empty() => docs.clone(),
            Self::Refused { .. } => "look the error up in the pallet's documentation in polkadot.js".into(),
            Self::NotFound { .. } => "ended jobs are kept for a challenge window only; list what exists with the sub-command `list`".into(),
            Self::Signer { .. } => "write --signer //Alice, or the path of a file made with `neurite keys new`".into(),
            Self::File { .. } => "check the path and its permissions".into(),
            Self::Document { .. } => "`neurite-e2 validate FILE` names every fault with its path".into(),
            Self::Engine { .. } => "is the engine running there, and does --token-file name the api-token in its base folder?".into(),
            Self::Process { .. } => "build the programs with scripts/setup and `cargo build --release`, or read the log named above".into(),
            Self::Timeout { .. } => "the logs in the base folder tell more; --base-path DIR keeps them".into(),
            Self::Job { .. } => "`neurite job show` has its history; the engines' logs tell what the workers saw".into(),
            Self::Interrupted => "everything that was started has been stopped".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_hints_at_what_the_pallet_documents() {
        let refused = |docs: &str| CliError::Refused { call: "jobs.submit".into(), error: "Jobs.X".into(), docs: docs.into() };
        assert_eq!(refused("Pay more.").hint(), "Pay more.");
        assert!(refused("").hint().contains("polkadot.js"));
        assert_eq!(refused("").kind(), "refused");
    }
}
