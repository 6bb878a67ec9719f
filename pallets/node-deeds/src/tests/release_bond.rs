//! `release_bond`: the way out of every bond.

use super::*;

#[test]
fn anyone_releases_it_once_the_window_is_over() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_ok!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), DEED));
        advance(WINDOW - 1);
        assert_noop!(NodeDeeds::release_bond(RuntimeOrigin::signed(BOB), DEED), Error::<Test>::BondLocked);
        advance(1);
        assert_ok!(NodeDeeds::release_bond(RuntimeOrigin::signed(BOB), DEED));
        assert_eq!(held(ALICE), 0);
        assert_eq!(Balances::free_balance(ALICE), FUNDS);
        System::assert_last_event(Event::BondReleased { deed: DEED, holder: ALICE, amount: BOND }.into());
        assert_noop!(NodeDeeds::release_bond(RuntimeOrigin::signed(BOB), DEED), Error::<Test>::NotFound);
    });
}

#[test]
fn refuses_while_linked_and_where_there_is_none() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_noop!(NodeDeeds::release_bond(RuntimeOrigin::signed(ALICE), DEED), Error::<Test>::BondLocked);
        assert_noop!(NodeDeeds::release_bond(RuntimeOrigin::signed(ALICE), BOBS_DEED), Error::<Test>::NotFound);
        assert_noop!(NodeDeeds::release_bond(RuntimeOrigin::signed(ALICE), TOTAL), Error::<Test>::NotFound);
        assert_noop!(NodeDeeds::release_bond(RuntimeOrigin::none(), DEED), BadOrigin);
    });
}

#[test]
fn the_bond_of_the_former_owner_returns_to_it() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_ok!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), DEED));
        assert_ok!(NodeDeeds::transfer(RuntimeOrigin::signed(ALICE), DEED, BOB));
        advance(WINDOW);
        assert_ok!(NodeDeeds::release_bond(RuntimeOrigin::signed(BOB), DEED));
        assert_eq!(Balances::free_balance(ALICE), FUNDS);
        assert_eq!(Balances::free_balance(BOB), FUNDS);
    });
}
