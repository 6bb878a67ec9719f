//! One connection, with what is known of the chain behind it.

use super::submit::Nonces;
use neurite_primitives::BlockNumber;
use std::sync::Arc;
use subxt::{
    backend::LegacyBackend,
    config::{
        polkadot::{PolkadotConfigBuilder, SubstrateHeader},
        HashFor, Header as _, RpcConfigFor,
    },
    rpcs::{methods::legacy::LegacyRpcMethods, RpcClient},
    OnlineClient, PolkadotConfig,
};
use tokio::sync::Mutex;

pub(super) type Hash = HashFor<PolkadotConfig>;
pub(super) type Header = <PolkadotConfig as subxt::Config>::Header;

pub(super) struct Connection {
    pub(super) methods: LegacyRpcMethods<RpcConfigFor<PolkadotConfig>>,
    pub(super) client: OnlineClient<PolkadotConfig>,
    /// Held while a transaction is signed and handed over, so that no two take the same nonce. It goes with the connection, for behind
    /// another one may be a node that has lost what was sent.
    pub(super) nonces: Mutex<Nonces>,
}

impl Connection {
    pub(super) async fn make(url: &str) -> Result<Self, String> {
        // "Insecure" means without TLS: nodes are on loopback or behind the operator's own tunnel.
        let rpc = RpcClient::from_insecure_url(url).await.map_err(|error| error.to_string())?;
        let backend = Arc::new(LegacyBackend::builder().build(rpc.clone()));
        let config = PolkadotConfigBuilder::new().use_historic_types(false).build();
        let client = OnlineClient::from_backend_with_config(config, backend).await.map_err(|error| error.to_string())?;
        Ok(Self { methods: LegacyRpcMethods::new(rpc), client, nonces: Mutex::default() })
    }
}

/// Returns a header's number.
pub(super) fn number(header: &Header) -> BlockNumber {
    BlockNumber::try_from(SubstrateHeader::number(header)).unwrap_or(BlockNumber::MAX)
}
