//! The supervisor's duties, in the engine of a main node.

use super::{
    status::{RoleStatus, Step},
    NodeTable, Sender,
};
use crate::{calls::jobs, AgentError, BlockId, Call, ChainClient, Signer};
use neurite_duties::{
    supervisor::{self, Action, Candidate, Duty, View},
    InFlight,
};
use sp_runtime::AccountId32;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The most live jobs that are read in one step.
const MAX_JOBS: usize = 4096;

/// Does the supervisor's duties with every new best block until `stop` is cancelled.
///
/// Never fails: what cannot be done now is tried with the next block, and shown in `status`.
pub async fn run_supervisor<T: NodeTable>(
    chain: ChainClient,
    signer: Signer,
    table: Arc<T>,
    status: watch::Sender<RoleStatus>,
    stop: CancellationToken,
) {
    let mut heads = chain.best_blocks();
    let mut in_flight = InFlight::default();
    let (account, sender) = (signer.account(), Sender::new(chain.clone(), signer));
    loop {
        let block = tokio::select! {
            block = heads.next() => block,
            () = stop.cancelled() => return,
        };
        let mut host = Host { chain: &chain, account: account.clone(), table: &*table, sender: &sender, block };
        let step = tokio::select! {
            step = step(&mut host, &mut in_flight) => step,
            () = stop.cancelled() => return,
        };
        status.send_modify(|status| status.add(block, step));
    }
}

async fn step<T: NodeTable>(host: &mut Host<'_, T>, in_flight: &mut InFlight<Duty>) -> Step {
    let outcome = match supervisor::step(host, in_flight).await {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::warn!(%error, "cannot look at the chain");
            return Step { failed: 1, last_error: Some(error.to_string()), ..Step::default() };
        }
    };
    for action in &outcome.performed {
        tracing::info!(block = host.block.number, ?action, "sent");
    }
    for (action, error) in &outcome.failed {
        tracing::warn!(block = host.block.number, ?action, %error, "not sent");
    }
    for obstacle in &outcome.obstacles {
        tracing::debug!(block = host.block.number, job = ?obstacle.job(), %obstacle, "cannot assign");
    }
    Step {
        performed: outcome.performed.len(),
        failed: outcome.failed.len(),
        waiting: outcome.waiting,
        last_error: outcome.failed.last().map(|(_, error)| error.to_string()),
        obstacles: outcome.obstacles.iter().map(ToString::to_string).collect(),
    }
}

struct Host<'a, T> {
    chain: &'a ChainClient,
    account: AccountId32,
    table: &'a T,
    sender: &'a Sender,
    block: BlockId,
}

impl<T: NodeTable> supervisor::Host for Host<'_, T> {
    type Error = AgentError;

    async fn view(&mut self) -> Result<View, AgentError> {
        let at = self.chain.at(self.block);
        let network = at.network().await?;
        let (jobs, _) = at.live_jobs(MAX_JOBS).await?;
        let mut candidates = Vec::new();
        for deed in at.deeds().await? {
            let Some(node) = deed.node_account else { continue };
            let available = self.table.is_available(&node);
            candidates.push(Candidate { deed: deed.id, eligible: deed.eligible, specs: deed.specs, available });
        }
        let account = self.account.clone();
        Ok(View { block: self.block.number, active_now: network.active_now, account, jobs, candidates })
    }

    async fn submit(&mut self, action: &Action) -> Result<(), AgentError> {
        self.sender.send(&call(action)).await
    }
}

fn call(action: &Action) -> Call {
    match action {
        Action::Assign { job, deeds } => jobs::assign(job, deeds),
        Action::Reassign { job, shard, deed, .. } => jobs::reassign(job, *shard, *deed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::AssignedDeeds;
    use neurite_duties::supervisor::Cause;
    use neurite_primitives::JobKey;

    #[test]
    fn every_action_is_its_call() {
        let job = JobKey { sender: AccountId32::new([1; 32]), id: 2 };
        let deeds = AssignedDeeds::truncate_from(vec![4, 5]);
        assert_eq!(call(&Action::Assign { job: job.clone(), deeds: deeds.clone() }), jobs::assign(&job, &deeds));
        let reassign = Action::Reassign { job: job.clone(), shard: 1, deed: 6, replaces: 5, cause: Cause::Silent };
        assert_eq!(call(&reassign), jobs::reassign(&job, 1, 6));
    }
}
