//! The contract that every [`ReplayStore`] fulfils, to be run in the tests of each implementation.

use super::{Observed, ReplayStore, WINDOW_SIZE};
use crate::{Address, Identity};

/// Checks a store made by `make(max_senders, retention_ms)`; each call of it makes an empty one.
///
/// # Panics
/// If the store breaks the contract.
pub fn check<S: ReplayStore>(mut make: impl FnMut(usize, u64) -> S) {
    a_message_is_new_once(&mut make(8, 1000));
    senders_do_not_disturb_each_other(&mut make(8, 1000));
    messages_may_come_a_little_late(&mut make(8, 1000));
    a_full_store_refuses_new_senders_only(&mut make(2, 1000));
    forgotten_senders_make_room(&mut make(2, 1000));
}

fn sender(byte: u8) -> Address {
    let identity = Identity::from_secret(&[byte; 32]);
    identity.map_or_else(|error| unreachable!("the byte is a secret: {error}"), |identity| *identity.address())
}

fn observed<S: ReplayStore>(store: &mut S, byte: u8, seq: u64, now: u64) -> Observed {
    store.observe(&sender(byte), seq, now).unwrap_or_else(|error| unreachable!("{error}"))
}

fn a_message_is_new_once<S: ReplayStore>(store: &mut S) {
    assert_eq!(observed(store, 1, 7, 0), Observed::New);
    assert_eq!(observed(store, 1, 7, 0), Observed::Seen);
    assert_eq!(observed(store, 1, 8, 5), Observed::New);
    assert_eq!(observed(store, 1, 7, 900), Observed::Seen);
}

fn senders_do_not_disturb_each_other<S: ReplayStore>(store: &mut S) {
    assert_eq!(observed(store, 1, 7, 0), Observed::New);
    assert_eq!(observed(store, 2, 7, 0), Observed::New);
    assert_eq!(observed(store, 2, u64::MAX, 0), Observed::New);
    assert_eq!(observed(store, 1, 8, 0), Observed::New);
}

fn messages_may_come_a_little_late<S: ReplayStore>(store: &mut S) {
    let highest = 10 * WINDOW_SIZE;
    assert_eq!(observed(store, 1, highest, 0), Observed::New);
    let oldest = highest.saturating_sub(WINDOW_SIZE).saturating_add(1);
    assert_eq!(observed(store, 1, oldest, 0), Observed::New);
    assert_eq!(observed(store, 1, oldest, 0), Observed::Seen);
    assert_eq!(observed(store, 1, oldest.saturating_sub(1), 0), Observed::Seen);
}

fn a_full_store_refuses_new_senders_only<S: ReplayStore>(store: &mut S) {
    assert_eq!(observed(store, 1, 1, 0), Observed::New);
    assert_eq!(observed(store, 2, 1, 0), Observed::New);
    assert_eq!(observed(store, 3, 1, 1000), Observed::Full);
    assert_eq!(observed(store, 1, 2, 1000), Observed::New);
    assert_eq!(observed(store, 1, 2, 1000), Observed::Seen);
}

fn forgotten_senders_make_room<S: ReplayStore>(store: &mut S) {
    assert_eq!(observed(store, 1, 1, 0), Observed::New);
    assert_eq!(observed(store, 2, 1, 500), Observed::New);
    assert_eq!(observed(store, 3, 1, 1001), Observed::New);
    assert_eq!(observed(store, 2, 1, 1001), Observed::Seen);
}
