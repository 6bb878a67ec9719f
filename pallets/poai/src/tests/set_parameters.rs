//! Call `set_parameters`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use neurite_traits::RewardPool;
use sp_runtime::{DispatchError, Permill};

fn set(parameters: Parameters) -> sp_runtime::DispatchResult {
    Poai::set_parameters(RuntimeOrigin::root(), parameters)
}

#[test]
fn root_changes_all_of_them() {
    build_and_execute(|| {
        run_to(GENESIS + SLOT);
        take_events();
        let parameters = Parameters { direct_share: Permill::from_percent(3), claim_window: 7, ..Default::default() };
        assert_ok!(set(parameters));
        assert_eq!(CurrentParameters::<Test>::get(), parameters);
        assert_eq!(Poai::direct_share(), Permill::from_percent(3));
        assert_eq!(take_events(), [Event::ParametersSet { parameters }]);
    });
}

#[test]
fn a_new_period_counts_from_the_next_epoch_on() {
    build_and_execute(|| {
        run_to(GENESIS + SLOT);
        assert_ok!(set(Parameters { epoch_period: 2 * PERIOD, ..Default::default() }));
        assert_eq!(Current::<Test>::get().unwrap().end, GENESIS + PERIOD);
        run_to_epoch(2);
        let start = GENESIS + PERIOD;
        assert_eq!(Current::<Test>::get(), Some(OpenEpoch { index: 2, start, end: start + 2 * PERIOD }));
    });
}

#[test]
fn each_bound_is_checked() {
    build_and_execute(|| {
        let valid = Parameters::default();
        for epoch_period in [0, 9_999, 31 * 24 * 3_600_000 + 1] {
            assert_noop!(set(Parameters { epoch_period, ..valid }), Error::<Test>::EpochPeriodOutOfBounds);
        }
        for report_window in [0, 2_999, PERIOD / 2 + 1] {
            assert_noop!(set(Parameters { report_window, ..valid }), Error::<Test>::ReportWindowOutOfBounds);
        }
        for claim_window in [0, 367] {
            assert_noop!(set(Parameters { claim_window, ..valid }), Error::<Test>::ClaimWindowOutOfBounds);
        }
        assert_noop!(set(Parameters { score_ref: 0, ..valid }), Error::<Test>::ReferenceIsZero);
        assert_noop!(set(Parameters { units_ref: 0, ..valid }), Error::<Test>::ReferenceIsZero);
    });
}

#[test]
fn the_bounds_themselves_are_valid() {
    build_and_execute(|| {
        let shortest = Parameters { epoch_period: 10_000, report_window: 3_000, claim_window: 1, ..Default::default() };
        let longest =
            Parameters { epoch_period: 31 * 24 * 3_600_000, report_window: 31 * 12 * 3_600_000, claim_window: 366, ..Default::default() };
        assert_ok!(set(shortest));
        assert_ok!(set(longest));
    });
}

#[test]
fn only_root_may() {
    build_and_execute(|| {
        let origin = RuntimeOrigin::signed(SPONSOR);
        assert_noop!(Poai::set_parameters(origin, Default::default()), DispatchError::BadOrigin);
    });
}
