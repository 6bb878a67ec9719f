//! Who signs: people with accounts, nodes with theirs, and oracles.

use codec::Encode;
use neurite_runtime::{AccountId, Hash, Nonce, Runtime, RuntimeCall, TxExtension, UncheckedExtrinsic, VERSION};
use sp_core::{ecdsa, sr25519, Pair};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
    generic::{Era, SignedPayload},
    traits::IdentifyAccount,
    MultiAddress, MultiSignature, MultiSigner,
};

enum Key {
    Person(sr25519::Pair),
    Node(ecdsa::Pair),
}

/// Somebody with a key, who counts the transactions.
pub struct Person {
    key: Key,
    nonce: Nonce,
}

impl Person {
    /// Returns the person of a number.
    pub fn numbered(number: usize) -> Self {
        Self::new(Key::Person(sr25519::Pair::from_seed(&seed(b"person", number))))
    }

    /// Returns Alice, who owns every deed and is the sudo key.
    pub fn alice() -> Self {
        Self::new(Key::Person(Sr25519Keyring::Alice.pair()))
    }

    /// Returns the node of a number.
    pub fn node(number: usize) -> Self {
        Self::new(Key::Node(ecdsa::Pair::from_seed(&seed(b"node", number))))
    }

    fn new(key: Key) -> Self {
        Self { key, nonce: 0 }
    }

    /// Returns the account.
    pub fn account(&self) -> AccountId {
        let signer: MultiSigner = match &self.key {
            Key::Person(pair) => pair.public().into(),
            Key::Node(pair) => pair.public().into(),
        };
        signer.into_account()
    }

    /// Returns a node's pair.
    pub fn node_pair(&self) -> Option<&ecdsa::Pair> {
        match &self.key {
            Key::Node(pair) => Some(pair),
            Key::Person(_) => None,
        }
    }

    /// Signs the next call of this person, for the chain with this genesis.
    pub fn sign(&mut self, genesis: Hash, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
        let implicit = ((), (), VERSION.spec_version, VERSION.transaction_version, genesis, genesis, (), (), (), None, ());
        let payload = SignedPayload::from_raw(call.into(), extension(self.nonce), implicit);
        self.nonce += 1;
        let signature: MultiSignature = payload.using_encoded(|bytes| match &self.key {
            Key::Person(pair) => pair.sign(bytes).into(),
            Key::Node(pair) => pair.sign(bytes).into(),
        });
        let (call, extension, _) = payload.deconstruct();
        UncheckedExtrinsic::new_signed(call, MultiAddress::Id(self.account()), signature, extension)
    }
}

fn extension(nonce: Nonce) -> TxExtension {
    (
        frame_system::AuthorizeCall::<Runtime>::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::Immortal),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0).into(),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}

fn seed(kind: &[u8], number: usize) -> [u8; 32] {
    sp_crypto_hashing::blake2_256(&[kind, &number.to_le_bytes()].concat())
}
