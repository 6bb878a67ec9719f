//! `complete_bond`: bonds that fell short.

use super::*;
use crate::HoldReason;
use frame_support::traits::{fungible::MutateHold, tokens::Precision};

/// Takes a part of the bond as a slash would.
fn shorten(deed: u32, by: u128) {
    Balances::release(&HoldReason::DeedBond.into(), &ALICE, by, Precision::Exact).unwrap();
    Deeds::<Test>::mutate(deed, |deed| deed.as_mut().unwrap().bond.as_mut().unwrap().amount -= by);
}

#[test]
fn makes_a_short_deed_eligible_again() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        shorten(DEED, 400);
        assert!(!NodeDeeds::is_eligible(DEED));
        assert_ok!(NodeDeeds::complete_bond(RuntimeOrigin::signed(ALICE), DEED));
        assert!(NodeDeeds::is_eligible(DEED));
        assert_eq!(held(ALICE), BOND);
        assert_eq!(changes(), vec![DeedChange::Linked(DEED), DeedChange::Linked(DEED)]);
        System::assert_last_event(Event::BondCompleted { deed: DEED, amount: 400 }.into());
    });
}

#[test]
fn refuses_where_nothing_is_missing() {
    build_and_execute(|| {
        assert_noop!(NodeDeeds::complete_bond(RuntimeOrigin::signed(ALICE), DEED), Error::<Test>::NotLinked);
        assert_ok!(link(ALICE, DEED, 1));
        assert_noop!(NodeDeeds::complete_bond(RuntimeOrigin::signed(ALICE), DEED), Error::<Test>::BondComplete);
    });
}

#[test]
fn refuses_others_and_the_unknown() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        shorten(DEED, 400);
        assert_noop!(NodeDeeds::complete_bond(RuntimeOrigin::signed(BOB), DEED), Error::<Test>::NotAuthorized);
        assert_noop!(NodeDeeds::complete_bond(RuntimeOrigin::signed(ALICE), TOTAL), Error::<Test>::NotFound);
        assert_noop!(NodeDeeds::complete_bond(RuntimeOrigin::root(), DEED), BadOrigin);
    });
}

#[test]
fn refuses_an_owner_who_cannot_pay() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        shorten(DEED, 400);
        assert_ok!(Balances::transfer_all(RuntimeOrigin::signed(ALICE), BOB, true));
        assert_noop!(NodeDeeds::complete_bond(RuntimeOrigin::signed(ALICE), DEED), Error::<Test>::InsufficientBalance);
    });
}
