//! What senders spend, and which deeds they spend it with.

use crate::{
    assumptions::*,
    dice::{Dice, Draw},
    population::{Conduct, Deed, Population},
};
use neurite_primitives::{Balance, EpochIndex, Moment};

/// Returns what senders spend in an epoch: it follows the days of the week and grows.
pub(crate) fn demand(initial_capability: u64, epoch: EpochIndex) -> Balance {
    let day = WEEK[epoch as usize % WEEK.len()];
    let size = DEMAND * u128::from(initial_capability) / u128::from(SCORE_REF);
    size * u128::from(day) / u128::from(PERMILLE) * u128::from(PERMILLE + GROWTH * u64::from(epoch)) / u128::from(PERMILLE)
}

/// Returns how much of an epoch each deed is there for, as one would see it who hears every heartbeat; zero for a deed that does not
/// count.
pub(crate) fn presence(population: &Population, dice: Dice, epoch: EpochIndex) -> Vec<u8> {
    let covered: Vec<u8> = population
        .machines
        .iter()
        .map(|machine| {
            let outage: Moment = match dice.chance(OUTAGES, machine.stream, epoch, Draw::Outage) {
                true => dice.below(EPOCH_PERIOD, machine.stream, epoch, Draw::OutageLength),
                false => 0,
            };
            let covered = EPOCH_PERIOD - outage;
            poai_math::availability(if machine.conduct == Conduct::PartTime { covered / 2 } else { covered }, EPOCH_PERIOD)
        })
        .collect();
    let counts = |deed: &Deed| deed.entry.counts_in(epoch);
    population.deeds.iter().map(|deed| if counts(deed) { covered[deed.machine] } else { 0 }).collect()
}

/// Divides what senders spend among the deeds that take work, by what they can do while they are there, with some luck.
pub(crate) fn orders(population: &Population, dice: Dice, epoch: EpochIndex, present: &[u8], spent: Balance) -> Vec<Balance> {
    let weights: Vec<u128> = population
        .deeds
        .iter()
        .zip(present)
        .map(|(deed, present)| {
            let machine = &population.machines[deed.machine];
            if machine.conduct == Conduct::Idle {
                return 0;
            }
            let luck = 750 + dice.below(501, machine.stream, epoch, Draw::Luck);
            u128::from(deed.score) * u128::from(*present) * u128::from(luck)
        })
        .collect();
    let total = weights.iter().sum();
    weights.into_iter().map(|weight| poai_math::share(spent, weight, total)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Group;

    #[test]
    fn demand_follows_the_week_and_grows() {
        let week = |first: EpochIndex| (first..first + 7).map(|epoch| demand(SCORE_REF, epoch)).sum::<Balance>();
        assert_eq!(demand(SCORE_REF, 0), DEMAND * 106 / 100);
        assert!(week(0).abs_diff(7 * DEMAND) < DEMAND / 10);
        assert!(week(350) > week(0) * 13 / 10 && week(350) < week(0) * 14 / 10);
    }

    #[test]
    fn orders_go_to_those_who_take_them_by_what_they_can_do() {
        let dice = Dice::new(1);
        let population = Population::new(dice, 5_000);
        let present = presence(&population, dice, 1);
        let spent = 1_000_000 * NEU;
        let orders = orders(&population, dice, 1, &present, spent);
        let of = |group: Group| -> Balance {
            let of_group = |deed: &Deed| population.machines[deed.machine].group == group;
            population.deeds.iter().zip(&orders).filter(|(deed, _)| of_group(deed)).map(|(_, order)| order).sum()
        };
        assert_eq!((of(Group::Idle), of(Group::Spring)), (0, 0));
        // The same machines with the same luck, but for the rounding of scores and shares.
        assert!(of(Group::Split).abs_diff(of(Group::Honest)) < NEU);
        let total: Balance = orders.iter().sum();
        assert!(total <= spent && spent - total < orders.len() as u128);
    }

    #[test]
    fn part_time_halves_presence() {
        let dice = Dice::new(1);
        let population = Population::new(dice, 5_000);
        let present = presence(&population, dice, 1);
        let of = |group: Group| -> Vec<u8> {
            let of_group = |deed: &Deed| population.machines[deed.machine].group == group;
            population.deeds.iter().zip(&present).filter(|(deed, _)| of_group(deed)).map(|(_, present)| *present).collect()
        };
        for (half, whole) in of(Group::PartTime).into_iter().zip(of(Group::Honest)) {
            assert!(half.abs_diff(whole / 2) <= 1, "{half} {whole}");
        }
    }
}
