//! Quorum, settling by pages, voiding.

use crate::{mock::*, *};
use frame_support::weights::Weight;
use neurite_primitives::epoch::{AliveMode, EpochState, Offence};
use neurite_traits::{
    mock::{with, EpochCall},
    AvailabilityMedians, ChainClock, DeedChanges, RewardPool,
};
use sp_runtime::FixedI128;

/// Runs to where epoch 2 is closing and its report window is over with the next block.
fn run_to_last_report_block() {
    run_to_epoch(2);
    run_to(GENESIS + 2 * PERIOD + WINDOW);
    assert!(matches!(WorkCursor::<Test>::get().unwrap().phase, Phase::Reports { .. }));
}

fn index_of(epoch: u32, deed: u32) -> u128 {
    Poai::index_entry(epoch, deed).map_or(0, |entry| entry.index)
}

fn rewards(epoch: u32, deeds: u32) -> Vec<u128> {
    let record = Epochs::<Test>::get(epoch).unwrap();
    (0..deeds).map(|deed| record.reward(index_of(epoch, deed))).collect()
}

#[test]
fn an_epoch_is_settled_only_after_the_report_window() {
    build_and_execute(|| {
        link(0, 10_000);
        run_to_last_report_block();
        report(2, 255);
        run_block(Poai::now() + SLOT);
        assert_eq!(Epochs::<Test>::get(2).unwrap().state, EpochState::Settled);
        assert!(!WorkCursor::<Test>::exists());
        assert_eq!(with(|state| state.epoch_calls.last().copied()), Some(EpochCall::Finished(2)));
        assert!(with(|state| state.medians.is_empty()), "the reports are removed");
    });
}

#[test]
fn equal_nodes_share_equally_and_the_rest_stays_below_their_number() {
    build_and_execute(|| {
        (0..3).for_each(|deed| link(deed, 10_000));
        settle_epoch(0, 255);
        let epoch = settle_epoch(1_000, 255);
        assert_eq!(rewards(epoch, 3), [333, 333, 333]);
    });
}

#[test]
fn rewards_and_rest_are_the_reservation() {
    build_and_execute(|| {
        (0..300).for_each(|deed| link(deed, 1_000 + 77 * u64::from(deed)));
        settle_epoch(0, 255);
        let epoch = settle_epoch(987_654_321, 255);
        let paid: u128 = rewards(epoch, 300).iter().sum();
        assert!(paid <= 987_654_321 && 987_654_321 - paid < 300, "{paid}");
    });
}

#[test]
fn a_reward_is_linear_in_the_measured_score() {
    build_and_execute(|| {
        link(0, 10_000);
        link(1, 30_000);
        settle_epoch(0, 255);
        let epoch = settle_epoch(4_000_000, 255);
        assert_eq!(rewards(epoch, 2), [1_000_000, 2_999_999]);
    });
}

#[test]
fn a_reward_is_linear_in_work_on_whatever_machine() {
    build_and_execute(|| {
        link(0, 10_000);
        link(1, 30_000);
        settle_epoch(0, 255);
        // The units of work that count as one machine of the reference.
        Poai::credit_units(0, 1_000_000_000_000);
        Poai::credit_units(1, 1_000_000_000_000);
        let epoch = settle_epoch(6_000_000, 255);
        assert_eq!(rewards(epoch, 2), [2_000_000, 4_000_000]);
    });
}

#[test]
fn the_own_and_the_life_time_availability_count() {
    build_and_execute(|| {
        link(0, 10_000);
        link(1, 10_000);
        settle_epoch(0, 255);
        report_page(2, 0, vec![255, 51]);
        run_to_epoch(3);
        assert_eq!((Poai::lifetime(0), Poai::lifetime(1)), (255, 51));
        // Two settled epochs, in the first of which nobody counted.
        assert_eq!((index_of(2, 0), index_of(2, 1)), (500_000_000_000_000_000, 20_000_000_000_000_000));
    });
}

#[test]
fn the_mode_by_epoch_ignores_the_past() {
    build_and_execute(|| {
        CurrentParameters::<Test>::mutate(|parameters| parameters.alive_mode = AliveMode::Epoch);
        link(0, 10_000);
        settle_epoch(0, 255);
        let epoch = settle_epoch(0, 51);
        assert_eq!(index_of(epoch, 0), 200_000_000_000_000_000);
    });
}

#[test]
fn a_deed_counts_only_in_epochs_for_whose_whole_length_it_is_linked() {
    build_and_execute(|| {
        link(0, 10_000);
        run_to_epoch(2);
        link(1, 10_000);
        report(2, 255);
        run_to_epoch(3);
        assert!(index_of(2, 0) > 0);
        assert_eq!(index_of(2, 1), 0);
        report(3, 255);
        run_to_epoch(4);
        assert!(index_of(3, 1) > 0);
        assert_eq!(Poai::active_from(1), Some(3));
    });
}

#[test]
fn unlinking_while_an_epoch_closes_keeps_that_epoch() {
    build_and_execute(|| {
        link(0, 10_000);
        run_to_last_report_block();
        Poai::unlinked(0);
        report(2, 255);
        run_to_epoch(3);
        assert!(!WorkCursor::<Test>::exists());
        assert!(Poai::index_entry(2, 0).is_some_and(|entry| entry.availability == 255 && entry.index > 0));
        report(3, 255);
        run_to_epoch(4);
        assert_eq!(index_of(3, 0), 0);
        assert_eq!(Poai::lifetime(0), 255);
        assert_eq!(Poai::active_from(0), None);
    });
}

#[test]
fn new_specs_count_from_the_next_epoch_on() {
    build_and_execute(|| {
        link(0, 10_000);
        settle_epoch(0, 255);
        Poai::score_committed(0, 20_000);
        let (before, after) = (settle_epoch(0, 255), settle_epoch(0, 255));
        let capacity = |epoch| Poai::index_entry(epoch, 0).unwrap().terms.capacity;
        assert_eq!(capacity(before), FixedI128::from_u32(0));
        assert_eq!(capacity(after), poai_math::capacity(2, 1));
    });
}

#[test]
fn a_new_node_does_not_inherit_the_score() {
    build_and_execute(|| {
        link(0, 10_000);
        settle_epoch(0, 255);
        Poai::unlinked(0);
        with(|state| state.deeds.get_mut(&0).unwrap().specs = None);
        Poai::linked(0);
        settle_epoch(0, 255);
        let epoch = settle_epoch(0, 255);
        assert_eq!(Poai::index_entry(epoch, 0).unwrap().terms.capacity, poai_math::capacity(0, 1));
    });
}

#[test]
fn units_and_penalties_count_in_the_epoch_in_which_they_arise() {
    build_and_execute(|| {
        link(0, 10_000);
        run_to_last_report_block();
        // Epoch 2 is closing: both belong to epoch 3.
        Poai::credit_units(0, 1_000_000_000_000);
        Poai::penalise(0, Offence::MissedAssignment);
        report(2, 255);
        run_to_epoch(3);
        let (second, third) = (2, settle_epoch(0, 255));
        let terms = |epoch| Poai::index_entry(epoch, 0).unwrap().terms;
        assert_eq!((terms(second).actual, terms(second).penalty), Default::default());
        assert_eq!(terms(third).actual, poai_math::actual(1, 1, FixedI128::from_u32(0)));
        assert_eq!(terms(third).penalty, FixedI128::from_rational(1, 4));
        let fourth = settle_epoch(0, 255);
        assert_eq!(terms(fourth).actual, FixedI128::from_u32(0));
        assert_eq!(terms(fourth).penalty, poai_math::decay(FixedI128::from_rational(1, 4), 1));
    });
}

#[test]
fn a_page_without_quorum_voids_the_epoch_and_changes_nothing() {
    build_and_execute(|| {
        link(0, 10_000);
        link(256, 10_000);
        settle_epoch(0, 255);
        settle_epoch(0, 255);
        fund(5_000);
        report_page(3, 0, vec![255; 256]);
        take_events();
        run_to_epoch(4);
        let record = Epochs::<Test>::get(3).unwrap();
        assert_eq!((record.state, record.outstanding()), (EpochState::Voided, 0));
        assert_eq!((Poai::lifetime(0), Poai::lifetime(256)), (255, 255));
        assert_eq!((SettledCount::<Test>::get(), Reserved::<Test>::get(), Poai::pool()), (2, 0, 5_000));
        assert!(with(|state| state.medians.is_empty()), "the reports are removed");
        let events = take_events();
        assert!(events.contains(&Event::PageWithoutQuorum { epoch: 3, page: 1 }));
        assert!(events.contains(&Event::EpochVoided { epoch: 3, released: 5_000 }));
        // What was released is reserved again.
        report(4, 255);
        run_to_epoch(5);
        assert_eq!(Epochs::<Test>::get(4).unwrap().outstanding(), 5_000);
    });
}

#[test]
fn penalties_of_a_voided_epoch_are_carried_on() {
    build_and_execute(|| {
        link(0, 10_000);
        settle_epoch(0, 255);
        Poai::penalise(0, Offence::LostChallenge);
        run_to_epoch(3);
        assert_eq!(Epochs::<Test>::get(2).unwrap().state, EpochState::Voided);
        let epoch = settle_epoch(0, 255);
        assert_eq!(Poai::index_entry(epoch, 0).unwrap().terms.penalty, FixedI128::from_u32(2));
    });
}

#[test]
fn an_epoch_in_which_nobody_counts_releases_everything() {
    build_and_execute(|| {
        link(0, 10_000);
        settle_epoch(0, 255);
        take_events();
        let epoch = settle_epoch(3_000, 0);
        assert_eq!((Reserved::<Test>::get(), Poai::pool()), (0, 3_000));
        assert!(take_events().contains(&Event::EpochSettled { epoch, reserved: 0, total_index: 0, settled_count: 2 }));
    });
}

#[test]
fn settling_resumes_by_its_cursor_under_a_tiny_weight() {
    build_and_execute(|| {
        let deeds = [0, 256, 512, 768];
        deeds.iter().for_each(|deed| link(*deed, 10_000));
        settle_epoch(0, 255);
        fund(4_000);
        run_to_last_report_block();
        report(2, 255);
        type Info = <Test as Config>::WeightInfo;
        let one_page = Info::work_base().saturating_add(Info::settle_page(neurite_traits::mock::MockMedians::committee_bound()));
        let (mut pages, mut blocks) = (Vec::new(), 0);
        while WorkCursor::<Test>::exists() {
            run_block_with(Poai::now() + SLOT, one_page, Weight::zero());
            check();
            pages.push(Indices::<Test>::iter_prefix(2).count());
            blocks += 1;
            assert!(blocks < 50, "the work proceeds");
        }
        pages.dedup();
        assert_eq!(pages, [0, 1, 2, 3, 4]);
        let record = Epochs::<Test>::get(2).unwrap();
        let rewards: Vec<_> = deeds.iter().map(|deed| record.reward(index_of(2, *deed))).collect();
        assert_eq!(rewards, [1_000; 4]);
    });
}

#[test]
fn no_work_is_done_without_weight() {
    build_and_execute(|| {
        link(0, 10_000);
        run_to_last_report_block();
        report(2, 255);
        for _ in 0..3 {
            run_block_with(Poai::now() + SLOT, Weight::zero(), Weight::zero());
        }
        assert_eq!(Epochs::<Test>::get(2).unwrap().state, EpochState::Closing);
        run_block_with(Poai::now() + SLOT, Weight::zero(), Weight::MAX);
        assert_eq!(Epochs::<Test>::get(2).unwrap().state, EpochState::Settled);
    });
}

#[test]
fn polling_takes_a_tenth_of_a_block_at_most() {
    build_and_execute(|| {
        let deeds = (0..40).map(|page| page * 256);
        deeds.for_each(|deed| link(deed, 10_000));
        settle_epoch(0, 255);
        run_to_last_report_block();
        report(2, 255);
        let mut meter = frame_support::weights::WeightMeter::new();
        ActiveNow::<Test>::mutate(|active| *active += WINDOW);
        <Poai as frame_support::traits::OnPoll<u64>>::on_poll(System::block_number(), &mut meter);
        let budget = Poai::poll_budget();
        assert!(meter.consumed().all_lte(budget));
        assert!(WorkCursor::<Test>::get().is_some_and(|cursor| cursor.page > 0));
        run_to_epoch(3);
    });
}

#[test]
fn changed_parameters_do_not_touch_a_closing_epoch() {
    build_and_execute(|| {
        link(0, 10_000);
        run_to_last_report_block();
        CurrentParameters::<Test>::mutate(|parameters| parameters.score_ref = 1);
        report(2, 255);
        run_to_epoch(3);
        assert_eq!(Poai::index_entry(2, 0).unwrap().terms.capacity, FixedI128::from_u32(0));
    });
}

#[test]
fn a_deed_linked_after_closing_is_not_part_of_the_epoch() {
    build_and_execute(|| {
        link(0, 10_000);
        run_to_last_report_block();
        link(5, 10_000);
        report(2, 255);
        run_to_epoch(3);
        run_block(Poai::now() + SLOT);
        assert_eq!(Indices::<Test>::get(2, 0).len(), 1);
    });
}
