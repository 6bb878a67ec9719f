//! What no account may call, neither by itself nor within another call.

use crate::chain;
use neurite_runtime::{Runtime, RuntimeCall, RuntimeOrigin, NEU};
use sp_keyring::Sr25519Keyring;
use sp_runtime::traits::Dispatchable;

/// Dispatches a call of Alice, who is a validator and has money.
fn is_refused(call: RuntimeCall) -> bool {
    let refused = frame_system::Error::<Runtime>::CallFiltered.into();
    let alice = RuntimeOrigin::signed(Sr25519Keyring::Alice.to_account_id());
    chain::genesis().execute_with(|| call.dispatch(alice).is_err_and(|failed| failed.error == refused))
}

fn within_another(call: RuntimeCall) -> RuntimeCall {
    pallet_utility::Call::batch_all { calls: vec![call] }.into()
}

#[test]
fn nobody_burns_money() {
    let burn: RuntimeCall = pallet_balances::Call::burn { value: NEU, keep_alive: true }.into();
    assert!(is_refused(burn.clone()) && is_refused(within_another(burn)));
}

#[test]
fn no_validator_leaves_the_chain_without_authorities() {
    let purge: RuntimeCall = pallet_session::Call::purge_keys {}.into();
    assert!(is_refused(purge.clone()) && is_refused(within_another(purge)));
}

#[test]
fn other_calls_are_not_refused() {
    assert!(!is_refused(within_another(frame_system::Call::remark { remark: Vec::new() }.into())));
}
