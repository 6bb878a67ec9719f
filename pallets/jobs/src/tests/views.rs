//! What the runtime APIs are told.

use super::*;
use crate::MAX_VIEWS;
use sp_runtime::AccountId32;

fn shown(account: &u64) -> AccountId32 {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&account.to_le_bytes());
    AccountId32::new(bytes)
}

fn view(key: &JobKey<u64>) -> Option<view::JobView> {
    Jobs::job_view_with(key, &shown)
}

#[test]
fn shows_a_live_job_whole() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(report(&key, 1, 4));
        let view = view(&key).unwrap();
        assert_eq!(view.key, JobKey { sender: shown(&SENDER), id: 1 });
        assert_eq!((view.status, view.ending), (JobStatus::InProgress, None));
        assert_eq!((view.reward, view.escrow), (REWARD, REWARD));
        assert_eq!(view.delegate, Some(shown(&MAIN)));
        assert_eq!((view.workers, view.steps), (WORKERS, STEPS));
        assert_eq!(view.requirements, spec().requirements);
        assert_eq!((view.shards[1].node.clone(), view.shards[1].step), (Some(shown(&node(1))), 4));
        assert_eq!(view.history.len(), 2);
    });
}

#[test]
fn shows_what_is_left_of_an_ended_job() {
    build_and_execute(|| {
        let key = completed();
        attest(&key, AttestedStatus::Done, 100);
        advance(CHALLENGE);
        assert_ok!(Jobs::poke(signed(STRANGER), key.clone()));
        let view = view(&key).unwrap();
        assert_eq!((view.status, view.ending), (JobStatus::Done, Some(Ending::Completed)));
        assert_eq!((view.reward, view.escrow, view.to_pool), (REWARD, 0, REWARD));
        assert_eq!((view.shards[2].state, view.shards[2].commitment), (ShardState::Complete, COMMITMENT));
        assert_eq!(view.history.len(), 3);
    });
}

#[test]
fn knows_nothing_of_other_jobs() {
    build_and_execute(|| {
        assert!(view(&key(1)).is_none());
        assert!(Jobs::document(&key(1)).is_none());
    });
}

#[test]
fn gives_the_document_while_the_job_lives() {
    build_and_execute(|| {
        let key = submitted();
        let document = Jobs::document(&key).unwrap();
        assert_eq!((document.hash, document.source), (spec().document, spec().source));
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert!(Jobs::document(&key).is_none());
    });
}

#[test]
fn lists_the_jobs_of_a_sender_live_and_ended_in_order() {
    build_and_execute(|| {
        for _ in 0..3 {
            submitted();
        }
        assert_ok!(Jobs::cancel(signed(SENDER), 2));
        assert_eq!(Jobs::ids_of(&SENDER, 0, 10), [1, 2, 3]);
        assert_eq!(Jobs::ids_of(&SENDER, 1, 1), [2]);
        assert_eq!(Jobs::ids_of(&STRANGER, 0, 10), Vec::<u32>::new());
    });
}

#[test]
fn lists_all_live_jobs_page_by_page() {
    build_and_execute(|| {
        crate::MaxOpenJobs::<Test>::put(1_000);
        for _ in 0..10 {
            submitted();
        }
        assert_ok!(Jobs::submit(signed(STRANGER), spec()));
        let mut seen = Vec::new();
        loop {
            let page = Jobs::live_keys(seen.last(), 4);
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= 4);
            seen.extend(page);
        }
        assert_eq!(seen.len(), 11);
        for _ in 0..300 {
            submitted();
        }
        assert_eq!(Jobs::live_keys(None, u32::MAX).len(), MAX_VIEWS as usize);
    });
}
