//! The sweep that applies what is due.

use super::*;
use crate::{JobCursor, Jobs as Live, RecordCursor, Records};
use frame_support::{pallet_prelude::Weight, traits::Hooks};

fn idle() {
    Jobs::on_idle(System::block_number(), Weight::MAX);
}

#[test]
fn applies_what_is_due_so_that_nobody_needs_to_poke() {
    build_and_execute(|| {
        submitted();
        let working = completed();
        idle();
        assert_eq!(Live::<Test>::iter().count(), 2);
        attest(&working, AttestedStatus::Done, 100);
        advance(ACCEPT_IN + 1);
        idle();
        assert_eq!(Live::<Test>::iter().count(), 0);
        assert_eq!(record(1).ending, Ending::NoWorkerAccepted);
        assert_eq!(record(2).ending, Ending::Completed);
        advance(CHALLENGE);
        idle();
        assert_eq!(Records::<Test>::iter().count(), 0);
    });
}

#[test]
fn looks_at_a_bounded_number_of_jobs_per_block_and_goes_round() {
    build_and_execute(|| {
        crate::MaxOpenJobs::<Test>::put(100);
        for _ in 0..40 {
            submitted();
        }
        advance(ACCEPT_IN + 1);
        idle();
        assert_eq!(Live::<Test>::iter().count(), 24);
        assert!(JobCursor::<Test>::exists());
        idle();
        idle();
        assert_eq!(Live::<Test>::iter().count(), 0);
        assert!(!JobCursor::<Test>::exists());
        advance(CHALLENGE);
        (0..6).for_each(|_| idle());
        assert_eq!(Records::<Test>::iter().count(), 0);
        assert!(!RecordCursor::<Test>::exists());
    });
}

#[test]
fn does_nothing_without_weight() {
    build_and_execute(|| {
        submitted();
        advance(ACCEPT_IN + 1);
        let used = Jobs::sweep(Weight::zero());
        assert_eq!(used, Weight::zero());
    });
}
