//! A chain on a database of its own, whose blocks are built and imported as a node does it.

use crate::Result;
use codec::{Decode, Encode};
use neurite_runtime::{
    apis::RuntimeApi, opaque::Block, BlockNumber, Hash, Runtime, RuntimeCall, RuntimeEvent, TimestampCall, UncheckedExtrinsic,
    SLOT_DURATION,
};
use sc_block_builder::{BlockBuilder, BlockBuilderBuilder};
use sc_client_api::{execution_extensions::ExecutionExtensions, StorageProvider};
use sc_consensus::{BlockImport, BlockImportParams, ForkChoiceStrategy, ImportResult};
use sc_executor::WasmExecutor;
use sc_service::{
    config::ExecutorConfiguration, BlocksPruning, ClientConfig, DatabaseSource, GenesisBlockBuilder, PruningMode, TFullClient,
};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::{ApplyExtrinsicFailed, HeaderBackend};
use sp_consensus::BlockOrigin;
use sp_consensus_babe::digests::{CompatibleDigestItem, PreDigest, SecondaryPlainPreDigest};
use sp_core::{
    storage::{Storage, StorageKey},
    testing::TaskExecutor,
};
use sp_runtime::{
    traits::{Block as _, Header as _},
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
    Digest, DigestItem,
};
use sp_transaction_pool::runtime_api::TaggedTransactionQueue;
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;

type Executor = WasmExecutor<sp_io::SubstrateHostFunctions>;
type Client = TFullClient<Block, RuntimeApi, Executor>;

/// The slot of genesis: some day in 2026.
const FIRST_SLOT: u64 = 1_770_000_000_000 / SLOT_DURATION;
/// Megabytes that RocksDB caches.
const DATABASE_CACHE: usize = 128;
/// Bytes of the trie that are cached, as a node does by default.
const TRIE_CACHE: usize = 64 << 20;

/// A chain.
pub struct Chain {
    client: Client,
    number: BlockNumber,
    best: Hash,
    slot: u64,
    // The database lies in it.
    _folder: TempDir,
}

/// A block that was imported.
pub struct Imported {
    /// Transactions in it, its timestamp left out.
    pub transactions: usize,
    /// How long it took to build.
    pub building: Duration,
    /// How long it took to import, which executes it once more and writes its state.
    pub importing: Duration,
    /// The part of a block's weight that was used.
    pub fullness: f64,
}

impl Chain {
    /// Starts a chain with a genesis, and imports blocks until the runtime is compiled and the first epoch runs.
    pub fn start(genesis: Storage) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let client = client(genesis, folder.path())?;
        let best = client.info().genesis_hash;
        let mut chain = Self { client, number: 0, best, slot: FIRST_SLOT, _folder: folder };
        for _ in 0..3 {
            chain.block(1, &mut VecDeque::new())?;
        }
        Ok(chain)
    }

    /// Returns the hash of the first block.
    pub fn genesis(&self) -> Hash {
        self.client.info().genesis_hash
    }

    /// Returns number and hash of the last block.
    pub fn best(&self) -> (BlockNumber, Hash) {
        (self.number, self.best)
    }

    /// Returns the time of the last block.
    pub fn now(&self) -> u64 {
        self.slot * SLOT_DURATION
    }

    /// Validates a transaction as the pool does, against the last block.
    pub fn validate(&self, transaction: &UncheckedExtrinsic) -> Result<()> {
        let validity =
            self.client.runtime_api().validate_transaction(self.best, TransactionSource::External, opaque(transaction)?, self.best);
        validity?.map_err(|error| format!("a transaction is invalid: {error:?}"))?;
        Ok(())
    }

    /// Makes the next block, so many slots after the last, with as many of the transactions as fit, which are taken away; imports it.
    ///
    /// # Errors
    /// If the runtime refuses a transaction for another reason than a full block, or a call fails.
    pub fn block(&mut self, slots: u64, transactions: &mut VecDeque<UncheckedExtrinsic>) -> Result<Imported> {
        self.slot += slots;
        let began = Instant::now();
        let mut builder = BlockBuilderBuilder::new(&self.client)
            .on_parent_block(self.best)
            .with_parent_block_number(self.number)
            .with_inherent_digests(self.digest())
            .build()?;
        builder.push(opaque(&UncheckedExtrinsic::new_bare(RuntimeCall::Timestamp(TimestampCall::set { now: self.now() })))?)?;
        let before = transactions.len();
        push_what_fits(&mut builder, transactions)?;
        let (block, _) = builder.build()?.into_inner();
        let building = began.elapsed();
        let importing = self.import(block)?;
        self.check_calls()?;
        Ok(Imported { transactions: before - transactions.len(), building, importing, fullness: self.fullness()? })
    }

    /// Makes blocks until all transactions are in; returns what importing them took in all.
    pub fn blocks(&mut self, transactions: Vec<UncheckedExtrinsic>) -> Result<Vec<Imported>> {
        let mut waiting = VecDeque::from(transactions);
        let mut imported = Vec::new();
        while !waiting.is_empty() {
            imported.push(self.block(1, &mut waiting)?);
        }
        Ok(imported)
    }

    /// Reads what the last block left in storage; `None` if there is nothing.
    pub fn read<T: Decode>(&self, key: impl AsRef<[u8]>) -> Result<Option<T>> {
        let stored = self.client.storage(self.best, &StorageKey(key.as_ref().to_vec()))?;
        Ok(stored.map(|data| T::decode(&mut &data.0[..])).transpose()?)
    }

    fn digest(&self) -> Digest {
        let slot = PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index: 0, slot: self.slot.into() });
        Digest { logs: vec![<DigestItem as CompatibleDigestItem>::babe_pre_digest(slot)] }
    }

    fn import(&mut self, block: Block) -> Result<Duration> {
        let (header, body) = block.deconstruct();
        let (number, hash) = (*header.number(), header.hash());
        let mut parameters = BlockImportParams::new(BlockOrigin::NetworkBroadcast, header);
        parameters.body = Some(body);
        parameters.fork_choice = Some(ForkChoiceStrategy::LongestChain);
        let began = Instant::now();
        let result = futures::executor::block_on(self.client.import_block(parameters))?;
        let importing = began.elapsed();
        if !matches!(result, ImportResult::Imported(_)) {
            return Err(format!("block {number} is not imported: {result:?}").into());
        }
        (self.number, self.best) = (number, hash);
        Ok(importing)
    }

    /// Checks that no call of the last block failed: what fails costs less.
    fn check_calls(&self) -> Result<()> {
        type Events = Vec<frame_system::EventRecord<RuntimeEvent, Hash>>;
        // The storage item is private to its pallet; its key is part of every client's interface.
        let key = frame_support::storage::storage_prefix(b"System", b"Events");
        let events: Events = self.read(key)?.unwrap_or_default();
        let failed = events.into_iter().find_map(|record| match record.event {
            RuntimeEvent::System(frame_system::Event::ExtrinsicFailed { dispatch_error, .. }) => Some(dispatch_error),
            _ => None,
        });
        failed.map_or(Ok(()), |error| Err(format!("a call failed in block {}: {error:?}", self.number).into()))
    }

    fn fullness(&self) -> Result<f64> {
        let used: frame_system::ConsumedWeight = self.read(frame_system::BlockWeight::<Runtime>::hashed_key())?.unwrap_or_default();
        let most = <Runtime as frame_system::Config>::BlockWeights::get().max_block;
        Ok(used.total().ref_time() as f64 / most.ref_time() as f64)
    }
}

fn client(genesis: Storage, folder: &std::path::Path) -> Result<Client> {
    let settings = sc_client_db::DatabaseSettings {
        trie_cache_maximum_size: Some(TRIE_CACHE),
        state_pruning: Some(PruningMode::ArchiveAll),
        source: DatabaseSource::RocksDb { path: folder.to_owned(), cache_size: DATABASE_CACHE },
        blocks_pruning: BlocksPruning::KeepAll,
        pruning_filters: Vec::new(),
        metrics_registry: None,
    };
    let backend = sc_service::new_db_backend::<Block>(settings)?;
    let executor: Executor = sc_service::new_wasm_executor(&ExecutorConfiguration::default());
    let builder = GenesisBlockBuilder::new(&genesis, true, backend.clone(), executor.clone())?;
    let extensions = ExecutionExtensions::new(None, Arc::new(executor.clone()));
    let tasks = Box::new(TaskExecutor::new());
    let config = ClientConfig::default();
    Ok(sc_service::new_client(backend, executor, builder, Default::default(), Default::default(), extensions, tasks, None, None, config)?)
}

fn push_what_fits(builder: &mut BlockBuilder<'_, Block, Client>, transactions: &mut VecDeque<UncheckedExtrinsic>) -> Result<()> {
    while let Some(transaction) = transactions.front() {
        match builder.push(opaque(transaction)?) {
            Ok(()) => transactions.pop_front(),
            Err(sp_blockchain::Error::ApplyExtrinsicFailed(ApplyExtrinsicFailed::Validity(TransactionValidityError::Invalid(
                InvalidTransaction::ExhaustsResources,
            )))) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
    }
    Ok(())
}

fn opaque(transaction: &UncheckedExtrinsic) -> Result<sp_runtime::OpaqueExtrinsic> {
    Ok(sp_runtime::OpaqueExtrinsic::try_from_encoded_extrinsic(&transaction.encode())?)
}
