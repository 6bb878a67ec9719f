//! A node's RPC as far as the client's reads and heads need it, which can be stopped and started at the same address.
#![allow(unreachable_pub)] // A module of a test, not of a crate.

use codec::{Decode, Encode};
use jsonrpsee::{
    core::async_trait,
    proc_macros::rpc,
    server::{PendingSubscriptionSink, Server, ServerHandle, SubscriptionMessage},
    types::ErrorObjectOwned,
};
use neurite_primitives::{view::NetworkView, JobKey};
use serde_json::{json, Value};
use sp_core::H256;
use sp_runtime::AccountId32;
use std::net::SocketAddr;
use tokio::sync::watch;

#[rpc(server)]
trait Api {
    #[method(name = "chain_getBlockHash")]
    fn block_hash(&self, number: Option<Value>) -> Result<Option<String>, ErrorObjectOwned>;
    #[method(name = "chain_getFinalizedHead")]
    fn finalized(&self) -> Result<String, ErrorObjectOwned>;
    #[method(name = "chain_getHeader")]
    fn header(&self, hash: Option<String>) -> Result<Option<Value>, ErrorObjectOwned>;
    #[method(name = "state_call")]
    fn call(&self, function: String, arguments: String, at: Option<String>) -> Result<String, ErrorObjectOwned>;
    #[subscription(name = "chain_subscribeNewHeads" => "chain_newHead", unsubscribe = "chain_unsubscribeNewHeads", item = Value)]
    async fn new_heads(&self) -> jsonrpsee::core::SubscriptionResult;
}

struct Chain {
    best: watch::Receiver<u32>,
}

/// The header of a block; all but the number is empty.
fn header(number: u32) -> Value {
    let zero = format!("0x{}", "00".repeat(32));
    json!({
        "parentHash": zero, "number": format!("0x{number:x}"), "stateRoot": zero, "extrinsicsRoot": zero, "digest": { "logs": [] },
    })
}

/// The hash of such a header, as a node computes it.
pub fn hash(number: u32) -> H256 {
    let zero = [0u8; 32];
    H256(sp_crypto_hashing::blake2_256(&(zero, codec::Compact(number), zero, zero, Vec::<u8>::new()).encode()))
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn error(message: &str) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(4003, message, None::<()>)
}

pub fn network(active_now: u64) -> NetworkView {
    NetworkView {
        genesis: hash(0),
        now: 1,
        active_now,
        pot: AccountId32::new([1; 32]),
        pot_balance: 2,
        reserved: 3,
        escrow: 4,
        supervisor: None,
        deeds: 5,
    }
}

#[async_trait]
impl ApiServer for Chain {
    fn block_hash(&self, number: Option<Value>) -> Result<Option<String>, ErrorObjectOwned> {
        let best = *self.best.borrow();
        Ok(Some(hex(hash(if number.is_some_and(|number| !number.is_null()) { 0 } else { best }))))
    }

    fn finalized(&self) -> Result<String, ErrorObjectOwned> {
        Ok(hex(hash(self.best.borrow().saturating_sub(1))))
    }

    fn header(&self, wanted: Option<String>) -> Result<Option<Value>, ErrorObjectOwned> {
        let known = (0..=*self.best.borrow()).find(|number| Some(hex(hash(*number))) == wanted);
        Ok(known.map(header))
    }

    fn call(&self, function: String, arguments: String, at: Option<String>) -> Result<String, ErrorObjectOwned> {
        let arguments = hex::decode(arguments.trim_start_matches("0x")).map_err(|_| error("no arguments"))?;
        let number = (0..=*self.best.borrow()).find(|number| Some(hex(hash(*number))) == at);
        let number = number.ok_or_else(|| error("State already discarded"))?;
        match function.as_str() {
            "NeuriteApi_network" => Ok(hex(network(number.into()).encode())),
            "NeuriteApi_deed_of" => {
                let account = AccountId32::decode(&mut &arguments[..]).map_err(|_| error("no account"))?;
                Ok(hex((account == AccountId32::new([7; 32])).then_some(3u32).encode()))
            }
            "NeuriteApi_live_jobs" | "NeuriteApi_deeds" => Ok(hex(Vec::<u8>::new().encode())),
            "NeuriteApi_job" => match JobKey::<AccountId32>::decode(&mut &arguments[..]) {
                Ok(key) if key.id == 1 => Ok(hex(Option::<u8>::None.encode())),
                _ => Ok("0x01ff".into()),
            },
            other => Err(error(&format!("Exported method {other} is not found"))),
        }
    }

    async fn new_heads(&self, pending: PendingSubscriptionSink) -> jsonrpsee::core::SubscriptionResult {
        let sink = pending.accept().await?;
        let mut best = self.best.clone();
        best.mark_changed();
        while best.changed().await.is_ok() {
            let number = *best.borrow_and_update();
            sink.send(SubscriptionMessage::from_json(&header(number))?).await?;
        }
        Ok(())
    }
}

pub struct FakeNode {
    pub best: watch::Sender<u32>,
    address: SocketAddr,
    handle: Option<ServerHandle>,
}

impl FakeNode {
    pub async fn start() -> Self {
        let mut node = Self { best: watch::channel(1).0, address: ([127, 0, 0, 1], 0).into(), handle: None };
        node.restart().await;
        node
    }

    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    pub async fn stop(&mut self) {
        if let Some(handle) = self.handle.take() {
            handle.stop().unwrap();
            handle.stopped().await;
        }
    }

    pub async fn restart(&mut self) {
        let server = Server::builder().build(self.address).await.unwrap();
        self.address = server.local_addr().unwrap();
        self.handle = Some(server.start(Chain { best: self.best.subscribe() }.into_rpc()));
    }
}
