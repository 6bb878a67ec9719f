//! The table for people, and the figures for plots.

use crate::{
    assumptions::*,
    curves::{self, FACTORS, PARTS, RATES, SIZES, WORKLOADS},
    dice::Dice,
    outcome::{neu, ClassShare, Comparison},
    population::Group,
    rule::Rule,
    year::Year,
};
use comfy_table::{presets, Table};
use serde_json::{json, Value};

/// Units of the reference machine in the curves, in permille of their reference: what the market has for it.
const WORKLOAD: u64 = (DEMAND * PERMILLE as u128 / UNITS_REF) as u64;
/// The groups whose course is shown.
const COURSES: [Group; 4] = [Group::Honest, Group::Spring, Group::Summer, Group::Autumn];

/// Renders how the groups fared under a rule.
pub(crate) fn comparisons(comparisons: &[Comparison]) -> String {
    let rows = comparisons.iter().map(|one| {
        let verdict = match (one.pays(), one.is_as_expected()) {
            (false, true) => "does not pay",
            (true, true) => "PAYS, known",
            (true, false) => "PAYS",
            (false, false) => "does not pay, though known to",
        };
        vec![
            one.plan.name.to_owned(),
            format!("{:.0}", one.mean.units),
            format!("{:.0}", one.mean.reward),
            format!("{:.0}", one.mean.costs + one.mean.orders),
            percent(one.gross),
            format!("{:+.1} %", one.gain * 100.0),
            verdict.to_owned(),
        ]
    });
    table(["what is tried", "work", "reward", "costs", "reward/honest", "gain", "verdict"], rows)
}

/// Renders what the classes of the crowd earned under a rule.
pub(crate) fn classes(classes: &[ClassShare]) -> String {
    let rows = classes.iter().map(|class| {
        let ratio = class.reward / class.capability;
        let shares = [class.machines, class.capability, class.units, class.reward].map(percent);
        std::iter::once(class.name.to_owned()).chain(shares).chain([format!("{ratio:.2}")]).collect()
    });
    table(["class", "machines", "capability", "work", "reward", "reward/capability"], rows)
}

fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

fn table<const N: usize>(header: [&str; N], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    rows.for_each(|row| {
        table.add_row(row);
    });
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// Returns all figures.
pub(crate) fn figures(seed: u64, years: &[Year]) -> Value {
    let nodes = years.first().and_then(|year| year.flows.first()).map_or(0, |flow| flow.linked);
    let epochs = years.first().map_or(0, |year| year.flows.len());
    json!({
        "seed": seed,
        "nodes": nodes,
        "epochs": epochs,
        "years": years.iter().map(|year| (year.rule.key().to_owned(), self::year(year))).collect::<serde_json::Map<_, _>>(),
        "curves": curves(Dice::new(seed), years),
    })
}

fn year(year: &Year) -> Value {
    json!({
        "price": round(year.price()),
        "groups": year.comparisons().iter().map(|one| json!({
            "name": one.plan.name,
            "work": round(one.mean.units),
            "reward": round(one.mean.reward),
            "costs": round(one.mean.costs),
            "own_orders": round(one.mean.orders),
            "gross": round(one.gross),
            "gain": round(one.gain),
            "pays": one.pays(),
            "known": one.is_known(),
        })).collect::<Vec<_>>(),
        "classes": year.classes().iter().map(|class| json!({
            "name": class.name,
            "machines": round(class.machines),
            "capability": round(class.capability),
            "work": round(class.units),
            "reward": round(class.reward),
        })).collect::<Vec<_>>(),
        "flows": flows(year),
        "courses": COURSES.map(|group| json!({
            "name": group.plan().map(|plan| plan.name),
            "joins": group.plan().map(|plan| plan.joins),
            "reward": year.rewards.iter().map(|rewards| round(neu(rewards[group as usize]) / machines(year, group))).collect::<Vec<_>>(),
        })),
    })
}

fn machines(year: &Year, group: Group) -> f64 {
    year.machines.iter().filter(|machine| machine.group == group).count() as f64
}

fn flows(year: &Year) -> Value {
    let amounts = |field: fn(&crate::year::Flow) -> u128| year.flows.iter().map(|flow| round(neu(field(flow)))).collect::<Vec<_>>();
    let voided = (1..).zip(&year.flows).filter(|(_, flow)| flow.voided).map(|(epoch, _)| epoch).collect::<Vec<u32>>();
    json!({
        "paid_in": amounts(|flow| flow.paid_in),
        "reserved": amounts(|flow| flow.reserved),
        "claimed": amounts(|flow| flow.claimed),
        "released": amounts(|flow| flow.released),
        "balance": amounts(|flow| flow.balance),
        "price": year.flows.iter().map(|flow| round(flow.price())).collect::<Vec<_>>(),
        "voided": voided,
        "colluders": year.flows.iter().map(|flow| flow.colluders).collect::<Vec<_>>(),
        "linked": year.flows.iter().map(|flow| flow.linked).collect::<Vec<_>>(),
    })
}

fn curves(dice: Dice, years: &[Year]) -> Value {
    let price = |rule: Rule| years.iter().find(|year| year.rule == rule).map_or(0.0, Year::price);
    let both = [Rule::Lifetime, Rule::Product];
    let by_rule =
        |curve: &dyn Fn(Rule) -> Value| both.iter().map(|rule| (rule.key().to_owned(), curve(*rule))).collect::<serde_json::Map<_, _>>();
    let bond = neu(BOND) * INTEREST as f64 / 1e6;
    json!({
        "workload": WORKLOAD,
        "work_cost": WORK_COST,
        "units_ref": neu(UNITS_REF),
        "splitting": {
            "parts": PARTS,
            "bond_cost": bond,
            "idle": by_rule(&|rule| list(PARTS, |parts| curves::splitting(rule, 0, parts))),
            "working": by_rule(&|rule| list(PARTS, |parts| curves::splitting(rule, WORKLOAD, parts))),
            "whole_idle": by_rule(&|rule| json!(round(price(rule) * curves::index(rule, 1_000.0, 0.0)))),
            "whole_working": by_rule(&|rule| json!(round(price(rule) * curves::index(rule, 1_000.0, WORKLOAD as f64)))),
        },
        "size": {
            "sizes": SIZES,
            "reward": by_rule(&|rule| list(SIZES, |size| curves::by_size(rule, size, WORKLOAD))),
            "washing": by_rule(&|rule| list(SIZES, |size| price(rule) * curves::washing(rule, size, WORKLOAD) / neu(UNITS_REF))),
        },
        "workload_choice": {
            "workloads": WORKLOADS,
            "idling": by_rule(&|rule| list(WORKLOADS, |workload| curves::idling(rule, workload))),
            "server": by_rule(&|rule| list(WORKLOADS, |workload| curves::by_size(rule, 8_000, workload))),
        },
        "boasting": {
            "rates": RATES,
            "factors": FACTORS,
            "reward": FACTORS.map(|factor| list(RATES, |rate| curves::boasting(Rule::Lifetime, dice, WORKLOAD, factor, rate))),
        },
        "forging": { "rates": RATES, "reward": list(RATES, |rate| curves::forging(Rule::Lifetime, dice, WORKLOAD, rate)) },
        "collusion": collusion(dice),
    })
}

fn collusion(dice: Dice) -> Value {
    let counts: Vec<u32> = (0..=ORACLES * 2 / 3).collect();
    let outcomes: Vec<curves::Collusion> = counts.iter().map(|count| curves::collusion(dice, *count)).collect();
    json!({
        "oracles": ORACLES,
        "colluders": counts,
        "raised": outcomes.iter().map(|outcome| round(outcome.raised)).collect::<Vec<_>>(),
        "lowered": outcomes.iter().map(|outcome| round(outcome.lowered)).collect::<Vec<_>>(),
        "voids": outcomes.iter().map(|outcome| outcome.voids).collect::<Vec<_>>(),
    })
}

fn list<const N: usize>(points: [u64; N], curve: impl Fn(u64) -> f64) -> Value {
    json!(points.map(|point| round(curve(point))).to_vec())
}

/// Rounds to six decimals, so that the file is small and does not change with the last bit.
fn round(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::year::simulate;

    #[test]
    fn every_rule_has_its_year_and_every_list_its_length() {
        let years: Vec<Year> = Rule::ALL.into_iter().map(|rule| simulate(rule, Dice::new(1), 5_000, 3).unwrap()).collect();
        let figures = figures(1, &years);
        for rule in Rule::ALL {
            let year = &figures["years"][rule.key()];
            assert_eq!(year["flows"]["paid_in"].as_array().map(Vec::len), Some(3));
            assert_eq!(year["classes"].as_array().map(Vec::len), Some(CLASSES.len()));
        }
        assert_eq!(figures["curves"]["boasting"]["reward"][0].as_array().map(Vec::len), Some(RATES.len()));
        assert_eq!(figures["curves"]["splitting"]["idle"]["product"].as_array().map(Vec::len), Some(PARTS.len()));
    }

    #[test]
    fn tables_name_what_was_tried_and_the_verdict() {
        let year = simulate(Rule::Lifetime, Dice::new(1), 5_000, 10).unwrap();
        let text = comparisons(&year.comparisons());
        let idle = text.lines().find(|line| line.contains("takes no work")).unwrap();
        assert!(idle.ends_with("does not pay"), "{text}");
        assert_eq!(classes(&year.classes()).lines().count(), CLASSES.len() + 1);
    }
}
