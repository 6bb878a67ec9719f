//! What the tests of the roles share: a job to start from, and a way to run futures that never wait.

use core::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};
use neurite_primitives::{view::*, *};
use sp_runtime::{AccountId32, Permill};

/// Runs a future whose host never waits.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a fake host never waits"),
    }
}

pub(crate) fn account(seed: u8) -> AccountId32 {
    AccountId32::new([seed; 32])
}

/// The main node of all jobs here.
pub(crate) fn main_node() -> AccountId32 {
    account(200)
}

pub(crate) fn key(id: JobId) -> JobKey {
    JobKey { sender: account(100), id }
}

pub(crate) fn specs(score: u64) -> NodeSpecs {
    NodeSpecs {
        cores: 4,
        memory_mib: 8_192,
        gpu_memory_mib: 0,
        backends: vec![Backend::OnnxCpu].try_into().unwrap(),
        tags: Default::default(),
        benchmark: Benchmark { version: 1, score, measured_at: 7 },
    }
}

/// A job of four steps, without shards.
pub(crate) fn job(id: JobId, workers: u16) -> JobView {
    JobView {
        key: key(id),
        status: JobStatus::Open,
        ending: None,
        document: [id as u8; 32],
        delegate: Some(main_node()),
        requirements: Requirements { memory_mib: 1_024, ..Default::default() },
        workers,
        steps: 4,
        reward: 1_000,
        escrow: 1_000,
        to_pool: 0,
        to_workers: 0,
        refunded: 0,
        accept_by: 100_000,
        complete_by: 200_000,
        wait_until: 0,
        progress: Permill::zero(),
        shards: Vec::new(),
        history: Vec::new(),
    }
}

/// A shard of the deed, whose node is `account(deed)`.
pub(crate) fn shard(deed: DeedId, state: ShardState) -> ShardView {
    ShardView { deed, node: Some(account(deed as u8)), state, step: 0, commitment: [0; 32], deadline: 50_000 }
}
