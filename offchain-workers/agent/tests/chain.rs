//! Reads and heads against a node that answers, refuses, disappears and comes back.

mod fake_node;

use fake_node::{hash, network, FakeNode};
use neurite_agent::{
    run_supervisor, run_worker, AgentError, BlockId, ChainClient, EngineControl, EngineFault, JobAssignment, NodeKey, NodeTable,
    RoleStatus, RunningShard, Started,
};
use neurite_primitives::{Benchmark, JobKey, NodeSpecs, ShardIndex};
use sp_runtime::AccountId32;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.unwrap_or_else(|_| panic!("{what} did not happen"))
}

fn block(number: u32) -> BlockId {
    BlockId { number, hash: hash(number) }
}

/// An engine that has nothing and is asked for nothing.
struct Idle;

#[async_trait::async_trait]
impl EngineControl for Idle {
    async fn specs(&self) -> NodeSpecs {
        let benchmark = Benchmark { version: 1, score: 1, measured_at: 0 };
        NodeSpecs { cores: 1, memory_mib: 1, gpu_memory_mib: 0, backends: Default::default(), tags: Default::default(), benchmark }
    }

    fn capacity(&self) -> u16 {
        1
    }

    async fn jobs(&self) -> Vec<RunningShard> {
        vec![]
    }

    async fn start(&self, _: JobAssignment) -> Result<Started, EngineFault> {
        Err(EngineFault { reason: "idle".into() })
    }

    async fn stop(&self, _: &JobKey, _: ShardIndex) -> Result<(), EngineFault> {
        Ok(())
    }

    async fn fetch(&self, _: &str, _: usize) -> Result<Vec<u8>, EngineFault> {
        Err(EngineFault { reason: "idle".into() })
    }
}

impl NodeTable for Idle {
    fn is_available(&self, _: &AccountId32) -> bool {
        true
    }
}

#[tokio::test]
async fn roles_step_with_every_block_survive_a_restart_and_stop() {
    let mut node = FakeNode::start().await;
    let (chain, key, stop) = (ChainClient::new(node.url()), NodeKey::from_secret(&[1; 32]).unwrap(), CancellationToken::new());
    let (sender, mut worker) = watch::channel(RoleStatus::default());
    let first = tokio::spawn(run_worker(chain.clone(), key.clone(), Arc::new(Idle), sender, stop.clone()));
    let (sender, mut supervisor) = watch::channel(RoleStatus::default());
    let second = tokio::spawn(run_supervisor(chain, key.signer(), Arc::new(Idle), sender, stop.clone()));
    for status in [&mut worker, &mut supervisor] {
        within("a step", status.wait_for(|status| status.block == Some(block(1)))).await.unwrap();
    }
    node.stop().await;
    node.best.send_replace(9);
    node.restart().await;
    for status in [&mut worker, &mut supervisor] {
        let status = within("a step", status.wait_for(|status| status.block == Some(block(9)))).await.unwrap();
        assert_eq!((status.performed, &status.last_error), (0, &None));
    }
    stop.cancel();
    within("the end", async { tokio::try_join!(first, second) }).await.unwrap();
}

#[tokio::test]
async fn reads_look_at_the_block_that_they_name() {
    let node = FakeNode::start().await;
    let chain = ChainClient::new(node.url());
    node.best.send_replace(5);
    assert_eq!(chain.genesis().await.unwrap(), hash(0));
    assert_eq!((chain.best().await.unwrap(), chain.finalized().await.unwrap()), (block(5), block(4)));
    assert_eq!(chain.at(block(5)).network().await.unwrap(), network(5));
    assert_eq!(chain.at(block(2)).network().await.unwrap(), network(2));
    assert_eq!(chain.at(block(5)).deed_of(&AccountId32::new([7; 32])).await.unwrap(), Some(3));
    assert_eq!(chain.at(block(5)).deed_of(&AccountId32::new([8; 32])).await.unwrap(), None);
}

#[tokio::test]
async fn refusals_and_answers_that_cannot_be_decoded_keep_the_connection() {
    let node = FakeNode::start().await;
    let chain = ChainClient::new(node.url());
    let gone = chain.at(block(99)).network().await;
    assert!(matches!(gone, Err(AgentError::Request { ref reason, .. }) if reason.contains("discarded")), "{gone:?}");
    let unknown = chain.at(block(1)).epochs().await;
    assert!(matches!(unknown, Err(AgentError::Request { ref reason, .. }) if reason.contains("not found")), "{unknown:?}");
    let sender = AccountId32::new([1; 32]);
    assert_eq!(chain.at(block(1)).job(&JobKey { sender: sender.clone(), id: 1 }).await.unwrap(), None);
    let garbled = chain.at(block(1)).job(&JobKey { sender, id: 2 }).await;
    assert!(matches!(garbled, Err(AgentError::Answer { .. })), "{garbled:?}");
    assert!(!garbled.unwrap_err().is_transient());
}

#[tokio::test]
async fn a_node_that_is_not_there_is_a_transient_error() {
    let mut node = FakeNode::start().await;
    node.stop().await;
    let refused = ChainClient::new(node.url()).best().await.unwrap_err();
    assert!(matches!(refused, AgentError::Connection { .. }) && refused.is_transient(), "{refused}");
}

#[tokio::test]
async fn questions_are_answered_again_once_the_node_is_back() {
    let mut node = FakeNode::start().await;
    let chain = ChainClient::new(node.url());
    assert_eq!(chain.best().await.unwrap(), block(1));
    node.stop().await;
    assert!(chain.best().await.unwrap_err().is_transient());
    node.best.send_replace(2);
    node.restart().await;
    within("an answer", async {
        while chain.best().await.ok() != Some(block(2)) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn heads_skip_what_is_old_and_survive_a_restart() {
    let mut node = FakeNode::start().await;
    let mut heads = ChainClient::new(node.url()).best_blocks();
    assert_eq!(within("the first head", heads.next()).await, block(1));
    node.best.send_replace(2);
    assert_eq!(within("the second head", heads.next()).await, block(2));
    node.stop().await;
    node.best.send_replace(7);
    let next = tokio::spawn(async move { (heads.next().await, heads) });
    node.restart().await;
    let (head, mut heads) = within("the head after the restart", next).await.unwrap();
    assert_eq!(head, block(7));
    node.best.send_replace(8);
    assert_eq!(within("the last head", heads.next()).await, block(8));
    assert!(heads.last_error().is_none());
}
