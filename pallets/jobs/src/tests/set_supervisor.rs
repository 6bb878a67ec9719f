//! `set_supervisor`: who assigns for senders who name nobody.

use super::*;
use crate::Supervisor;

#[test]
fn later_jobs_get_the_new_delegate_live_ones_keep_theirs() {
    build_and_execute(|| {
        submitted();
        assert_ok!(Jobs::set_supervisor(RuntimeOrigin::root(), Some(88)));
        System::assert_last_event(Event::SupervisorSet { supervisor: Some(88) }.into());
        submitted();
        assert_eq!((job(1).delegate, job(2).delegate), (Some(MAIN), Some(88)));
        assert_ok!(Jobs::set_supervisor(RuntimeOrigin::root(), None));
        assert_eq!(Supervisor::<Test>::get(), None);
        submitted();
        assert_eq!(job(3).delegate, None);
        assert_noop!(assign(&key(3), &[0, 1, 2]), Error::<Test>::NotAuthorized);
        assert_ok!(Jobs::assign(signed(SENDER), key(3), vec![0, 1, 2].try_into().unwrap()));
    });
}

#[test]
fn refuses_others_than_root() {
    build_and_execute(|| {
        assert_noop!(Jobs::set_supervisor(signed(MAIN), None), BadOrigin);
    });
}
