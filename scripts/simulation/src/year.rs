//! A year under one rule, epoch by epoch.

use crate::{
    assumptions::*,
    committee::{Bias, Committee},
    dice::{Dice, Draw},
    market,
    pool::Pool,
    population::{Conduct, Group, Machine, Population},
    rule::Rule,
};
use anyhow::{anyhow, Context, Result};
use neurite_primitives::{epoch::Offence, Balance, EpochIndex};

/// What a machine had and spent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Rewards.
    pub(crate) reward: Balance,
    /// Units that were credited.
    pub(crate) units: Balance,
    /// Costs of working, of being online, of money that was held, and fines.
    pub(crate) costs: Balance,
    /// What was paid for work ordered from itself.
    pub(crate) orders: Balance,
    /// Sum of the scores behind linked deeds over all epochs.
    pub(crate) capability: u64,
}

/// What flowed through the pool in an epoch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flow {
    /// What left escrow for the pool.
    pub(crate) paid_in: Balance,
    /// What was reserved for the epoch.
    pub(crate) reserved: Balance,
    /// What was claimed, of this epoch and those before.
    pub(crate) claimed: Balance,
    /// What was released of an epoch whose claim window was over.
    pub(crate) released: Balance,
    /// What the pot held in the end.
    pub(crate) balance: Balance,
    /// Whether the epoch was voided.
    pub(crate) voided: bool,
    /// Colluding oracles in the committee.
    pub(crate) colluders: u32,
    /// Sum of the indices with 18 decimals.
    pub(crate) total_index: u128,
    /// Deeds that were linked.
    pub(crate) linked: usize,
}

/// Everything that a year left behind.
#[derive(Clone, Debug)]
pub(crate) struct Year {
    /// The rule.
    pub(crate) rule: Rule,
    /// The machines.
    pub(crate) machines: Vec<Machine>,
    /// Their tallies, in the same order.
    pub(crate) tallies: Vec<Tally>,
    /// The pool, epoch by epoch.
    pub(crate) flows: Vec<Flow>,
    /// Rewards of each group, epoch by epoch.
    pub(crate) rewards: Vec<[Balance; Group::COUNT]>,
}

/// Simulates a year; an error tells where money was lost or made.
pub(crate) fn simulate(rule: Rule, dice: Dice, nodes: usize, epochs: EpochIndex) -> Result<Year> {
    let mut world = World::new(rule, dice, nodes);
    for epoch in 1..=epochs {
        world.run(epoch).with_context(|| format!("epoch {epoch}"))?;
    }
    world.finish(epochs)
}

struct World {
    rule: Rule,
    dice: Dice,
    nodes: usize,
    population: Population,
    committee: Committee,
    pool: Pool,
    capability: u64,
    settled: u32,
    tallies: Vec<Tally>,
    flows: Vec<Flow>,
    rewards: Vec<[Balance; Group::COUNT]>,
}

impl World {
    fn new(rule: Rule, dice: Dice, nodes: usize) -> Self {
        let population = Population::new(dice, nodes);
        let capability = population.capability();
        let committee = Committee::new(dice, ORACLES, COLLUDERS);
        let (pool, settled) = (Pool::default(), 0);
        Self { rule, dice, nodes, population, committee, pool, capability, settled, tallies: vec![], flows: vec![], rewards: vec![] }
    }

    fn run(&mut self, epoch: EpochIndex) -> Result<()> {
        self.population.churn(self.dice, self.nodes, epoch);
        self.tallies.resize(self.population.machines.len(), Tally::default());
        let present = market::presence(&self.population, self.dice, epoch);
        let work = self.work(epoch, &present);
        self.check_scores(epoch);
        let paid_in = work.iter().sum();
        self.pool.pay_in(paid_in);
        let mut flow = Flow { paid_in, linked: self.population.linked(), ..Default::default() };
        self.settle(epoch, &present, &work, &mut flow);
        flow.claimed = self.claim(epoch);
        flow.released = self.pool.release(epoch + 1);
        flow.balance = self.pool.balance();
        self.flows.push(flow);
        self.pool.check().map_err(|fault| anyhow!(fault))
    }

    /// Has the machines work, and returns the units of each deed; counts what it costs.
    fn work(&mut self, epoch: EpochIndex, present: &[u8]) -> Vec<Balance> {
        let spent = market::demand(self.capability, epoch);
        let orders = market::orders(&self.population, self.dice, epoch, present, spent);
        let mut work = Vec::with_capacity(orders.len());
        for (index, (order, present)) in orders.into_iter().zip(present).enumerate() {
            let counts = self.population.deeds[index].entry.counts_in(epoch);
            let done = if counts { self.done(index, epoch, order) } else { 0 };
            let deed = &mut self.population.deeds[index];
            let conduct = self.population.machines[deed.machine].conduct;
            let own = match conduct {
                Conduct::Wash(amount, from) if counts && epoch >= from => amount,
                _ => 0,
            };
            let units = done + own;
            if units > 0 {
                deed.entry.credit(units, epoch, self.settled);
            }
            let is_bonded = deed.linked || matches!(conduct, Conduct::Rotate(_));
            let tally = &mut self.tallies[deed.machine];
            tally.capability += if deed.linked { deed.score } else { 0 };
            tally.units += units;
            tally.orders += own;
            tally.costs += standby_cost(deed.score, *present);
            tally.costs += if is_bonded { BOND * INTEREST / 1_000_000 } else { 0 };
            tally.costs += if conduct == Conduct::Forge { 0 } else { permille(done, WORK_COST) };
            work.push(units);
        }
        work
    }

    /// Returns what is paid for of an order that a deed took in an epoch.
    fn done(&mut self, index: usize, epoch: EpochIndex, order: Balance) -> Balance {
        let deed = &mut self.population.deeds[index];
        let machine = &self.population.machines[deed.machine];
        let happens = |chance: u64, draw: Draw| self.dice.chance(chance, machine.stream, epoch, draw);
        match machine.conduct {
            Conduct::Careless => {
                let missed = (0..ASSIGNMENTS).filter(|number| happens(MISSED, Draw::Missed(*number))).count();
                for _ in 0..missed {
                    deed.entry.penalise(Offence::MissedAssignment, epoch, self.settled);
                }
                order - order * missed as u128 / u128::from(ASSIGNMENTS)
            }
            Conduct::Forge if happens(CHALLENGED, Draw::Challenge) => {
                deed.entry.penalise(Offence::LostChallenge, epoch, self.settled);
                self.tallies[deed.machine].costs += SLASH;
                0
            }
            _ => order,
        }
    }

    /// Has oracles check the scores of some deeds, all at the same moment, so that a machine divides itself among those of its deeds that
    /// are checked: who promised too much is penalised.
    fn check_scores(&mut self, epoch: EpochIndex) {
        for index in 0..self.population.machines.len() {
            let Machine { stream, score, conduct, ref deeds, .. } = self.population.machines[index];
            let deeds = deeds.clone();
            let is_checked = |deed: &usize| {
                let stream = stream + (((*deed - deeds.start) as u64) << 48);
                self.population.deeds[*deed].entry.counts_in(epoch) && self.dice.chance(CHECKED, stream, epoch, Draw::Check)
            };
            let checked: Vec<usize> = deeds.clone().filter(is_checked).collect();
            let Some(measured) = score.checked_div(checked.len() as u64) else { continue };
            for number in checked {
                let deed = &mut self.population.deeds[number];
                if deed.committed <= measured + measured * CHECK_TOLERANCE / PERMILLE {
                    continue;
                }
                deed.entry.penalise(Offence::FailedSpotCheck, epoch, self.settled);
                deed.entry.commit_score(measured, epoch);
                deed.entry.commit_score(deed.committed, epoch);
                if let Conduct::Rotate(_) = conduct {
                    let next = if number + 1 < deeds.end { number + 1 } else { deeds.start };
                    // The deed counts to the end of this epoch, the other one from the next on: nothing is lost by changing.
                    self.population.unlink(number, epoch + 1);
                    self.population.link(next, epoch);
                }
            }
        }
    }

    /// Settles or voids the epoch, and counts what everybody earned.
    fn settle(&mut self, epoch: EpochIndex, present: &[u8], work: &[Balance], flow: &mut Flow) {
        let deeds = &mut self.population.deeds;
        let bias: Vec<Bias> = deeds.iter().map(|deed| bias_of(self.population.machines[deed.machine].group)).collect();
        let outcome = self.committee.report(epoch, present, &bias);
        let record = self.pool.close(epoch, deeds.len(), self.rule.basis(), self.settled);
        (flow.reserved, flow.colluders) = (record.reserved, outcome.colluders);
        let mut earned = [0; Group::COUNT];
        let Some(medians) = outcome.medians else {
            flow.voided = true;
            self.pool.void(epoch, record);
            self.rewards.push(earned);
            return;
        };
        self.settled += 1;
        let mut indices = Vec::with_capacity(deeds.len());
        for ((deed, median), units) in deeds.iter_mut().zip(medians).zip(work) {
            indices.push(self.rule.settle(&mut deed.entry, epoch, median, self.settled, *units));
        }
        flow.total_index = indices.iter().sum();
        for (deed, reward) in deeds.iter().zip(self.pool.settle(epoch, record, &indices)) {
            self.tallies[deed.machine].reward += reward;
            earned[self.population.machines[deed.machine].group as usize] += reward;
        }
        self.rewards.push(earned);
    }

    /// Has those owners claim whose day it is.
    fn claim(&mut self, epoch: EpochIndex) -> Balance {
        let due = |(number, machine): &(u32, &Machine)| !machine.forgetful && (number + epoch).is_multiple_of(CLAIM_PERIOD);
        let machines = (0u32..).zip(&self.population.machines).filter(due);
        machines.map(|(_, machine)| self.pool.claim(machine.deeds.clone())).sum()
    }

    /// Lets the last claim windows pass, so that every epoch is seen to its end.
    fn finish(mut self, epochs: EpochIndex) -> Result<Year> {
        for machine in self.population.machines.iter().filter(|machine| !machine.forgetful) {
            self.pool.claim(machine.deeds.clone());
        }
        self.pool.release(epochs + CLAIM_WINDOW + 2);
        self.pool.check().map_err(|fault| anyhow!(fault))?;
        let Self { rule, population, tallies, flows, rewards, .. } = self;
        Ok(Year { rule, machines: population.machines, tallies, flows, rewards })
    }
}

/// Returns how colluding oracles report a group.
fn bias_of(group: Group) -> Bias {
    match group {
        Group::Friend => Bias::Up,
        Group::Rival => Bias::Down,
        _ => Bias::None,
    }
}

/// Returns what it costs to be online for a part of an epoch.
fn standby_cost(score: u64, present: u8) -> Balance {
    STANDBY_COST * u128::from(score) / u128::from(SCORE_REF) * u128::from(present) / 255
}

fn permille(amount: Balance, part: u64) -> Balance {
    amount * u128::from(part) / u128::from(PERMILLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODES: usize = 5_000;

    fn year(rule: Rule, epochs: EpochIndex) -> Year {
        simulate(rule, Dice::new(1), NODES, epochs).unwrap()
    }

    /// Returns the sum of what the machines of a group earned.
    fn earned(year: &Year, group: Group) -> Balance {
        let of_group = year.machines.iter().zip(&year.tallies).filter(|(machine, _)| machine.group == group);
        of_group.map(|(_, tally)| tally.reward).sum()
    }

    #[test]
    fn a_seed_tells_everything() {
        let (one, other) = (year(Rule::Lifetime, 12), year(Rule::Lifetime, 12));
        assert_eq!(one.rewards, other.rewards);
        let third = simulate(Rule::Lifetime, Dice::new(2), NODES, 12).unwrap();
        assert_ne!(one.rewards, third.rewards);
    }

    #[test]
    fn rewards_are_what_was_reserved_but_for_a_rest_smaller_than_the_deeds() {
        let year = year(Rule::Lifetime, 30);
        for (flow, rewards) in year.flows.iter().zip(&year.rewards) {
            let shared: Balance = rewards.iter().sum();
            assert!(!flow.voided && shared <= flow.reserved && flow.reserved - shared < 10_000, "{flow:?}");
        }
        let paid_in: Balance = year.flows.iter().map(|flow| flow.paid_in).sum();
        let claimed: Balance = year.flows.iter().map(|flow| flow.claimed).sum();
        assert_eq!(paid_in, claimed + year.flows.last().unwrap().balance);
    }

    #[test]
    fn a_voided_epoch_pays_nobody_and_the_next_ones_pay_it_out() {
        let year = year(Rule::Lifetime, BLACKOUT[1] + 1);
        let at = |epoch: EpochIndex| (&year.flows[epoch as usize - 1], year.rewards[epoch as usize - 1].iter().sum::<Balance>());
        for epoch in BLACKOUT {
            assert!(at(epoch).0.voided);
            assert_eq!(at(epoch).1, 0);
        }
        let (before, after) = (at(BLACKOUT[0] - 1), at(BLACKOUT[1] + 1));
        assert!(after.1 > 2 * before.1, "{} {}", after.1, before.1);
    }

    #[test]
    fn splitting_idling_and_lying_earn_less_within_weeks() {
        for rule in Rule::ALL {
            let year = year(rule, 60);
            let honest = earned(&year, Group::Honest);
            for group in [Group::Idle, Group::PartTime, Group::Careless, Group::Forger, Group::Boaster, Group::Overbooked] {
                assert!(earned(&year, group) < honest, "{rule:?} {group:?}");
            }
            assert!(earned(&year, Group::Split) <= honest + honest / 1_000, "{rule:?}");
        }
    }

    #[test]
    fn lying_oracles_move_little() {
        let year = year(Rule::Lifetime, 40);
        let near = |one: Balance, other: Balance| one.abs_diff(other) * 100 < other;
        assert!(near(earned(&year, Group::Friend), earned(&year, Group::PartTime)));
        assert!(near(earned(&year, Group::Rival), earned(&year, Group::Honest)));
    }
}
