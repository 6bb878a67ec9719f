//! The public runtime: consensus, money, deeds, jobs and Proof of AI.
//!
//! One Wasm serves every network: whatever differs between `dev`, `local` and `main` is storage with genesis values
//! ([`genesis_config_presets`]). Each pallet is configured in a file of its own under `configs`.
#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "512"]

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

extern crate alloc;

pub mod apis;
pub mod configs;
pub mod genesis_config_presets;

use alloc::vec::Vec;
use sp_runtime::{
    generic, impl_opaque_keys,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

pub use pallet_timestamp::Call as TimestampCall;
pub use pallet_vesting::Purpose;

/// The signature of a transaction: sr25519, ed25519, or ECDSA for the keys of engines.
pub type Signature = MultiSignature;
/// An account.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// An amount in units of 10⁻¹² NEU.
pub type Balance = neurite_primitives::Balance;
/// Counts the transactions of an account.
pub type Nonce = u32;
/// A hash of the chain.
pub type Hash = sp_core::H256;
/// The number of a block.
pub type BlockNumber = neurite_primitives::BlockNumber;
/// How transactions name accounts.
pub type Address = MultiAddress<AccountId, ()>;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// What wraps every transaction; the order is part of the protocol.
pub type TxExtension = (
    frame_system::AuthorizeCall<Runtime>,
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_skip_feeless_payment::SkipCheckIfFeeless<Runtime, pallet_transaction_payment::ChargeTransactionPayment<Runtime>>,
    frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
    frame_system::WeightReclaim<Runtime>,
);
/// A transaction as it comes from outside.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// Executes blocks.
pub type Executive = frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// What the node knows of blocks without knowing the runtime's calls.
pub mod opaque {
    use super::*;
    pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

    /// A header.
    pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
    /// A block of opaque transactions.
    pub type Block = generic::Block<Header, UncheckedExtrinsic>;
    /// Names a block.
    pub type BlockId = generic::BlockId<Block>;
    /// A hash.
    pub type Hash = super::Hash;
}

impl_opaque_keys! {
    /// The keys with which a validator takes part: block production, finality, oracle.
    pub struct SessionKeys {
        pub babe: Babe,
        pub grandpa: Grandpa,
        pub oracle: Oracles,
    }
}

/// The version of this runtime.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: alloc::borrow::Cow::Borrowed("neurite"),
    impl_name: alloc::borrow::Cow::Borrowed("neurite-node"),
    authoring_version: 1,
    spec_version: 2,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// One NEU.
pub const NEU: Balance = 1_000_000_000_000;
/// A thousandth of a NEU.
pub const MILLI_NEU: Balance = NEU / 1_000;
/// All NEU that a public network has, from its genesis on and for ever (BitNeuron, section 9).
pub const SUPPLY: Balance = 10_000_000_000 * NEU;
/// The least an account holds.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_NEU;
/// Milliseconds of a slot, which is the time of a block.
pub const SLOT_DURATION: u64 = 3_000;
/// Slots of a BABE epoch, which is a session; must never change on a running chain.
pub const SESSION_SLOTS: u64 = 20;

/// The configuration of BABE at genesis: one slot in four has a primary author, every slot a secondary one.
pub const BABE_GENESIS_EPOCH_CONFIG: sp_consensus_babe::BabeEpochConfiguration =
    sp_consensus_babe::BabeEpochConfiguration { c: (1, 4), allowed_slots: sp_consensus_babe::AllowedSlots::PrimaryAndSecondaryVRFSlots };

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp;
    #[runtime::pallet_index(2)]
    pub type Babe = pallet_babe;
    #[runtime::pallet_index(3)]
    pub type Authorship = pallet_authorship;
    #[runtime::pallet_index(4)]
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(5)]
    pub type TransactionPayment = pallet_transaction_payment;
    #[runtime::pallet_index(6)]
    pub type SkipFeelessPayment = pallet_skip_feeless_payment;
    #[runtime::pallet_index(7)]
    pub type Validators = pallet_validators;
    #[runtime::pallet_index(8)]
    pub type Offences = pallet_offences;
    #[runtime::pallet_index(9)]
    pub type Historical = pallet_session::historical;
    #[runtime::pallet_index(10)]
    pub type Session = pallet_session;
    #[runtime::pallet_index(11)]
    pub type Grandpa = pallet_grandpa;
    #[runtime::pallet_index(12)]
    pub type Utility = pallet_utility;
    #[runtime::pallet_index(13)]
    pub type Proxy = pallet_proxy;
    #[runtime::pallet_index(14)]
    pub type Multisig = pallet_multisig;
    #[runtime::pallet_index(15)]
    pub type Sudo = pallet_sudo;
    #[runtime::pallet_index(16)]
    pub type Preimage = pallet_preimage;
    #[runtime::pallet_index(17)]
    pub type Scheduler = pallet_scheduler;
    #[runtime::pallet_index(18)]
    pub type Treasury = pallet_treasury;
    #[runtime::pallet_index(19)]
    pub type ConvictionVoting = pallet_conviction_voting;
    #[runtime::pallet_index(20)]
    pub type Referenda = pallet_referenda;

    #[runtime::pallet_index(30)]
    pub type NodeDeeds = pallet_node_deeds;
    #[runtime::pallet_index(31)]
    pub type Jobs = pallet_jobs;
    #[runtime::pallet_index(32)]
    pub type Oracles = pallet_oracles;
    #[runtime::pallet_index(33)]
    pub type Poai = pallet_poai;
    #[runtime::pallet_index(35)]
    pub type Vesting = pallet_vesting;
}

/// Encodes and returns the metadata, for tools that run without a node.
pub fn metadata() -> Vec<u8> {
    Runtime::metadata().into()
}
