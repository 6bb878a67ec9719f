//! `set_parameters`: bounds and effect.

use super::*;
use crate::{ChallengeWindow, JobParameters, MaxOpenJobs, MinReward, ReviewPeriod, MAX_MAX_OPEN_JOBS, MAX_MIN_REWARD, MAX_WINDOW};

const PARAMETERS: JobParameters = JobParameters { max_open_jobs: 5, review_period: 6, challenge_window: 7, min_reward: 8 };

#[test]
fn replaces_all() {
    build_and_execute(|| {
        assert_ok!(Jobs::set_parameters(RuntimeOrigin::root(), PARAMETERS));
        assert_eq!((MaxOpenJobs::<Test>::get(), ReviewPeriod::<Test>::get()), (5, 6));
        assert_eq!((ChallengeWindow::<Test>::get(), MinReward::<Test>::get()), (7, 8));
        System::assert_last_event(Event::ParametersSet { parameters: PARAMETERS }.into());
    });
}

#[test]
fn refuses_what_is_out_of_bounds() {
    build_and_execute(|| {
        for wrong in [
            JobParameters { max_open_jobs: 0, ..PARAMETERS },
            JobParameters { max_open_jobs: MAX_MAX_OPEN_JOBS + 1, ..PARAMETERS },
            JobParameters { review_period: MAX_WINDOW + 1, ..PARAMETERS },
            JobParameters { challenge_window: MAX_WINDOW + 1, ..PARAMETERS },
            JobParameters { min_reward: 0, ..PARAMETERS },
            JobParameters { min_reward: MAX_MIN_REWARD + 1, ..PARAMETERS },
        ] {
            assert_noop!(Jobs::set_parameters(RuntimeOrigin::root(), wrong), Error::<Test>::ParameterOutOfBounds);
        }
    });
}

#[test]
fn refuses_others_than_root() {
    build_and_execute(|| {
        assert_noop!(Jobs::set_parameters(signed(SENDER), PARAMETERS), BadOrigin);
    });
}

#[test]
fn the_defaults_are_within_bounds() {
    assert!(JobParameters::default().are_within_bounds());
}
