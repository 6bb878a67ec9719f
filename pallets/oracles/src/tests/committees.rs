//! Committees: fixed at the start of an epoch, kept as long as they are needed.

use crate::{mock::*, *};
use frame_support::traits::OneSessionHandler;
use neurite_duties::oracle::Seat;
use neurite_hook::Chain;
use neurite_primitives::{oracle::OracleId, AttestedStatus, EpochIndex, MAX_ORACLES};
use neurite_traits::{mock as world, AvailabilityMedians, EpochHooks};

fn members(epoch: EpochIndex) -> Option<Vec<OracleId>> {
    Oracles::committee(Some(epoch)).map(|committee| committee.members)
}

fn ids(oracles: impl IntoIterator<Item = u32>) -> Option<Vec<OracleId>> {
    Some(oracles.into_iter().map(id).collect())
}

#[test]
fn a_committee_is_fixed_when_its_epoch_starts() {
    build_and_execute(|| {
        session([4, 5]);
        assert_eq!(members(EPOCH), ids(0..4));
        start_epoch(EPOCH + 1);
        assert_eq!(members(EPOCH + 1), ids([4, 5]));
        assert_eq!(Oracles::committee(None).map(|committee| committee.epoch), Some(EPOCH + 1));
        assert!(attest(attestation(0, AttestedStatus::Done, 100, 95)).is_err(), "place 0 is another's now");
    });
}

#[test]
fn the_genesis_session_gives_the_first_committee() {
    build_and_execute(|| {
        let account = 1;
        Oracles::on_genesis_session([(&account, id(9))].into_iter());
        start_epoch(EPOCH + 1);
        assert_eq!(members(EPOCH + 1), ids([9]));
    });
}

#[test]
fn a_closing_epoch_keeps_its_committee_until_its_pages_are_cleared() {
    build_and_execute(|| {
        let epoch = close_epoch(300);
        assert_eq!(report_page(report(epoch, 0, 1, &[1; 44])), Ok(Ok(())));
        session([4, 5]);
        assert_eq!(report_page(report(epoch, 1, 1, &[1; 44])), Ok(Ok(())), "those of its start report it");
        Oracles::epoch_finished(epoch);
        Oracles::clear(epoch, 0);
        assert!(members(epoch).is_some());
        Oracles::clear(epoch, 1);
        assert_eq!(members(epoch), None);
        assert_eq!((PageReports::<Test>::iter().count(), Closing::<Test>::get().len()), (0, 0));
    });
}

#[test]
fn pages_may_be_cleared_before_the_epoch_is_finished() {
    build_and_execute(|| {
        let epoch = close_epoch(1);
        Oracles::clear(epoch, 0);
        Oracles::clear(epoch, 0);
        assert!(members(epoch).is_some());
        Oracles::epoch_finished(epoch);
        assert_eq!(members(epoch), None);
    });
}

#[test]
fn an_epoch_without_deeds_is_forgotten_at_once() {
    build_and_execute(|| {
        let epoch = close_epoch(0);
        Oracles::epoch_finished(epoch);
        assert_eq!(members(epoch), None);
    });
}

#[test]
fn an_epoch_that_is_never_finished_is_given_up_in_the_end() {
    build_and_execute(|| {
        let first = close_epoch(1);
        assert_eq!(report_page(report(first, 0, 0, &[1])), Ok(Ok(())));
        for _ in 0..MAX_CLOSING {
            close_epoch(1);
        }
        assert_eq!(members(first), None);
        assert_eq!(PageReports::<Test>::iter().count(), 0);
        assert_eq!(Closing::<Test>::get().len(), MAX_CLOSING as usize);
    });
}

#[test]
fn a_session_with_too_many_validators_is_cut() {
    build_and_execute(|| {
        session(0..MAX_ORACLES + 1);
        start_epoch(EPOCH + 1);
        assert_eq!(members(EPOCH + 1).map(|members| members.len()), Some(MAX_ORACLES as usize));
    });
}

#[test]
fn seats_are_found_in_the_current_and_the_closing_epochs() {
    build_and_execute(|| {
        session([2, 7]);
        let epoch = close_epoch(1);
        let (now, before) = (|oracle| Seat { epoch: EPOCH + 1, oracle }, |oracle| Seat { epoch: EPOCH, oracle });
        assert_eq!(Oracles::seats(&[id(2), id(7)]), [before(2), now(0), now(1)]);
        assert_eq!(Oracles::seats(&[id(9)]), []);
        assert_eq!((Oracles::key(before(2)), Oracles::key(now(1)), Oracles::key(now(2))), (Some(id(2)), Some(id(7)), None));
        Oracles::epoch_finished(epoch);
        assert_eq!(Oracles::seats(&[id(2)]), [now(0)], "what is finished takes no reports");
    });
}

#[test]
fn before_the_first_epoch_there_is_no_committee() {
    build_and_execute(|| {
        Committees::<Test>::remove(EPOCH);
        world::with(|world| world.epoch = 0);
        assert_eq!(Oracles::committee(None), None);
        assert_eq!(Oracles::seats(&[id(0)]), []);
    });
}
