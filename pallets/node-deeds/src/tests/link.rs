//! `link`: proof of possession, bond, cool-down.

use super::*;
use neurite_primitives::messages::LinkProof;
use sp_core::{Pair, H256};

#[test]
fn links_a_node_holds_the_bond_and_lets_it_sign() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_eq!(NodeDeeds::deed_of(&account(1)), Some(DEED));
        assert_eq!(NodeDeeds::node(DEED), Some(account(1)));
        assert_eq!(NodeDeeds::node_public(DEED), Some(pair(1).public()));
        assert_eq!(NodeDeeds::generation(DEED), 1);
        assert!(NodeDeeds::is_eligible(DEED));
        assert_eq!(NodeDeeds::specs(DEED), None);
        assert_eq!(held(ALICE), BOND);
        assert_eq!(System::sufficients(&account(1)), 1);
        assert_eq!(changes(), vec![DeedChange::Linked(DEED)]);
        let (node, account) = (pair(1).public(), account(1));
        System::assert_last_event(Event::Linked { deed: DEED, owner: ALICE, node, account, generation: 1, bond: BOND }.into());
    });
}

#[test]
fn refuses_others_than_the_owner() {
    build_and_execute(|| {
        assert_noop!(link(BOB, DEED, 1), Error::<Test>::NotAuthorized);
        let signature = proof(1, DEED, ALICE);
        assert_noop!(NodeDeeds::link(RuntimeOrigin::root(), DEED, pair(1).public(), signature), BadOrigin);
        let call = NodeDeeds::link(RuntimeOrigin::signed(ALICE), TOTAL, pair(1).public(), signature);
        assert_noop!(call, Error::<Test>::NotFound);
    });
}

#[test]
fn refuses_a_linked_deed_and_a_linked_node() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_noop!(link(ALICE, DEED, 2), Error::<Test>::AlreadyLinked);
        assert_noop!(link(BOB, BOBS_DEED, 1), Error::<Test>::NodeAlreadyLinked);
    });
}

#[test]
fn refuses_a_proof_for_anything_else() {
    build_and_execute(|| {
        let genesis = NodeDeeds::genesis_hash();
        let right = LinkProof { genesis, deed: DEED, owner: ALICE, generation: 0 };
        let wrong = [
            LinkProof { genesis: H256::repeat_byte(1), ..right.clone() },
            LinkProof { deed: BOBS_DEED, ..right.clone() },
            LinkProof { owner: BOB, ..right.clone() },
            LinkProof { generation: 1, ..right.clone() },
        ];
        for statement in wrong {
            let signature = pair(1).sign(&statement.signing_bytes());
            let call = NodeDeeds::link(RuntimeOrigin::signed(ALICE), DEED, pair(1).public(), signature);
            assert_noop!(call, Error::<Test>::InvalidProof);
        }
        let by_another = pair(2).sign(&right.signing_bytes());
        let call = NodeDeeds::link(RuntimeOrigin::signed(ALICE), DEED, pair(1).public(), by_another);
        assert_noop!(call, Error::<Test>::InvalidProof);
    });
}

#[test]
fn a_proof_serves_once() {
    build_and_execute(|| {
        let signature = proof(1, DEED, ALICE);
        assert_ok!(NodeDeeds::link(RuntimeOrigin::signed(ALICE), DEED, pair(1).public(), signature));
        assert_ok!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), DEED));
        advance(COOL_DOWN);
        let again = NodeDeeds::link(RuntimeOrigin::signed(ALICE), DEED, pair(1).public(), signature);
        assert_noop!(again, Error::<Test>::InvalidProof);
    });
}

#[test]
fn refuses_an_owner_who_cannot_pay_the_bond() {
    build_and_execute(|| {
        assert_noop!(link(PAUPER, 2, 1), Error::<Test>::InsufficientBalance);
    });
}

#[test]
fn waits_for_the_cool_down() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_ok!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), DEED));
        advance(COOL_DOWN - 1);
        assert_noop!(link(ALICE, DEED, 2), Error::<Test>::CoolingDown);
        advance(1);
        assert_ok!(link(ALICE, DEED, 2));
        assert_eq!(held(ALICE), BOND, "the bond that was still held counts");
        assert_noop!(NodeDeeds::release_bond(RuntimeOrigin::signed(BOB), DEED), Error::<Test>::BondLocked);
    });
}

#[test]
fn a_new_owner_waits_for_the_former_owners_bond() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_ok!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), DEED));
        assert_ok!(NodeDeeds::transfer(RuntimeOrigin::signed(ALICE), DEED, BOB));
        advance(COOL_DOWN);
        assert_noop!(link(BOB, DEED, 1), Error::<Test>::BondLocked);
        advance(WINDOW - COOL_DOWN);
        assert_ok!(link(BOB, DEED, 1));
        assert_eq!((held(ALICE), held(BOB)), (0, BOND));
    });
}

#[test]
fn a_raised_bond_is_held_in_full_at_the_next_link() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        assert_ok!(NodeDeeds::unlink(RuntimeOrigin::signed(ALICE), DEED));
        crate::DeedBond::<Test>::put(3 * BOND);
        advance(COOL_DOWN);
        assert_ok!(link(ALICE, DEED, 1));
        assert_eq!(held(ALICE), 3 * BOND);
    });
}
