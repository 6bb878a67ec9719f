//! Release and removal of epochs whose claim window is over.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use neurite_traits::ChainClock;

fn with_claim_window(claim_window: u32, test: impl FnOnce()) {
    build_and_execute(|| {
        CurrentParameters::<Test>::mutate(|parameters| parameters.claim_window = claim_window);
        test();
    });
}

#[test]
fn what_nobody_claimed_is_released_after_the_window() {
    with_claim_window(2, || {
        (0..3).for_each(|deed| link(deed, 10_000));
        settle_epoch(0, 255);
        let epoch = settle_epoch(1_000, 255);
        assert_ok!(claim(0, &[epoch]));
        run_to_epoch(4);
        assert_ok!(claim(1, &[epoch]));
        take_events();
        run_to_epoch(5);
        run_block(Poai::now() + SLOT);
        assert!(take_events().contains(&Event::RewardsReleased { epoch, amount: 334 }));
        assert_noop!(claim(2, &[epoch]), Error::<Test>::EpochNotFound);
        assert!(Epochs::<Test>::get(epoch).is_none());
        assert_eq!(Indices::<Test>::iter_prefix(epoch).count() + Claimed::<Test>::iter_prefix(epoch).count(), 0);
        assert_eq!(Reserved::<Test>::get() + Poai::pool(), 334);
    });
}

#[test]
fn a_reward_may_be_claimed_until_the_end_of_the_window() {
    with_claim_window(2, || {
        link(0, 10_000);
        settle_epoch(0, 255);
        let epoch = settle_epoch(1_000, 255);
        run_to_epoch(epoch + 2);
        run_to(Current::<Test>::get().unwrap().end);
        assert_ok!(claim(0, &[epoch]));
    });
}

#[test]
fn pages_are_removed_by_a_cursor_under_a_tiny_weight() {
    with_claim_window(1, || {
        (0..4).for_each(|page| link(page * 256, 10_000));
        settle_epoch(0, 255);
        let epoch = settle_epoch(1_000, 255);
        // Epoch 1 has been released; keep the work for epoch 2 from happening at once.
        type Info = <Test as Config>::WeightInfo;
        let little = Info::work_base().saturating_add(Info::prune_page()).max(Info::release_epoch().saturating_add(Info::work_base()));
        while Poai::epoch() < epoch + 2 {
            run_block_with(Poai::now() + SLOT, Weight::zero(), Weight::zero());
        }
        let (mut left, mut blocks) = (Vec::new(), 0);
        while OldestEpoch::<Test>::get() <= epoch || Pruning::<Test>::exists() {
            run_block_with(Poai::now() + 1, little, Weight::zero());
            check();
            left.push(Indices::<Test>::iter_prefix(epoch).count());
            blocks += 1;
            assert!(blocks < 50, "the work proceeds");
        }
        assert!(left.len() > 2, "it took several blocks: {left:?}");
        assert!(left.is_sorted_by(|more, fewer| more >= fewer), "{left:?}");
        assert_eq!(left.last(), Some(&0));
    });
}

#[test]
fn voided_and_empty_epochs_are_pruned_too() {
    with_claim_window(1, || {
        link(0, 10_000);
        run_to_epoch(6);
        run_block(Poai::now() + SLOT);
        assert_eq!(OldestEpoch::<Test>::get(), 5);
        assert_eq!(Epochs::<Test>::iter_keys().collect::<Vec<_>>(), [5]);
    });
}
