//! The engine as the agent drives it: shards of jobs are pipelines that the chain owns.

use async_trait::async_trait;
use neurite_agent::{EngineControl, EngineFault, JobAssignment, RunState, RunningShard, Started};
use neurite_core::{FailureClass, JobIdentity, Shard};
use neurite_engine::{Engine, EngineError, PipelineKey, PipelineState, PipelineStatus, StartRequest};
use neurite_primitives::{ContentHash, FailureCode, JobKey, NodeSpecs, ShardIndex};
use reqwest::{redirect, Client};
use sp_core::crypto::Ss58Codec;
use sp_runtime::AccountId32;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Who owns the pipelines of jobs.
const OWNER: &str = "chain";
/// The most shards at once.
const CAPACITY: u16 = 4;
/// Time between two sendings of a result that the chain still waits for.
const RESEND: Duration = Duration::from_secs(4);
/// How long a server of documents may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The engine of this process, with what it can do.
pub struct Control {
    engine: Engine,
    specs: NodeSpecs,
    documents: Client,
}

impl Control {
    /// Takes an engine and what was measured of its machine.
    pub fn new(engine: Engine, specs: NodeSpecs) -> Result<Arc<Self>, reqwest::Error> {
        let documents = Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).no_proxy().build()?;
        Ok(Arc::new(Self { engine, specs, documents }))
    }

    /// Sends the results of complete shards again and again, until the chain has them stopped.
    pub async fn resend_results(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(RESEND) => {}
                () = stop.cancelled() => return,
            }
            for pipeline in self.shards().filter(|status| matches!(status.state, PipelineState::Complete { .. })) {
                if let Err(error) = self.engine.publish_result(&pipeline.key).await {
                    tracing::debug!(pipeline = %pipeline.key, %error, "result not sent");
                }
            }
        }
    }

    fn shards(&self) -> impl Iterator<Item = PipelineStatus> {
        self.engine.list().into_iter().filter(|status| status.job.is_some())
    }
}

#[async_trait]
impl EngineControl for Control {
    async fn specs(&self) -> NodeSpecs {
        self.specs.clone()
    }

    fn capacity(&self) -> u16 {
        CAPACITY
    }

    async fn jobs(&self) -> Vec<RunningShard> {
        self.shards().filter_map(|status| running_shard(&status)).collect()
    }

    async fn start(&self, assignment: JobAssignment) -> Result<Started, EngineFault> {
        let Some(shard) = Shard::new(assignment.shard, assignment.shards) else {
            return Err(EngineFault { reason: format!("shard {} of {}", assignment.shard, assignment.shards) });
        };
        let job = JobIdentity {
            sender: assignment.key.sender.to_ss58check(),
            id: assignment.key.id,
            shard,
            deed: assignment.deed,
            steps: assignment.steps,
        };
        let request = StartRequest { owner: OWNER.into(), document: assignment.document, job: Some(job) };
        match self.engine.start(request).await {
            Ok(_) | Err(EngineError::AlreadyExists { .. }) => Ok(Started::Running),
            Err(EngineError::Document(error)) => {
                tracing::warn!(job = ?assignment.key, %error, "document refused");
                Ok(Started::Refused { code: FailureCode::Document })
            }
            Err(error) => Err(EngineFault { reason: error.to_string() }),
        }
    }

    async fn stop(&self, job: &JobKey, shard: ShardIndex) -> Result<(), EngineFault> {
        let key = PipelineKey::Job { sender: job.sender.to_ss58check(), id: job.id, shard };
        match self.engine.stop(&key, OWNER).await {
            Ok(()) | Err(EngineError::NotFound { .. }) => Ok(()),
            Err(error) => Err(EngineFault { reason: error.to_string() }),
        }
    }

    async fn fetch(&self, uri: &str, limit: usize) -> Result<Vec<u8>, EngineFault> {
        if !uri.starts_with("http://") {
            return Err(EngineFault { reason: format!("documents are fetched from http:// only, not from {uri:?}") });
        }
        let fault = |error: reqwest::Error| EngineFault { reason: error.to_string() };
        let mut response = self.documents.get(uri).send().await.and_then(|got| got.error_for_status()).map_err(fault)?;
        let mut document = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(fault)? {
            if document.len().saturating_add(chunk.len()) > limit {
                return Err(EngineFault { reason: format!("the document has more than {limit} bytes") });
            }
            document.extend_from_slice(&chunk);
        }
        Ok(document)
    }
}

fn running_shard(status: &PipelineStatus) -> Option<RunningShard> {
    let job = status.job.as_ref()?;
    let sender = AccountId32::from_ss58check(&job.sender).ok()?;
    let state = match &status.state {
        PipelineState::Starting | PipelineState::Running | PipelineState::Resting => {
            RunState::Running { commitment: running_commitment(status) }
        }
        PipelineState::Complete { commitment, .. } => RunState::Complete { commitment: commitment.0 },
        PipelineState::Failed { failure } => RunState::Failed { code: failure_code(failure.class) },
    };
    Some(RunningShard { key: JobKey { sender, id: job.id }, shard: job.shard.index(), step: status.step(), state })
}

/// Commits to how far the work on which document is; the commitment to the result comes with the last step.
fn running_commitment(status: &PipelineStatus) -> ContentHash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(status.document.as_bytes()).update(status.key.to_string().as_bytes()).update(&status.done.to_le_bytes());
    *hasher.finalize().as_bytes()
}

fn failure_code(class: FailureClass) -> FailureCode {
    match class {
        FailureClass::Document => FailureCode::Document,
        FailureClass::Model => FailureCode::Model,
        FailureClass::Input => FailureCode::Input,
        FailureClass::Resources => FailureCode::Resources,
        FailureClass::Internal => FailureCode::Internal,
    }
}
