//! Tasks beside consensus: the runtime's off-chain worker.

use super::partial::{FullBackend, FullClient, FullPool};
use futures::FutureExt;
use sc_client_api::Backend;
use sc_network::service::traits::NetworkService;
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{Error, TaskManager};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_keystore::KeystorePtr;
use std::sync::Arc;

/// What the off-chain worker needs of the node.
pub(super) struct OffchainWorker {
    /// The client.
    pub(super) client: Arc<FullClient>,
    /// The database, which holds the worker's own storage.
    pub(super) backend: Arc<FullBackend>,
    /// Where its transactions go.
    pub(super) pool: Arc<FullPool>,
    /// The oracle's key.
    pub(super) keystore: KeystorePtr,
    /// The network.
    pub(super) network: Arc<dyn NetworkService>,
    /// Whether this node is an authority.
    pub(super) is_validator: bool,
}

impl OffchainWorker {
    /// Starts the runtime's off-chain worker on every new best block.
    pub(super) fn spawn(self, task_manager: &TaskManager) -> Result<(), Error> {
        let workers = OffchainWorkers::new(OffchainWorkerOptions {
            runtime_api_provider: self.client.clone(),
            keystore: Some(self.keystore),
            offchain_db: self.backend.offchain_storage(),
            transaction_pool: Some(OffchainTransactionPoolFactory::new(self.pool)),
            network_provider: Arc::new(self.network),
            is_validator: self.is_validator,
            // The oracle asks the engine over HTTP.
            enable_http_requests: true,
            custom_extensions: |_| Vec::new(),
        })?;
        let task = workers.run(self.client, task_manager.spawn_handle()).boxed();
        task_manager.spawn_handle().spawn("offchain-workers-runner", Some("offchain-worker"), task);
        Ok(())
    }
}
