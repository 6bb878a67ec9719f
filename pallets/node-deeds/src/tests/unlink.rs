//! `unlink`: by the owner or the node.

use super::*;
use crate::Call;

#[test]
fn the_owner_parts_deed_and_node() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        set_epoch(1);
        assert_ok!(NodeDeeds::commit_specs(RuntimeOrigin::signed(account(1)), specs(7)));
        assert_ok!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), DEED));
        assert_eq!(NodeDeeds::deed_of(&account(1)), None);
        assert_eq!(NodeDeeds::node(DEED), None);
        assert_eq!(NodeDeeds::specs(DEED), None, "specs belong to the link");
        assert!(!NodeDeeds::is_eligible(DEED));
        assert!(!System::account_exists(&account(1)));
        assert_eq!(held(ALICE), BOND, "the bond waits for the window");
        assert_eq!(changes().last(), Some(&DeedChange::Unlinked(DEED)));
        let bond_until = 1_000 + WINDOW;
        System::assert_last_event(Event::Unlinked { deed: DEED, account: account(1), bond_until }.into());
    });
}

#[test]
fn the_node_may_unlink_itself_for_free() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert!(is_feeless(account(1), Call::unlink { deed: DEED }));
        assert!(!is_feeless(account(1), Call::unlink { deed: BOBS_DEED }));
        assert!(!is_feeless(ALICE, Call::unlink { deed: DEED }));
        assert_ok!(NodeDeeds::unlink(RuntimeOrigin::signed(account(1)), DEED));
        assert!(!is_feeless(account(1), Call::unlink { deed: DEED }));
    });
}

#[test]
fn refuses_others() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_noop!(NodeDeeds::unlink(RuntimeOrigin::signed(BOB), DEED), Error::<Test>::NotAuthorized);
        assert_noop!(NodeDeeds::unlink(RuntimeOrigin::root(), DEED), BadOrigin);
    });
}

#[test]
fn refuses_a_deed_without_node() {
    build_and_execute(|| {
        assert_noop!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), DEED), Error::<Test>::NotLinked);
        assert_noop!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), TOTAL), Error::<Test>::NotFound);
    });
}

#[test]
fn a_node_may_move_to_another_deed() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_ok!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), DEED));
        assert_ok!(link(BOB, BOBS_DEED, 1));
        assert_eq!(NodeDeeds::deed_of(&account(1)), Some(BOBS_DEED));
    });
}
