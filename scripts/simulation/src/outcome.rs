//! What came out of a year: who earned what, and whether what somebody tried paid.

use crate::{
    assumptions::*,
    population::{Group, Plan, PLANS},
    rule::Rule,
    year::{Flow, Tally, Year},
};
use neurite_primitives::Balance;

/// How much more than its honest twin a group may have left for the difference to be luck, in parts of the twin's rewards.
const MARGIN: f64 = 0.01;

/// What is known to pay, because a rule allows it; all else must not. A run fails if either changes.
const KNOWN_TO_PAY: &[(Rule, Group)] = &[
    // A hundredth of a reference machine counts as e⁻⁴ of one.
    (Rule::Lifetime, Group::Shattered),
    (Rule::Epoch, Group::Shattered),
    // Work is worth less than it costs to all but large machines, to which it is worth more than it is paid.
    (Rule::Product, Group::Idle),
    (Rule::Product, Group::LaptopIdle),
    (Rule::Product, Group::Forger),
    (Rule::Product, Group::Washer),
];

/// What a machine of a group had on average, in NEU over the whole year.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mean {
    /// Rewards.
    pub(crate) reward: f64,
    /// Units that were credited.
    pub(crate) units: f64,
    /// Costs.
    pub(crate) costs: f64,
    /// What was paid for work ordered from itself.
    pub(crate) orders: f64,
}

impl Mean {
    /// Returns what is left of the rewards.
    pub(crate) fn net(&self) -> f64 {
        self.reward - self.costs - self.orders
    }
}

/// How a group fared beside its honest twins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison {
    /// The rule.
    pub(crate) rule: Rule,
    /// The group.
    pub(crate) plan: &'static Plan,
    /// What a machine of it had.
    pub(crate) mean: Mean,
    /// Its rewards in parts of its twin's.
    pub(crate) gross: f64,
    /// What it has left beyond what its twin has left, in parts of its twin's rewards.
    pub(crate) gain: f64,
}

impl Comparison {
    /// Tells whether what the group tries left it with more than honesty would have.
    pub(crate) fn pays(&self) -> bool {
        self.gain > MARGIN
    }

    /// Tells whether the rule is known to allow it.
    pub(crate) fn is_known(&self) -> bool {
        KNOWN_TO_PAY.contains(&(self.rule, self.plan.group))
    }

    /// Tells whether the outcome is the one that the documentation names.
    pub(crate) fn is_as_expected(&self) -> bool {
        self.pays() == self.is_known()
    }
}

/// A class of machines in the crowd, in parts of the whole crowd.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClassShare {
    /// Its name.
    pub(crate) name: &'static str,
    /// Machines.
    pub(crate) machines: f64,
    /// Capability, that is score times linked epochs.
    pub(crate) capability: f64,
    /// Work that was done.
    pub(crate) units: f64,
    /// Rewards.
    pub(crate) reward: f64,
}

impl Year {
    /// Returns what a machine of a group had on average.
    pub(crate) fn mean(&self, group: Group) -> Mean {
        let of_group = self.machines.iter().zip(&self.tallies).filter(|(machine, _)| machine.group == group);
        let tallies: Vec<&Tally> = of_group.map(|(_, tally)| tally).collect();
        let mean = |field: fn(&Tally) -> Balance| neu(tallies.iter().map(|tally| field(tally)).sum()) / tallies.len() as f64;
        Mean {
            reward: mean(|tally| tally.reward),
            units: mean(|tally| tally.units),
            costs: mean(|tally| tally.costs),
            orders: mean(|tally| tally.orders),
        }
    }

    /// Compares every group that tries something with its twin.
    pub(crate) fn comparisons(&self) -> Vec<Comparison> {
        let tries = |plan: &&'static Plan| plan.twin != plan.group && plan.joins == 0;
        let compare = |plan: &'static Plan| {
            let (mean, twin) = (self.mean(plan.group), self.mean(plan.twin));
            Comparison { rule: self.rule, plan, mean, gross: mean.reward / twin.reward, gain: (mean.net() - twin.net()) / twin.reward }
        };
        PLANS.iter().filter(tries).map(compare).collect()
    }

    /// Returns the parts of the classes in the crowd.
    pub(crate) fn classes(&self) -> Vec<ClassShare> {
        let of_class = |class: Option<usize>| {
            let crowd = self.machines.iter().zip(&self.tallies).filter(|(machine, _)| machine.group == Group::Crowd);
            let members = crowd.filter(|(machine, _)| class.is_none() || machine.class == class);
            members.fold((0.0, 0.0, 0.0, 0.0), |(machines, capability, units, reward), (_, tally)| {
                (machines + 1.0, capability + tally.capability as f64, units + neu(tally.units), reward + neu(tally.reward))
            })
        };
        let all = of_class(None);
        let share = |(class, &(name, _, _)): (usize, &(&'static str, u64, u64))| {
            let of = of_class(Some(class));
            ClassShare { name, machines: of.0 / all.0, capability: of.1 / all.1, units: of.2 / all.2, reward: of.3 / all.3 }
        };
        CLASSES.iter().enumerate().map(share).collect()
    }

    /// Returns what an index of one earned in an epoch, in NEU: the mean over the settled epochs.
    pub(crate) fn price(&self) -> f64 {
        let settled = self.flows.iter().filter(|flow| flow.total_index > 0);
        let (reserved, indices) =
            settled.fold((0.0, 0.0), |(reserved, indices), flow| (reserved + neu(flow.reserved), indices + flow.total_index as f64 / 1e18));
        reserved / indices
    }
}

impl Flow {
    /// Returns what an index of one earned in the epoch, in NEU; nothing in one that was voided.
    pub(crate) fn price(&self) -> f64 {
        if self.total_index == 0 {
            return 0.0;
        }
        neu(self.reserved) / (self.total_index as f64 / 1e18)
    }
}

/// Converts an amount to tokens.
pub(crate) fn neu(amount: Balance) -> f64 {
    amount as f64 / NEU as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dice::Dice, year::simulate};

    fn comparison(rule: Rule, gain: f64) -> Comparison {
        let mean = Mean { reward: 1.0, units: 0.0, costs: 0.0, orders: 0.0 };
        let plan = Group::Idle.plan().unwrap();
        Comparison { rule, plan, mean, gross: 1.0 + gain, gain }
    }

    #[test]
    fn what_pays_beyond_luck_is_not_expected() {
        assert!(comparison(Rule::Lifetime, -0.5).is_as_expected());
        assert!(comparison(Rule::Lifetime, 0.005).is_as_expected());
        assert!(!comparison(Rule::Lifetime, 0.02).is_as_expected());
    }

    #[test]
    fn what_is_known_to_pay_must_pay() {
        assert!(comparison(Rule::Product, 0.5).is_as_expected());
        assert!(!comparison(Rule::Product, -0.5).is_as_expected());
    }

    #[test]
    fn the_classes_of_the_crowd_are_the_whole_crowd() {
        let year = simulate(Rule::Lifetime, Dice::new(1), 5_000, 5).unwrap();
        let classes = year.classes();
        let fields: [fn(&ClassShare) -> f64; 4] =
            [|class| class.machines, |class| class.capability, |class| class.units, |class| class.reward];
        for field in fields {
            let sum: f64 = classes.iter().map(field).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        }
        assert!(classes.iter().zip(CLASSES).all(|(class, (name, _, _))| class.name == name));
    }

    #[test]
    fn all_that_is_tried_is_compared() {
        let year = simulate(Rule::Lifetime, Dice::new(1), 5_000, 5).unwrap();
        let names: Vec<&str> = year.comparisons().iter().map(|comparison| comparison.plan.name).collect();
        assert_eq!(names.len(), 15, "{names:?}");
    }
}
