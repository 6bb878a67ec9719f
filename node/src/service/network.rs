//! The protocols that the node speaks.
//!
//! Generic over the backend: litep2p unless a flag asks for libp2p.

use super::partial::{FullBackend, GrandpaLink};
use neurite_runtime::{opaque::Block, Hash};
use sc_consensus_grandpa::warp_proof::NetworkProvider;
use sc_network::{config::FullNetworkConfiguration, service::NotificationMetrics, NetworkBackend, NotificationService, ProtocolName};
use sc_network_sync::WarpSyncConfig;
use sc_service::Configuration;
use std::sync::Arc;

/// The network before it starts.
pub(super) struct NetworkSetup<N: NetworkBackend<Block, Hash>> {
    /// All protocols and limits.
    pub(super) config: FullNetworkConfiguration<Block, Hash, N>,
    /// Counts notifications.
    pub(super) metrics: NotificationMetrics,
    /// The messages of GRANDPA's voters.
    pub(super) grandpa_notifications: Box<dyn NotificationService>,
    /// The name of the protocol of these messages, which carries the hash of the genesis block.
    pub(super) grandpa_protocol: ProtocolName,
}

/// Collects the protocols of the chain with this genesis block.
pub(super) fn configure<N: NetworkBackend<Block, Hash>>(config: &Configuration, genesis: Hash) -> NetworkSetup<N> {
    let registry = config.prometheus_registry();
    let metrics = N::register_notification_metrics(registry);
    let mut network = FullNetworkConfiguration::new(&config.network, registry.cloned());
    let grandpa_protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
    let (grandpa_config, grandpa_notifications) =
        sc_consensus_grandpa::grandpa_peers_set_config::<Block, N>(grandpa_protocol.clone(), metrics.clone(), network.peer_store_handle());
    network.add_notification_protocol(grandpa_config);
    NetworkSetup { config: network, metrics, grandpa_notifications, grandpa_protocol }
}

/// Returns what proves to others, and verifies from others, a jump to the latest final block.
pub(super) fn warp_sync(backend: &Arc<FullBackend>, grandpa: &GrandpaLink) -> WarpSyncConfig<Block> {
    let authorities = grandpa.shared_authority_set().clone();
    WarpSyncConfig::WithProvider(Arc::new(NetworkProvider::new(backend.clone(), authorities, Vec::new())))
}
