//! `attest`: what is counted, what moves a job, what is refused.

use crate::{mock::*, *};
use frame_support::pallet_prelude::{InvalidTransaction, TransactionValidityError};
use neurite_primitives::{messages::ATTEST_DOMAIN, AttestedStatus, FailureCode};
use neurite_traits::{mock as world, JobAttestations};
use sp_core::Pair;
use sp_runtime::{DispatchError, Permill};

const DONE: AttestedStatus = AttestedStatus::Done;
const IN_PROGRESS: AttestedStatus = AttestedStatus::InProgress;

fn refused(with: InvalidTransaction) -> Applied {
    Err(TransactionValidityError::Invalid(with))
}

fn moved() -> Vec<(AttestedStatus, Permill)> {
    world::with(|world| world.attested.iter().map(|(_, status, progress)| (*status, *progress)).collect())
}

#[test]
fn a_majority_moves_the_job_and_half_does_not() {
    build_and_execute(|| {
        for oracle in 0..2 {
            assert_eq!(attest(attestation(oracle, DONE, 100, 95)), Ok(Ok(())));
        }
        assert_eq!(moved(), []);
        assert_eq!(attest(attestation(2, DONE, 100, 95)), Ok(Ok(())));
        assert_eq!(moved(), [(DONE, Permill::one())]);
        let event = Event::MajorityReached { job: job(1), status: DONE, progress: Permill::one() };
        System::assert_has_event(event.into());
    });
}

#[test]
fn one_that_lies_and_one_that_is_silent_change_nothing() {
    build_and_execute(|| {
        assert_eq!(attest(attestation(0, AttestedStatus::Failed { code: FailureCode::Model }, 0, 95)), Ok(Ok(())));
        for oracle in 1..4 {
            assert_eq!(attest(attestation(oracle, DONE, 100, 95)), Ok(Ok(())));
        }
        assert_eq!(moved(), [(DONE, Permill::one())]);
    });
    build_and_execute(|| {
        for oracle in 1..4 {
            assert_eq!(attest(attestation(oracle, DONE, 100, 95)), Ok(Ok(())));
        }
        assert_eq!(moved(), [(DONE, Permill::one())]);
    });
}

#[test]
fn failures_with_different_codes_are_different() {
    build_and_execute(|| {
        let failed = |code| AttestedStatus::Failed { code };
        assert_eq!(attest(attestation(0, failed(FailureCode::Model), 0, 95)), Ok(Ok(())));
        assert_eq!(attest(attestation(1, failed(FailureCode::Model), 0, 95)), Ok(Ok(())));
        assert_eq!(attest(attestation(2, failed(FailureCode::Input), 0, 95)), Ok(Ok(())));
        assert_eq!(moved(), []);
    });
}

#[test]
fn progress_is_the_lower_median() {
    build_and_execute(|| {
        for (oracle, percent) in [(0, 10), (1, 90), (2, 40), (3, 60)] {
            assert_eq!(attest(attestation(oracle, IN_PROGRESS, percent, 95)), Ok(Ok(())));
        }
        let percents: Vec<_> = moved().iter().map(|(_, progress)| progress.deconstruct() / 10_000).collect();
        assert_eq!(percents, [40, 40], "of three values the middle one, of four the lower of the middle ones");
    });
}

#[test]
fn only_the_latest_attestation_counts() {
    build_and_execute(|| {
        for oracle in 0..3 {
            assert_eq!(attest(attestation(oracle, IN_PROGRESS, 50, 95)), Ok(Ok(())));
        }
        assert_eq!(attest(attestation(0, DONE, 100, 96)), Ok(Ok(())));
        assert_eq!(attest(attestation(1, DONE, 100, 96)), Ok(Ok(())));
        assert_eq!(moved().last(), Some(&(IN_PROGRESS, Permill::from_percent(50))));
        assert_eq!(attest(attestation(2, DONE, 100, 96)), Ok(Ok(())));
        assert_eq!(moved().last(), Some(&(DONE, Permill::one())));
        assert_eq!(Oracles::attestations_of(job(1)).len(), 3);
    });
}

#[test]
fn attestations_of_those_who_left_do_not_count() {
    build_and_execute(|| {
        for oracle in 0..2 {
            assert_eq!(attest(attestation(oracle, DONE, 100, 95)), Ok(Ok(())));
        }
        session([0, 2, 3, 4]);
        start_epoch(EPOCH + 1);
        // Oracle 2 now sits on place 1.
        let mut second = attestation(1, DONE, 100, 95);
        second.oracle = 1;
        let signature = pair(2).sign(&second.signing_bytes(genesis()));
        assert_eq!(apply(attest_call(second, signature)), Ok(Ok(())));
        assert_eq!(moved(), [], "oracle 1 has left, two of four remain");
        assert_eq!(Oracles::attestations_of(job(1)).len(), 2);
    });
}

#[test]
fn the_same_may_be_said_again_only_in_a_new_epoch() {
    build_and_execute(|| {
        assert_eq!(attest(attestation(0, DONE, 100, 95)), Ok(Ok(())));
        assert_eq!(attest(attestation(0, DONE, 100, 96)), refused(InvalidTransaction::Stale));
        assert_eq!(attest(attestation(0, DONE, 99, 96)), Ok(Ok(())), "other progress is news");
        start_epoch(EPOCH + 1);
        assert_eq!(attest(attestation(0, DONE, 99, 97)), Ok(Ok(())));
        assert_eq!(attest(attestation(0, DONE, 99, 98)), refused(InvalidTransaction::Stale));
    });
}

#[test]
fn an_earlier_attestation_cannot_be_replayed() {
    build_and_execute(|| {
        let earlier = attestation(0, DONE, 100, 95);
        let signature = pair(0).sign(&earlier.signing_bytes(genesis()));
        assert_eq!(apply(attest_call(earlier.clone(), signature.clone())), Ok(Ok(())));
        assert_eq!(attest(attestation(0, IN_PROGRESS, 50, 96)), Ok(Ok(())));
        assert_eq!(apply(attest_call(earlier, signature)), refused(InvalidTransaction::Stale));
        assert_eq!(attest(attestation(0, DONE, 100, 96)), refused(InvalidTransaction::Stale), "one per finalized block");
    });
}

#[test]
fn a_wrong_epoch_is_refused() {
    build_and_execute(|| {
        let mut wrong = attestation(0, DONE, 100, 95);
        wrong.epoch = EPOCH - 1;
        assert_eq!(attest(wrong.clone()), refused(InvalidTransaction::Stale));
        wrong.epoch = EPOCH + 1;
        assert_eq!(attest(wrong), refused(InvalidTransaction::Future));
    });
}

#[test]
fn a_wrong_signature_is_refused() {
    build_and_execute(|| {
        let attested = attestation(0, DONE, 100, 95);
        let by_another = pair(1).sign(&attested.signing_bytes(genesis()));
        assert_eq!(apply(attest_call(attested.clone(), by_another)), refused(InvalidTransaction::BadProof));
        let for_another_chain = pair(0).sign(&attested.signing_bytes(hash(1)));
        assert_eq!(apply(attest_call(attested.clone(), for_another_chain)), refused(InvalidTransaction::BadProof));
        let signature = pair(0).sign(&attested.signing_bytes(genesis()));
        let tampered = attestation(0, DONE, 99, 95);
        assert_eq!(apply(attest_call(tampered, signature)), refused(InvalidTransaction::BadProof));
        assert!(!Attestations::<Test>::contains_key(job(1)));
    });
}

#[test]
fn a_number_outside_of_the_committee_is_refused() {
    build_and_execute(|| {
        assert_eq!(attest(attestation(4, DONE, 100, 95)), refused(InvalidTransaction::BadSigner));
        assert_eq!(attest(attestation(u32::MAX, DONE, 100, 95)), refused(InvalidTransaction::BadSigner));
    });
}

#[test]
fn an_unknown_block_is_refused() {
    build_and_execute(|| {
        let unknown = refused(Refusal::UnknownBlock.into());
        let mut forked = attestation(0, DONE, 100, 95);
        forked.hash = hash(94);
        assert_eq!(attest(forked), unknown);
        assert_eq!(attest(attestation(0, DONE, 100, 50)), unknown, "the chain has forgotten it");
        assert_eq!(attest(attestation(0, DONE, 100, 200)), unknown, "it is still to come");
        let mut zero = attestation(0, DONE, 100, 50);
        zero.hash = Default::default();
        assert_eq!(attest(zero), unknown, "what is forgotten has no hash");
    });
}

#[test]
fn a_job_that_is_not_attestable_is_refused() {
    build_and_execute(|| {
        world::with(|world| world.attestable.clear());
        assert_eq!(attest(attestation(0, DONE, 100, 95)), refused(Refusal::NotAttestable.into()));
    });
}

#[test]
fn no_other_origin_may_attest() {
    build_and_execute(|| {
        let attested = attestation(0, DONE, 100, 95);
        let signature = pair(0).sign(&attested.signing_bytes(genesis()));
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::signed(1), RuntimeOrigin::none()] {
            let result = Oracles::attest(origin, attested.clone(), signature.clone());
            assert_eq!(result, Err(DispatchError::BadOrigin));
        }
        assert!(!Attestations::<Test>::contains_key(job(1)));
    });
}

#[test]
fn the_pool_keeps_the_newest_attestation_per_oracle_and_job() {
    build_and_execute(|| {
        let valid = |oracle, block| {
            let attested = attestation(oracle, DONE, 100, block);
            let signature = pair(oracle).sign(&attested.signing_bytes(genesis()));
            validate(attest_call(attested, signature)).unwrap()
        };
        let (older, newer, other) = (valid(0, 95), valid(0, 96), valid(1, 95));
        assert_eq!(older.provides, [codec::Encode::encode(&(ATTEST_DOMAIN, id(0), job(1)))]);
        assert_eq!((older.longevity, older.propagate, older.requires.len()), (LONGEVITY, true, 0));
        assert!(older.provides == newer.provides && newer.priority > older.priority);
        assert_ne!(older.provides, other.provides);
    });
}

#[test]
fn a_job_that_has_ended_is_forgotten() {
    build_and_execute(|| {
        assert_eq!(attest(attestation(0, DONE, 100, 95)), Ok(Ok(())));
        <Oracles as JobAttestations<_>>::forget(&job(1));
        assert!(!Attestations::<Test>::contains_key(job(1)));
    });
}
