//! The genesis of each network.
//!
//! `dev` has one validator and short times, `local` four validators; `main` is made by the node from a file of parameters.

use crate::*;
use alloc::{vec, vec::Vec};
use neurite_traits::RewardPool;
use serde_json_no_std::Value;
use sp_consensus_babe::AuthorityId as BabeId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;

/// Four validators.
pub const LOCAL_PRESET: &str = sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET;
/// One validator.
pub const DEV_PRESET: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;

/// What each development account starts with.
const ENDOWMENT: Balance = 1_000_000 * NEU;
/// What the pool starts with beyond the existential deposit, so that the first epochs have something to share.
const INITIAL_POOL: Balance = 1_000 * NEU;
/// Number of deeds on development networks.
const DEEDS: u32 = 64;

/// A validator at genesis: its account and its session keys.
pub type InitialAuthority = (AccountId, SessionKeys);

/// Returns the session keys that a keyring's seed gives.
fn authority(keyring: Sr25519Keyring) -> InitialAuthority {
    let grandpa =
        sp_keyring::Ed25519Keyring::iter().find(|other| other.to_seed() == keyring.to_seed()).map(|other| GrandpaId::from(other.public()));
    // Both keyrings have the same names, so the search cannot fail.
    let grandpa = grandpa.unwrap_or_else(|| GrandpaId::from(sp_keyring::Ed25519Keyring::Alice.public()));
    let keys =
        SessionKeys { babe: BabeId::from(keyring.public()), grandpa, oracle: neurite_primitives::oracle::OracleId::from(keyring.public()) };
    (keyring.to_account_id(), keys)
}

/// Makes the genesis of a development network: short times, endowed keyring accounts, Alice as sudo.
fn development(authorities: Vec<InitialAuthority>) -> Value {
    let pot = <Poai as RewardPool<AccountId>>::account();
    let mut balances: Vec<(AccountId, Balance)> =
        Sr25519Keyring::well_known().map(|keyring| (keyring.to_account_id(), ENDOWMENT)).collect();
    balances.push((pot, EXISTENTIAL_DEPOSIT + INITIAL_POOL));
    let validators: Vec<AccountId> = authorities.iter().map(|(account, _)| account.clone()).collect();
    let keys: Vec<_> = authorities.into_iter().map(|(account, keys)| (account.clone(), account, keys)).collect();
    let genesis = RuntimeGenesisConfig {
        balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
        babe: pallet_babe::GenesisConfig { epoch_config: BABE_GENESIS_EPOCH_CONFIG, ..Default::default() },
        session: pallet_session::GenesisConfig { keys, ..Default::default() },
        validators: pallet_validators::GenesisConfig { validators },
        sudo: pallet_sudo::GenesisConfig { key: Some(Sr25519Keyring::Alice.to_account_id()) },
        node_deeds: pallet_node_deeds::GenesisConfig {
            total: DEEDS,
            bond: 100 * NEU,
            link_cool_down: 60_000,
            challenge_window: 15_000,
            issued: vec![],
        },
        jobs: pallet_jobs::GenesisConfig {
            supervisor: None,
            max_open_jobs: 32,
            review_period: 120_000,
            challenge_window: 15_000,
            min_reward: MILLI_NEU,
        },
        poai: pallet_poai::GenesisConfig {
            epoch_period: 60_000,
            report_window: 15_000,
            claim_window: 84,
            score_ref: 10_000,
            units_ref: NEU,
            ..Default::default()
        },
        ..Default::default()
    };
    serde_json_no_std::to_value(genesis).unwrap_or(Value::Null)
}

/// Returns the genesis of a preset as a JSON patch.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
    use Sr25519Keyring::{Alice, Bob, Charlie, Dave};
    let genesis = match id.as_ref() {
        DEV_PRESET => development(vec![authority(Alice)]),
        LOCAL_PRESET => development([Alice, Bob, Charlie, Dave].map(authority).to_vec()),
        _ => return None,
    };
    serde_json_no_std::to_vec(&genesis).ok()
}

/// Returns the names of the presets.
pub fn preset_names() -> Vec<PresetId> {
    vec![PresetId::from(DEV_PRESET), PresetId::from(LOCAL_PRESET)]
}
