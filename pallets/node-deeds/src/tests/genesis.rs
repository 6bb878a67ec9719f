//! The deeds and parameters at genesis.

use super::*;
use crate::{ChallengeWindow, DeedBond, LinkCoolDown, Total};

#[test]
fn all_deeds_exist_and_parameters_are_set() {
    build_and_execute(|| {
        assert_eq!(Total::<Test>::get(), TOTAL);
        assert_eq!(Deeds::<Test>::iter().count(), TOTAL as usize);
        assert_eq!(NodeDeeds::count(), TOTAL);
        assert_eq!(NodeDeeds::owner(DEED), Some(ALICE));
        assert_eq!(NodeDeeds::owner(FREE_DEED), None);
        assert_eq!(DeedBond::<Test>::get(), BOND);
        assert_eq!(LinkCoolDown::<Test>::get(), COOL_DOWN);
        assert_eq!(ChallengeWindow::<Test>::get(), WINDOW);
    });
}

#[test]
fn issued_deeds_are_listed_from_a_start_with_a_limit() {
    build_and_execute(|| {
        assert_eq!(NodeDeeds::issued(0, 10), vec![0, 1, 2]);
        assert_eq!(NodeDeeds::issued(1, 1), vec![1]);
        assert_eq!(NodeDeeds::issued(3, 10), Vec::<u32>::new());
    });
}
