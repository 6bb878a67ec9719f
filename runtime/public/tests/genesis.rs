//! Every preset makes a chain whose invariants hold, and whose metadata explains itself.

use frame_support::traits::{TryState, TryStateSelect};
use neurite_runtime::{
    genesis_config_presets::{get_preset, preset_names},
    AllPalletsWithSystem, Balances, BlockNumber, Runtime, RuntimeGenesisConfig, EXISTENTIAL_DEPOSIT,
};
use neurite_traits::RewardPool;
use sp_runtime::BuildStorage;

fn on_genesis(preset: &sp_genesis_builder::PresetId, test: impl FnOnce()) {
    let json = get_preset(preset).unwrap();
    let genesis: RuntimeGenesisConfig = serde_json::from_slice(&json).unwrap();
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

#[test]
fn every_call_event_and_error_of_ours_has_docs() {
    use scale_info::TypeDef;
    let metadata = Runtime::metadata();
    let frame_metadata::RuntimeMetadata::V14(metadata) = metadata.1 else { panic!("metadata is not of version 14") };
    let ours = ["NodeDeeds", "Jobs", "Oracles", "Poai", "Validators"];
    let mut checked = 0;
    for pallet in metadata.pallets.iter().filter(|pallet| ours.contains(&pallet.name.as_str())) {
        let types = [pallet.calls.as_ref().map(|c| c.ty), pallet.event.as_ref().map(|e| e.ty), pallet.error.as_ref().map(|e| e.ty)];
        for id in types.into_iter().flatten() {
            let TypeDef::Variant(variants) = &metadata.types.resolve(id.id).unwrap().type_def else { continue };
            for variant in &variants.variants {
                assert!(!variant.docs.is_empty(), "{}::{} has no docs", pallet.name, variant.name);
                checked += 1;
            }
        }
    }
    assert!(checked > 50, "only {checked} items were found");
}
