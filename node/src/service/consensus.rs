//! Block production by BABE and finality by GRANDPA.
//!
//! Equivocations of both are reported to the chain: BABE's by whoever imports the second block of a slot, GRANDPA's by the voters.
//! Both send the report through the transaction pool.

use super::partial::{BlockImport, FullBackend, FullClient, FullPool, FullSelectChain, GrandpaLink, JUSTIFICATION_PERIOD};
use neurite_runtime::opaque::Block;
use sc_basic_authorship::ProposerFactory;
use sc_consensus_babe::{BabeLink, BabeParams, SlotProportion};
use sc_consensus_grandpa::{GrandpaParams, SharedVoterState, VotingRulesBuilder};
use sc_network::{config::Role, service::traits::NetworkService, NotificationService, ProtocolName};
use sc_network_sync::SyncingService;
use sc_service::{Error, TaskManager};
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::{
    inherents::{BabeCreateInherentDataProviders, InherentDataProvider as SlotProvider},
    SlotDuration,
};
use sp_keystore::KeystorePtr;
use sp_timestamp::InherentDataProvider as TimestampProvider;
use std::{sync::Arc, time::Duration};

/// How much of a slot may pass before a proposal must be ready; the rest is for its way to the others.
const PROPOSAL_PORTION: f32 = 0.5;
/// How long a vote is expected to take through the network.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);

/// What consensus needs of the node.
pub(super) struct Consensus<'a> {
    /// Owns the tasks.
    pub(super) task_manager: &'a TaskManager,
    /// The client.
    pub(super) client: Arc<FullClient>,
    /// Where blocks take their transactions from, and reports of equivocation go.
    pub(super) pool: Arc<FullPool>,
    /// The session keys.
    pub(super) keystore: KeystorePtr,
    /// What the node knows of its peers' chains.
    pub(super) sync: Arc<SyncingService<Block>>,
    /// Where numbers are published.
    pub(super) prometheus: Option<substrate_prometheus_endpoint::Registry>,
    /// Where events are reported.
    pub(super) telemetry: Option<TelemetryHandle>,
}

/// What the author needs besides.
pub(super) struct Author {
    /// The import of own blocks.
    pub(super) block_import: BlockImport,
    /// What is shared with the import queue.
    pub(super) babe_link: BabeLink<Block>,
    /// The choice of the chain to build on.
    pub(super) select_chain: FullSelectChain,
    /// Whether to produce blocks without peers.
    pub(super) force_authoring: bool,
}

/// What the voter needs besides.
pub(super) struct Voter {
    /// Whether this node votes or only follows.
    pub(super) role: Role,
    /// The node's name, for telemetry.
    pub(super) name: String,
    /// What is shared with the import of blocks.
    pub(super) link: GrandpaLink,
    /// The network.
    pub(super) network: Arc<dyn NetworkService>,
    /// The voters' messages.
    pub(super) notifications: Box<dyn NotificationService>,
    /// The name of the protocol of these messages.
    pub(super) protocol_name: ProtocolName,
    /// What the RPC shows of the current round.
    pub(super) state: SharedVoterState,
}

/// Returns what puts time and slot into a block, and checks them in others' blocks.
pub(super) fn inherent_data_providers(slot_duration: SlotDuration) -> BabeCreateInherentDataProviders<Block> {
    Arc::new(move |_, ()| async move {
        let timestamp = TimestampProvider::from_system_time();
        let slot = SlotProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration);
        Ok((slot, timestamp))
    })
}

impl Consensus<'_> {
    /// Starts to produce blocks in the slots that belong to the keys of the keystore.
    ///
    /// Authors do not hold back while finality lags: the deadlines of jobs count on blocks being made.
    pub(super) fn spawn_author(&self, author: Author) -> Result<(), Error> {
        let proposer = ProposerFactory::new(
            self.task_manager.spawn_handle(),
            self.client.clone(),
            self.pool.clone(),
            self.prometheus.as_ref(),
            self.telemetry.clone(),
        );
        let slot_duration = author.babe_link.config().slot_duration();
        let worker = sc_consensus_babe::start_babe(BabeParams {
            keystore: self.keystore.clone(),
            client: self.client.clone(),
            select_chain: author.select_chain,
            env: proposer,
            block_import: author.block_import,
            sync_oracle: self.sync.clone(),
            justification_sync_link: self.sync.clone(),
            create_inherent_data_providers: inherent_data_providers(slot_duration),
            force_authoring: author.force_authoring,
            backoff_authoring_blocks: None::<()>,
            babe_link: author.babe_link,
            block_proposal_slot_portion: SlotProportion::new(PROPOSAL_PORTION),
            max_block_proposal_slot_portion: None,
            telemetry: self.telemetry.clone(),
        })?;
        self.task_manager.spawn_essential_handle().spawn_blocking("babe-proposer", Some("block-authoring"), worker);
        Ok(())
    }

    /// Starts to vote on finality, or to follow the votes if the node is no authority.
    pub(super) fn spawn_voter(&self, voter: Voter) -> Result<(), Error> {
        let config = sc_consensus_grandpa::Config {
            gossip_duration: GOSSIP_DURATION,
            justification_generation_period: JUSTIFICATION_PERIOD,
            observer_enabled: false,
            local_role: voter.role,
            name: Some(voter.name),
            keystore: voter.role.is_authority().then(|| self.keystore.clone()),
            telemetry: self.telemetry.clone(),
            protocol_name: voter.protocol_name,
        };
        let task = sc_consensus_grandpa::run_grandpa_voter::<Block, FullBackend, _, _, _, _, _>(GrandpaParams {
            config,
            link: voter.link,
            network: voter.network,
            sync: self.sync.clone(),
            notification_service: voter.notifications,
            voting_rule: VotingRulesBuilder::default().build(),
            prometheus_registry: self.prometheus.clone(),
            shared_voter_state: voter.state,
            telemetry: self.telemetry.clone(),
            offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(self.pool.clone()),
        })?;
        self.task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, task);
        Ok(())
    }
}
