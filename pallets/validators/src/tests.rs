//! One test per condition; every one ends with the invariants.

use crate::{mock::*, Error, Event, Validators as List};
use frame_support::{assert_noop, assert_ok};
use pallet_session::SessionManager;
use sp_runtime::{DispatchError, Perbill};
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

fn offence(validator: u64) -> OffenceDetails<u64, (u64, ())> {
    OffenceDetails { offender: (validator, ()), reporters: vec![] }
}

#[test]
fn added_validator_is_in_the_next_planned_session() {
    build_and_execute(|| {
        assert_ok!(Validators::add(RuntimeOrigin::root(), 3));
        System::assert_last_event(Event::Added { validator: 3 }.into());
        assert_eq!(<Validators as SessionManager<u64>>::new_session(5), Some(vec![1, 2, 3]));
    });
}

#[test]
fn add_refuses_strangers_doubles_the_keyless_and_a_full_list() {
    build_and_execute(|| {
        assert_noop!(Validators::add(RuntimeOrigin::signed(1), 3), DispatchError::BadOrigin);
        assert_noop!(Validators::add(RuntimeOrigin::root(), 1), Error::<Test>::AlreadyExists);
        assert_noop!(Validators::add(RuntimeOrigin::root(), 99), Error::<Test>::NoSessionKeys);
        assert_ok!(Validators::add(RuntimeOrigin::root(), 3));
        assert_noop!(Validators::add(RuntimeOrigin::root(), 4), Error::<Test>::MaxValidatorsExceeded);
    });
}

#[test]
fn remove_keeps_the_last_validator() {
    build_and_execute(|| {
        assert_noop!(Validators::remove(RuntimeOrigin::signed(1), 1), DispatchError::BadOrigin);
        assert_noop!(Validators::remove(RuntimeOrigin::root(), 7), Error::<Test>::NotFound);
        assert_ok!(Validators::remove(RuntimeOrigin::root(), 1));
        System::assert_last_event(Event::Removed { validator: 1 }.into());
        assert_noop!(Validators::remove(RuntimeOrigin::root(), 2), Error::<Test>::LastValidator);
    });
}

#[test]
fn an_equivocator_is_expelled_but_never_the_last() {
    build_and_execute(|| {
        let half = [Perbill::from_percent(50)];
        <Validators as OnOffenceHandler<u64, _, _>>::on_offence(&[offence(1)], &half, 3);
        System::assert_last_event(Event::Expelled { validator: 1 }.into());
        <Validators as OnOffenceHandler<u64, _, _>>::on_offence(&[offence(2)], &half, 3);
        assert_eq!(List::<Test>::get().into_inner(), vec![2]);
    });
}
