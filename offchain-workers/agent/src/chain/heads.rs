//! The blocks as they come, for ever.

use super::{
    connection::{number, Header},
    BlockId, ChainClient,
};
use crate::AgentError;
use sp_core::H256;
use std::time::Duration;
use subxt::rpcs::client::RpcSubscription;

const FIRST_BACKOFF: Duration = Duration::from_millis(200);
/// Shorter than a block takes: whoever works for a job must not come back later than its node does.
const LONGEST_BACKOFF: Duration = Duration::from_secs(2);
/// After this long without a block the connection is tested.
const SILENCE: Duration = Duration::from_secs(30);

/// Blocks from now on, best or finalized; a lost connection is restored without an end of the stream.
#[derive(Debug)]
pub struct Heads {
    source: Source,
    subscription: Option<RpcSubscription<Header>>,
    backoff: Duration,
    last_error: Option<AgentError>,
}

/// Where the blocks come from.
#[derive(Debug)]
struct Source {
    chain: ChainClient,
    finalized: bool,
}

impl Heads {
    pub(super) fn best(chain: ChainClient) -> Self {
        Self::of(Source { chain, finalized: false })
    }

    pub(super) fn finalized(chain: ChainClient) -> Self {
        Self::of(Source { chain, finalized: true })
    }

    fn of(source: Source) -> Self {
        Self { source, subscription: None, backoff: FIRST_BACKOFF, last_error: None }
    }

    /// Returns the next block, and the current one once after each connection.
    ///
    /// Blocks that came while nobody asked are skipped: the newest is what matters. Cancel-safe.
    pub async fn next(&mut self) -> BlockId {
        loop {
            match self.attempt().await {
                Ok(block) => {
                    self.backoff = FIRST_BACKOFF;
                    self.last_error = None;
                    return block;
                }
                Err(error) => {
                    if self.last_error.is_none() {
                        tracing::warn!(%error, "lost the chain, trying again");
                    }
                    self.last_error = Some(error);
                    self.subscription = None;
                    tokio::time::sleep(self.backoff).await;
                    self.backoff = self.backoff.saturating_mul(2).min(LONGEST_BACKOFF);
                }
            }
        }
    }

    /// Returns why there is no block at present, if the chain cannot be reached.
    pub fn last_error(&self) -> Option<&AgentError> {
        self.last_error.as_ref()
    }

    async fn attempt(&mut self) -> Result<BlockId, AgentError> {
        if self.subscription.is_none() {
            self.subscription = Some(self.source.subscribe().await?);
        }
        let Some(subscription) = &mut self.subscription else { return self.source.current().await };
        let Ok(head) = tokio::time::timeout(SILENCE, subscription.next()).await else {
            // A chain may be silent; then its last block is as good as a new one.
            return self.source.current().await;
        };
        let broken = |reason: String| AgentError::Connection { url: self.source.chain.url().to_owned(), reason };
        let head = match head {
            Some(Ok(head)) => head,
            Some(Err(error)) => return Err(self.source.broken(broken(error.to_string())).await),
            None => return Err(self.source.broken(broken("the subscription ended".into())).await),
        };
        let mut newest = head;
        // What is already here is newer.
        while let Ok(Some(Ok(head))) = tokio::time::timeout(Duration::ZERO, subscription.next()).await {
            newest = head;
        }
        Ok(identify(&newest))
    }
}

impl Source {
    async fn subscribe(&self) -> Result<RpcSubscription<Header>, AgentError> {
        let connection = self.chain.connection().await?;
        if self.finalized {
            self.chain.request("chain_subscribeFinalizedHeads", connection.methods.chain_subscribe_finalized_heads()).await
        } else {
            self.chain.request("chain_subscribeNewHeads", connection.methods.chain_subscribe_new_heads()).await
        }
    }

    async fn current(&self) -> Result<BlockId, AgentError> {
        if self.finalized {
            self.chain.finalized().await
        } else {
            self.chain.best().await
        }
    }

    async fn broken(&self, error: AgentError) -> AgentError {
        self.chain.disconnect().await;
        error
    }
}

/// Names the block of a header, whose hash is that of its encoding.
fn identify(header: &Header) -> BlockId {
    let hash = sp_crypto_hashing::blake2_256(&codec::Encode::encode(header));
    BlockId { number: number(header), hash: H256(hash) }
}
