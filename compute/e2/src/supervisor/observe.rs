//! Looks at every finalized block and writes down what the oracle beside this engine may attest.

use super::{lock, Supervisor};
use codec::Encode;
use neurite_agent::{AgentError, BlockId, ChainClient};
use neurite_duties::{
    bounds::{MAX_OBSERVED_JOBS, MAX_OBSERVED_PAGES},
    judge::judge,
    AvailabilityObservation, EngineReply, JobObservation, Observation,
};
use neurite_primitives::{
    epoch::EpochState,
    view::{DeedView, EpochView, JobView},
    DeedId,
};
use sp_runtime::AccountId32;
use std::{collections::BTreeMap, sync::Arc};
use tokio_util::sync::CancellationToken;

/// The most live jobs that are read.
const MAX_JOBS: usize = 4096;

impl Supervisor {
    /// Observes every finalized block until `stop` is cancelled; what fails is tried with the next one.
    pub async fn observe(self: Arc<Self>, chain: ChainClient, stop: CancellationToken) {
        let mut heads = chain.finalized_blocks();
        loop {
            let block = tokio::select! {
                block = heads.next() => block,
                () = stop.cancelled() => return,
            };
            let observed = tokio::select! {
                observed = self.observe_block(&chain, block) => observed,
                () = stop.cancelled() => return,
            };
            if let Err(error) = observed {
                tracing::warn!(block = block.number, %error, "cannot observe");
            }
        }
    }

    async fn observe_block(&self, chain: &ChainClient, block: BlockId) -> Result<(), AgentError> {
        let at = chain.at(block);
        let epochs = at.epochs().await?;
        let deeds = at.deeds().await?;
        let (jobs, complete) = at.live_jobs(MAX_JOBS).await?;
        self.network().follow(&epochs);
        if let Err(error) = self.network().save() {
            tracing::error!(error = format!("{error:#}"), "coverage not saved");
        }
        self.results().follow(&jobs, complete);
        let observation = Observation {
            block: block.number,
            hash: block.hash,
            jobs: self.judge_jobs(&jobs),
            availability: self.availability(&epochs, &deeds),
        };
        *lock(&self.observation) = EngineReply::V1(observation).encode();
        Ok(())
    }

    fn judge_jobs(&self, jobs: &[JobView]) -> Vec<JobObservation> {
        let results = self.results();
        let observe = |job: &JobView| {
            let verified = |index, shard: &neurite_primitives::view::ShardView| results.hash(&job.key, index) == Some(shard.commitment);
            judge(job, verified).map(|(status, progress)| JobObservation { key: job.key.clone(), status, progress })
        };
        let bound = usize::try_from(MAX_OBSERVED_JOBS).unwrap_or(usize::MAX);
        jobs.iter().filter_map(observe).take(bound).collect()
    }

    fn availability(&self, epochs: &[EpochView], deeds: &[DeedView]) -> Vec<AvailabilityObservation> {
        let nodes: BTreeMap<DeedId, AccountId32> = deeds.iter().filter_map(|deed| Some((deed.id, deed.node_account.clone()?))).collect();
        let network = self.network();
        let closing = epochs.iter().filter(|epoch| epoch.state == EpochState::Closing);
        let pages = closing.flat_map(|epoch| (0..epoch.pages).map(move |page| (epoch, page)));
        let observe = |(epoch, page): (&EpochView, u32)| {
            let values = network.page(epoch.index, page, epoch.deeds, |deed| nodes.get(&deed).cloned())?;
            Some(AvailabilityObservation { epoch: epoch.index, page, values })
        };
        let bound = usize::try_from(MAX_OBSERVED_PAGES).unwrap_or(usize::MAX);
        pages.filter_map(observe).take(bound).collect()
    }
}
