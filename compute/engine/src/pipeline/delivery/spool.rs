//! The payloads of one target that lie on disk.

use crate::{pipeline::Run, store::Spooled, EngineError};
use neurite_core::BusMessage;
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

/// A bounded queue on disk, in the order in which payloads were added. The disk holds the payloads, this only their numbers and sizes.
pub(super) struct Spool {
    run: Arc<Run>,
    target: String,
    entries: VecDeque<(u64, usize)>,
    bytes: usize,
    next: u64,
}

impl Spool {
    /// Finds what lies on disk.
    pub(super) async fn open(run: Arc<Run>, target: String) -> Result<Self, EngineError> {
        let name = target.clone();
        let entries = run.with_store(move |store, key| store.spooled_sizes(key, &name)).await?;
        let bytes = entries.iter().map(|(_, size)| size).sum();
        let next = entries.last().map_or(0, |(number, _)| number + 1);
        Ok(Self { run, target, entries: entries.into(), bytes, next })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds payloads at the end in one transaction; returns how many of the oldest had to go. On failure nothing has changed.
    pub(super) async fn push(&mut self, messages: &[Arc<BusMessage>]) -> Result<usize, EngineError> {
        let encoded: Result<Vec<Vec<u8>>, EngineError> = messages.iter().map(|message| Spooled::encode(message)).collect();
        let added: Vec<(u64, Vec<u8>)> = (self.next..).zip(encoded?).collect();
        let new = added.iter().map(|(number, bytes)| (*number, bytes.len()));
        let mut entries: VecDeque<(u64, usize)> = self.entries.iter().copied().chain(new).collect();
        let mut bytes = entries.iter().map(|(_, size)| size).sum::<usize>();
        let limits = &self.run.parts.limits.spool;
        let mut dropped = BTreeSet::new();
        while entries.len() > limits.payloads || bytes > limits.bytes {
            let Some((number, size)) = entries.pop_front() else { break };
            bytes -= size;
            dropped.insert(number);
        }
        let kept: Vec<(u64, Vec<u8>)> = added.into_iter().filter(|(number, _)| !dropped.contains(number)).collect();
        let (target, removed) = (self.target.clone(), dropped.iter().copied().collect::<Vec<_>>());
        self.run.with_store(move |store, key| store.spool(key, &target, &kept, &removed)).await?;
        self.next += messages.len() as u64;
        (self.entries, self.bytes) = (entries, bytes);
        Ok(dropped.len())
    }

    /// Returns the first payloads with their numbers.
    pub(super) async fn first(&self, most: usize) -> Result<Vec<(u64, Arc<BusMessage>)>, EngineError> {
        let target = self.target.clone();
        let read = self.run.with_store(move |store, key| store.spooled_payloads(key, &target, most)).await?;
        read.into_iter().map(|(number, bytes)| Ok((number, Arc::new(Spooled::decode(&bytes)?)))).collect()
    }

    /// Takes payloads away in one transaction.
    pub(super) async fn remove(&mut self, numbers: BTreeSet<u64>) -> Result<(), EngineError> {
        if numbers.is_empty() {
            return Ok(());
        }
        let (target, removed) = (self.target.clone(), numbers.iter().copied().collect::<Vec<_>>());
        self.run.with_store(move |store, key| store.spool(key, &target, &[], &removed)).await?;
        self.entries.retain(|(number, _)| !numbers.contains(number));
        self.bytes = self.entries.iter().map(|(_, size)| size).sum();
        Ok(())
    }
}
