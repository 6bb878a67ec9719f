//! Tests of the bounded queue: its order, its policies, and what its end and cancelled senders leave behind.

use super::*;
use neurite_testkit::block_on;
use std::{
    future::Future,
    task::{Context, Poll, Waker},
};

/// Polls a future once.
fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_full_queue_holds_its_sender_back() {
    let (sender, mut receiver) = queue(2, Policy::Block);
    assert_eq!(block_on(sender.send(1)), Ok(None));
    assert_eq!(block_on(sender.send(2)), Ok(None));
    let mut third = pin!(sender.send(3));
    assert!(poll_once(third.as_mut()).is_pending());
    assert_eq!(block_on(receiver.recv()), Some(1));
    assert_eq!(poll_once(third.as_mut()), Poll::Ready(Ok(None)));
    assert_eq!([block_on(receiver.recv()), block_on(receiver.recv())], [Some(2), Some(3)]);
}

#[test]
fn a_cancelled_sender_leaves_nothing_and_its_room_to_the_next() {
    let (sender, mut receiver) = queue(1, Policy::Block);
    block_on(sender.send(1)).unwrap();
    let mut second = Box::pin(sender.send(2));
    let mut third = pin!(sender.send(3));
    assert!(poll_once(second.as_mut()).is_pending());
    assert!(poll_once(third.as_mut()).is_pending());
    assert_eq!(receiver.try_recv(), Some(1));
    drop(second);
    assert_eq!(poll_once(third.as_mut()), Poll::Ready(Ok(None)));
    assert_eq!((receiver.try_recv(), receiver.try_recv()), (Some(3), None));
}

#[test]
fn the_oldest_item_goes_where_nobody_waits() {
    let (sender, mut receiver) = queue(2, Policy::DropOldest);
    let dropped: Vec<Option<u8>> = (1..=4).map(|item| block_on(sender.send(item)).unwrap()).collect();
    assert_eq!(dropped, [None, None, Some(1), Some(2)]);
    assert_eq!((receiver.try_recv(), receiver.try_recv(), receiver.try_recv()), (Some(3), Some(4), None));
}

#[test]
fn a_queue_ends_after_its_last_item_and_refuses_without_a_receiver() {
    let (sender, mut receiver) = queue(2, Policy::Block);
    let other = sender.clone();
    block_on(sender.send(1)).unwrap();
    drop(sender);
    assert_eq!(receiver.try_recv(), Some(1));
    let mut next = Box::pin(receiver.recv());
    assert!(poll_once(next.as_mut()).is_pending());
    drop(other);
    assert_eq!(poll_once(next.as_mut()), Poll::Ready(None));
    drop(next);

    let (sender, receiver) = queue(1, Policy::Block);
    block_on(sender.send(1)).unwrap();
    let mut second = Box::pin(sender.send(2));
    assert!(poll_once(second.as_mut()).is_pending());
    drop(receiver);
    assert_eq!(poll_once(second.as_mut()), Poll::Ready(Err(Closed)));
}

#[test]
fn two_threads_pass_every_item_in_order() {
    let (sender, mut receiver) = queue(3, Policy::Block);
    let sending = std::thread::spawn(move || (0..10_000).for_each(|item| assert_eq!(block_on(sender.send(item)), Ok(None))));
    let received: Vec<u32> = std::iter::from_fn(|| block_on(receiver.recv())).collect();
    sending.join().unwrap();
    assert_eq!(received, (0..10_000).collect::<Vec<_>>());
}
