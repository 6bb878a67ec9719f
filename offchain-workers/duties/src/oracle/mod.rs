//! The oracle's duties: attesting the status of jobs and reporting the availability of nodes.
//!
//! A **seat** is a position in the committee of an epoch that is held by a key of this node. An attestation is owed by every seat in
//! the current committee for every job whose latest attestation by that seat says something else or is of an earlier epoch; a report
//! is owed once by every seat of a closing epoch for every page. Nothing is owed unless the engine's block is on the chain that this
//! node follows.

mod host;
mod plan;
mod view;

pub use host::{step, Host, Outcome};
pub use plan::plan;
pub use view::{Action, ClosingPage, Latest, Seat, Standing, View};

#[cfg(test)]
mod tests;
