//! The supervisor's duties: assigning and reassigning the shards of the jobs whose delegate it is.
//!
//! | the chain says | owed |
//! |---|---|
//! | job open without shards | assign as many workers as it asks for |
//! | shard offered and not accepted by its deadline | reassign |
//! | shard accepted, job in progress, silent past the deadline | reassign |
//! | shard released, or failed by its worker's own fault | reassign |
//! | shard failed by the document, the model or the input | nothing: another worker would fail too |
//!
//! A worker is **suitable** if its deed is eligible and its committed specs meet the requirements, and **available** if its last
//! heartbeat is fresh. Workers are chosen by fewest shards at work, then highest score, then lowest deed. A shard is reassigned to a
//! worker that is not in the job; for want of one, to one that is done with its own shards; at last, if the offer was merely not
//! accepted, to the same worker again. What cannot be done is returned as an [`Obstacle`].

mod host;
mod plan;
mod view;

pub use host::{step, Host, Outcome};
pub use plan::{plan, Plan};
pub use view::{Action, Candidate, Cause, Duty, Obstacle, Shortage, View};

#[cfg(test)]
mod tests;
