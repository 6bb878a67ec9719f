//! `report_availability`: quorum, medians, what is refused.

use crate::{mock::*, *};
use frame_support::pallet_prelude::{InvalidTransaction, TransactionValidityError};
use neurite_primitives::messages::AVAILABILITY_DOMAIN;
use neurite_traits::{AvailabilityMedians, EpochHooks};
use proptest::prelude::*;
use sp_core::Pair;
use sp_runtime::DispatchError;

fn refused(with: impl Into<InvalidTransaction>) -> Applied {
    Err(TransactionValidityError::Invalid(with.into()))
}

#[test]
fn a_quorum_is_more_than_two_thirds() {
    build_and_execute(|| {
        let epoch = close_epoch(3);
        for (oracle, values) in [(0, [1, 50, 255]), (1, [2, 40, 0])] {
            assert_eq!(report_page(report(epoch, oracle, 0, &values)), Ok(Ok(())));
        }
        assert!(!Oracles::has_quorum(epoch, 0));
        assert_eq!(Oracles::medians(epoch, 0), None);
        assert_eq!(report_page(report(epoch, 3, 0, &[9, 60, 255])), Ok(Ok(())));
        assert!(Oracles::has_quorum(epoch, 0));
        assert_eq!(Oracles::medians(epoch, 0), Some(vec![2, 50, 255]));
        System::assert_last_event(Event::PageReported { epoch, page: 0, oracle: id(3) }.into());
    });
}

#[test]
fn two_thirds_are_not_enough() {
    build_and_execute(|| {
        session(0..3);
        start_epoch(EPOCH + 1);
        let epoch = close_epoch(1);
        for oracle in 0..2 {
            assert_eq!(report_page(report(epoch, oracle, 0, &[5])), Ok(Ok(())));
        }
        assert!(!Oracles::has_quorum(epoch, 0));
    });
}

#[test]
fn of_four_values_the_lower_of_the_middle_ones_counts() {
    build_and_execute(|| {
        let epoch = close_epoch(2);
        for (oracle, values) in [(0, [10, 0]), (1, [20, 255]), (2, [30, 0]), (3, [40, 255])] {
            assert_eq!(report_page(report(epoch, oracle, 0, &values)), Ok(Ok(())));
        }
        assert_eq!(Oracles::medians(epoch, 0), Some(vec![20, 0]));
    });
}

#[test]
fn one_alone_decides_where_it_is_the_committee() {
    build_and_execute(|| {
        session([0]);
        start_epoch(EPOCH + 1);
        let epoch = close_epoch(1);
        assert_eq!(report_page(report(epoch, 0, 0, &[77])), Ok(Ok(())));
        assert_eq!(Oracles::medians(epoch, 0), Some(vec![77]));
    });
}

#[test]
fn an_empty_committee_has_no_quorum() {
    build_and_execute(|| {
        session([]);
        start_epoch(EPOCH + 1);
        let epoch = close_epoch(1);
        assert!(!Oracles::has_quorum(epoch, 0));
        assert_eq!(Oracles::medians(epoch, 0), None);
    });
}

#[test]
fn pages_have_the_length_that_they_had_at_closing() {
    build_and_execute(|| {
        let epoch = close_epoch(258);
        assert_eq!(report_page(report(epoch, 0, 0, &[1; 256])), Ok(Ok(())));
        assert_eq!(report_page(report(epoch, 0, 1, &[1; 2])), Ok(Ok(())));
        assert_eq!(report_page(report(epoch, 1, 0, &[1; 255])), refused(Refusal::WrongLength));
        assert_eq!(report_page(report(epoch, 1, 1, &[1; 3])), refused(Refusal::WrongLength));
        assert_eq!(report_page(report(epoch, 1, 2, &[])), refused(Refusal::UnknownPage));
    });
}

#[test]
fn a_second_report_of_a_page_is_refused() {
    build_and_execute(|| {
        let epoch = close_epoch(1);
        assert_eq!(report_page(report(epoch, 0, 0, &[1])), Ok(Ok(())));
        assert_eq!(report_page(report(epoch, 0, 0, &[2])), refused(InvalidTransaction::Stale));
        assert_eq!(PageReports::<Test>::get(epoch, 0)[0].values.to_vec(), [1]);
    });
}

#[test]
fn only_a_closing_epoch_is_reported() {
    build_and_execute(|| {
        assert_eq!(report_page(report(EPOCH, 0, 0, &[1])), refused(Refusal::NotClosing), "it runs");
        let epoch = close_epoch(1);
        assert_eq!(report_page(report(epoch + 1, 0, 0, &[1])), refused(Refusal::NotClosing));
        Oracles::epoch_finished(epoch);
        assert_eq!(report_page(report(epoch, 0, 0, &[1])), refused(Refusal::NotClosing), "it is settled");
        Oracles::clear(epoch, 0);
        assert_eq!(report_page(report(epoch, 0, 0, &[1])), refused(Refusal::NotClosing), "it is gone");
    });
}

#[test]
fn a_wrong_signature_or_number_is_refused() {
    build_and_execute(|| {
        let epoch = close_epoch(1);
        let reported = report(epoch, 0, 0, &[1]);
        let by_another = pair(1).sign(&reported.signing_bytes(genesis()));
        assert_eq!(apply(report_call(reported.clone(), by_another)), refused(InvalidTransaction::BadProof));
        let for_another_chain = pair(0).sign(&reported.signing_bytes(hash(1)));
        assert_eq!(apply(report_call(reported, for_another_chain)), refused(InvalidTransaction::BadProof));
        assert_eq!(report_page(report(epoch, 4, 0, &[1])), refused(InvalidTransaction::BadSigner));
    });
}

#[test]
fn no_other_origin_may_report() {
    build_and_execute(|| {
        let epoch = close_epoch(1);
        let reported = report(epoch, 0, 0, &[1]);
        let signature = pair(0).sign(&reported.signing_bytes(genesis()));
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::signed(1), RuntimeOrigin::none()] {
            let result = Oracles::report_availability(origin, reported.clone(), signature.clone());
            assert_eq!(result, Err(DispatchError::BadOrigin));
        }
    });
}

#[test]
fn the_pool_is_told_oracle_epoch_and_page() {
    build_and_execute(|| {
        let epoch = close_epoch(300);
        let reported = report(epoch, 2, 1, &[1; 44]);
        let signature = pair(2).sign(&reported.signing_bytes(genesis()));
        let valid = validate(report_call(reported, signature)).unwrap();
        assert_eq!(valid.provides, [codec::Encode::encode(&(AVAILABILITY_DOMAIN, id(2), epoch, 1_u32))]);
        assert_eq!((valid.longevity, valid.priority), (LONGEVITY, PRIORITY));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// A minority of liars never moves a median outside of what the honest ones reported.
    #[test]
    fn medians_stay_within_honest_reports(honest in prop::collection::vec(any::<u8>(), 3), lie in any::<u8>(), liar in 0_u32..4) {
        build_and_execute(|| {
            let epoch = close_epoch(1);
            let mut truths = honest.iter();
            for oracle in 0..4 {
                let value = if oracle == liar { lie } else { *truths.next().unwrap() };
                assert_eq!(report_page(report(epoch, oracle, 0, &[value])), Ok(Ok(())));
            }
            let median = Oracles::medians(epoch, 0).unwrap()[0];
            assert!(honest.iter().min().unwrap() <= &median && &median <= honest.iter().max().unwrap());
        });
    }
}
