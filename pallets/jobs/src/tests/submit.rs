//! `submit`: what is held and stored, and each refusal by its name.

use super::*;
use crate::{JobCount, OpenJobs, MAX_DURATION, MAX_STEPS, MIN_REPORT_TIMEOUT};

#[test]
fn holds_the_reward_and_opens_the_job() {
    build_and_execute(|| {
        let key = submitted();
        let job = job(1);
        assert_eq!(key.id, 1);
        assert_eq!(job.status, JobStatus::Open);
        assert_eq!(job.accept_by, active_now() + ACCEPT_IN);
        assert_eq!(job.complete_by, active_now() + COMPLETE_IN);
        assert_eq!(job.history.len(), 1);
        assert_eq!((held(SENDER), free(SENDER)), (REWARD, FUNDS - REWARD));
        assert_eq!(OpenJobs::<Test>::get(SENDER), 1);
        System::assert_last_event(
            Event::Submitted {
                job: key,
                document: spec().document,
                workers: WORKERS,
                steps: STEPS,
                reward: REWARD,
                delegate: Some(MAIN),
                accept_by: job.accept_by,
                complete_by: job.complete_by,
            }
            .into(),
        );
    });
}

#[test]
fn makes_the_delegate_able_to_sign_while_the_job_lives() {
    build_and_execute(|| {
        assert!(!System::account_exists(&MAIN));
        submitted();
        assert_eq!(System::sufficients(&MAIN), 1);
        assert_ok!(Jobs::submit(signed(SENDER), JobSpec { delegate: Some(77), ..spec() }));
        assert_eq!(job(2).delegate, Some(77));
        assert_eq!(System::sufficients(&77), 1);
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert_ok!(Jobs::cancel(signed(SENDER), 2));
        assert!(!System::account_exists(&MAIN) && !System::account_exists(&77));
    });
}

#[test]
fn counts_the_jobs_of_each_sender() {
    build_and_execute(|| {
        submitted();
        submitted();
        assert_ok!(Jobs::submit(signed(STRANGER), spec()));
        assert_eq!((JobCount::<Test>::get(SENDER), JobCount::<Test>::get(STRANGER)), (2, 1));
    });
}

#[test]
fn refuses_the_wrong_origin() {
    build_and_execute(|| {
        assert_noop!(Jobs::submit(RuntimeOrigin::root(), spec()), BadOrigin);
        assert_noop!(Jobs::submit(RuntimeOrigin::none(), spec()), BadOrigin);
    });
}

#[test]
fn refuses_each_fault_by_its_name_and_holds_nothing() {
    build_and_execute(|| {
        let now = unix_now();
        let accept_by = now + ACCEPT_IN;
        let recipients = vec![STRANGER].try_into().unwrap();
        let faults: Vec<(JobSpec<u64>, Error<Test>)> = vec![
            (JobSpec { workers: 0, ..spec() }, Error::NoWorkers),
            (JobSpec { workers: DEEDS as u16 + 1, ..spec() }, Error::TooManyWorkers),
            (JobSpec { steps: 0, ..spec() }, Error::NoSteps),
            (JobSpec { steps: MAX_STEPS + 1, ..spec() }, Error::MaxStepsExceeded),
            (JobSpec { report_timeout: MIN_REPORT_TIMEOUT - 1, ..spec() }, Error::ReportTimeoutTooShort),
            (JobSpec { verification: Verification::ZkProgress, ..spec() }, Error::VerificationNotSupported),
            (JobSpec { verification: Verification::Redundant { replicas: 2 }, ..spec() }, Error::VerificationNotSupported),
            (JobSpec { privacy: Privacy::Encrypted { recipients }, ..spec() }, Error::PrivacyNotSupported),
            (JobSpec { reward: 0, ..spec() }, Error::RewardTooSmall),
            (JobSpec { reward: MIN_REWARD - 1, ..spec() }, Error::RewardTooSmall),
            (JobSpec { source: DocumentSource::Inline(Default::default()), ..spec() }, Error::NoDocument),
            (JobSpec { source: DocumentSource::Uri(Default::default()), ..spec() }, Error::NoDocument),
            (JobSpec { document: [9; 32], ..spec() }, Error::DocumentMismatch),
            (JobSpec { accept_by: now, ..spec() }, Error::DeadlinePassed),
            (JobSpec { accept_by: 0, complete_by: 0, ..spec() }, Error::DeadlinePassed),
            (JobSpec { complete_by: accept_by, ..spec() }, Error::DeadlinesOutOfOrder),
            (JobSpec { complete_by: now + MAX_DURATION + 1, ..spec() }, Error::DeadlineTooFar),
            (JobSpec { reward: FUNDS, ..spec() }, Error::InsufficientBalance),
            (JobSpec { reward: FUNDS - ED + 1, ..spec() }, Error::InsufficientBalance),
            (JobSpec { reward: Balance::MAX, ..spec() }, Error::InsufficientBalance),
        ];
        for (spec, error) in faults {
            assert_noop!(Jobs::submit(signed(SENDER), spec), error);
        }
        assert_noop!(Jobs::submit(signed(12_345), spec()), Error::<Test>::InsufficientBalance);
        assert_eq!(held(SENDER), 0);
    });
}

#[test]
fn refuses_more_workers_than_a_job_may_have() {
    build_and_execute(|| {
        world::with(|state| state.deeds.insert(500, working_deed(500)));
        let many = JobSpec { workers: MAX_WORKERS as u16 + 1, ..spec() };
        assert_noop!(Jobs::submit(signed(SENDER), many), Error::<Test>::TooManyWorkers);
        assert_ok!(Jobs::submit(signed(SENDER), JobSpec { workers: MAX_WORKERS as u16, ..spec() }));
    });
}

#[test]
fn refuses_more_live_jobs_than_allowed_until_one_ends() {
    build_and_execute(|| {
        for _ in 0..MAX_OPEN {
            submitted();
        }
        assert_noop!(Jobs::submit(signed(SENDER), spec()), Error::<Test>::MaxOpenJobsExceeded);
        assert_ok!(Jobs::cancel(signed(SENDER), 2));
        assert_ok!(Jobs::submit(signed(SENDER), spec()));
        assert_eq!(JobCount::<Test>::get(SENDER), MAX_OPEN + 1, "ids are never reused");
    });
}

#[test]
fn refuses_every_job_before_the_clock_runs() {
    build_and_execute(|| {
        let spec = spec();
        world::with(|state| (state.now, state.active_now) = (0, 0));
        assert_noop!(Jobs::submit(signed(SENDER), spec), Error::<Test>::DeadlineTooFar);
    });
}

#[test]
fn spends_all_but_the_existential_deposit_if_asked_to() {
    build_and_execute(|| {
        assert_ok!(Jobs::submit(signed(SENDER), JobSpec { reward: FUNDS - ED, ..spec() }));
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert_eq!(free(SENDER), FUNDS);
    });
}
