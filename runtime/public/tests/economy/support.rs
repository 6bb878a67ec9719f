//! A chain in memory, made from a preset, and hands to act on it.

use frame_support::traits::{TryState, TryStateSelect};
use neurite_runtime::{
    genesis_config_presets::{get_preset, DEV_PRESET},
    AccountId, AllPalletsWithSystem, Balance, Balances, BlockNumber, Runtime, RuntimeCall, RuntimeGenesisConfig, RuntimeOrigin, System,
};
use neurite_traits::RewardPool;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Dispatchable, BuildStorage, DispatchResult};

/// Unix time of the first block.
pub(crate) const NOW: u64 = 1_800_000_000_000;

/// Runs a test on a development network with one validator.
pub(crate) fn on_chain(change: impl FnOnce(&mut RuntimeGenesisConfig), test: impl FnOnce()) {
    on_network(DEV_PRESET, change, test);
}

/// Runs a test in the first block of a network whose genesis is changed first. At the end all invariants hold, and no money was made
/// or lost.
pub(crate) fn on_network(preset: &str, change: impl FnOnce(&mut RuntimeGenesisConfig), test: impl FnOnce()) {
    let preset = get_preset(&sp_genesis_builder::PresetId::from(preset)).unwrap();
    let mut genesis: RuntimeGenesisConfig = serde_json_no_std::from_slice(&preset).unwrap();
    change(&mut genesis);
    let mut chain = sp_io::TestExternalities::new(genesis.build_storage().unwrap());
    // What reads the version of new code on a node.
    let executor = sc_executor::WasmExecutor::<sp_io::SubstrateHostFunctions>::builder().build();
    chain.register_extension(sp_core::traits::ReadRuntimeVersionExt::new(executor));
    chain.execute_with(|| {
        System::set_block_number(1);
        set_time(NOW);
        let issuance = Balances::total_issuance();
        test();
        check();
        assert_eq!(Balances::total_issuance(), issuance, "issuance changed");
    });
}

/// Checks the invariants of every pallet.
pub(crate) fn check() {
    let number = System::block_number();
    <AllPalletsWithSystem as TryState<BlockNumber>>::try_state(number, TryStateSelect::All).unwrap();
}

/// Sets the chain's Unix time.
pub(crate) fn set_time(now: u64) {
    pallet_timestamp::Now::<Runtime>::put(now);
}

/// Returns the account of a keyring's seed.
pub(crate) fn account(keyring: Sr25519Keyring) -> AccountId {
    keyring.to_account_id()
}

/// Returns the account of the reward pool.
pub(crate) fn pool() -> AccountId {
    <neurite_runtime::Poai as RewardPool<AccountId>>::account()
}

/// Dispatches a call of an account as a block would: a refused call changes nothing.
pub(crate) fn dispatch(who: Sr25519Keyring, call: impl Into<RuntimeCall>) -> DispatchResult {
    dispatch_as(RuntimeOrigin::signed(account(who)), call)
}

/// Dispatches a call of any origin.
pub(crate) fn dispatch_as(origin: RuntimeOrigin, call: impl Into<RuntimeCall>) -> DispatchResult {
    let call = call.into();
    frame_support::storage::with_storage_layer(|| call.dispatch(origin).map(|_| ()).map_err(|refused| refused.error))
}

/// Gives an account more at genesis.
pub(crate) fn endow(genesis: &mut RuntimeGenesisConfig, who: AccountId, amount: Balance) {
    match genesis.balances.balances.iter_mut().find(|(account, _)| *account == who) {
        Some((_, balance)) => *balance += amount,
        None => genesis.balances.balances.push((who, amount)),
    }
}
