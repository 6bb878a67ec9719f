//! `set_parameters`: bounds and effect.

use super::*;
use crate::{ChallengeWindow, DeedBond, DeedParameters, LinkCoolDown, MAX_DEED_BOND, MAX_WINDOW};

const PARAMETERS: DeedParameters = DeedParameters { bond: 5, link_cool_down: 6, challenge_window: 7 };

#[test]
fn replaces_all() {
    build_and_execute(|| {
        assert_ok!(NodeDeeds::set_parameters(RuntimeOrigin::root(), PARAMETERS));
        assert_eq!(DeedBond::<Test>::get(), 5);
        assert_eq!(LinkCoolDown::<Test>::get(), 6);
        assert_eq!(ChallengeWindow::<Test>::get(), 7);
        System::assert_last_event(Event::ParametersSet { parameters: PARAMETERS }.into());
    });
}

#[test]
fn a_raise_leaves_linked_deeds_eligible() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        let raised = DeedParameters { bond: 2 * BOND, ..PARAMETERS };
        assert_ok!(NodeDeeds::set_parameters(RuntimeOrigin::root(), raised));
        assert!(NodeDeeds::is_eligible(DEED));
    });
}

#[test]
fn refuses_what_is_out_of_bounds() {
    build_and_execute(|| {
        for wrong in [
            DeedParameters { bond: MAX_DEED_BOND + 1, ..PARAMETERS },
            DeedParameters { link_cool_down: MAX_WINDOW + 1, ..PARAMETERS },
            DeedParameters { challenge_window: MAX_WINDOW + 1, ..PARAMETERS },
        ] {
            let call = NodeDeeds::set_parameters(RuntimeOrigin::root(), wrong);
            assert_noop!(call, Error::<Test>::ParameterOutOfBounds);
        }
    });
}

#[test]
fn refuses_others_than_root() {
    build_and_execute(|| {
        assert_noop!(NodeDeeds::set_parameters(RuntimeOrigin::signed(ALICE), PARAMETERS), BadOrigin);
    });
}
