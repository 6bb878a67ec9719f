//! Proxies of our own types: what a delegate may do in an owner's name, and what it may not.

use crate::support::*;
use codec::Encode;
use frame_support::{assert_ok, traits::InstanceFilter};
use neurite_primitives::messages::LinkProof;
use neurite_runtime::{NodeDeeds, Runtime, RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, RuntimeOrigin, System, NEU};
use neurite_traits::Deeds;
use pallet_node_deeds::LinkRequest;
use sp_core::{ecdsa, Pair};
use sp_keyring::Sr25519Keyring::{Bob, Charlie, Dave};
use sp_runtime::DispatchResult;

type ProxyType = <Runtime as pallet_proxy::Config>::ProxyType;

/// Returns the types whose proxies may make a call, beside `Any`, by name.
fn who_may(call: impl Into<RuntimeCall>) -> Vec<String> {
    let call = call.into();
    assert!(ProxyType::Any.filter(&call));
    let types = [ProxyType::NonTransfer, ProxyType::Deeds, ProxyType::Governance];
    types.iter().filter(|kind| kind.filter(&call)).map(|kind| format!("{kind:?}")).collect()
}

#[test]
fn every_type_has_its_calls() {
    let nobody: [&str; 0] = [];
    assert_eq!(who_may(pallet_balances::Call::transfer_all { dest: account(Bob).into(), keep_alive: true }), nobody);
    assert_eq!(who_may(pallet_node_deeds::Call::transfer { deed: 0, to: account(Bob) }), nobody);
    assert_eq!(who_may(pallet_jobs::Call::top_up { id: 0, amount: NEU }), nobody);
    assert_eq!(who_may(pallet_sudo::Call::remove_key {}), nobody);
    let call = Box::new(RuntimeCall::from(pallet_balances::Call::burn { value: 1, keep_alive: false }));
    assert_eq!(who_may(pallet_proxy::Call::proxy { real: account(Bob).into(), force_proxy_type: None, call: call.clone() }), nobody);
    assert_eq!(who_may(pallet_multisig::Call::as_multi_threshold_1 { other_signatories: vec![], call }), nobody);
    for call in [
        RuntimeCall::from(pallet_node_deeds::Call::link_many { links: Default::default() }),
        pallet_node_deeds::Call::unlink { deed: 0 }.into(),
        pallet_node_deeds::Call::complete_bond { deed: 0 }.into(),
        pallet_node_deeds::Call::release_bond { deed: 0 }.into(),
        pallet_poai::Call::claim { deed: 0, epochs: Default::default() }.into(),
        pallet_poai::Call::claim_many { deeds: Default::default(), epochs: Default::default() }.into(),
        pallet_utility::Call::batch_all { calls: vec![] }.into(),
    ] {
        assert!(who_may(call.clone()).contains(&"Deeds".to_owned()), "{call:?}");
        assert!(who_may(call.clone()).contains(&"NonTransfer".to_owned()), "{call:?}");
    }
    for call in [
        RuntimeCall::from(pallet_conviction_voting::Call::remove_vote { class: None, index: 0 }),
        pallet_referenda::Call::place_decision_deposit { index: 0 }.into(),
        pallet_preimage::Call::note_preimage { bytes: vec![] }.into(),
    ] {
        assert_eq!(who_may(call), ["NonTransfer", "Governance"]);
    }
    for call in [
        RuntimeCall::from(pallet_vesting::Call::release { who: account(Bob) }),
        pallet_proxy::Call::remove_proxies {}.into(),
        pallet_node_deeds::Call::issue { deed: 0, to: account(Bob) }.into(),
    ] {
        assert_eq!(who_may(call), ["NonTransfer"]);
    }
}

/// Lets Charlie make a call in Bob's name.
fn for_bob(call: impl Into<RuntimeCall>) -> DispatchResult {
    let call = Box::new(call.into());
    assert_ok!(dispatch(Charlie, pallet_proxy::Call::proxy { real: account(Bob).into(), force_proxy_type: None, call }));
    let executed = System::events().into_iter().rev().find_map(|record| match record.event {
        RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => Some(result),
        _ => None,
    });
    executed.unwrap()
}

/// Returns a node's agreement to be linked to a deed of Bob's.
fn request(deed: u32, node: u8) -> LinkRequest {
    let pair = ecdsa::Pair::from_seed(&[node; 32]);
    let statement = LinkProof { genesis: NodeDeeds::genesis_hash(), deed, owner: account(Bob), generation: NodeDeeds::generation(deed) };
    LinkRequest { deed, node: pair.public(), proof: pair.sign(&statement.signing_bytes()) }
}

/// Issues two deeds to Bob, who lets Charlie run them.
fn with_delegate(test: impl FnOnce()) {
    let issued = |genesis: &mut RuntimeGenesisConfig| genesis.node_deeds.issued = vec![(0, account(Bob)), (1, account(Bob))];
    on_chain(issued, || {
        let add = pallet_proxy::Call::add_proxy { delegate: account(Charlie).into(), proxy_type: ProxyType::Deeds, delay: 0 };
        assert_ok!(dispatch(Bob, add));
        test();
    });
}

#[test]
fn a_delegate_links_in_the_owners_name_and_the_owner_is_bonded() {
    with_delegate(|| {
        let links = vec![request(0, 1), request(1, 2)].try_into().unwrap();
        assert_ok!(for_bob(pallet_node_deeds::Call::link_many { links }));
        assert!(NodeDeeds::is_eligible(0) && NodeDeeds::is_eligible(1));
        let bonds: u128 = [0, 1].map(|deed| NodeDeeds::deed(deed).unwrap().bond.unwrap()).iter().map(|bond| bond.amount).sum();
        assert_eq!(bonds, 200 * NEU);
        assert_eq!(NodeDeeds::deed(0).unwrap().bond.unwrap().holder, account(Bob));
        assert_ok!(for_bob(pallet_node_deeds::Call::unlink { deed: 0 }));
    });
}

#[test]
fn a_delegate_gives_nothing_away_not_even_in_a_batch() {
    with_delegate(|| {
        let refused: DispatchResult = Err(frame_system::Error::<Runtime>::CallFiltered.into());
        let deed = pallet_node_deeds::Call::transfer { deed: 0, to: account(Charlie) };
        assert_eq!(for_bob(deed.clone()), refused);
        assert_eq!(for_bob(pallet_balances::Call::transfer_all { dest: account(Charlie).into(), keep_alive: false }), refused);
        let batch = pallet_utility::Call::batch_all { calls: vec![deed.into()] };
        assert_eq!(for_bob(batch), refused);
        assert_eq!(NodeDeeds::owner(0), Some(account(Bob)));
    });
}

#[test]
fn a_delegate_makes_no_delegates_and_stays_until_it_is_removed() {
    with_delegate(|| {
        let more = pallet_proxy::Call::add_proxy { delegate: account(Dave).into(), proxy_type: ProxyType::Deeds, delay: 0 };
        assert!(for_bob(more).is_err());
        assert_ok!(dispatch(Bob, pallet_proxy::Call::remove_proxies {}));
        let call = Box::new(RuntimeCall::from(pallet_node_deeds::Call::unlink { deed: 0 }));
        assert!(dispatch(Charlie, pallet_proxy::Call::proxy { real: account(Bob).into(), force_proxy_type: None, call }).is_err());
    });
}

#[test]
fn wider_types_contain_narrower_ones() {
    for kind in [ProxyType::NonTransfer, ProxyType::Deeds, ProxyType::Governance] {
        assert!(ProxyType::Any.is_superset(&kind) && !kind.is_superset(&ProxyType::Any));
        assert!(ProxyType::NonTransfer.is_superset(&kind));
    }
    assert!(!ProxyType::Deeds.is_superset(&ProxyType::NonTransfer) && !ProxyType::Deeds.is_superset(&ProxyType::Governance));
}

#[test]
fn types_keep_their_numbers() {
    let numbers = [ProxyType::Any, ProxyType::NonTransfer, ProxyType::Deeds, ProxyType::Governance].map(|kind| kind.encode());
    assert_eq!(numbers, [[0], [1], [2], [3]]);
}

#[test]
fn a_deed_that_earned_nothing_is_transferred_at_once() {
    with_delegate(|| {
        assert_ok!(dispatch(Bob, pallet_node_deeds::Call::transfer { deed: 0, to: account(Dave) }));
        assert_eq!(NodeDeeds::owner(0), Some(account(Dave)));
        assert!(dispatch_as(RuntimeOrigin::root(), pallet_node_deeds::Call::transfer { deed: 0, to: account(Bob) }).is_err());
    });
}
