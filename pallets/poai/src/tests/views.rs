//! What runtime APIs ask.

use crate::mock::*;
use frame_support::assert_ok;
use neurite_primitives::{epoch::EpochState, view::ClaimableView};
use neurite_traits::ChainClock;
use sp_runtime::FixedI128;

#[test]
fn a_deed_shows_its_settled_epochs() {
    build_and_execute(|| {
        link(0, 10_000);
        settle_epoch(0, 255);
        let epoch = settle_epoch(1_000, 128);
        assert_ok!(claim(0, &[epoch]));
        let views = Poai::deed_epochs(0);
        let seen: Vec<_> = views.iter().map(|view| (view.epoch, view.availability, view.reward, view.claimed)).collect();
        assert_eq!(seen, [(1, 0, 0, false), (2, 128, 1_000, true)]);
        assert_eq!(views[1].terms, Default::default());
        assert_eq!(Poai::deed_epochs(1), []);
        assert_eq!((Poai::lifetime(0), Poai::lifetime(7)), (128, 0));
    });
}

#[test]
fn only_the_last_epochs_are_shown() {
    build_and_execute(|| {
        link(0, 10_000);
        for epoch in 1..=20 {
            assert_eq!(settle_epoch(0, 255), epoch);
        }
        let epochs: Vec<_> = Poai::deed_epochs(0).iter().map(|view| view.epoch).collect();
        assert_eq!(epochs, (5..=20).collect::<Vec<_>>());
    });
}

#[test]
fn terms_are_shown_as_they_stand_now() {
    build_and_execute(|| {
        run_to_epoch(1);
        link(0, 20_000);
        let lowest = FixedI128::from_rational(4, 1);
        assert_eq!(Poai::terms_now(0).capacity, FixedI128::from_inner(-lowest.into_inner()));
        run_to_epoch(2);
        assert_eq!(Poai::terms_now(0).capacity, poai_math::capacity(2, 1));
    });
}

#[test]
fn epochs_are_listed_from_the_oldest_to_the_current_one() {
    build_and_execute(|| {
        assert_eq!(Poai::epochs(), []);
        link(0, 10_000);
        settle_epoch(0, 255);
        settle_epoch(1_000, 255);
        let views = Poai::epochs();
        let seen: Vec<_> = views.iter().map(|view| (view.index, view.state, view.reserved, view.settled_count)).collect();
        assert_eq!(seen, [(1, EpochState::Settled, 0, 1), (2, EpochState::Settled, 1_000, 2), (3, EpochState::Open, 0, 2)]);
        assert_eq!(Poai::epoch_view(None).as_ref(), views.last());
        assert_eq!(Poai::epoch_view(Some(2)).as_ref(), views.get(1));
        assert_eq!(Poai::epoch_view(Some(4)), None);
        let open = Poai::epoch_view(None).unwrap();
        assert_eq!((open.end - open.start, open.deeds, open.pages), (PERIOD, 1, 1));
    });
}

#[test]
fn what_can_be_claimed_is_listed() {
    build_and_execute(|| {
        link(0, 10_000);
        link(1, 10_000);
        settle_epoch(0, 255);
        let first = settle_epoch(1_000, 255);
        let second = settle_epoch(600, 255);
        assert_ok!(claim(0, &[first]));
        let view = |deed, epoch, amount| ClaimableView { deed, epoch, amount };
        let expected = [view(1, first, 500), view(1, second, 300), view(0, second, 300)];
        assert_eq!(Poai::claimable_of(&[1, 0, 9]), expected);
        assert!(Poai::epoch() > second);
    });
}
