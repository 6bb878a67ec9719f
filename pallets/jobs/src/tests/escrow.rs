//! The ledger of escrows over several jobs and senders.

use super::*;
use neurite_traits::JobLedger;

#[test]
fn the_ledger_sums_over_jobs_and_senders() {
    build_and_execute(|| {
        assert_eq!(Jobs::total_escrow(), 0);
        submitted();
        started();
        assert_ok!(Jobs::submit(signed(STRANGER), spec()));
        assert_eq!(Jobs::total_escrow(), 3 * REWARD);
        assert_eq!((held(SENDER), held(STRANGER)), (2 * REWARD, REWARD));
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert_eq!(Jobs::total_escrow(), 2 * REWARD);
        assert_eq!(held(SENDER), REWARD);
    });
}

#[test]
fn one_job_that_cannot_be_paid_does_not_hold_up_the_others() {
    build_and_execute(|| {
        let first = completed();
        let second = completed();
        attest(&first, AttestedStatus::Done, 100);
        attest(&second, AttestedStatus::Done, 100);
        advance(CHALLENGE);
        assert_ok!(Jobs::poke(signed(STRANGER), second));
        assert_eq!(held(SENDER), REWARD);
        assert_ok!(Jobs::poke(signed(STRANGER), first));
        assert_eq!(held(SENDER), 0);
    });
}
