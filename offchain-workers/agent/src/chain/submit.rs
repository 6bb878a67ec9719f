//! Sending transactions and following them into a block.
//!
//! Several transactions of one account may be in flight: nonces are handed out one after another, counting what waits in the node's
//! pool. A transaction lives for 64 blocks; what did not get into a block by then never will.

use super::{connection::Connection, BlockId, ChainClient};
use crate::{AgentError, Call, Signer};
use sp_core::H256;
use sp_runtime::AccountId32;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use subxt::{
    client::OnlineClientAtBlockImpl,
    config::PolkadotExtrinsicParamsBuilder,
    error::{DispatchError, TransactionEventsError},
    ext::{scale_encode, scale_type_resolver::TypeResolver},
    tx::{Payload, TransactionInBlock, TransactionProgress, TransactionStatus},
    Metadata, PolkadotConfig,
};

/// Blocks for which a transaction is valid.
const LIFETIME: u64 = 64;
/// How long nonces handed out here count although the node does not show them.
const NONCE_MEMORY: Duration = Duration::from_secs(12);
/// The most accounts whose nonces are remembered.
const MAX_ACCOUNTS: usize = 64;

type Client = OnlineClientAtBlockImpl<PolkadotConfig>;

/// The nonces handed out last, over one connection.
#[derive(Default)]
pub(super) struct Nonces {
    recent: HashMap<AccountId32, Recent>,
}

/// The nonces of one account that the node may not count yet.
#[derive(Clone, Copy)]
struct Recent {
    next: u64,
    /// When the node last counted all of them. Further ones do not renew it: if one was lost, those after it wait for it in vain.
    since: Instant,
}

impl Recent {
    fn counts(&self, of_node: u64, now: Instant) -> bool {
        self.next > of_node && now.saturating_duration_since(self.since) < NONCE_MEMORY
    }
}

impl Nonces {
    /// Returns the nonce to be used next and remembers it; `of_node` is the next by the node's count.
    fn take(&mut self, account: &AccountId32, of_node: u64, now: Instant) -> u64 {
        let ahead = self.recent.get(account).filter(|recent| recent.counts(of_node, now));
        let (nonce, since) = ahead.map_or((of_node, now), |recent| (recent.next, recent.since));
        if self.recent.len() >= MAX_ACCOUNTS {
            self.recent.retain(|_, recent| now.saturating_duration_since(recent.since) < NONCE_MEMORY);
        }
        if self.recent.len() < MAX_ACCOUNTS || self.recent.contains_key(account) {
            self.recent.insert(account.clone(), Recent { next: nonce.saturating_add(1), since });
        }
        nonce
    }

    fn forget(&mut self, account: &AccountId32) {
        self.recent.remove(account);
    }
}

/// An event of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The pallet's name.
    pub pallet: String,
    /// The event's name.
    pub name: String,
    /// Its fields in SCALE.
    pub fields: Vec<u8>,
}

/// A transaction that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// The block that has it.
    pub block: H256,
    /// Its events.
    pub events: Vec<Event>,
}

impl Included {
    /// Returns the fields of the first event of a name.
    pub fn event(&self, pallet: &str, name: &str) -> Option<&[u8]> {
        let mut events = self.events.iter();
        events.find(|event| event.pallet == pallet && event.name == name).map(|event| &event.fields[..])
    }
}

/// A transaction that the node has taken into its pool.
pub struct Submitted {
    progress: TransactionProgress<PolkadotConfig, Client>,
    sent: Sent,
}

/// What was sent, and where.
struct Sent {
    chain: ChainClient,
    connection: Arc<Connection>,
    account: AccountId32,
    title: String,
    is_sudo: bool,
}

impl ChainClient {
    /// Signs a call and hands it to the node; returns once it is in the pool.
    ///
    /// # Errors
    /// `NotAccepted` if it is invalid now, `NoSuchCall`, `Connection`, `Timeout`.
    pub async fn submit(&self, signer: &Signer, call: &Call) -> Result<Submitted, AgentError> {
        let best = self.best().await?;
        let connection = self.connection().await?;
        let mut nonces = connection.nonces.lock().await;
        let account = signer.account();
        let named = subxt::utils::AccountId32(account.clone().into());
        let of_node = self.request("system_accountNextIndex", connection.methods.system_account_next_index(&named)).await?;
        let nonce = nonces.take(&account, of_node, Instant::now());
        let sending = tokio::time::timeout(super::REQUEST_TIMEOUT, send(&connection, best, signer, call, nonce)).await;
        let progress = match sending {
            Ok(Ok(progress)) => progress,
            Ok(Err(error)) => {
                nonces.forget(&account);
                return Err(error);
            }
            Err(_) => {
                self.disconnect().await;
                return Err(self.timeout(&call.title()));
            }
        };
        drop(nonces);
        let sent = Sent { chain: self.clone(), connection, account, title: call.title(), is_sudo: call.name == "sudo" };
        Ok(Submitted { progress, sent })
    }

    /// Sends a call and waits until it has succeeded in a block.
    ///
    /// # Errors
    /// As [`Self::submit`], and `Dispatch` if the call failed in the block.
    pub async fn call(&self, signer: &Signer, call: &Call) -> Result<Included, AgentError> {
        self.submit(signer, call).await?.in_block().await
    }
}

impl Submitted {
    /// Waits until the transaction has succeeded in a best block.
    ///
    /// # Errors
    /// `Dispatch` if its call failed, `NotAccepted` if it never got into a block, `Connection`.
    pub async fn in_block(self) -> Result<Included, AgentError> {
        self.included(false).await
    }

    /// Waits until the transaction has succeeded in a finalized block.
    ///
    /// # Errors
    /// As [`Self::in_block`].
    pub async fn finalized(self) -> Result<Included, AgentError> {
        self.included(true).await
    }

    async fn included(mut self, finalized: bool) -> Result<Included, AgentError> {
        let sent = self.sent;
        while let Some(status) = self.progress.next().await {
            match status.map_err(|error| sent.lost(error.to_string()))? {
                TransactionStatus::InFinalizedBlock(block) => return sent.outcome(&block).await,
                TransactionStatus::InBestBlock(block) if !finalized => return sent.outcome(&block).await,
                TransactionStatus::Error { message } | TransactionStatus::Invalid { message } | TransactionStatus::Dropped { message } => {
                    // The nonces after this one may never be reached.
                    sent.connection.nonces.lock().await.forget(&sent.account);
                    return Err(AgentError::NotAccepted { call: sent.title, reason: message });
                }
                TransactionStatus::InBestBlock(_)
                | TransactionStatus::Validated
                | TransactionStatus::Broadcasted
                | TransactionStatus::NoLongerInBestBlock => {}
            }
        }
        Err(sent.lost("the node stopped telling about the transaction".into()))
    }
}

impl Sent {
    async fn outcome(&self, block: &TransactionInBlock<PolkadotConfig, Client>) -> Result<Included, AgentError> {
        let events = block.wait_for_success().await.map_err(|error| match error {
            TransactionEventsError::ExtrinsicFailed(error) => self.failed(&error),
            other => self.lost(other.to_string()),
        })?;
        let mut included = Included { block: H256(block.block_hash().0), events: Vec::new() };
        for event in events.iter().filter_map(Result::ok) {
            let (pallet, name) = (event.pallet_name().to_owned(), event.event_name().to_owned());
            included.events.push(Event { pallet, name, fields: event.field_bytes().to_vec() });
        }
        self.check_sudo(&included).await?;
        Ok(included)
    }

    /// A call as root succeeds outside even if it fails inside; what happened inside is in the event of sudo.
    async fn check_sudo(&self, included: &Included) -> Result<(), AgentError> {
        let result = included.event("Sudo", "Sudid").filter(|_| self.is_sudo).and_then(<[u8]>::split_first);
        let Some((1, error)) = result else { return Ok(()) };
        let at = self.connection.client.at_block(subxt::utils::H256(included.block.0)).await;
        let at = at.map_err(|error| self.lost(error.to_string()))?;
        match DispatchError::decode_from(error, at.metadata()) {
            Ok(error) => Err(self.failed(&error)),
            Err(error) => Err(AgentError::Answer { request: self.title.clone(), reason: error.to_string() }),
        }
    }

    fn failed(&self, error: &DispatchError) -> AgentError {
        let details = match error {
            DispatchError::Module(error) => error.details().ok(),
            _ => None,
        };
        let (error, docs) = match details {
            Some(details) => {
                let lines: Vec<_> = details.variant.docs.iter().map(|line| line.trim()).collect();
                (format!("{}.{}", details.pallet.name(), details.variant.name), lines.join(" ").trim().to_owned())
            }
            None => (error.to_string(), String::new()),
        };
        AgentError::Dispatch { call: self.title.clone(), error, docs }
    }

    fn lost(&self, reason: String) -> AgentError {
        AgentError::Connection { url: self.chain.url().to_owned(), reason }
    }
}

async fn send(
    connection: &Connection,
    best: BlockId,
    signer: &Signer,
    call: &Call,
    nonce: u64,
) -> Result<TransactionProgress<PolkadotConfig, Client>, AgentError> {
    let rejected = |reason: String| AgentError::NotAccepted { call: call.title(), reason };
    let hash = subxt::utils::H256(best.hash.0);
    let at = connection.client.at_block(hash).await.map_err(|error| rejected(error.to_string()))?;
    let arguments = RawArguments(call.encode_arguments(&|call: &Call| numbers(at.metadata_ref(), call))?);
    // Also checks that the runtime knows the call itself.
    numbers(at.metadata_ref(), call)?;
    let payload = RawCall { pallet: call.pallet, name: call.name, arguments };
    let parameters = PolkadotExtrinsicParamsBuilder::new();
    let parameters = parameters.nonce(nonce).mortal_from_unchecked(LIFETIME, best.number.into(), hash).build();
    let mut signable = at.transactions().create_signable_offline(&payload, parameters).map_err(|error| rejected(error.to_string()))?;
    let signed = signable.sign(signer).map_err(|error| rejected(error.to_string()))?;
    signed.submit_and_watch().await.map_err(|error| rejected(error.to_string()))
}

/// Returns the numbers of a call's pallet and function.
fn numbers(metadata: &Metadata, call: &Call) -> Result<[u8; 2], AgentError> {
    let numbers = metadata.pallet_by_name(call.pallet).and_then(|pallet| {
        let function = pallet.call_variant_by_name(call.name)?;
        Some([pallet.call_index(), function.index])
    });
    numbers.ok_or_else(|| AgentError::NoSuchCall { call: format!("{}.{}", call.pallet, call.name) })
}

/// A call whose arguments are encoded already.
struct RawCall {
    pallet: &'static str,
    name: &'static str,
    arguments: RawArguments,
}

struct RawArguments(Vec<u8>);

impl Payload for RawCall {
    type CallData = RawArguments;

    fn pallet_name(&self) -> &str {
        self.pallet
    }

    fn call_name(&self) -> &str {
        self.name
    }

    fn call_data(&self) -> &RawArguments {
        &self.arguments
    }
}

impl scale_encode::EncodeAsFields for RawArguments {
    fn encode_as_fields_to<R: TypeResolver>(
        &self,
        _: &mut dyn scale_encode::FieldIter<'_, R::TypeId>,
        _: &R,
        out: &mut Vec<u8>,
    ) -> Result<(), scale_encode::Error> {
        out.extend_from_slice(&self.0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_count_what_was_sent_a_moment_ago() {
        let (mut nonces, now, account) = (Nonces::default(), Instant::now(), AccountId32::new([1; 32]));
        assert_eq!(nonces.take(&account, 5, now), 5);
        assert_eq!(nonces.take(&account, 5, now), 6);
        assert_eq!(nonces.take(&account, 9, now), 9);
        assert_eq!(nonces.take(&AccountId32::new([2; 32]), 0, now), 0);
        nonces.forget(&account);
        assert_eq!(nonces.take(&account, 5, now), 5);
    }

    #[test]
    fn a_lost_transaction_is_found_out_although_others_follow_it() {
        let (mut nonces, now, account) = (Nonces::default(), Instant::now(), AccountId32::new([1; 32]));
        let sent = |nonces: &mut Nonces, of_node, seconds| nonces.take(&account, of_node, now + Duration::from_secs(seconds));
        assert_eq!(sent(&mut nonces, 5, 0), 5);
        assert_eq!(sent(&mut nonces, 5, 7), 6);
        assert_eq!(sent(&mut nonces, 5, 13), 5, "the node still waits for it");
        // What the node counts is no longer in doubt.
        assert_eq!(sent(&mut nonces, 7, 14), 7);
        assert_eq!(sent(&mut nonces, 7, 25), 8);
    }

    #[test]
    fn the_memory_of_nonces_is_bounded() {
        let (mut nonces, now) = (Nonces::default(), Instant::now());
        for byte in 0..200 {
            nonces.take(&AccountId32::new([byte; 32]), 0, now);
        }
        assert_eq!(nonces.recent.len(), MAX_ACCOUNTS);
        nonces.take(&AccountId32::new([201; 32]), 0, now + NONCE_MEMORY);
        assert_eq!(nonces.recent.len(), 1);
    }
}
