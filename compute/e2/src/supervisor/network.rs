//! The table of nodes: who was heard, when, and how much of each epoch that covers.
//!
//! Only verified heartbeats come here, stamped with this engine's clock; what a node says of time is shown and never trusted.
//! The coverage of the open and the closing epochs is written to disk, so that a restart of the supervisor costs the nodes
//! only the time that it was away.

use anyhow::{Context, Result};
use neurite_primitives::{
    epoch::EpochState, node_account, page_of, view::EpochView, DeedId, EpochIndex, Moment, NodePublic, PageIndex, PAGE_SIZE,
};
use neurite_protocol::{
    heartbeat::{Coverage, Heartbeat, HeartbeatBody},
    Address,
};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::Serialize;
use sp_runtime::AccountId32;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// The most nodes that are kept: more than the deeds of any network.
pub const MAX_NODES: usize = 200_000;
/// A node is available while its last heartbeat is at most this many intervals old.
const FRESH_INTERVALS: u64 = 3;

/// How long heartbeats are remembered, so that those heard before the chain's next epoch was seen here still count in it.
const REMEMBERED_MS: Moment = 120_000;
/// The most heartbeats that are remembered.
const MAX_REMEMBERED: usize = 262_144;

const COVERAGE: TableDefinition<u32, &[u8]> = TableDefinition::new("coverage/v1");

/// What is known of a node.
#[derive(Debug, Clone, Serialize)]
pub struct NodeStatus {
    /// Its account on chain.
    pub account: AccountId32,
    /// The name that its operator gave it.
    pub alias: String,
    /// What it does.
    pub role: &'static str,
    /// Its engine's version.
    pub version: String,
    /// Seconds since its engine started, as it says.
    pub uptime_s: u64,
    /// The pipelines that it runs.
    pub pipelines: Vec<String>,
    /// When it was last heard, by our clock, Unix milliseconds.
    pub last_seen: Moment,
}

impl NodeStatus {
    fn new(account: AccountId32, body: &HeartbeatBody, at: Moment) -> Self {
        Self {
            account,
            alias: body.alias.clone(),
            role: body.role.as_str(),
            version: body.version.clone(),
            uptime_s: body.uptime_s,
            pipelines: body.pipelines.clone(),
            last_seen: at,
        }
    }
}

/// Who was heard, and how much of each epoch that covers.
#[derive(Debug)]
pub struct NetworkTable {
    nodes: BTreeMap<Address, NodeStatus>,
    addresses: BTreeMap<AccountId32, Address>,
    epochs: BTreeMap<EpochIndex, Coverage>,
    /// The latest heartbeats, oldest first.
    recent: VecDeque<(Address, Moment)>,
    interval: Moment,
    database: Arc<Database>,
}

impl NetworkTable {
    /// Opens the table, reading what an earlier run of the supervisor heard in epochs that may still be reported.
    pub fn open(database: Arc<Database>) -> Result<Self> {
        let transaction = database.begin_write()?;
        transaction.open_table(COVERAGE)?;
        transaction.commit()?;
        let mut epochs: BTreeMap<EpochIndex, Coverage> = BTreeMap::new();
        for entry in database.begin_read()?.open_table(COVERAGE)?.iter()? {
            let (epoch, bytes) = entry?;
            epochs.insert(epoch.value(), serde_json::from_slice(bytes.value()).context("coverage on disk is damaged")?);
        }
        let heard = epochs.values().flat_map(|coverage| coverage.nodes().map(|(address, _)| *address));
        let addresses = heard.map(|address| (account_of(&address), address)).collect();
        let interval = neurite_protocol::heartbeat::DEFAULT_INTERVAL_MS;
        Ok(Self { nodes: BTreeMap::new(), addresses, epochs, recent: VecDeque::new(), interval, database })
    }

    /// Records a verified heartbeat received at `at`.
    pub fn record(&mut self, heartbeat: &Heartbeat, at: Moment) {
        if self.nodes.len() >= MAX_NODES && !self.nodes.contains_key(&heartbeat.node) {
            return;
        }
        let account = account_of(&heartbeat.node);
        self.addresses.insert(account.clone(), heartbeat.node);
        self.nodes.insert(heartbeat.node, NodeStatus::new(account, &heartbeat.body, at));
        for coverage in self.epochs.values_mut() {
            coverage.record(&heartbeat.node, at);
        }
        self.remember(heartbeat.node, at);
    }

    fn remember(&mut self, node: Address, at: Moment) {
        self.recent.push_back((node, at));
        let is_old = |(_, heard): &(Address, Moment)| at.saturating_sub(*heard) > REMEMBERED_MS;
        while self.recent.len() > MAX_REMEMBERED || self.recent.front().is_some_and(is_old) {
            self.recent.pop_front();
        }
    }

    /// Follows the chain's epochs: begins new ones, moves the ends of those that closed late, forgets the settled.
    pub fn follow(&mut self, epochs: &[EpochView]) {
        let wanted = |epoch: &&EpochView| matches!(epoch.state, EpochState::Open | EpochState::Closing);
        let current: BTreeMap<EpochIndex, &EpochView> = epochs.iter().filter(wanted).map(|epoch| (epoch.index, epoch)).collect();
        self.epochs.retain(|index, _| current.contains_key(index));
        for (index, epoch) in current {
            let recent = &self.recent;
            let coverage = self.epochs.entry(index).or_insert_with(|| begin(epoch, recent));
            if coverage.epoch().1 != epoch.end {
                coverage.set_end(epoch.end);
            }
            self.interval = neurite_protocol::heartbeat::interval(coverage.epoch_ms());
        }
    }

    /// Writes the coverage to disk.
    pub fn save(&self) -> Result<()> {
        let transaction = self.database.begin_write()?;
        {
            let mut table = transaction.open_table(COVERAGE)?;
            table.retain(|epoch, _| self.epochs.contains_key(&epoch))?;
            for (epoch, coverage) in &self.epochs {
                table.insert(epoch, serde_json::to_vec(coverage)?.as_slice())?;
            }
        }
        transaction.commit().context("cannot write the coverage")
    }

    /// Returns the interval between heartbeats in the current epoch, in milliseconds.
    pub fn interval(&self) -> Moment {
        self.interval
    }

    /// Returns the availability of a page's deeds in an epoch, `node` telling which account is linked to a deed.
    pub fn page(&self, epoch: EpochIndex, page: PageIndex, deeds: u32, node: impl Fn(DeedId) -> Option<AccountId32>) -> Option<Vec<u8>> {
        let coverage = self.epochs.get(&epoch)?;
        let first = page.saturating_mul(PAGE_SIZE);
        let members = (first..deeds).take_while(|deed| page_of(*deed).0 == page);
        let availability = |account| self.addresses.get(&account).map_or(0, |address| coverage.availability(address));
        Some(members.map(|deed| node(deed).map_or(0, availability)).collect())
    }

    /// Tells whether a node was heard lately.
    pub fn is_available(&self, account: &AccountId32, now: Moment) -> bool {
        let last_seen = self.addresses.get(account).and_then(|address| self.nodes.get(address)).map(|node| node.last_seen);
        last_seen.is_some_and(|at| now.saturating_sub(at) <= self.interval.saturating_mul(FRESH_INTERVALS))
    }

    /// Returns all nodes with their availability in the current epoch so far.
    pub fn nodes(&self) -> Vec<(String, NodeStatus, u64)> {
        let current = self.epochs.values().next_back();
        let covered = |address: &Address| current.map_or(0, |coverage| coverage.covered_ms(address));
        self.nodes.iter().map(|(address, node)| (address.to_string(), node.clone(), covered(address))).collect()
    }
}

/// Begins the coverage of an epoch with what was heard before this engine saw that the epoch had begun.
fn begin(epoch: &EpochView, recent: &VecDeque<(Address, Moment)>) -> Coverage {
    let mut coverage = Coverage::new(epoch.start, epoch.end, MAX_NODES);
    for (node, at) in recent {
        coverage.record(node, *at);
    }
    coverage
}

/// Returns the chain account of a node's address.
pub fn account_of(address: &Address) -> AccountId32 {
    node_account(&NodePublic::from_raw(*address.public()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurite_protocol::{Identity, Role};
    use redb::backends::InMemoryBackend;

    const SECOND: Moment = 1_000;

    fn database() -> Arc<Database> {
        Arc::new(Database::builder().create_with_backend(InMemoryBackend::new()).unwrap())
    }

    fn heartbeat(seq: u64) -> Heartbeat {
        let node = *Identity::from_secret(&[7; 32]).unwrap().address();
        let body = HeartbeatBody { alias: "a".into(), role: Role::Worker, version: "0".into(), uptime_s: 0, pipelines: vec![] };
        Heartbeat { node, seq, body }
    }

    fn epoch(index: EpochIndex, state: EpochState) -> EpochView {
        let start = u64::from(index) * 60 * SECOND;
        EpochView {
            index,
            state,
            start,
            end: start + 60 * SECOND,
            pages: 1,
            deeds: 1,
            reserved: 0,
            total_index: 0,
            claimed: 0,
            settled_count: 0,
        }
    }

    fn account() -> AccountId32 {
        account_of(&heartbeat(0).node)
    }

    #[test]
    fn a_steady_node_counts_in_full_although_the_epoch_is_seen_late() {
        let mut table = NetworkTable::open(database()).unwrap();
        for beat in 0..30 {
            if beat == 6 {
                table.follow(&[epoch(1, EpochState::Open)]);
            }
            table.record(&heartbeat(beat), (60 + 2 * beat) * SECOND);
        }
        table.follow(&[epoch(1, EpochState::Closing), epoch(2, EpochState::Open)]);
        assert_eq!(table.page(1, 0, 1, |_| Some(account())), Some(vec![255]));
        assert_eq!(table.page(3, 0, 1, |_| Some(account())), None);
    }

    #[test]
    fn a_restart_forgets_nothing_that_was_saved() {
        let database = database();
        let mut table = NetworkTable::open(database.clone()).unwrap();
        table.follow(&[epoch(1, EpochState::Open)]);
        table.record(&heartbeat(1), 60 * SECOND);
        table.save().unwrap();
        let before = table.page(1, 0, 1, |_| Some(account()));
        drop(table);
        let table = NetworkTable::open(database).unwrap();
        assert_eq!(table.page(1, 0, 1, |_| Some(account())), before);
        assert_ne!(before, Some(vec![0]));
    }

    #[test]
    fn a_node_is_available_while_its_last_heartbeat_is_fresh() {
        let mut table = NetworkTable::open(database()).unwrap();
        table.follow(&[epoch(1, EpochState::Open)]);
        table.record(&heartbeat(1), 60 * SECOND);
        assert!(table.is_available(&account(), 66 * SECOND));
        assert!(!table.is_available(&account(), 67 * SECOND));
    }
}
