//! The first state of a chain: the network with four validators, people with money, and as many deeds as are wanted.

use crate::{people::Person, Result};
use neurite_runtime::{
    genesis_config_presets::{get_preset, LOCAL_PRESET},
    Balance, Runtime, RuntimeGenesisConfig, NEU, WASM_BINARY,
};
use pallet_poai::entry::{Bucket, DeedEntry, Score};
use sp_core::storage::{well_known_keys, Storage};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{BoundedVec, BuildStorage};
use sp_state_machine::BasicExternalities;

/// What each person has.
const ENDOWMENT: Balance = 100_000 * NEU;

/// Length of an epoch in milliseconds: long, so that none ends where it is not meant to.
const EPOCH_PERIOD: u64 = 3_600_000;

/// Returns the state of a network whose deeds all belong to Alice.
pub fn network(people: &[Person], deeds: u32) -> Result<Storage> {
    let preset = get_preset(&LOCAL_PRESET.into()).ok_or("the runtime has no preset for a local network")?;
    let mut genesis: RuntimeGenesisConfig = serde_json::from_slice(&preset)?;
    genesis.balances.balances.extend(people.iter().map(|person| (person.account(), ENDOWMENT)));
    genesis.poai.epoch_period = EPOCH_PERIOD;
    genesis.node_deeds.total = deeds;
    genesis.node_deeds.issued = (0..deeds).map(|deed| (deed, Sr25519Keyring::Alice.to_account_id())).collect();
    let mut storage = genesis.build_storage()?;
    let code = WASM_BINARY.ok_or("the runtime was built without Wasm")?;
    storage.top.insert(well_known_keys::CODE.to_vec(), code.to_vec());
    Ok(storage)
}

/// Links a node to every deed, as if all had been done before the first epoch: with a score, a past and work in that epoch.
pub fn link_all(storage: &mut Storage, deeds: u32, report_window: u64) {
    BasicExternalities::execute_with_storage(storage, || {
        pallet_poai::TrackedDeeds::<Runtime>::put(deeds);
        pallet_poai::CurrentParameters::<Runtime>::mutate(|parameters| parameters.report_window = report_window);
        let page_size = neurite_primitives::PAGE_SIZE;
        for page in 0..deeds.div_ceil(page_size) {
            let entries = (page * page_size..deeds.min((page + 1) * page_size)).map(entry).collect();
            pallet_poai::Pages::<Runtime>::insert(page, BoundedVec::truncate_from(entries));
        }
    });
}

fn entry(deed: u32) -> DeedEntry {
    let score = Score { from: 0, score: 2_000 + u64::from(deed % 97) * 500 };
    DeedEntry {
        active_from: Some(1),
        scores: [score, Score::default(), Score::default()],
        latest: Bucket { epoch: 1, units: Balance::from(deed % 13) * NEU, ..Bucket::default() },
        ..DeedEntry::default()
    }
}
