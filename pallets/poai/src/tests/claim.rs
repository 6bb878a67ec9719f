//! Call `claim`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use neurite_traits::{mock::with, ChainClock};
use sp_runtime::DispatchError;

/// Links two equal deeds and settles an epoch with 1,000 for them.
fn settled() -> u32 {
    link(0, 10_000);
    link(1, 10_000);
    settle_epoch(0, 255);
    settle_epoch(1_000, 255)
}

#[test]
fn the_owner_is_paid_once() {
    build_and_execute(|| {
        let epoch = settled();
        take_events();
        assert_ok!(claim(0, &[epoch]));
        assert_eq!((balance(owner(0)), Reserved::<Test>::get()), (500, 500));
        let claimed = Event::RewardClaimed { deed: 0, epoch, owner: owner(0), amount: 500 };
        assert_eq!(take_events(), [claimed]);
        assert_noop!(claim(0, &[epoch]), Error::<Test>::AlreadyClaimed);
        assert_ok!(claim(1, &[epoch]));
        assert_eq!((balance(owner(1)), Reserved::<Test>::get()), (500, 0));
        assert_eq!(Epochs::<Test>::get(epoch).unwrap().claimed, 1_000);
    });
}

#[test]
fn the_owner_at_the_time_of_the_claim_is_paid() {
    build_and_execute(|| {
        let epoch = settled();
        with(|state| state.deeds.get_mut(&0).unwrap().owner = Some(77));
        assert_ok!(claim(0, &[epoch]));
        assert_eq!((balance(77), balance(owner(0))), (500, 0));
    });
}

#[test]
fn several_epochs_are_paid_at_once() {
    build_and_execute(|| {
        let first = settled();
        let second = settle_epoch(4_000, 255);
        assert_ok!(claim(0, &[second, first]));
        assert_eq!(balance(owner(0)), 2_500);
    });
}

#[test]
fn what_is_below_the_existential_deposit_stays_claimable() {
    build_and_execute(|| {
        link(0, 10_000);
        settle_epoch(0, 255);
        let first = settle_epoch(60, 255);
        assert_noop!(claim(0, &[first]), Error::<Test>::BelowExistentialDeposit);
        let second = settle_epoch(60, 255);
        assert_ok!(claim(0, &[first, second]));
        assert_eq!(balance(owner(0)), 120);
        let third = settle_epoch(60, 255);
        assert_ok!(claim(0, &[third]));
        assert_eq!(balance(owner(0)), 180);
    });
}

#[test]
fn epochs_without_a_reward_are_ignored() {
    build_and_execute(|| {
        let epoch = settled();
        assert_ok!(claim(0, &[1, epoch]));
        assert_eq!(balance(owner(0)), 500);
        assert_noop!(claim(0, &[1]), Error::<Test>::NothingToClaim);
        assert_noop!(claim(0, &[]), Error::<Test>::NothingToClaim);
    });
}

#[test]
fn an_epoch_named_twice_is_refused() {
    build_and_execute(|| {
        let epoch = settled();
        assert_noop!(claim(0, &[epoch, epoch]), Error::<Test>::AlreadyClaimed);
        assert_ok!(claim(0, &[epoch]));
    });
}

#[test]
fn unknown_epochs_and_deeds_are_refused() {
    build_and_execute(|| {
        let epoch = settled();
        assert_noop!(claim(0, &[epoch + 1]), Error::<Test>::EpochNotFound);
        assert_noop!(claim(0, &[epoch, 99]), Error::<Test>::EpochNotFound);
        assert_noop!(claim(9, &[epoch]), Error::<Test>::DeedNotFound);
        with(|state| state.deeds.insert(300, state.deeds[&0].clone()));
        assert_noop!(claim(300, &[epoch]), Error::<Test>::NothingToClaim);
    });
}

#[test]
fn closing_and_voided_epochs_are_refused() {
    build_and_execute(|| {
        settled();
        fund(1_000);
        while Poai::epoch() == 3 {
            run_block(Poai::now() + SLOT);
        }
        assert_noop!(claim(0, &[3]), Error::<Test>::EpochNotSettled);
        run_to_epoch(4);
        assert_noop!(claim(0, &[3]), Error::<Test>::EpochNotSettled);
    });
}

#[test]
fn the_origin_must_be_signed() {
    build_and_execute(|| {
        let epochs: ClaimEpochs = vec![1].try_into().unwrap();
        assert_noop!(Poai::claim(RuntimeOrigin::none(), 0, epochs.clone()), DispatchError::BadOrigin);
        assert_noop!(Poai::claim(RuntimeOrigin::root(), 0, epochs), DispatchError::BadOrigin);
    });
}
