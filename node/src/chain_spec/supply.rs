//! Checks that a file of parameters gives out the supply, all of it, as Table 1 of the BitNeuron paper has it.

use super::{
    amount::Amount,
    parameters::{ChainParameters, Holding},
    validation::distinct,
};
use neurite_primitives::Moment;
use neurite_runtime::{AccountId, Balance, Purpose, EXISTENTIAL_DEPOSIT, SUPPLY};
use std::{collections::BTreeSet, ops::Range};

/// The most that is free from the start, a hundredth of the supply. The table holds everything, but a chain on which nobody can pay
/// a fee, a bond or a job would not live to its cliff.
const MAX_FREE: Balance = SUPPLY / 100;
/// The years 2020 to 2099, in Unix milliseconds: seconds and microseconds are none of them.
const START: Range<Moment> = 1_577_836_800_000..4_102_444_800_000;

impl ChainParameters {
    /// Checks that everything is given to distinct accounts that live with it, and that it adds up by purpose and as a whole.
    /// Returns who has an account.
    pub(super) fn check_supply(&self, faults: &mut Vec<String>) -> BTreeSet<&AccountId> {
        let mut holders = check_holdings("balances", &self.balances, EXISTENTIAL_DEPOSIT, faults);
        for (_, name, holdings) in self.vesting.of_people() {
            // What keeps the account alive stays free, and something must be left to hold.
            holders.extend(check_holdings(&format!("vesting.{name}"), holdings, EXISTENTIAL_DEPOSIT + 1, faults));
        }
        let treasury = neurite_runtime::Treasury::account_id();
        if !holders.contains(&treasury) {
            faults.push(format!("vesting.ecosystem: gives nothing to the treasury, {treasury}, whose account would not exist"));
        }
        if self.rewards.pool.0 < EXISTENTIAL_DEPOSIT {
            faults.push(format!("rewards.pool: {} is less than an account must hold", self.rewards.pool));
        }
        if !START.contains(&self.vesting.start_ms) {
            faults.push(format!("vesting.start_ms: {} is no Unix time in milliseconds from 2020 to 2099", self.vesting.start_ms));
        }
        self.check_sums(faults);
        holders
    }

    fn check_sums(&self, faults: &mut Vec<String>) {
        if self.issuance.0 != SUPPLY {
            faults.push(format!("issuance: is {}, but a public network has exactly {}", self.issuance, Amount(SUPPLY)));
        }
        let free = sum(&self.balances);
        let mut total = add(free, Some(self.rewards.pool.0));
        if let Some(sum) = total.filter(|sum| *sum > MAX_FREE) {
            let (sum, most) = (Amount(sum), Amount(MAX_FREE));
            faults.push(format!("balances: {sum} are free from the start with rewards.pool, at most {most} may be"));
        }
        let rewards = Some(self.vesting.network_rewards.0);
        total = add(total, rewards);
        check_share(Purpose::NetworkRewards, "vesting.network_rewards with rewards.pool", add(rewards, Some(self.rewards.pool.0)), faults);
        for (purpose, name, holdings) in self.vesting.of_people() {
            let held = sum(holdings);
            total = add(total, held);
            match purpose {
                Purpose::Ecosystem => check_share(purpose, &format!("vesting.{name} with balances"), add(held, free), faults),
                _ => check_share(purpose, &format!("vesting.{name}"), held, faults),
            }
        }
        match total {
            None => faults.push("issuance: what is given out does not fit into 128 bits".into()),
            Some(total) if total != self.issuance.0 => {
                faults.push(format!("issuance: is {}, but what is given out adds up to {}", self.issuance, Amount(total)));
            }
            Some(_) => {}
        }
    }
}

/// Checks the accounts and amounts of a list; returns the accounts.
fn check_holdings<'a>(path: &str, holdings: &'a [Holding], least: Balance, faults: &mut Vec<String>) -> BTreeSet<&'a AccountId> {
    let holders = distinct(path, holdings.iter().map(|holding| &holding.account), faults);
    let pool_account = super::genesis::pool_account();
    if holders.contains(&pool_account) {
        faults.push(format!("{path}: {pool_account} is the reward pool, set rewards.pool and vesting.network_rewards instead"));
    }
    for (index, holding) in holdings.iter().enumerate() {
        if holding.amount.0 < least {
            faults.push(format!("{path}[{index}].amount: {} is less than an account must hold", holding.amount));
        }
    }
    holders
}

/// Checks what is given out for a purpose; a sum that overflowed is reported with the total.
fn check_share(purpose: Purpose, path: &str, given: Option<Balance>, faults: &mut Vec<String>) {
    let share = purpose.share() * SUPPLY;
    if let Some(given) = given.filter(|given| *given != share) {
        let percent = purpose.share().deconstruct();
        faults.push(format!("{path}: adds up to {}, but must be {}, {percent} % of the supply", Amount(given), Amount(share)));
    }
}

fn sum(holdings: &[Holding]) -> Option<Balance> {
    holdings.iter().try_fold(0, |sum: Balance, holding| sum.checked_add(holding.amount.0))
}

fn add(one: Option<Balance>, other: Option<Balance>) -> Option<Balance> {
    one?.checked_add(other?)
}
