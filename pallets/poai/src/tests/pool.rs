//! What others tell this pallet.

use crate::{mock::*, *};
use neurite_primitives::epoch::Offence;
use neurite_traits::{DeedChanges, RewardPool};
use sp_runtime::FixedI128;

#[test]
fn every_offence_adds_its_penalty() {
    build_and_execute(|| {
        run_to_epoch(1);
        link(0, 10_000);
        take_events();
        for (offence, sum) in [(Offence::MissedAssignment, 250), (Offence::FailedSpotCheck, 1_250), (Offence::LostChallenge, 3_250)] {
            Poai::penalise(0, offence);
            assert_eq!(Poai::terms_now(0).penalty, FixedI128::from_rational(sum, 1_000));
            assert_eq!(take_events(), [Event::Penalised { deed: 0, epoch: 1, offence }]);
        }
    });
}

#[test]
fn units_add_up_in_the_current_epoch() {
    build_and_execute(|| {
        run_to_epoch(1);
        link(0, 10_000);
        // The score counts from the next epoch on.
        run_to_epoch(2);
        take_events();
        Poai::credit_units(0, 400_000_000_000);
        Poai::credit_units(0, 600_000_000_000);
        assert_eq!(Poai::terms_now(0).actual, poai_math::actual(1, 1, FixedI128::from_u32(0)));
        assert_eq!(take_events().len(), 2);
        run_to_epoch(3);
        assert_eq!(Poai::terms_now(0).actual, FixedI128::from_u32(0));
    });
}

#[test]
fn deeds_that_were_never_linked_are_ignored() {
    build_and_execute(|| {
        run_to_epoch(1);
        take_events();
        Poai::credit_units(7, 1);
        Poai::penalise(7, Offence::LostChallenge);
        Poai::unlinked(7);
        assert_eq!(take_events(), []);
        assert_eq!((TrackedDeeds::<Test>::get(), Pages::<Test>::iter().count()), (0, 0));
    });
}

#[test]
fn a_page_grows_to_the_highest_deed() {
    build_and_execute(|| {
        link(300, 1);
        link(2, 1);
        assert_eq!(TrackedDeeds::<Test>::get(), 301);
        assert_eq!((Pages::<Test>::get(0).len(), Pages::<Test>::get(1).len()), (3, 45));
        link(255, 1);
        assert_eq!(Pages::<Test>::get(0).len(), 256);
    });
}

#[test]
fn a_deed_linked_before_the_first_epoch_counts_from_it_on() {
    build_and_execute(|| {
        Poai::linked(0);
        assert_eq!(Poai::active_from(0), Some(1));
    });
}
