//! The client of a chain node's RPC.
//!
//! A client is made without a connection and connects when it is first asked; a connection that breaks is replaced at the next
//! question. Every question has a deadline. Reads name the block that they look at, so that several of them fit together.

mod connection;
mod heads;
mod reads;
mod submit;

pub use heads::Heads;
pub use reads::ChainAt;
pub use submit::{Event, Included, Submitted};

use crate::AgentError;
use connection::Connection;
use neurite_primitives::BlockNumber;
use sp_core::H256;
use std::{fmt, future::Future, sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// The longest that a node may take to answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Names a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockId {
    /// Its number.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: H256,
}

/// A client of one node; clones share the connection.
#[derive(Clone)]
pub struct ChainClient {
    inner: Arc<Inner>,
}

struct Inner {
    url: String,
    connection: Mutex<Option<Arc<Connection>>>,
}

impl ChainClient {
    /// Makes a client of the node at a WebSocket address such as `ws://127.0.0.1:9944`.
    pub fn new(url: impl Into<String>) -> Self {
        let inner = Inner { url: url.into(), connection: Mutex::new(None) };
        Self { inner: Arc::new(inner) }
    }

    /// Returns the node's address.
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// Returns the hash of the genesis block.
    ///
    /// # Errors
    /// `Connection`, `Timeout`.
    pub async fn genesis(&self) -> Result<H256, AgentError> {
        Ok(H256(self.connection().await?.client.genesis_hash().0))
    }

    /// Returns the best block.
    ///
    /// # Errors
    /// `Connection`, `Timeout`, `Request`.
    pub async fn best(&self) -> Result<BlockId, AgentError> {
        let connection = self.connection().await?;
        let hash = self.request("chain_getBlockHash", connection.methods.chain_get_block_hash(None)).await?;
        self.block(hash).await
    }

    /// Returns the last finalized block.
    ///
    /// # Errors
    /// `Connection`, `Timeout`, `Request`.
    pub async fn finalized(&self) -> Result<BlockId, AgentError> {
        let connection = self.connection().await?;
        let hash = self.request("chain_getFinalizedHead", connection.methods.chain_get_finalized_head()).await?;
        self.block(Some(hash)).await
    }

    /// Returns what can be read at a block.
    pub fn at(&self, block: BlockId) -> ChainAt {
        ChainAt { chain: self.clone(), block }
    }

    /// Returns the best blocks from now on.
    pub fn best_blocks(&self) -> Heads {
        Heads::best(self.clone())
    }

    /// Returns the finalized blocks from now on.
    pub fn finalized_blocks(&self) -> Heads {
        Heads::finalized(self.clone())
    }

    async fn block(&self, hash: Option<connection::Hash>) -> Result<BlockId, AgentError> {
        let request = "chain_getHeader";
        let missing = || AgentError::Answer { request: request.into(), reason: "there is no such block".into() };
        let hash = hash.ok_or_else(missing)?;
        let connection = self.connection().await?;
        let header = self.request(request, connection.methods.chain_get_header(Some(hash))).await?.ok_or_else(missing)?;
        Ok(BlockId { number: connection::number(&header), hash: H256(hash.0) })
    }

    /// Returns the connection, making one if there is none.
    async fn connection(&self) -> Result<Arc<Connection>, AgentError> {
        let mut slot = self.inner.connection.lock().await;
        if let Some(connection) = &*slot {
            return Ok(connection.clone());
        }
        let lost = |reason: String| AgentError::Connection { url: self.inner.url.clone(), reason };
        let connecting = tokio::time::timeout(REQUEST_TIMEOUT, Connection::make(&self.inner.url)).await;
        let connection = connecting.map_err(|_| self.timeout("connecting"))?.map_err(lost)?;
        tracing::info!(url = self.inner.url, "connected to the chain");
        let connection = Arc::new(connection);
        *slot = Some(connection.clone());
        Ok(connection)
    }

    /// Awaits an answer; what is not an answer ends the connection, so that the next question makes another.
    async fn request<T>(&self, request: &str, answer: impl Future<Output = Result<T, subxt::rpcs::Error>>) -> Result<T, AgentError> {
        match tokio::time::timeout(REQUEST_TIMEOUT, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(subxt::rpcs::Error::User(error))) => Err(AgentError::Request { request: request.to_owned(), reason: error.message }),
            Ok(Err(error)) => {
                self.disconnect().await;
                Err(AgentError::Connection { url: self.inner.url.clone(), reason: error.to_string() })
            }
            Err(_) => {
                self.disconnect().await;
                Err(self.timeout(request))
            }
        }
    }

    async fn disconnect(&self) {
        *self.inner.connection.lock().await = None;
    }

    fn timeout(&self, what: &str) -> AgentError {
        AgentError::Timeout { what: format!("{what} at {}", self.inner.url), seconds: REQUEST_TIMEOUT.as_secs() }
    }
}

impl fmt::Debug for ChainClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ChainClient").field("url", &self.inner.url).finish_non_exhaustive()
    }
}
