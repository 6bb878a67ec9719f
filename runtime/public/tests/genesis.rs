//! Every preset makes a chain whose invariants hold.

use frame_support::traits::{TryState, TryStateSelect};
use neurite_runtime::{
    genesis_config_presets::{get_preset, preset_names},
    AllPalletsWithSystem, Balances, BlockNumber, RuntimeGenesisConfig, EXISTENTIAL_DEPOSIT,
};
use neurite_traits::RewardPool;
use sp_runtime::BuildStorage;

fn on_genesis(preset: &sp_genesis_builder::PresetId, test: impl FnOnce()) {
    let json = get_preset(preset).unwrap();
    let genesis: RuntimeGenesisConfig = serde_json_no_std::from_slice(&json).unwrap();
    sp_io::TestExternalities::new(genesis.build_storage().unwrap()).execute_with(test);
}

#[test]
fn every_preset_starts_with_its_invariants() {
    for preset in preset_names() {
        on_genesis(&preset, || {
            <AllPalletsWithSystem as TryState<BlockNumber>>::try_state(0, TryStateSelect::All).unwrap();
            let pot = <neurite_runtime::Poai as RewardPool<_>>::account();
            assert!(Balances::free_balance(&pot) >= EXISTENTIAL_DEPOSIT);
        });
    }
}
