//! The reward pool: what is paid in, reserved for epochs, claimed and released.
//!
//! Shares are the chain's own (`EpochRecord::reward`); this module does what the pallet does around them, with a `Vec` for storage.

use crate::assumptions::{CLAIM_WINDOW, EPOCH_PERIOD, EXISTENTIAL_DEPOSIT};
use neurite_primitives::{epoch::EpochState, Balance, EpochIndex, PAGE_SIZE};
use pallet_poai::{Basis, EpochRecord};
use std::{collections::VecDeque, ops::Range};

/// A finished epoch with its rewards.
#[derive(Clone, Debug)]
struct Finished {
    epoch: EpochIndex,
    record: EpochRecord,
    /// What each deed may still claim.
    rewards: Vec<Balance>,
}

/// The pot and what it is kept for.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    balance: Balance,
    reserved: Balance,
    paid_in: Balance,
    claimed: Balance,
    finished: VecDeque<Finished>,
    released: Vec<EpochRecord>,
}

impl Default for Pool {
    fn default() -> Self {
        let (balance, finished, released) = (EXISTENTIAL_DEPOSIT, VecDeque::new(), Vec::new());
        Self { balance, reserved: 0, paid_in: 0, claimed: 0, finished, released }
    }
}

impl Pool {
    /// Returns what the pot holds beyond the existential deposit.
    pub(crate) fn balance(&self) -> Balance {
        self.balance - EXISTENTIAL_DEPOSIT
    }

    /// Receives what left escrow.
    pub(crate) fn pay_in(&mut self, amount: Balance) {
        self.balance += amount;
        self.paid_in += amount;
    }

    /// Reserves everything that is not reserved yet for an epoch.
    pub(crate) fn close(&mut self, epoch: EpochIndex, deeds: usize, basis: Basis, settled: u32) -> EpochRecord {
        let reserved = self.balance - EXISTENTIAL_DEPOSIT - self.reserved;
        self.reserved += reserved;
        let deeds = u32::try_from(deeds).expect("the simulation has fewer than four thousand million deeds; qed");
        EpochRecord {
            state: EpochState::Closing,
            start: u64::from(epoch - 1) * EPOCH_PERIOD,
            end: u64::from(epoch) * EPOCH_PERIOD,
            deeds,
            pages: deeds.div_ceil(PAGE_SIZE),
            basis,
            reserved,
            total_index: 0,
            claimed: 0,
            released: 0,
            settled_count: settled,
        }
    }

    /// Fixes the rewards of an epoch by the indices of its deeds and returns them.
    pub(crate) fn settle(&mut self, epoch: EpochIndex, mut record: EpochRecord, indices: &[u128]) -> Vec<Balance> {
        record.state = EpochState::Settled;
        record.settled_count += 1;
        record.total_index = indices.iter().sum();
        let rewards: Vec<Balance> = indices.iter().map(|index| record.reward(*index)).collect();
        if record.total_index == 0 {
            self.release_rest(&mut record);
        }
        self.finished.push_back(Finished { epoch, record, rewards: rewards.clone() });
        rewards
    }

    /// Voids an epoch: its reservation is released.
    pub(crate) fn void(&mut self, epoch: EpochIndex, mut record: EpochRecord) {
        record.state = EpochState::Voided;
        self.release_rest(&mut record);
        self.finished.push_back(Finished { epoch, record, rewards: Vec::new() });
    }

    /// Pays what deeds may claim of all epochs that are kept, and returns it.
    pub(crate) fn claim(&mut self, deeds: Range<usize>) -> Balance {
        let mut paid = 0;
        for finished in &mut self.finished {
            for deed in deeds.clone() {
                let amount = finished.rewards.get_mut(deed).map_or(0, std::mem::take);
                finished.record.claimed += amount;
                paid += amount;
            }
        }
        self.balance -= paid;
        self.reserved -= paid;
        self.claimed += paid;
        paid
    }

    /// Releases what is left of epochs whose claim window is over in an epoch, and returns it.
    pub(crate) fn release(&mut self, current: EpochIndex) -> Balance {
        let mut sum = 0;
        while self.finished.front().is_some_and(|oldest| oldest.epoch.saturating_add(CLAIM_WINDOW) < current) {
            let Some(mut oldest) = self.finished.pop_front() else { break };
            sum += self.release_rest(&mut oldest.record);
            self.released.push(oldest.record);
        }
        sum
    }

    fn release_rest(&mut self, record: &mut EpochRecord) -> Balance {
        let rest = record.outstanding();
        record.released += rest;
        self.reserved -= rest;
        rest
    }

    /// Checks that no money came or went but by claims: in all, in what is reserved, and in each epoch. Returns what is wrong.
    pub(crate) fn check(&self) -> Result<(), String> {
        let outstanding: Balance = self.finished.iter().map(|finished| finished.record.outstanding()).sum();
        if outstanding != self.reserved {
            return Err(format!("{} is reserved, but {outstanding} is outstanding", self.reserved));
        }
        if self.paid_in != self.claimed + self.balance() {
            return Err(format!("{} was paid in, but {} claimed and {} is left", self.paid_in, self.claimed, self.balance()));
        }
        for finished in &self.finished {
            let (record, unclaimed) = (&finished.record, finished.rewards.iter().sum::<Balance>());
            if record.outstanding() < unclaimed || record.outstanding() - unclaimed > Balance::from(record.deeds) {
                return Err(format!("epoch {}: {} is outstanding for claims of {unclaimed}", finished.epoch, record.outstanding()));
            }
        }
        match self.released.iter().find(|record| record.claimed + record.released != record.reserved) {
            Some(record) => Err(format!("an epoch paid {} and released {} of {}", record.claimed, record.released, record.reserved)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Rule;

    fn settled(pool: &mut Pool, epoch: EpochIndex, amount: Balance, indices: &[u128]) -> Vec<Balance> {
        pool.pay_in(amount);
        let record = pool.close(epoch, indices.len(), Rule::Lifetime.basis(), epoch - 1);
        let rewards = pool.settle(epoch, record, indices);
        pool.check().unwrap();
        rewards
    }

    #[test]
    fn shares_and_rest_are_the_reservation() {
        let mut pool = Pool::default();
        let rewards = settled(&mut pool, 1, 1_000, &[1, 1, 1]);
        assert_eq!(rewards, [333, 333, 333]);
        assert_eq!(pool.claim(0..2), 666);
        assert_eq!(pool.claim(0..2), 0);
        pool.check().unwrap();
        assert_eq!(pool.release(1 + CLAIM_WINDOW), 0);
        assert_eq!(pool.release(2 + CLAIM_WINDOW), 334);
        pool.check().unwrap();
        assert_eq!(settled(&mut pool, 2 + CLAIM_WINDOW, 0, &[5]), [334]);
    }

    #[test]
    fn a_void_epoch_and_one_without_nodes_pass_the_pool_on() {
        let mut pool = Pool::default();
        assert_eq!(settled(&mut pool, 1, 1_000, &[0, 0]), [0, 0]);
        let record = pool.close(2, 2, Rule::Lifetime.basis(), 1);
        assert_eq!(record.reserved, 1_000);
        pool.void(2, record);
        pool.check().unwrap();
        assert_eq!(settled(&mut pool, 3, 1, &[1, 0]), [1_001, 0]);
    }

    #[test]
    fn money_that_vanishes_is_noticed() {
        let mut pool = Pool::default();
        settled(&mut pool, 1, 1_000, &[1]);
        pool.balance -= 1;
        assert!(pool.check().is_err());
    }
}
