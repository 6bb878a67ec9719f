//! Network rewards: they flow into the pool with the epochs.

use super::*;
use neurite_traits::EpochHooks;

#[test]
fn they_flow_at_the_start_of_an_epoch_without_a_call() {
    build_and_execute(|| {
        set_elapsed(YEAR);
        Vesting::epoch_started(365);
        assert_eq!(Balances::free_balance(POT), FREE, "the cliff brings no lump");
        set_elapsed(2 * YEAR);
        Vesting::epoch_started(730);
        assert_eq!(Balances::free_balance(POT), FREE + 243_000);
        Vesting::epoch_started(731);
        assert_eq!(Balances::free_balance(POT), FREE + 243_000);
        System::assert_last_event(Event::Released { who: POT, amount: 243_000, held: 422_000 }.into());
    });
}

#[test]
fn anyone_may_release_them_too() {
    build_and_execute(|| {
        set_elapsed(3 * YEAR);
        assert_ok!(release(POT));
        assert_eq!(Balances::free_balance(POT), FREE + 405_000);
    });
}

#[test]
fn after_seven_years_the_pool_has_all_of_them_and_epochs_go_on() {
    build_and_execute(|| {
        set_elapsed(7 * YEAR);
        Vesting::epoch_started(1);
        assert_eq!((held(POT), Balances::free_balance(POT)), (0, FREE + REWARDS));
        let events = System::event_count();
        Vesting::epoch_started(2);
        assert_eq!(System::event_count(), events);
    });
}
