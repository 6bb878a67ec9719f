//! One pipeline: its tasks and its supervisor.
//!
//! Every task returns a `Result<_, PluginError>`. The first error of the source ends the pipeline, and in a job that of any stage; otherwise a
//! failed stage is started again from its checkpoint while the others go on. A task that finds its neighbour gone ends quietly, for the
//! supervisor knows why. Dropping the supervisor's future aborts all tasks.

mod delivery;
mod ids;
mod intake;
mod message;
mod open;
mod pump;
mod receipt;
mod run;
mod source;
mod stage;
mod supervisor;

pub(crate) use delivery::send_result;
pub(crate) use run::{Revision, Run, RunParts};
pub(crate) use supervisor::{ask, deliver_rest, supervise, Update};
