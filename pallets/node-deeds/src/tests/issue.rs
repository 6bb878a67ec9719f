//! `issue`: first owners.

use super::*;

#[test]
fn gives_a_free_deed_to_its_owner() {
    build_and_execute(|| {
        assert_ok!(NodeDeeds::issue(RuntimeOrigin::signed(ISSUER), FREE_DEED, BOB));
        assert_eq!(NodeDeeds::owner(FREE_DEED), Some(BOB));
        System::assert_last_event(Event::Issued { deed: FREE_DEED, to: BOB }.into());
    });
}

#[test]
fn refuses_another_origin() {
    build_and_execute(|| {
        assert_noop!(NodeDeeds::issue(RuntimeOrigin::signed(ALICE), FREE_DEED, ALICE), BadOrigin);
        assert_noop!(NodeDeeds::issue(RuntimeOrigin::none(), FREE_DEED, ALICE), BadOrigin);
    });
}

#[test]
fn refuses_a_deed_that_is_owned() {
    build_and_execute(|| {
        assert_noop!(NodeDeeds::issue(RuntimeOrigin::root(), DEED, BOB), Error::<Test>::AlreadyIssued);
    });
}

#[test]
fn refuses_a_deed_beyond_the_total() {
    build_and_execute(|| {
        assert_noop!(NodeDeeds::issue(RuntimeOrigin::root(), TOTAL, BOB), Error::<Test>::NotFound);
    });
}
