//! `transfer`: new owners of deeds that are not linked.

use super::*;
use crate::WeightInfo;
use frame_support::pallet_prelude::Weight;
use neurite_traits::mock as world;
use sp_runtime::DispatchError;

#[test]
fn gives_a_deed_to_another_and_counts_a_generation() {
    build_and_execute(|| {
        assert_ok!(NodeDeeds::transfer(RuntimeOrigin::signed(ALICE), DEED, BOB));
        assert_eq!(NodeDeeds::owner(DEED), Some(BOB));
        assert_eq!(NodeDeeds::generation(DEED), 1);
        System::assert_last_event(Event::Transferred { deed: DEED, from: ALICE, to: BOB }.into());
    });
}

#[test]
fn refuses_others_than_the_owner() {
    build_and_execute(|| {
        assert_noop!(NodeDeeds::transfer(RuntimeOrigin::signed(BOB), DEED, BOB), Error::<Test>::NotAuthorized);
        assert_noop!(NodeDeeds::transfer(RuntimeOrigin::signed(BOB), FREE_DEED, BOB), Error::<Test>::NotAuthorized);
        assert_noop!(NodeDeeds::transfer(RuntimeOrigin::root(), DEED, BOB), BadOrigin);
    });
}

#[test]
fn refuses_an_unknown_deed() {
    build_and_execute(|| {
        assert_noop!(NodeDeeds::transfer(RuntimeOrigin::signed(ALICE), TOTAL, BOB), Error::<Test>::NotFound);
    });
}

#[test]
fn refuses_while_linked_and_allows_after_unlinking() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_noop!(NodeDeeds::transfer(RuntimeOrigin::signed(ALICE), DEED, BOB), Error::<Test>::AlreadyLinked);
        assert_ok!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), DEED));
        assert_ok!(NodeDeeds::transfer(RuntimeOrigin::signed(ALICE), DEED, BOB));
        assert_eq!(held(ALICE), BOND, "the bond stays with the account that paid it");
    });
}

#[test]
fn settles_what_was_earned_before() {
    build_and_execute(|| {
        let outcome = NodeDeeds::transfer(RuntimeOrigin::signed(ALICE), DEED, BOB);
        assert_eq!(world::with(|state| state.settlements.clone()), [DEED]);
        let weighed = <Test as crate::Config>::WeightInfo::transfer().saturating_add(Weight::from_parts(1, 0));
        assert_eq!(outcome.unwrap().actual_weight, Some(weighed), "what the settlement weighed, not the most");
    });
}

#[test]
fn refuses_while_a_reward_is_undecided() {
    build_and_execute(|| {
        world::with(|state| state.unsettled.push(DEED));
        assert_noop!(NodeDeeds::transfer(RuntimeOrigin::signed(ALICE), DEED, BOB), DispatchError::Other("unsettled"));
        assert_eq!(NodeDeeds::owner(DEED), Some(ALICE));
    });
}
