//! Call `release`.

use super::*;
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn nothing_before_the_cliff() {
    build_and_execute(|| {
        set_elapsed(YEAR - 1);
        assert_noop!(release(ALICE), Error::<Test>::NothingToRelease);
        assert_eq!(Vesting::releasable(ALICE), 0);
    });
}

#[test]
fn a_quarter_at_the_cliff_to_the_owner_whoever_asks() {
    build_and_execute(|| {
        set_elapsed(YEAR);
        let due = TEAM / 4 + SALE / 4;
        assert_eq!(Vesting::releasable(ALICE), due);
        assert_ok!(release(ALICE));
        assert_eq!(Balances::free_balance(ALICE), FREE + due);
        let left = TEAM + SALE - due;
        assert_eq!(held(ALICE), left);
        System::assert_last_event(Event::Released { who: ALICE, amount: due, held: left }.into());
        assert_noop!(release(ALICE), Error::<Test>::NothingToRelease);
    });
}

#[test]
fn rounding_down_never_loses_a_unit() {
    build_and_execute(|| {
        for day in 365..=1_461 {
            set_elapsed(day * 86_400_000);
            let _ = release(ALICE);
            check();
        }
        assert_eq!(Balances::free_balance(ALICE), FREE + TEAM + SALE);
    });
}

#[test]
fn the_last_release_releases_everything_and_frees_the_storage() {
    build_and_execute(|| {
        set_elapsed(4 * YEAR - 1);
        assert_ok!(release(BOB));
        assert_eq!(held(BOB), 1);
        set_elapsed(4 * YEAR);
        assert_ok!(release(BOB));
        assert_eq!((held(BOB), Balances::free_balance(BOB)), (0, FREE + PARTNERS));
        assert!(!Schedules::<Test>::contains_key(BOB));
        assert_noop!(release(BOB), Error::<Test>::NotFound);
    });
}

#[test]
fn refuses_who_has_no_schedule_and_who_does_not_sign() {
    build_and_execute(|| {
        set_elapsed(9 * YEAR);
        assert_noop!(release(ANYONE), Error::<Test>::NotFound);
        assert_noop!(Vesting::release(RuntimeOrigin::none(), ALICE), BadOrigin);
    });
}

#[test]
fn time_before_the_start_vests_nothing() {
    build_and_execute(|| {
        neurite_traits::mock::with(|state| state.now = 0);
        assert_noop!(release(ALICE), Error::<Test>::NothingToRelease);
    });
}
