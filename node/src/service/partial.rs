//! What runs a chain without a network: database, client, transaction pool, import queue.

use super::consensus::inherent_data_providers;
use neurite_runtime::{apis::RuntimeApi, opaque::Block};
use sc_consensus::{BasicQueue, LongestChain};
use sc_consensus_babe::{BabeBlockImport, BabeLink, BabeWorkerHandle, ImportQueueParams};
use sc_consensus_grandpa::{GrandpaBlockImport, GrandpaPruningFilter, LinkHalf};
use sc_executor::WasmExecutor;
use sc_service::{Configuration, Error, KeystoreContainer, PruningFilter, TFullBackend, TFullClient, TaskManager};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool::TransactionPoolHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::inherents::BabeCreateInherentDataProviders;
use std::sync::Arc;

/// What the runtime may call of the node.
type Executor = WasmExecutor<sp_io::SubstrateHostFunctions>;
/// The client.
pub(crate) type FullClient = TFullClient<Block, RuntimeApi, Executor>;
/// The database.
pub(crate) type FullBackend = TFullBackend<Block>;
/// The choice of the best chain: the longest that GRANDPA does not contradict.
pub(crate) type FullSelectChain = LongestChain<FullBackend, Block>;
/// The transaction pool: fork-aware unless a flag says otherwise.
pub(crate) type FullPool = TransactionPoolHandle<Block, FullClient>;
/// Where GRANDPA's voter takes over.
pub(super) type GrandpaLink = LinkHalf<Block, FullClient, FullSelectChain>;
/// The import of blocks through GRANDPA.
type GrandpaImport = GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
/// The import of blocks through BABE, then GRANDPA.
pub(super) type BlockImport = BabeBlockImport<Block, FullClient, GrandpaImport, BabeCreateInherentDataProviders<Block>, FullSelectChain>;

/// GRANDPA keeps a justification for at least one block in so many.
pub(super) const JUSTIFICATION_PERIOD: u32 = 512;

/// A node without network and tasks.
pub(crate) struct Partial {
    /// The client.
    pub(crate) client: Arc<FullClient>,
    /// The database.
    pub(crate) backend: Arc<FullBackend>,
    /// Owns all tasks; the node ends with it.
    pub(crate) task_manager: TaskManager,
    /// The session keys.
    pub(crate) keystore: KeystoreContainer,
    /// The choice of the best chain.
    pub(crate) select_chain: FullSelectChain,
    /// Verifies and imports blocks.
    pub(crate) import_queue: BasicQueue<Block>,
    /// Transactions that wait for a block.
    pub(crate) pool: Arc<FullPool>,
    /// The import of own blocks.
    pub(super) block_import: BlockImport,
    /// What the author needs of BABE.
    pub(super) babe_link: BabeLink<Block>,
    /// Answers questions on BABE's epochs.
    pub(super) babe_worker: BabeWorkerHandle<Block>,
    /// What the voter needs of GRANDPA.
    pub(super) grandpa_link: GrandpaLink,
    /// Reports to the telemetry servers of the chain specification, if there are any.
    pub(super) telemetry: Option<Telemetry>,
}

/// Opens database and keystore and builds everything that needs no network.
pub(crate) fn partial(config: &Configuration) -> Result<Partial, Error> {
    let telemetry_worker = telemetry(config)?;
    let executor: Executor = sc_service::new_wasm_executor(&config.executor);
    let (client, backend, keystore, task_manager) = sc_service::new_full_parts::<Block, RuntimeApi, _>(
        config,
        telemetry_worker.as_ref().map(|(_, telemetry)| telemetry.handle()),
        executor,
        // A pruned node still serves warp sync to others.
        vec![Arc::new(GrandpaPruningFilter) as Arc<dyn PruningFilter>],
    )?;
    let client = Arc::new(client);
    let telemetry = telemetry_worker.map(|(worker, telemetry)| {
        task_manager.spawn_handle().spawn("telemetry", None, worker.run());
        telemetry
    });
    let select_chain = LongestChain::new(backend.clone());
    let pool = transaction_pool(config, &client, &task_manager);
    let (grandpa_import, grandpa_link) = sc_consensus_grandpa::block_import(
        client.clone(),
        JUSTIFICATION_PERIOD,
        &client,
        select_chain.clone(),
        telemetry.as_ref().map(|telemetry| telemetry.handle()),
    )?;
    let babe = sc_consensus_babe::configuration(&*client)?;
    let slot_duration = babe.slot_duration();
    let (block_import, babe_link) = sc_consensus_babe::block_import(
        babe,
        grandpa_import.clone(),
        client.clone(),
        inherent_data_providers(slot_duration),
        select_chain.clone(),
        OffchainTransactionPoolFactory::new(pool.clone()),
    )?;
    let (import_queue, babe_worker) = sc_consensus_babe::import_queue(ImportQueueParams {
        link: babe_link.clone(),
        block_import: block_import.clone(),
        justification_import: Some(Box::new(grandpa_import)),
        client: client.clone(),
        slot_duration,
        spawner: &task_manager.spawn_essential_handle(),
        registry: config.prometheus_registry(),
        telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
    })?;
    Ok(Partial {
        client,
        backend,
        task_manager,
        keystore,
        select_chain,
        import_queue,
        pool,
        block_import,
        babe_link,
        babe_worker,
        grandpa_link,
        telemetry,
    })
}

/// Prepares reports to the telemetry servers; `None` if the configuration names none.
fn telemetry(config: &Configuration) -> Result<Option<(TelemetryWorker, Telemetry)>, Error> {
    /// Messages that may wait before the oldest are dropped.
    const BUFFER: usize = 16;
    let Some(endpoints) = config.telemetry_endpoints.clone().filter(|endpoints| !endpoints.is_empty()) else {
        return Ok(None);
    };
    let worker = TelemetryWorker::new(BUFFER)?;
    let telemetry = worker.handle().new_telemetry(endpoints);
    Ok(Some((worker, telemetry)))
}

fn transaction_pool(config: &Configuration, client: &Arc<FullClient>, task_manager: &TaskManager) -> Arc<FullPool> {
    let pool = sc_transaction_pool::Builder::new(task_manager.spawn_essential_handle(), client.clone(), config.role.is_authority().into())
        .with_options(config.transaction_pool.clone())
        .with_prometheus(config.prometheus_registry())
        .build();
    Arc::new(pool)
}
