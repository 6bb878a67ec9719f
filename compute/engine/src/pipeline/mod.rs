//! One pipeline: its tasks and its supervisor.
//!
//! Every task returns `Result<(), PluginError>`; the first error ends the pipeline. A task that finds its neighbour gone ends quietly, for the
//! supervisor knows why. Dropping the supervisor's future aborts all tasks.

mod delivery;
mod graph;
mod message;
mod pump;
mod run;
mod stage;
mod supervisor;

pub(crate) use delivery::send;
pub(crate) use graph::open_communication;
pub(crate) use message::result_message;
pub(crate) use run::Run;
pub(crate) use supervisor::supervise;
