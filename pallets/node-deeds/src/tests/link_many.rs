//! `link_many`: as `link`, for all or for none.

use super::*;
use crate::{pallet::LinkRequests, LinkRequest};
use frame_support::dispatch::GetDispatchInfo;
use sp_core::Pair;

/// A deed that Alice is given besides her own.
const SECOND: u32 = 7;

fn request(deed: u32, node: u8) -> LinkRequest {
    LinkRequest { deed, node: pair(node).public(), proof: proof(node, deed, ALICE) }
}

fn requests(list: &[(u32, u8)]) -> LinkRequests {
    list.iter().map(|(deed, node)| request(*deed, *node)).collect::<Vec<_>>().try_into().unwrap()
}

fn with_two_deeds(test: impl FnOnce()) {
    build_and_execute(|| {
        assert_ok!(NodeDeeds::issue(RuntimeOrigin::root(), SECOND, ALICE));
        test();
    });
}

#[test]
fn links_all() {
    with_two_deeds(|| {
        assert_ok!(NodeDeeds::link_many(RuntimeOrigin::signed(ALICE), requests(&[(DEED, 1), (SECOND, 2)])));
        assert_eq!((NodeDeeds::node(DEED), NodeDeeds::node(SECOND)), (Some(account(1)), Some(account(2))));
        assert_eq!(held(ALICE), 2 * BOND);
    });
}

#[test]
fn links_none_if_one_is_refused() {
    with_two_deeds(|| {
        for (list, error) in [
            (vec![(DEED, 1), (BOBS_DEED, 2)], Error::<Test>::NotAuthorized),
            (vec![(DEED, 1), (SECOND, 1)], Error::<Test>::NodeAlreadyLinked),
            (vec![(DEED, 1), (DEED, 2)], Error::<Test>::AlreadyLinked),
        ] {
            let call = RuntimeCall::from(crate::Call::link_many { links: requests(&list) });
            // As a call in a block: the first link is undone.
            let outcome = frame_support::storage::with_storage_layer(|| {
                sp_runtime::traits::Dispatchable::dispatch(call, RuntimeOrigin::signed(ALICE)).map_err(|outcome| outcome.error)
            });
            assert_eq!(outcome.map(|_| ()), Err(error.into()));
            assert_eq!((NodeDeeds::node(DEED), held(ALICE)), (None, 0));
        }
    });
}

#[test]
fn links_no_more_than_the_bound_and_weighs_each() {
    with_two_deeds(|| {
        let many = (0..=crate::MAX_LINKS).map(|_| request(DEED, 1)).collect::<Vec<_>>();
        assert!(LinkRequests::try_from(many).is_err());
        assert_noop!(NodeDeeds::link_many(RuntimeOrigin::root(), requests(&[])), BadOrigin);
        let weight = |list| RuntimeCall::from(crate::Call::link_many { links: requests(list) }).get_dispatch_info().call_weight;
        assert_eq!(weight(&[(DEED, 1), (SECOND, 2)]), weight(&[(DEED, 1)]) * 2);
    });
}
