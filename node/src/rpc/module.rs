//! Puts all methods together.

use super::{
    engine_health::EngineClient,
    neurite::{Neurite, NeuriteRpcServer},
};
use crate::service::{FullBackend, FullClient, FullPool, FullSelectChain};
use jsonrpsee::RpcModule;
use neurite_runtime::{opaque::Block, BlockNumber, Hash};
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_babe_rpc::{Babe, BabeApiServer};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sc_service::ChainSpec;
use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
use sp_keystore::KeystorePtr;
use std::{error::Error, sync::Arc};
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What the methods need of the node.
pub(crate) struct Dependencies {
    /// The client.
    pub(crate) client: Arc<FullClient>,
    /// The transaction pool.
    pub(crate) pool: Arc<FullPool>,
    /// The choice of the best chain.
    pub(crate) select_chain: FullSelectChain,
    /// The specification of the chain.
    pub(crate) chain_spec: Box<dyn ChainSpec>,
    /// The session keys, to tell which slots are theirs.
    pub(crate) keystore: KeystorePtr,
    /// Answers questions on BABE's epochs.
    pub(crate) babe_worker: BabeWorkerHandle<Block>,
    /// GRANDPA's voters.
    pub(crate) authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    /// GRANDPA's current round.
    pub(crate) voter_state: SharedVoterState,
    /// GRANDPA's justifications as they come.
    pub(crate) justifications: GrandpaJustificationStream<Block>,
    /// Proves that a block is final.
    pub(crate) finality: Arc<FinalityProofProvider<FullBackend, Block>>,
    /// The engine beside this node.
    pub(crate) engine: Option<EngineClient>,
}

impl Dependencies {
    /// Returns all methods beside those that every Substrate node has.
    pub(crate) fn module(&self, executor: SubscriptionTaskExecutor) -> Result<RpcModule<()>, Box<dyn Error + Send + Sync>> {
        let mut module = RpcModule::new(());
        module.merge(System::new(self.client.clone(), self.pool.clone()).into_rpc())?;
        module.merge(TransactionPayment::new(self.client.clone()).into_rpc())?;
        module
            .merge(Babe::new(self.client.clone(), self.babe_worker.clone(), self.keystore.clone(), self.select_chain.clone()).into_rpc())?;
        module.merge(
            Grandpa::new(
                executor,
                self.authority_set.clone(),
                self.voter_state.clone(),
                self.justifications.clone(),
                self.finality.clone(),
            )
            .into_rpc(),
        )?;
        let sync_state =
            SyncState::new(self.chain_spec.cloned_box(), self.client.clone(), self.authority_set.clone(), self.babe_worker.clone())?;
        module.merge(sync_state.into_rpc())?;
        module.merge(Neurite::new(self.client.clone(), self.engine.clone()).into_rpc())?;
        Ok(module)
    }
}
