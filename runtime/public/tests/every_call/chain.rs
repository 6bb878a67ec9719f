//! Blocks and transactions, as the client would have the runtime execute them.

use crate::wallet::Wallet;
use codec::Encode;
use frame_support::{
    storage::with_transaction_unchecked,
    traits::{GetCallMetadata, TryState, TryStateSelect},
};
use frame_system::offchain::CreateAuthorizedTransaction;
use neurite_runtime::{
    genesis_config_presets::{get_preset, LOCAL_PRESET},
    AccountId, Address, AllPalletsWithSystem, Balances, BlockNumber, Executive, Header, Runtime, RuntimeCall, RuntimeGenesisConfig,
    RuntimeHoldReason, System, TimestampCall, TxExtension, UncheckedExtrinsic, SLOT_DURATION,
};
use sp_consensus_babe::digests::{CompatibleDigestItem, PreDigest, SecondaryPlainPreDigest};
use sp_core::H256;
use sp_runtime::{
    generic::{Era, SignedPayload},
    traits::Header as _,
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    BuildStorage, Digest, DigestItem, MultiAddress, TransactionOutcome,
};

/// The slot of genesis: some day in 2026.
const FIRST_SLOT: u64 = 1_770_000_000_000 / SLOT_DURATION;

/// Returns the state of the network with four validators.
pub fn genesis() -> sp_io::TestExternalities {
    let json = get_preset(&LOCAL_PRESET.into()).expect("a preset");
    let genesis: RuntimeGenesisConfig = serde_json_no_std::from_slice(&json).expect("a genesis");
    sp_io::TestExternalities::new(genesis.build_storage().expect("storage"))
}

/// Makes a block and commits what it changed, so that the next one's root is computed of what that changes alone.
pub fn commit(state: &mut sp_io::TestExternalities, block: impl FnOnce()) {
    state.execute_with(block);
    state.commit_all().expect("no transaction is open between blocks");
}

/// Somebody's call.
pub struct Transaction {
    /// Who signs; an oracle's call is authorized by what it holds.
    pub signer: Option<AccountId>,
    /// What is called.
    pub call: RuntimeCall,
    /// What is offered to the author.
    pub tip: u128,
}

impl Transaction {
    /// Makes the transaction of an account.
    pub fn signed(who: &AccountId, call: impl Into<RuntimeCall>) -> Self {
        Self { signer: Some(who.clone()), call: call.into(), tip: 0 }
    }

    /// Makes a transaction that nobody signs.
    pub fn authorized(call: impl Into<RuntimeCall>) -> Self {
        Self { signer: None, call: call.into(), tip: 0 }
    }

    /// Returns the name of the call; of one by the sudo key, that of the call within.
    pub fn name(&self) -> String {
        let call = match &self.call {
            RuntimeCall::Sudo(pallet_sudo::Call::sudo { call }) => call,
            call => call,
        };
        let metadata = call.get_call_metadata();
        format!("{}::{}", metadata.pallet_name, metadata.function_name)
    }
}

/// What became of a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was included and its call succeeded.
    Done,
    /// It was included and its call failed.
    Failed,
    /// It was not included.
    Refused,
    /// There is no room for it in this block.
    BlockIsFull,
}

/// A chain of one's own.
pub struct Chain {
    number: BlockNumber,
    slot: u64,
    parent: H256,
    issuance: u128,
}

impl Chain {
    /// Begins at genesis.
    pub fn new() -> Self {
        Self { number: 0, slot: FIRST_SLOT, parent: H256::repeat_byte(7), issuance: Balances::total_issuance() }
    }

    /// Begins a block, so many slots after the last.
    pub fn begin(&mut self, slots: u64) {
        self.number += 1;
        self.slot += slots;
        let slot = PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index: self.number % 4, slot: self.slot.into() });
        let digest = Digest { logs: vec![<DigestItem as CompatibleDigestItem>::babe_pre_digest(slot)] };
        Executive::initialize_block(&Header::new(self.number, H256::zero(), H256::zero(), self.parent, digest));
        let now = RuntimeCall::Timestamp(TimestampCall::set { now: self.slot * SLOT_DURATION });
        let applied = Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(now));
        assert_eq!(applied, Ok(Ok(())), "the timestamp");
    }

    /// Applies a transaction; one that is not included leaves no trace, as in the client.
    pub fn apply(&mut self, transaction: Transaction, wallet: &Wallet) -> Outcome {
        let extrinsic = extrinsic(transaction, wallet);
        let applied = with_transaction_unchecked(|| match Executive::apply_extrinsic(extrinsic) {
            Ok(included) => TransactionOutcome::Commit(Ok(included)),
            Err(refused) => TransactionOutcome::Rollback(Err(refused)),
        });
        match applied {
            Ok(Ok(())) => Outcome::Done,
            Ok(Err(_)) => Outcome::Failed,
            Err(TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources)) => Outcome::BlockIsFull,
            Err(_) => Outcome::Refused,
        }
    }

    /// Ends the block and checks everything.
    pub fn end(&mut self) {
        self.parent = Executive::finalize_block().hash();
        assert_eq!(Balances::total_issuance(), self.issuance, "total issuance in block {}", self.number);
        let checked = <AllPalletsWithSystem as TryState<BlockNumber>>::try_state(self.number, TryStateSelect::All);
        checked.unwrap_or_else(|error| panic!("block {}: {error:?}", self.number));
    }
}

/// Signs with the account's nonce.
fn extrinsic(Transaction { signer, call, tip }: Transaction, wallet: &Wallet) -> UncheckedExtrinsic {
    let Some(who) = signer else {
        return <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call);
    };
    let extension: TxExtension = (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::Immortal),
        frame_system::CheckNonce::from(System::account_nonce(&who)),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(tip).into(),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    );
    let payload = SignedPayload::new(call, extension).expect("a call that can be signed");
    let signature = payload.using_encoded(|bytes| wallet.sign(&who, bytes));
    let (call, extension, _) = payload.deconstruct();
    let address: Address = MultiAddress::Id(who);
    UncheckedExtrinsic::new_signed(call, address, signature, extension)
}

/// Checks that no hold of the job's and the deeds' pallets is left.
pub fn no_hold_is_left() {
    let ours = |reason: &RuntimeHoldReason| matches!(reason, RuntimeHoldReason::Jobs(_) | RuntimeHoldReason::NodeDeeds(_));
    for (account, holds) in pallet_balances::Holds::<Runtime>::iter() {
        let left: Vec<_> = holds.iter().filter(|hold| ours(&hold.id)).collect();
        let (jobs, deeds) = (jobs_of(&account), deeds_of(&account));
        assert!(left.is_empty(), "{account} holds {left:?}: {jobs:?} {deeds:?}");
    }
}

fn jobs_of(sender: &AccountId) -> Vec<neurite_primitives::Job<AccountId>> {
    pallet_jobs::Jobs::<Runtime>::iter_prefix_values(sender).collect()
}

fn deeds_of(holder: &AccountId) -> Vec<pallet_node_deeds::Deed<AccountId>> {
    let deeds = pallet_node_deeds::Deeds::<Runtime>::iter_values();
    deeds.filter(|deed| deed.bond.as_ref().is_some_and(|bond| bond.holder == *holder)).collect()
}
