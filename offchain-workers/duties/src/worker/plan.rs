//! Decides what a worker owes.

use super::*;
use crate::bounds::Actions;
use neurite_primitives::{
    view::{JobView, ShardView},
    JobStatus, NodeSpecs, ShardIndex, ShardState, Step,
};

/// By how many per cent a new benchmark may differ from the committed one before it is committed anew: a benchmark wavers a little
/// every time it is run.
pub const SCORE_TOLERANCE_PERCENT: u128 = 10;

/// Returns what is owed, stops first, because they make room.
pub fn plan(view: &View, engine: &EngineView) -> Actions<Action> {
    let mut actions = Actions::new();
    let stops = engine.shards.iter().filter(|running| !is_wanted(view, running));
    let stops = stops.map(|running| Action::Stop { job: running.key.clone(), shard: running.shard });
    let mut room = room(view, engine);
    let shards = own_shards(view).filter_map(|own| match own.shard.state {
        ShardState::Assigned => {
            let action = accept(view, engine, &own).filter(|_| room > 0)?;
            room = room.saturating_sub(1);
            Some(action)
        }
        ShardState::Accepted => work(view, engine, &own),
        ShardState::Complete => resume(engine, &own),
        ShardState::Failed { .. } | ShardState::Released => None,
    });
    for action in stops.chain(commit(view, engine)).chain(shards) {
        if actions.try_push(action).is_err() {
            break;
        }
    }
    actions
}

/// Tells whether committed specs have to be replaced: another capability, another procedure, or a score that differs by more than
/// [`SCORE_TOLERANCE_PERCENT`]. When it was measured does not matter.
pub fn specs_differ(committed: &NodeSpecs, own: &NodeSpecs) -> bool {
    let capabilities = |specs: &NodeSpecs| (specs.cores, specs.memory_mib, specs.gpu_memory_mib, specs.benchmark.version);
    let (old, new) = (u128::from(committed.benchmark.score), u128::from(own.benchmark.score));
    capabilities(committed) != capabilities(own)
        || committed.backends != own.backends
        || committed.tags != own.tags
        || old.abs_diff(new).saturating_mul(100) > old.saturating_mul(SCORE_TOLERANCE_PERCENT)
}

/// A shard that the chain gave to this node.
struct OwnShard<'a> {
    job: &'a JobView,
    index: ShardIndex,
    shard: &'a ShardView,
}

fn own_shards(view: &View) -> impl Iterator<Item = OwnShard<'_>> {
    view.jobs.iter().filter(|job| matches!(job.status, JobStatus::Open | JobStatus::InProgress)).flat_map(move |job| {
        let shards = job.shards.iter().enumerate().filter(move |(_, shard)| shard.node.as_ref() == Some(&view.account));
        shards.filter_map(move |(index, shard)| Some(OwnShard { job, index: ShardIndex::try_from(index).ok()?, shard }))
    })
}

/// Returns how many more shards the engine takes on: what was accepted counts even if its job has not begun.
fn room(view: &View, engine: &EngineView) -> usize {
    let accepted = own_shards(view).filter(|own| own.shard.state == ShardState::Accepted).count();
    usize::from(engine.capacity).saturating_sub(accepted)
}

fn is_wanted(view: &View, running: &RunningShard) -> bool {
    let Some(job) = view.jobs.iter().find(|job| job.key == running.key) else { return !view.complete };
    job.status == JobStatus::InProgress
        && job.shards.get(usize::from(running.shard)).is_some_and(|shard| {
            shard.node.as_ref() == Some(&view.account) && matches!(shard.state, ShardState::Accepted | ShardState::Complete)
        })
}

fn commit(view: &View, engine: &EngineView) -> Option<Action> {
    let deed = view.deed.as_ref()?;
    let owed = deed.specs.as_ref().is_none_or(|committed| specs_differ(committed, &engine.specs));
    owed.then(|| Action::CommitSpecs { specs: engine.specs.clone() })
}

fn accept(view: &View, engine: &EngineView, own: &OwnShard<'_>) -> Option<Action> {
    let deed = view.deed.as_ref().filter(|deed| deed.eligible && deed.id == own.shard.deed)?;
    let suits = |specs: &NodeSpecs| specs.satisfy(&own.job.requirements);
    let in_time =
        view.active_now <= own.shard.deadline && (own.job.status == JobStatus::InProgress || view.active_now <= own.job.accept_by);
    (in_time && suits(&engine.specs) && deed.specs.as_ref().is_some_and(suits)).then(|| Action::Accept {
        job: own.job.key.clone(),
        shard: own.index,
        deadline: own.shard.deadline,
    })
}

/// What is owed for an accepted shard.
fn work(view: &View, engine: &EngineView, own: &OwnShard<'_>) -> Option<Action> {
    // After its deadline the job takes no more reports.
    if own.job.status != JobStatus::InProgress || view.active_now > own.job.complete_by {
        return None;
    }
    let Some(running) = running(engine, own) else { return Some(start(own, true)) };
    let (step, commitment) = match running.state {
        RunState::Failed { code } => return Some(Action::ReportFailure { job: own.job.key.clone(), shard: own.index, code }),
        RunState::Complete { commitment } => (own.job.steps, commitment),
        // The last step is reported only with the commitment of the result.
        RunState::Running { commitment } => (running.step.min(own.job.steps.saturating_sub(1)), commitment),
    };
    let after: Step = own.shard.step;
    let job = own.job.key.clone();
    (step > after).then_some(Action::ReportProgress { job, shard: own.index, after, step, commitment })
}

/// What is owed for a shard that the chain has in full: as long as the job is in progress its result may be asked for.
fn resume(engine: &EngineView, own: &OwnShard<'_>) -> Option<Action> {
    (own.job.status == JobStatus::InProgress && running(engine, own).is_none()).then(|| start(own, false))
}

fn running<'a>(engine: &'a EngineView, own: &OwnShard<'_>) -> Option<&'a RunningShard> {
    engine.shards.iter().find(|running| running.key == own.job.key && running.shard == own.index)
}

fn start(own: &OwnShard<'_>, reportable: bool) -> Action {
    Action::Start(Assignment {
        key: own.job.key.clone(),
        shard: own.index,
        shards: own.job.workers,
        steps: own.job.steps,
        document: own.job.document,
        deed: own.shard.deed,
        reportable,
    })
}
