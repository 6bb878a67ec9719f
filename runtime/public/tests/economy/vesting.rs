//! Vesting in the whole runtime: the pool's share flows with the epochs, and what is held stays where it is.

use crate::support::*;
use frame_support::{
    assert_noop, assert_ok,
    traits::{
        fungible::{Inspect, InspectHold},
        Hooks,
    },
};
use neurite_runtime::{
    AccountId, Balance, Balances, Poai, Purpose, Runtime, RuntimeGenesisConfig, RuntimeHoldReason, Vesting, EXISTENTIAL_DEPOSIT, NEU,
    SUPPLY,
};
use pallet_vesting::curve::YEAR;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Eve};

const START: u64 = NOW - YEAR;
const REWARDS: Balance = 665 * NEU;
const TEAM: Balance = 4_000 * NEU;

fn with_schedules(genesis: &mut RuntimeGenesisConfig) {
    endow(genesis, pool(), REWARDS);
    endow(genesis, account(Eve), TEAM);
    let allocations = vec![(pool(), Purpose::NetworkRewards, REWARDS), (account(Eve), Purpose::Team, TEAM)];
    genesis.vesting = pallet_vesting::GenesisConfig { start: START, allocations };
}

fn held(who: &AccountId) -> Balance {
    Balances::balance_on_hold(&RuntimeHoldReason::Vesting(pallet_vesting::HoldReason::Vesting), who)
}

#[test]
fn network_rewards_flow_into_the_pool_with_the_epochs() {
    on_chain(with_schedules, || {
        let before = Poai::pool();
        set_time(START + 2 * YEAR);
        Poai::on_initialize(2);
        assert_eq!(Poai::pool(), before + 243 * NEU);
        set_time(START + 9 * YEAR);
        Poai::on_initialize(3);
        assert_eq!(held(&pool()), 0, "the last release releases everything");
    });
}

#[test]
fn what_is_vested_is_released_by_anyone_and_what_is_not_cannot_be_spent() {
    on_chain(with_schedules, || {
        let free = Balances::balance(&account(Eve));
        let spend = |amount| pallet_balances::Call::transfer_allow_death { dest: account(Bob).into(), value: amount };
        assert!(dispatch(Eve, spend(free + 1)).is_err());
        assert_ok!(dispatch(Alice, pallet_vesting::Call::release { who: account(Eve) }));
        assert_eq!((Balances::balance(&account(Eve)), held(&account(Eve))), (free + TEAM / 4, 3 * TEAM / 4));
        let again = || dispatch(Alice, pallet_vesting::Call::release { who: account(Eve) });
        assert_noop!(again(), pallet_vesting::Error::<Runtime>::NothingToRelease);
        assert_eq!(Vesting::releasable(account(Eve)), 0);
        assert_ok!(dispatch(Eve, spend(free + TEAM / 4 - EXISTENTIAL_DEPOSIT)));
    });
}

/// Holds the whole supply, each purpose on an account of its own.
fn with_the_supply(genesis: &mut RuntimeGenesisConfig) {
    genesis.vesting.start = NOW;
    for (who, purpose) in owners() {
        let share = purpose.share() * SUPPLY;
        endow(genesis, who.clone(), EXISTENTIAL_DEPOSIT + share);
        genesis.vesting.allocations.push((who, purpose, share));
    }
}

fn owners() -> [(AccountId, Purpose); 5] {
    let [rewards, people @ ..] = Purpose::ALL;
    let [team, partners, sale, ecosystem] = people;
    let raw = |byte| AccountId::new([byte; 32]);
    [(pool(), rewards), (raw(1), team), (raw(2), partners), (raw(3), sale), (raw(4), ecosystem)]
}

#[test]
fn every_hold_of_the_supply_ends_in_its_year_whoever_asks() {
    on_chain(with_the_supply, || {
        let held_in_all = || owners().iter().map(|(who, _)| held(who)).sum::<Balance>();
        let release_all = || owners().map(|(who, _)| dispatch(Alice, pallet_vesting::Call::release { who }));
        assert_eq!(held_in_all(), SUPPLY);
        for (year, percent_of_people) in [(1, 25), (2, 50), (3, 75), (4, 100), (5, 100), (6, 100), (7, 100)] {
            set_time(NOW + year * YEAR);
            let _ = release_all();
            check();
            let of_people: Balance = owners().iter().skip(1).map(|(who, _)| held(who)).sum();
            assert_eq!(of_people, (100 - percent_of_people) * (SUPPLY / 100 * 80) / 100, "year {year}");
            assert_eq!(held(&pool()) == 0, year == 7, "year {year}");
        }
        assert_eq!(held_in_all(), 0);
    });
}

#[test]
fn the_table_gives_out_the_supply_to_the_last_unit() {
    let parts: Vec<Balance> = Purpose::ALL.iter().map(|purpose| purpose.share() * SUPPLY).collect();
    assert_eq!(parts, [20, 20, 5, 20, 35].map(|percent: Balance| percent * 100_000_000 * NEU));
    assert_eq!(parts.iter().sum::<Balance>(), SUPPLY);
}
