//! Everybody's keys.

use neurite_primitives::{
    node_account,
    oracle::{OracleId, OraclePair},
};
use neurite_runtime::AccountId;
use sp_core::{crypto::ByteArray, ecdsa, sr25519, Pair};
use sp_keyring::Sr25519Keyring;
use sp_runtime::MultiSignature;
use std::collections::BTreeMap;

/// Nodes that can be linked.
const NODES: u8 = 12;

enum Key {
    Person(sr25519::Pair),
    Node(ecdsa::Pair),
}

/// The keys of persons, nodes and oracles.
pub struct Wallet {
    keys: BTreeMap<AccountId, Key>,
    persons: Vec<AccountId>,
    nodes: Vec<ecdsa::Pair>,
    oracles: BTreeMap<OracleId, OraclePair>,
}

impl Wallet {
    /// Makes keys for the development accounts, for some nodes, and for the validators' oracles.
    pub fn new() -> Self {
        let keyrings: Vec<Sr25519Keyring> = Sr25519Keyring::well_known().collect();
        let nodes: Vec<ecdsa::Pair> = (1..=NODES).map(|number| ecdsa::Pair::from_seed(&[number; 32])).collect();
        let persons = keyrings.iter().map(|keyring| (keyring.to_account_id(), Key::Person(keyring.pair())));
        let keys = persons.chain(nodes.iter().map(|pair| (node_account(&pair.public()), Key::Node(pair.clone()))));
        let oracle = |keyring: &Sr25519Keyring| {
            let pair = OraclePair::from_string(&keyring.to_seed(), None).expect("a well-known seed");
            (OracleId::from_slice(keyring.public().as_slice()).expect("32 bytes"), pair)
        };
        Self {
            keys: keys.collect(),
            persons: keyrings.iter().map(|keyring| keyring.to_account_id()).collect(),
            oracles: keyrings.iter().map(oracle).collect(),
            nodes,
        }
    }

    /// Everybody who can sign, persons first.
    pub fn accounts(&self) -> Vec<AccountId> {
        self.persons.iter().cloned().chain(self.nodes.iter().map(|pair| node_account(&pair.public()))).collect()
    }

    /// Accounts with money.
    pub fn persons(&self) -> &[AccountId] {
        &self.persons
    }

    /// Keys of nodes.
    pub fn nodes(&self) -> &[ecdsa::Pair] {
        &self.nodes
    }

    /// The pair of an oracle.
    pub fn oracle(&self, id: &OracleId) -> Option<&OraclePair> {
        self.oracles.get(id)
    }

    /// Signs as an account.
    pub fn sign(&self, who: &AccountId, message: &[u8]) -> MultiSignature {
        match self.keys.get(who).expect("an account of the wallet") {
            Key::Person(pair) => pair.sign(message).into(),
            Key::Node(pair) => pair.sign(message).into(),
        }
    }
}
