//! What is held from the start, and what no genesis may say.

use super::*;

#[test]
fn everything_is_held_but_what_was_free_before() {
    build_and_execute(|| {
        assert_eq!((held(ALICE), held(BOB), held(POT)), (TEAM + SALE, PARTNERS, REWARDS));
        for who in [ALICE, BOB, POT] {
            assert_eq!(Balances::free_balance(who), FREE);
        }
        assert_eq!(Start::<Test>::get(), START);
        let team = Schedule { purpose: Purpose::Team, total: TEAM, released: 0 };
        let sale = Schedule { purpose: Purpose::PrivateSale, total: SALE, released: 0 };
        assert_eq!(crate::Pallet::<Test>::schedules_of(ALICE), [team, sale]);
    });
}

#[test]
fn held_tokens_cannot_be_spent() {
    build_and_execute(|| {
        assert!(Balances::transfer_allow_death(RuntimeOrigin::signed(ALICE), BOB, FREE + 1).is_err());
        assert_ok!(Balances::transfer_keep_alive(RuntimeOrigin::signed(ALICE), BOB, FREE - ED));
    });
}

/// Returns why a genesis with these allocations is refused.
fn refusal(allocations: Vec<(u64, Purpose, u128)>) -> String {
    let panic = std::panic::catch_unwind(|| genesis(allocations)).map(|_| ()).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn what_no_genesis_may_say() {
    for (allocations, reason) in [
        (vec![(ALICE, Purpose::Team, 1), (ALICE, Purpose::Team, 1)], "AlreadyExists"),
        (vec![(ALICE, Purpose::NetworkRewards, 1)], "WrongPurpose"),
        (vec![(POT, Purpose::Ecosystem, 1)], "WrongPurpose"),
        (vec![(ALICE, Purpose::Team, 0)], "NothingToRelease"),
        (vec![(BOB, Purpose::Team, FREE + PARTNERS - ED + 1)], "FundsUnavailable"),
    ] {
        let text = refusal(allocations);
        assert!(text.contains("cannot be held") && text.contains(reason), "{text}");
    }
}
