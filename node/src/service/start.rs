//! Starts a node.

use super::{
    consensus::{Author, Consensus, Voter},
    network,
    partial::{partial, FullBackend, Partial},
    tasks::OffchainWorker,
};
use crate::{
    engine::{self, EngineUrl},
    rpc::{self, EngineClient},
};
use neurite_runtime::{opaque::Block, Hash};
use sc_client_api::{Backend, BlockBackend};
use sc_consensus_grandpa::{FinalityProofProvider, SharedVoterState};
use sc_network::NetworkBackend;
use sc_service::{BuildNetworkParams, Configuration, Error, SpawnTasksParams, TaskManager};

/// Starts a node on the network backend `N`; it ends with the returned task manager.
pub(crate) fn start<N: NetworkBackend<Block, Hash>>(config: Configuration, engine: Option<EngineUrl>) -> Result<TaskManager, Error> {
    let parts = partial(&config)?;
    tell_offchain_worker(&parts.backend, engine.as_ref())?;
    let voter_state = SharedVoterState::empty();
    let rpc = rpc_dependencies(&config, &parts, voter_state.clone(), engine)?;
    let warp_sync = network::warp_sync(&parts.backend, &parts.grandpa_link);
    let Partial { client, backend, mut task_manager, keystore, select_chain, pool, mut telemetry, .. } = parts;
    let (import_queue, block_import, babe_link) = (parts.import_queue, parts.block_import, parts.babe_link);

    let genesis = client.block_hash(0)?.ok_or_else(|| Error::Other("the database has no genesis block".into()))?;
    let setup = network::configure::<N>(&config, genesis);
    let (network, system_rpc_tx, tx_handler_controller, sync, _) = sc_service::build_network(BuildNetworkParams {
        config: &config,
        net_config: setup.config,
        client: client.clone(),
        transaction_pool: pool.clone(),
        spawn_handle: task_manager.spawn_handle(),
        spawn_essential_handle: task_manager.spawn_essential_handle(),
        import_queue,
        block_announce_validator_builder: None,
        warp_sync_config: Some(warp_sync),
        block_relay: None,
        metrics: setup.metrics,
        gap_sync_body_policy: None,
    })?;
    let role = config.role;
    if config.offchain_worker.enabled {
        OffchainWorker {
            client: client.clone(),
            backend: backend.clone(),
            pool: pool.clone(),
            keystore: keystore.keystore(),
            network: network.clone(),
            is_validator: role.is_authority(),
        }
        .spawn(&task_manager)?;
    }
    let author = role.is_authority().then(|| Author { block_import, babe_link, select_chain, force_authoring: config.force_authoring });
    let voter = (!config.disable_grandpa).then(|| Voter {
        role,
        name: config.network.node_name.clone(),
        link: parts.grandpa_link,
        network: network.clone(),
        notifications: setup.grandpa_notifications,
        protocol_name: setup.grandpa_protocol,
        state: voter_state,
    });
    let prometheus = config.prometheus_registry().cloned();
    sc_service::spawn_tasks(SpawnTasksParams {
        config,
        client: client.clone(),
        backend,
        task_manager: &mut task_manager,
        keystore: keystore.keystore(),
        transaction_pool: pool.clone(),
        rpc_builder: Box::new(move |executor| rpc.module(executor).map_err(Error::Application)),
        network,
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync.clone(),
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;
    let telemetry = telemetry.as_ref().map(|telemetry| telemetry.handle());
    let keystore = keystore.keystore();
    let consensus = Consensus { task_manager: &task_manager, client, pool, keystore, sync, prometheus, telemetry };
    if let Some(author) = author {
        consensus.spawn_author(author)?;
    }
    if let Some(voter) = voter {
        consensus.spawn_voter(voter)?;
    }
    Ok(task_manager)
}

/// Makes the off-chain storage agree with the flags and says so.
fn tell_offchain_worker(backend: &FullBackend, engine: Option<&EngineUrl>) -> Result<(), Error> {
    let mut storage = backend.offchain_storage().ok_or_else(|| Error::Other("the database has no off-chain storage".into()))?;
    engine::store(&mut storage, engine);
    match engine {
        Some(engine) => log::info!("oracle: asks the engine at {engine}"),
        None => log::info!("oracle: no --engine-url, this node attests nothing"),
    }
    Ok(())
}

/// Collects what the RPC methods need.
fn rpc_dependencies(
    config: &Configuration,
    parts: &Partial,
    voter_state: SharedVoterState,
    engine: Option<EngineUrl>,
) -> Result<rpc::Dependencies, Error> {
    let authority_set = parts.grandpa_link.shared_authority_set().clone();
    let finality = FinalityProofProvider::new_for_service(parts.backend.clone(), Some(authority_set.clone()));
    let engine = engine.map(EngineClient::new).transpose().map_err(|error| Error::Application(error.into()))?;
    Ok(rpc::Dependencies {
        client: parts.client.clone(),
        pool: parts.pool.clone(),
        select_chain: parts.select_chain.clone(),
        chain_spec: config.chain_spec.cloned_box(),
        keystore: parts.keystore.keystore(),
        babe_worker: parts.babe_worker.clone(),
        authority_set,
        voter_state,
        justifications: parts.grandpa_link.justification_stream(),
        finality,
        engine,
    })
}
