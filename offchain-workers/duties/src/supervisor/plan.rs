//! Decides what a supervisor owes.

use super::*;
use crate::bounds::Actions;
use alloc::{collections::BTreeMap, vec::Vec};
use core::cmp::Reverse;
use neurite_primitives::{
    view::{JobView, ShardView},
    DeedId, JobStatus, Requirements, ShardIndex, ShardState,
};

/// What is owed, and what cannot be done.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// What is owed.
    pub actions: Actions<Action>,
    /// Why jobs are kept from going on; at most one per shard and one per unassigned job.
    pub obstacles: Vec<Obstacle>,
}

/// Returns what is owed for the jobs whose delegate this account is, in the order of the jobs.
pub fn plan(view: &View) -> Plan {
    let mut plan = Plan::default();
    let mut pool = Pool::new(view);
    for job in view.jobs.iter().filter(|job| job.delegate.as_ref() == Some(&view.account)) {
        match job.status {
            JobStatus::Open if view.active_now > job.accept_by => (),
            JobStatus::Open if job.shards.is_empty() => plan.assign(job, &mut pool),
            JobStatus::Open => plan.reassign(view, job, &mut pool),
            JobStatus::InProgress if view.active_now <= job.complete_by => plan.reassign(view, job, &mut pool),
            JobStatus::InProgress | JobStatus::Done | JobStatus::UnderReview | JobStatus::Settled | JobStatus::Expired => (),
        }
    }
    plan
}

impl Plan {
    fn is_full(&self) -> bool {
        self.actions.len() >= crate::bounds::MAX_ACTIONS as usize
    }

    fn push(&mut self, action: Action) {
        // What does not fit is owed again in the next step.
        let _ = self.actions.try_push(action);
    }

    fn assign(&mut self, job: &JobView, pool: &mut Pool<'_>) {
        if self.is_full() {
            return;
        }
        let anybody = |_| Some(Tier::Fresh);
        match pool.take(&job.requirements, anybody, u32::from(job.workers)) {
            Ok(deeds) => {
                // More workers than a job may have are never asked for by a job on chain.
                let Ok(deeds) = deeds.try_into() else { return };
                self.push(Action::Assign { job: job.key.clone(), deeds });
            }
            Err(shortage) => self.obstacles.push(Obstacle::NotEnoughWorkers { job: job.key.clone(), shortage }),
        }
    }

    fn reassign(&mut self, view: &View, job: &JobView, pool: &mut Pool<'_>) {
        let mut chosen: Vec<DeedId> = Vec::new();
        for (shard, index) in job.shards.iter().zip(0..) {
            if let ShardState::Failed { code } = shard.state {
                if code.is_senders_fault() {
                    self.obstacles.push(Obstacle::SendersFault { job: job.key.clone(), shard: index, code });
                    continue;
                }
            }
            let Some(cause) = cause(view, job, shard) else { continue };
            if self.is_full() {
                return;
            }
            let tier = |deed| if chosen.contains(&deed) { None } else { tier(job, index, cause, deed) };
            match pool.take(&job.requirements, tier, 1) {
                Ok(deeds) => {
                    for deed in deeds {
                        chosen.push(deed);
                        let (job, replaces) = (job.key.clone(), shard.deed);
                        self.push(Action::Reassign { job, shard: index, deed, replaces, cause });
                    }
                }
                Err(shortage) => {
                    self.obstacles.push(Obstacle::NoFreshWorker { job: job.key.clone(), shard: index, cause, shortage });
                }
            }
        }
    }
}

/// How gladly a worker is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    /// It is not in the job.
    Fresh,
    /// It is done with its own shards of the job.
    Done,
    /// It is the one that did not accept, and there is no other.
    Again,
}

/// Returns how gladly a deed is asked to take over a shard, or nothing if it may not.
fn tier(job: &JobView, index: ShardIndex, cause: Cause, deed: DeedId) -> Option<Tier> {
    let mut tier = Tier::Fresh;
    for (shard, other) in job.shards.iter().zip(0..).filter(|(shard, _)| shard.deed == deed) {
        tier = if shard.state == ShardState::Complete {
            tier.max(Tier::Done)
        } else if other == index && cause == Cause::NotAccepted {
            Tier::Again
        } else {
            return None;
        };
    }
    Some(tier)
}

/// Returns why a shard needs another worker, if it does.
fn cause(view: &View, job: &JobView, shard: &ShardView) -> Option<Cause> {
    let overdue = view.active_now > shard.deadline;
    match shard.state {
        ShardState::Assigned if overdue => Some(Cause::NotAccepted),
        // Before the job is in progress a worker that accepted has nothing to report.
        ShardState::Accepted if overdue && job.status == JobStatus::InProgress => Some(Cause::Silent),
        ShardState::Released => Some(Cause::Released),
        ShardState::Failed { code } if !code.is_senders_fault() => Some(Cause::Failed { code }),
        ShardState::Assigned | ShardState::Accepted | ShardState::Complete | ShardState::Failed { .. } => None,
    }
}

/// The workers that there are, and how many shards each has.
struct Pool<'a> {
    candidates: &'a [Candidate],
    shards: BTreeMap<DeedId, u32>,
}

impl<'a> Pool<'a> {
    fn new(view: &'a View) -> Self {
        let live = view.jobs.iter().filter(|job| matches!(job.status, JobStatus::Open | JobStatus::InProgress));
        let mut shards: BTreeMap<DeedId, u32> = BTreeMap::new();
        for shard in live.flat_map(|job| &job.shards) {
            if matches!(shard.state, ShardState::Assigned | ShardState::Accepted) {
                let count = shards.entry(shard.deed).or_default();
                *count = count.saturating_add(1);
            }
        }
        Self { candidates: &view.candidates, shards }
    }

    /// Takes the best workers, or tells how many there would be.
    fn take(&mut self, requirements: &Requirements, tier: impl Fn(DeedId) -> Option<Tier>, needed: u32) -> Result<Vec<DeedId>, Shortage> {
        let mut shortage = Shortage { needed, eligible: 0, suitable: 0, available: 0 };
        let mut ranked: Vec<(Tier, u32, Reverse<u64>, DeedId)> = Vec::new();
        for candidate in self.candidates.iter().filter(|candidate| candidate.eligible) {
            let Some(tier) = tier(candidate.deed) else { continue };
            shortage.eligible = shortage.eligible.saturating_add(1);
            let Some(specs) = candidate.specs.as_ref().filter(|specs| specs.satisfy(requirements)) else { continue };
            shortage.suitable = shortage.suitable.saturating_add(1);
            if candidate.available {
                shortage.available = shortage.available.saturating_add(1);
                let shards = self.shards.get(&candidate.deed).copied().unwrap_or_default();
                ranked.push((tier, shards, Reverse(specs.benchmark.score), candidate.deed));
            }
        }
        ranked.sort_unstable();
        ranked.dedup_by_key(|(_, _, _, deed)| *deed);
        let wanted = usize::try_from(needed).unwrap_or(usize::MAX);
        if ranked.len() < wanted {
            return Err(shortage);
        }
        let chosen: Vec<DeedId> = ranked.into_iter().take(wanted).map(|(_, _, _, deed)| deed).collect();
        for deed in &chosen {
            let count = self.shards.entry(*deed).or_default();
            *count = count.saturating_add(1);
        }
        Ok(chosen)
    }
}
