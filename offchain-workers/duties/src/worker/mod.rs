//! The worker's duties: committing specs, accepting shards, doing them and reporting.
//!
//! | the chain says | the engine | owed |
//! |---|---|---|
//! | linked, specs missing or other than the engine's | | commit specs |
//! | shard offered to this node, in time | has room, specs meet the requirements | accept |
//! | shard accepted, job in progress | does not run it | start |
//! | shard accepted, job in progress | is further than the last report | report progress |
//! | shard accepted, job in progress | gave up | report the failure |
//! | shard complete, job in progress | does not run it | start: its result is still asked for |
//! | job gone, ended, open or under review, shard of another node, failed or released | runs it | stop |
//!
//! Work begins only when the job is in progress: before that nothing is owed to the worker, and a sender who holds one acceptance
//! back would get the other shards for nothing. Reports before the last step carry a running commitment, the last one the
//! commitment of the result.

mod host;
mod plan;
mod view;

pub use host::{step, Host, Outcome, Started};
pub use plan::{plan, specs_differ, SCORE_TOLERANCE_PERCENT};
pub use view::{Action, Assignment, Duty, EngineView, OwnDeed, RunState, RunningShard, View};

#[cfg(test)]
mod tests;
