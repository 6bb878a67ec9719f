//! The worker's duties, in an engine process.

use super::{
    status::{RoleStatus, Step},
    EngineControl, JobAssignment, Sender, MAX_DOCUMENT,
};
use crate::{
    calls::{deeds, jobs},
    AgentError, BlockId, Call, ChainClient, NodeKey,
};
use neurite_duties::{
    worker::{self, Action, Assignment, Duty, EngineView, OwnDeed, Started, View},
    InFlight,
};
use neurite_primitives::{DocumentSource, FailureCode, JobKey, ShardIndex};
use sp_runtime::AccountId32;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The most live jobs that are read in one step; with more, no work is stopped for being absent.
const MAX_JOBS: usize = 4096;

/// Does the worker's duties with every new best block until `stop` is cancelled.
///
/// Never fails: what cannot be done now is tried with the next block, and shown in `status`.
pub async fn run_worker<E: EngineControl>(
    chain: ChainClient,
    key: NodeKey,
    engine: Arc<E>,
    status: watch::Sender<RoleStatus>,
    stop: CancellationToken,
) {
    let mut heads = chain.best_blocks();
    let mut in_flight = InFlight::default();
    let sender = Sender::new(chain.clone(), key.signer());
    loop {
        let block = tokio::select! {
            block = heads.next() => block,
            () = stop.cancelled() => return,
        };
        let mut host = Host { chain: &chain, account: key.account(), engine: &*engine, sender: &sender, block };
        let step = tokio::select! {
            step = step(&mut host, &mut in_flight) => step,
            () = stop.cancelled() => return,
        };
        status.send_modify(|status| status.add(block, step));
    }
}

async fn step<E: EngineControl>(host: &mut Host<'_, E>, in_flight: &mut InFlight<Duty>) -> Step {
    let outcome = match worker::step(host, in_flight).await {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::warn!(%error, "cannot look at the chain");
            return Step { failed: 1, last_error: Some(error.to_string()), ..Step::default() };
        }
    };
    for action in &outcome.performed {
        tracing::info!(block = host.block.number, ?action, "done");
    }
    for (action, error) in &outcome.failed {
        tracing::warn!(block = host.block.number, ?action, %error, "not done");
    }
    Step {
        performed: outcome.performed.len(),
        failed: outcome.failed.len(),
        waiting: outcome.waiting,
        last_error: outcome.failed.last().map(|(_, error)| error.to_string()),
        obstacles: Vec::new(),
    }
}

struct Host<'a, E> {
    chain: &'a ChainClient,
    account: AccountId32,
    engine: &'a E,
    sender: &'a Sender,
    block: BlockId,
}

impl<E: EngineControl> worker::Host for Host<'_, E> {
    type Error = AgentError;

    async fn chain(&mut self) -> Result<View, AgentError> {
        let at = self.chain.at(self.block);
        let network = at.network().await?;
        let deed = match at.deed_of(&self.account).await? {
            Some(id) => at.deed(id).await?.map(|deed| OwnDeed { id, eligible: deed.eligible, specs: deed.specs }),
            None => None,
        };
        let (jobs, complete) = at.live_jobs(MAX_JOBS).await?;
        let account = self.account.clone();
        Ok(View { block: self.block.number, active_now: network.active_now, account, deed, jobs, complete })
    }

    async fn engine(&mut self) -> Result<EngineView, AgentError> {
        let (specs, shards) = (self.engine.specs().await, self.engine.jobs().await);
        Ok(EngineView { specs, capacity: self.engine.capacity(), shards })
    }

    async fn submit(&mut self, action: &Action) -> Result<(), AgentError> {
        match call(action) {
            Some(call) => self.sender.send(&call).await,
            None => Ok(()),
        }
    }

    async fn start(&mut self, assignment: &Assignment) -> Result<Started, AgentError> {
        let document = match self.document(assignment).await? {
            Ok(document) => document,
            Err(code) => return Ok(Started::Refused { code }),
        };
        let Assignment { key, shard, shards, steps, deed, .. } = assignment.clone();
        let started = self.engine.start(JobAssignment { key, shard, shards, steps, deed, document }).await;
        started.map_err(|fault| AgentError::Engine { reason: fault.reason })
    }

    async fn stop(&mut self, job: &JobKey, shard: ShardIndex) -> Result<(), AgentError> {
        self.engine.stop(job, shard).await.map_err(|fault| AgentError::Engine { reason: fault.reason })
    }
}

impl<E: EngineControl> Host<'_, E> {
    /// Fetches a job's document and checks its hash; the inner error says that the document can never be had.
    async fn document(&self, assignment: &Assignment) -> Result<Result<Vec<u8>, FailureCode>, AgentError> {
        let view = self.chain.at(self.block).document(&assignment.key).await?;
        let view = view.ok_or_else(|| AgentError::Document { reason: "the job has ended".into() })?;
        let document = match view.source {
            DocumentSource::Inline(document) => document.into_inner(),
            DocumentSource::Uri(uri) => {
                let Ok(uri) = String::from_utf8(uri.into_inner()) else { return Ok(Err(FailureCode::Document)) };
                let fetched = self.engine.fetch(&uri, MAX_DOCUMENT).await;
                fetched.map_err(|fault| AgentError::Document { reason: fault.reason })?
            }
        };
        Ok(check_document(document, &assignment.document))
    }
}

/// Refuses a document that is too large or not the one that the job names.
fn check_document(document: Vec<u8>, hash: &[u8; 32]) -> Result<Vec<u8>, FailureCode> {
    if document.len() <= MAX_DOCUMENT && blake3::hash(&document).as_bytes() == hash {
        Ok(document)
    } else {
        Err(FailureCode::Document)
    }
}

/// Returns the transaction of an action, if it is one.
fn call(action: &Action) -> Option<Call> {
    match action {
        Action::CommitSpecs { specs } => Some(deeds::commit_specs(specs)),
        Action::Accept { job, shard, .. } => Some(jobs::accept(job, *shard)),
        Action::ReportProgress { job, shard, step, commitment, .. } => Some(jobs::report_progress(job, *shard, *step, commitment, None)),
        Action::ReportFailure { job, shard, code } => Some(jobs::report_failure(job, *shard, *code)),
        Action::Start(_) | Action::Stop { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transaction_has_its_call() {
        let job = JobKey { sender: AccountId32::new([1; 32]), id: 2 };
        let name = |action: Action| call(&action).map(|call| call.title());
        assert_eq!(name(Action::Accept { job: job.clone(), shard: 0, deadline: 1 }).as_deref(), Some("Jobs.accept"));
        let report = Action::ReportProgress { job: job.clone(), shard: 0, after: 0, step: 1, commitment: [0; 32] };
        assert_eq!(call(&report), Some(jobs::report_progress(&job, 0, 1, &[0; 32], None)));
        let failure = Action::ReportFailure { job: job.clone(), shard: 0, code: FailureCode::Input };
        assert_eq!(name(failure).as_deref(), Some("Jobs.report_failure"));
        assert_eq!(name(Action::Stop { job, shard: 0 }), None);
    }

    #[test]
    fn only_the_document_that_was_named_is_started() {
        let hash = *blake3::hash(b"document").as_bytes();
        assert_eq!(check_document(b"document".to_vec(), &hash), Ok(b"document".to_vec()));
        assert_eq!(check_document(b"Document".to_vec(), &hash), Err(FailureCode::Document));
        let large = vec![0; MAX_DOCUMENT + 1];
        let hash = *blake3::hash(&large).as_bytes();
        assert_eq!(check_document(large, &hash), Err(FailureCode::Document));
    }
}
