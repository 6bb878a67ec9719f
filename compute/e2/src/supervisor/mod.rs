//! What a supervisor does beside its pipelines: listens to the network, and observes jobs and availability for the oracle.

mod listen;
mod network;
mod observe;
mod results;

pub use listen::{Listener, Refusals};
pub use network::NetworkTable;
pub use results::ResultTable;

use neurite_agent::NodeTable;
use neurite_core::Clock;
use sp_runtime::AccountId32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a supervisor knows; shared by its tasks and its HTTP interface.
pub struct Supervisor {
    network: Mutex<NetworkTable>,
    results: Mutex<ResultTable>,
    observation: Mutex<Vec<u8>>,
    clock: Arc<dyn Clock>,
}

impl Supervisor {
    /// Begins with what an earlier run left on disk.
    pub fn new(network: NetworkTable, clock: Arc<dyn Clock>) -> Arc<Self> {
        let (results, observation) = Default::default();
        Arc::new(Self { network: Mutex::new(network), results, observation, clock })
    }

    /// Returns the table of nodes.
    pub fn network(&self) -> MutexGuard<'_, NetworkTable> {
        lock(&self.network)
    }

    /// Returns the table of results.
    pub fn results(&self) -> MutexGuard<'_, ResultTable> {
        lock(&self.results)
    }

    /// Returns the SCALE encoding of the latest observation; `None` before the first one.
    pub fn observation(&self) -> Option<Vec<u8>> {
        let latest = lock(&self.observation).clone();
        (!latest.is_empty()).then_some(latest)
    }
}

impl NodeTable for Supervisor {
    fn is_available(&self, node: &AccountId32) -> bool {
        self.network().is_available(node, self.clock.unix_ms())
    }
}

/// A panic while a table was locked leaves it usable: every change is a single insertion or removal.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
