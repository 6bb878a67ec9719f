//! What all tasks of a pipeline share.

use crate::{engine::EngineParts, store::Store, PipelineKey, PipelineStatus};
use neurite_config::PipelineDocument;
use neurite_core::{Context, JobIdentity, PluginError, Shard};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A pipeline that runs.
pub(crate) struct Run {
    pub(crate) key: PipelineKey,
    pub(crate) document: Arc<PipelineDocument>,
    pub(crate) job: Option<JobIdentity>,
    pub(crate) parts: Arc<EngineParts>,
    pub(crate) store: Store,
    pub(crate) status: watch::Sender<PipelineStatus>,
    /// Tells the pump to stop.
    pub(crate) drain: CancellationToken,
}

impl Run {
    /// Returns the context in which a plugin is opened.
    pub(crate) fn context(&self, signature: &str, instance: &str) -> Context {
        Context {
            pipeline: self.document.name.clone(),
            signature: signature.to_owned(),
            instance: instance.to_owned(),
            shard: self.job.as_ref().map_or(Shard::WHOLE, |job| job.shard),
            job: self.job.clone(),
            data: self.parts.data.clone(),
            models: self.parts.models.clone(),
            outputs: self.parts.outputs.join(&self.document.name),
            services: self.parts.services.clone(),
        }
    }

    /// Makes a call again after transient failures, as the engine's policy says.
    pub(crate) async fn retry<T, F: Future<Output = Result<T, PluginError>>>(&self, mut call: impl FnMut() -> F) -> Result<T, PluginError> {
        let mut failures = 0;
        loop {
            match call().await {
                Err(error) => {
                    failures += 1;
                    self.wait_after(failures, error).await?;
                }
                done => return done,
            }
        }
    }

    /// Waits before a call is made again after its `failures`-th failure; gives the error back if it is not to be.
    pub(crate) async fn wait_after(&self, failures: u32, error: PluginError) -> Result<(), PluginError> {
        let wait = self.parts.limits.retry.wait_after(failures).filter(|_| error.is_transient());
        let Some(wait) = wait else { return Err(error) };
        tracing::warn!(pipeline = %self.key, failures, wait_ms = wait.as_millis() as u64, %error, "call will be made again");
        self.status.send_modify(|status| status.retries += 1);
        self.sleep(wait).await;
        Ok(())
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.parts.clock.sleep(duration).await;
    }

    pub(crate) fn now(&self) -> Duration {
        self.parts.clock.monotonic()
    }
}
