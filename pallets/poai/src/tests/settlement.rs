//! `claim_many`, and the settlement before a deed changes hands.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, storage::with_storage_layer};
use neurite_primitives::{DeedId, EpochIndex, MAX_CLAIM_DEEDS, MAX_CLAIM_EPOCHS};
use neurite_traits::{mock::with, ChainClock, DeedChanges, DeedRewards};
use sp_runtime::{DispatchError, DispatchResult};

fn settle(deed: DeedId) -> DispatchResult {
    with_storage_layer(|| <Poai as DeedRewards>::settle(deed).map(|_| ()))
}

fn claim_many(deeds: &[DeedId], epochs: &[EpochIndex]) -> DispatchResult {
    let (deeds, epochs) = (deeds.to_vec().try_into().unwrap(), epochs.to_vec().try_into().unwrap());
    with_storage_layer(|| Poai::claim_many(RuntimeOrigin::signed(ANYONE), deeds, epochs))
}

/// Links two equal deeds and settles two epochs with 1,000 and 4,000 for them.
fn two_epochs() -> (EpochIndex, EpochIndex) {
    link(0, 10_000);
    link(1, 10_000);
    settle_epoch(0, 255);
    (settle_epoch(1_000, 255), settle_epoch(4_000, 255))
}

#[test]
fn everything_unpaid_goes_to_the_owner_before_the_deed_does() {
    build_and_execute(|| {
        let (first, second) = two_epochs();
        assert_ok!(claim(0, &[first]));
        Poai::unlinked(0);
        assert_ok!(settle(0));
        assert_eq!(balance(owner(0)), 2_500);
        with(|state| state.deeds.get_mut(&0).unwrap().owner = Some(77));
        assert_noop!(claim(0, &[second]), Error::<Test>::AlreadyClaimed);
        assert_ok!(settle(0));
        assert_eq!(balance(77), 0, "the next owner has nothing of it");
    });
}

#[test]
fn an_epoch_that_is_closing_must_be_settled_first() {
    build_and_execute(|| {
        two_epochs();
        let epoch = Poai::epoch();
        fund(6_000);
        report(epoch, 255);
        while Poai::epoch() == epoch {
            run_block(Poai::now() + SLOT);
        }
        Poai::unlinked(0);
        assert_noop!(settle(0), Error::<Test>::EpochNotSettled);
        run_to_epoch(epoch + 1);
        assert_ok!(settle(0));
        assert_eq!(balance(owner(0)), 5_500);
    });
}

#[test]
fn a_deed_that_earns_cannot_be_settled() {
    build_and_execute(|| {
        two_epochs();
        assert_noop!(settle(0), Error::<Test>::EpochNotSettled);
    });
}

#[test]
fn a_deed_that_never_earned_is_settled_at_once() {
    build_and_execute(|| {
        two_epochs();
        with(|state| state.deeds.insert(300, state.deeds[&0].clone()));
        assert_eq!(<Poai as DeedRewards>::settle(300), Ok(<Test as Config>::WeightInfo::claim(0)));
    });
}

#[test]
fn what_cannot_be_paid_keeps_the_deed() {
    build_and_execute(|| {
        link(0, 10_000);
        settle_epoch(0, 255);
        settle_epoch(60, 255);
        Poai::unlinked(0);
        assert_noop!(settle(0), Error::<Test>::BelowExistentialDeposit);
    });
}

#[test]
fn a_settlement_weighs_what_it_looked_at_and_never_more_than_it_says() {
    build_and_execute(|| {
        two_epochs();
        Poai::unlinked(0);
        let weighed = <Poai as DeedRewards>::settle(0).unwrap();
        assert_eq!(weighed, <Test as Config>::WeightInfo::claim(Poai::epoch() - OldestEpoch::<Test>::get()));
        assert!(weighed.all_lte(<Poai as DeedRewards>::max_weight()));
    });
}

#[test]
fn several_owners_are_paid_at_once() {
    build_and_execute(|| {
        let (first, second) = two_epochs();
        assert_ok!(claim_many(&[0, 1], &[first, second]));
        assert_eq!((balance(owner(0)), balance(owner(1))), (2_500, 2_500));
        assert_eq!(Reserved::<Test>::get(), 0);
    });
}

#[test]
fn what_is_not_due_is_passed_over() {
    build_and_execute(|| {
        let (first, second) = two_epochs();
        assert_ok!(claim(0, &[first]));
        assert_ok!(claim_many(&[0, 0, 9, 1], &[first, first, 99, second]));
        assert_eq!((balance(owner(0)), balance(owner(1))), (2_500, 2_500));
        assert_noop!(claim_many(&[0, 1], &[first, second]), Error::<Test>::NothingToClaim);
        assert_noop!(claim_many(&[], &[]), Error::<Test>::NothingToClaim);
    });
}

#[test]
fn an_owner_who_cannot_be_paid_bars_nobody() {
    build_and_execute(|| {
        link(0, 10_000);
        link(1, 10_000);
        settle_epoch(0, 255);
        let epoch = settle_epoch(120, 255);
        with(|state| state.deeds.get_mut(&1).unwrap().owner = Some(SPONSOR));
        let before = balance(SPONSOR);
        assert_ok!(claim_many(&[0, 1], &[epoch]));
        assert_eq!((balance(owner(0)), balance(SPONSOR)), (0, before + 60));
        assert_eq!(Poai::claimable_of(&[0]).len(), 1, "it stays claimable");
    });
}

#[test]
fn several_are_bounded_and_need_a_signature() {
    build_and_execute(|| {
        assert!(ClaimDeeds::try_from(vec![0; MAX_CLAIM_DEEDS as usize + 1]).is_err());
        assert!(ClaimEpochs::try_from(vec![0; MAX_CLAIM_EPOCHS as usize + 1]).is_err());
        let call = Poai::claim_many(RuntimeOrigin::root(), Default::default(), Default::default());
        assert_noop!(call, DispatchError::BadOrigin);
    });
}
