//! `top_up`: additions to the reward before the review.

use super::*;

#[test]
fn adds_to_reward_and_escrow() {
    build_and_execute(|| {
        let key = submitted();
        assert_ok!(Jobs::top_up(signed(SENDER), 1, 500));
        assert_eq!(job(1).spec.reward, REWARD + 500);
        assert_eq!(held(SENDER), REWARD + 500);
        System::assert_last_event(Event::ToppedUp { job: key, amount: 500, reward: REWARD + 500 }.into());
    });
}

#[test]
fn works_in_progress_and_the_addition_is_paid() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(Jobs::top_up(signed(SENDER), 1, 600));
        for deed in 0..3 {
            assert_ok!(report(&key, deed, STEPS));
        }
        attest(&key, AttestedStatus::Done, 100);
        advance(CHALLENGE);
        assert_ok!(Jobs::poke(signed(STRANGER), key));
        assert_eq!(record(1).to_pool, REWARD + 600);
    });
}

#[test]
fn refuses_others_nothing_and_too_much() {
    build_and_execute(|| {
        submitted();
        assert_noop!(Jobs::top_up(RuntimeOrigin::root(), 1, 5), BadOrigin);
        assert_noop!(Jobs::top_up(signed(STRANGER), 1, 5), Error::<Test>::NotFound);
        assert_noop!(Jobs::top_up(signed(SENDER), 2, 5), Error::<Test>::NotFound);
        assert_noop!(Jobs::top_up(signed(SENDER), 1, 0), Error::<Test>::RewardTooSmall);
        assert_noop!(Jobs::top_up(signed(SENDER), 1, FUNDS - REWARD), Error::<Test>::InsufficientBalance);
        assert_noop!(Jobs::top_up(signed(SENDER), 1, Balance::MAX), Error::<Test>::InsufficientBalance);
    });
}

#[test]
fn refuses_in_review_and_afterwards() {
    build_and_execute(|| {
        started();
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert_noop!(Jobs::top_up(signed(SENDER), 1, 5), Error::<Test>::WrongStatus);
        advance(REVIEW);
        assert_ok!(Jobs::poke(signed(SENDER), key(1)));
        assert_noop!(Jobs::top_up(signed(SENDER), 1, 5), Error::<Test>::AlreadyEnded);
    });
}
