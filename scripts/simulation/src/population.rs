//! Who takes part: a crowd of ordinary machines that come and go, and groups that try something, each with honest twins.

use crate::{
    assumptions::*,
    dice::{Dice, Draw},
};
use neurite_primitives::{Balance, EpochIndex};
use pallet_poai::entry::DeedEntry;
use std::ops::Range;

/// What an owner tries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Conduct {
    /// Does what it accepts, all day.
    Honest,
    /// Is online and takes no work.
    Idle,
    /// Is online for half of each epoch.
    PartTime,
    /// Misses assignments that it accepted.
    Careless,
    /// Takes work, computes nothing and makes up results.
    Forge,
    /// Commits this many times its score, and does so again after every check that it failed.
    Boast(u64),
    /// The same, but goes on with another of its deeds after a failed check.
    Rotate(u64),
    /// Commits its whole score for each of its deeds.
    Overbook,
    /// Orders this much work from itself under another name in each epoch from this one on, without doing it.
    Wash(Balance, EpochIndex),
}

/// Machines that are looked at together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub(crate) enum Group {
    Crowd,
    Honest,
    Split,
    Shattered,
    Idle,
    PartTime,
    Careless,
    Forger,
    Boaster,
    Rotator,
    Overbooked,
    Friend,
    Rival,
    Spring,
    Summer,
    Autumn,
    Laptop,
    LaptopIdle,
    Server,
    Washer,
    LateWasher,
    Rich,
    RichSplit,
}

/// How a group is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The group.
    pub(crate) group: Group,
    /// Its name for people and files.
    pub(crate) name: &'static str,
    /// Whom it is compared with.
    pub(crate) twin: Group,
    /// Number of machines.
    pub(crate) machines: usize,
    /// The score of each.
    pub(crate) score: u64,
    /// Deeds of each.
    pub(crate) deeds: usize,
    /// What its owners try.
    pub(crate) conduct: Conduct,
    /// The epoch in which it links; it counts from the next on.
    pub(crate) joins: EpochIndex,
}

const fn plan(group: Group, name: &'static str, twin: Group, conduct: Conduct) -> Plan {
    Plan { group, name, twin, machines: 100, score: SCORE_REF, deeds: 1, conduct, joins: 0 }
}

/// The groups beside the crowd, in the order of [`Group`].
pub(crate) static PLANS: [Plan; 22] = [
    plan(Group::Honest, "honest", Group::Honest, Conduct::Honest),
    Plan { deeds: 5, ..plan(Group::Split, "split into 5 deeds", Group::Honest, Conduct::Honest) },
    Plan { machines: 5, deeds: 100, ..plan(Group::Shattered, "split into 100 deeds", Group::Honest, Conduct::Honest) },
    plan(Group::Idle, "takes no work", Group::Honest, Conduct::Idle),
    plan(Group::PartTime, "online half of the time", Group::Honest, Conduct::PartTime),
    plan(Group::Careless, "misses 1 in 10 assignments", Group::Honest, Conduct::Careless),
    plan(Group::Forger, "makes up results", Group::Honest, Conduct::Forge),
    plan(Group::Boaster, "commits 4 times its score", Group::Honest, Conduct::Boast(4)),
    Plan { deeds: 8, ..plan(Group::Rotator, "the same, changing among 8 deeds", Group::Honest, Conduct::Rotate(4)) },
    Plan { deeds: 8, ..plan(Group::Overbooked, "its whole score for each of 8 deeds", Group::Honest, Conduct::Overbook) },
    plan(Group::Friend, "half-time friend of lying oracles", Group::PartTime, Conduct::PartTime),
    plan(Group::Rival, "victim of lying oracles", Group::Honest, Conduct::Honest),
    Plan { joins: 90, ..plan(Group::Spring, "joined in epoch 90", Group::Honest, Conduct::Honest) },
    Plan { joins: 180, ..plan(Group::Summer, "joined in epoch 180", Group::Honest, Conduct::Honest) },
    Plan { joins: 270, ..plan(Group::Autumn, "joined in epoch 270", Group::Honest, Conduct::Honest) },
    Plan { score: SCORE_REF / 4, ..plan(Group::Laptop, "honest laptop", Group::Laptop, Conduct::Honest) },
    Plan { score: SCORE_REF / 4, ..plan(Group::LaptopIdle, "laptop that takes no work", Group::Laptop, Conduct::Idle) },
    Plan { machines: 40, score: 8 * SCORE_REF, ..plan(Group::Server, "honest server", Group::Server, Conduct::Honest) },
    Plan {
        machines: 40,
        score: 8 * SCORE_REF,
        ..plan(Group::Washer, "server that orders from itself", Group::Server, Conduct::Wash(20 * UNITS_REF, 1))
    },
    Plan {
        machines: 40,
        score: 8 * SCORE_REF,
        ..plan(Group::LateWasher, "the same, 5-fold from epoch 180 on", Group::Server, Conduct::Wash(100 * UNITS_REF, 180))
    },
    Plan { machines: 20, score: 20 * SCORE_REF, ..plan(Group::Rich, "rich miner", Group::Rich, Conduct::Honest) },
    Plan {
        machines: 20,
        score: 20 * SCORE_REF,
        deeds: 20,
        ..plan(Group::RichSplit, "rich miner, 20 deeds a machine", Group::Rich, Conduct::Honest)
    },
];

impl Group {
    /// The number of groups.
    pub(crate) const COUNT: usize = Self::RichSplit as usize + 1;

    /// Returns how the group is made; the crowd has no plan.
    pub(crate) fn plan(self) -> Option<&'static Plan> {
        PLANS.iter().find(|plan| plan.group == self)
    }
}

/// A machine.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// Its group.
    pub(crate) group: Group,
    /// Its class in [`CLASSES`], if it is of the crowd.
    pub(crate) class: Option<usize>,
    /// The stream of its luck; twins share theirs.
    pub(crate) stream: u64,
    /// What the benchmark measures.
    pub(crate) score: u64,
    /// Its deeds.
    pub(crate) deeds: Range<usize>,
    /// What its owner tries.
    pub(crate) conduct: Conduct,
    /// Whether its owner never claims.
    pub(crate) forgetful: bool,
}

/// A deed.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    /// Its machine.
    pub(crate) machine: usize,
    /// What the chain keeps of it.
    pub(crate) entry: DeedEntry,
    /// The part of the machine's score that stands behind it.
    pub(crate) score: u64,
    /// The score that it commits.
    pub(crate) committed: u64,
    /// Whether it is linked.
    pub(crate) linked: bool,
}

/// All machines and deeds that there ever were.
#[derive(Clone, Debug, Default)]
pub(crate) struct Population {
    /// The machines.
    pub(crate) machines: Vec<Machine>,
    /// The deeds.
    pub(crate) deeds: Vec<Deed>,
}

/// Streams of the crowd begin here, so that none is a twin's.
const CROWD_STREAMS: u64 = 1 << 32;

impl Population {
    /// Makes the groups, and a crowd that fills the network up.
    pub(crate) fn new(dice: Dice, nodes: usize) -> Self {
        let mut population = Self::default();
        for plan in &PLANS {
            for number in 0..plan.machines {
                population.add_twin(plan, number as u64);
            }
        }
        population.fill(dice, nodes, 0);
        population
    }

    /// Returns the number of linked deeds.
    pub(crate) fn linked(&self) -> usize {
        self.deeds.iter().filter(|deed| deed.linked).count()
    }

    /// Returns the sum of the scores of the machines behind linked deeds.
    pub(crate) fn capability(&self) -> u64 {
        self.deeds.iter().filter(|deed| deed.linked).map(|deed| deed.score).sum()
    }

    /// Links a deed in an epoch with the score that it commits.
    pub(crate) fn link(&mut self, deed: usize, epoch: EpochIndex) {
        let deed = &mut self.deeds[deed];
        deed.linked = true;
        deed.entry.link(epoch);
        deed.entry.commit_score(deed.committed, epoch);
    }

    /// Unlinks a deed in an epoch.
    pub(crate) fn unlink(&mut self, deed: usize, epoch: EpochIndex) {
        let deed = &mut self.deeds[deed];
        deed.linked = false;
        deed.entry.unlink(epoch);
    }

    /// Has some of the crowd leave and some come back, groups join when they do, and newcomers fill the network up.
    pub(crate) fn churn(&mut self, dice: Dice, nodes: usize, epoch: EpochIndex) {
        for index in 0..self.machines.len() {
            let machine = &self.machines[index];
            let deed = machine.deeds.start;
            let linked = self.deeds[deed].linked;
            match machine.group.plan() {
                Some(plan) if plan.joins == epoch && epoch > 0 => self.link(deed, epoch),
                Some(_) => {}
                None if linked && dice.chance(LEAVING, machine.stream, epoch, Draw::Leaving) => self.unlink(deed, epoch),
                None if !linked && dice.chance(RETURNING, machine.stream, epoch, Draw::Return) => self.link(deed, epoch),
                None => {}
            }
        }
        self.fill(dice, nodes, epoch);
    }

    fn fill(&mut self, dice: Dice, nodes: usize, epoch: EpochIndex) {
        for _ in self.linked()..nodes {
            let stream = CROWD_STREAMS + self.machines.len() as u64;
            let class = class_of(dice.below(PERMILLE, stream, 0, Draw::Class));
            let spread = PERMILLE - SPREAD + dice.below(2 * SPREAD + 1, stream, 0, Draw::Spread);
            let score = SCORE_REF * CLASSES[class].2 / PERMILLE * spread / PERMILLE;
            let forgetful = dice.chance(FORGETFUL, stream, 0, Draw::Forgetful);
            let deeds = self.deeds.len()..self.deeds.len() + 1;
            let machine = Machine { group: Group::Crowd, class: Some(class), stream, score, deeds, conduct: Conduct::Honest, forgetful };
            self.add(machine, score, score);
            self.link(self.deeds.len() - 1, epoch);
        }
    }

    fn add_twin(&mut self, plan: &Plan, number: u64) {
        let deeds = self.deeds.len()..self.deeds.len() + plan.deeds;
        let (parts, factor, linked) = match plan.conduct {
            Conduct::Rotate(factor) => (1, factor, 1),
            Conduct::Boast(factor) => (plan.deeds, factor, plan.deeds),
            Conduct::Overbook => (plan.deeds, plan.deeds as u64, plan.deeds),
            _ => (plan.deeds, 1, plan.deeds),
        };
        let first = deeds.start;
        let score = plan.score / parts as u64;
        let machine =
            Machine { group: plan.group, class: None, stream: number, score: plan.score, deeds, conduct: plan.conduct, forgetful: false };
        self.add(machine, score, score * factor);
        if plan.joins == 0 {
            (first..first + linked).for_each(|deed| self.link(deed, 0));
        }
    }

    fn add(&mut self, machine: Machine, score: u64, committed: u64) {
        let index = self.machines.len();
        let deed = Deed { machine: index, entry: DeedEntry::default(), score, committed, linked: false };
        self.deeds.extend(machine.deeds.clone().map(|_| deed.clone()));
        self.machines.push(machine);
    }
}

/// Returns the class of a machine from a number below a thousand.
fn class_of(mut number: u64) -> usize {
    for (class, (_, share, _)) in CLASSES.iter().enumerate() {
        if number < *share {
            return class;
        }
        number -= share;
    }
    CLASSES.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plans_are_in_the_order_of_the_groups() {
        assert_eq!(PLANS.len() + 1, Group::COUNT);
        for (position, plan) in PLANS.iter().enumerate() {
            assert_eq!(plan.group as usize, position + 1);
            assert!(plan.twin.plan().is_some(), "{} is compared with a group", plan.name);
        }
    }

    #[test]
    fn the_classes_make_up_the_crowd() {
        assert_eq!(CLASSES.iter().map(|class| class.1).sum::<u64>(), PERMILLE);
        assert_eq!((class_of(0), class_of(399), class_of(400), class_of(984), class_of(985), class_of(999)), (0, 0, 1, 3, 4, 4));
    }

    #[test]
    fn splitting_keeps_the_machine() {
        let population = Population::new(Dice::new(1), 5_000);
        for machine in &population.machines {
            let linked = || population.deeds[machine.deeds.clone()].iter().filter(|deed| deed.linked);
            let joined = machine.group.plan().is_none_or(|plan| plan.joins == 0);
            let behind: u64 = linked().map(|deed| deed.score).sum();
            assert_eq!(behind, if joined { machine.score } else { 0 }, "{:?}", machine.group);
        }
        assert_eq!(population.linked(), 5_000);
    }

    #[test]
    fn churn_keeps_the_network_full_and_lets_groups_join() {
        let dice = Dice::new(1);
        let mut population = Population::new(dice, 5_000);
        let before = population.deeds.len();
        (1..=100).for_each(|epoch| population.churn(dice, 5_000, epoch));
        assert!(population.linked() >= 5_000 && population.linked() < 5_110, "{}", population.linked());
        assert!(population.deeds.len() > before);
        let spring = population.machines.iter().find(|machine| machine.group == Group::Spring).unwrap();
        let deed = &population.deeds[spring.deeds.start];
        assert!(!deed.entry.counts_in(90) && deed.entry.counts_in(91));
    }
}
