//! A whole network on one machine: a validator, its supervisor engine with the embedded broker, and workers with linked deeds.
//!
//! Every part is a process of its own with a folder of its own below the base folder, on free ports of the loopback. [`DevNetwork::start`]
//! waits for conditions, never for time: the node's first block, the engines' announcements, the deeds' committed specs. Run on the same
//! base folder again it finds what is there and only adds what is missing.
//!
//! Guarantees: the processes end with the program that started them, also when it is killed, unless [`Processes::leave_running`] says
//! otherwise. They are stopped by their ids. Nothing is written outside the base folder.

mod accounts;
mod assets;
mod folder;
mod network;
mod ports;
mod processes;
mod setup;

pub use accounts::{owner_of, OWNERS, SENDER, SUDO};
pub use assets::{Assets, Programs};
pub use folder::BaseFolder;
pub use network::{Announcement, DevNetwork, Plan, Worker};
pub use processes::Processes;

use crate::CliError;
use std::{future::Future, time::Duration};

/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Looks until `probe` finds something; fails when a process has ended or patience has.
pub async fn wait_for<T, Probing>(
    processes: &mut Processes,
    what: &str,
    patience: Duration,
    mut probe: impl FnMut() -> Probing,
) -> Result<T, CliError>
where
    Probing: Future<Output = Result<Option<T>, CliError>>,
{
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        processes.ensure_running()?;
        if let Some(found) = probe().await? {
            return Ok(found);
        }
        if tokio::time::Instant::now() >= deadline {
            return Err(CliError::Timeout { what: what.to_owned(), seconds: patience.as_secs() });
        }
        tokio::time::sleep(LOOK).await;
    }
}
