//! Genesis and relations between constants.

use crate::{mock::*, *};
use frame_support::traits::Hooks;
use neurite_primitives::epoch::AliveMode;
use neurite_traits::{PoolSummary, RewardPool};
use sp_runtime::{BuildStorage, Permill};

#[test]
fn parameters_are_those_of_the_genesis() {
    let config = GenesisConfig { claim_window: 5, alive_by_epoch: true, direct_share: Permill::from_percent(1), ..Default::default() };
    genesis(config).execute_with(|| {
        let parameters = CurrentParameters::<Test>::get();
        assert_eq!(parameters.claim_window, 5);
        assert_eq!(parameters.alive_mode, AliveMode::Epoch);
        assert_eq!(parameters.direct_share, Permill::from_percent(1));
    });
}

#[test]
fn the_pot_holds_the_existential_deposit_and_the_pool_is_empty() {
    build_and_execute(|| {
        assert_eq!(<Poai as RewardPool<_>>::account(), Poai::pot());
        assert_eq!(Poai::pot_balance(), EXISTENTIAL_DEPOSIT);
        assert_eq!((Poai::pool(), <Poai as PoolSummary>::reserved()), (0, 0));
    });
}

#[test]
fn a_pot_without_the_deposit_among_the_balances_is_endowed() {
    let storage = RuntimeGenesisConfig::default().build_storage().expect("the default is valid");
    sp_io::TestExternalities::new(storage).execute_with(|| {
        assert_eq!(Poai::pot_balance(), EXISTENTIAL_DEPOSIT);
        assert_eq!(pallet_balances::TotalIssuance::<Test>::get(), EXISTENTIAL_DEPOSIT);
    });
}

#[test]
fn a_genesis_with_parameters_out_of_bounds_is_refused() {
    let config = || GenesisConfig { score_ref: 0, ..Default::default() };
    assert!(std::panic::catch_unwind(|| genesis(config())).is_err());
}

#[test]
fn every_step_fits_into_what_polling_keeps() {
    build_and_execute(<Poai as Hooks<u64>>::integrity_test);
}
