//! `neurite node`.

use super::Context;
use crate::{
    amount::Amount,
    arguments::{NodeCommand, NodeName},
    chain::Chain,
    output,
    signer::show_account,
    CliError,
};
use neurite_primitives::{
    epoch::PowerTerms,
    view::{DeedEpochView, DeedView},
};
use serde_json::{json, Value};
use sp_runtime::FixedI128;

pub(super) async fn run(context: &Context<'_>, command: NodeCommand) -> Result<(), CliError> {
    let chain = context.chain().await?;
    match command {
        NodeCommand::List => {
            let mut nodes = chain.all_deeds().await?;
            nodes.retain(|deed| deed.node.is_some());
            context.output.data(&nodes.iter().map(as_json).collect::<Vec<_>>(), |_| list(&nodes));
        }
        NodeCommand::Show { node } => {
            let node = find(&chain, &node).await?;
            context.output.data(&as_json(&node), |_| show(&node));
        }
    }
    Ok(())
}

/// Finds a linked node.
async fn find(chain: &Chain, name: &NodeName) -> Result<DeedView, CliError> {
    let deed = match name {
        NodeName::Deed(deed) => Some(*deed),
        NodeName::Account(account) => chain.deed_of(account).await?,
    };
    let found = match deed {
        Some(deed) => chain.deed(deed).await?.filter(|deed| deed.node.is_some()),
        None => None,
    };
    found.ok_or_else(|| match name {
        NodeName::Deed(deed) => CliError::NotFound { what: format!("node linked to deed {deed}") },
        NodeName::Account(account) => CliError::NotFound { what: format!("linked node with the account {}", show_account(account)) },
    })
}

fn list(nodes: &[DeedView]) -> String {
    output::table(
        ["deed", "node", "eligible", "cores", "memory", "score", "availability", "power"],
        nodes.iter().map(|node| {
            let specs = node.specs.as_ref();
            [
                node.id.to_string(),
                node.node_account.as_ref().map_or("-".into(), show_account),
                if node.eligible { "yes" } else { "no" }.into(),
                specs.map_or("-".into(), |specs| specs.cores.to_string()),
                specs.map_or("-".into(), |specs| format!("{} MiB", specs.memory_mib)),
                specs.map_or("-".into(), |specs| specs.benchmark.score.to_string()),
                node.epochs.last().map_or("-".into(), |epoch| availability(epoch.availability)),
                decimal(node.terms.power),
            ]
        }),
    )
}

fn show(node: &DeedView) -> String {
    let specs = node.specs.as_ref();
    let tags = |node: &neurite_primitives::NodeSpecs| {
        node.tags.iter().map(|tag| String::from_utf8_lossy(tag).into_owned()).collect::<Vec<_>>().join(", ")
    };
    let mut text = output::pairs([
        ("deed", node.id.to_string()),
        ("owner", node.owner.as_ref().map_or("-".into(), show_account)),
        ("node", node.node_account.as_ref().map_or("-".into(), show_account)),
        ("cores", specs.map_or("-".into(), |specs| specs.cores.to_string())),
        ("memory", specs.map_or("-".into(), |specs| format!("{} MiB", specs.memory_mib))),
        ("graphics memory", specs.map_or("-".into(), |specs| format!("{} MiB", specs.gpu_memory_mib))),
        ("backends", specs.map_or("-".into(), |specs| format!("{:?}", specs.backends.to_vec()))),
        ("tags", specs.map_or("-".into(), tags)),
        ("score", specs.map_or("-".into(), |specs| specs.benchmark.score.to_string())),
        ("power now", terms(&node.terms)),
    ]);
    text.push_str("\n\n");
    text.push_str(&epochs(&node.epochs));
    text
}

/// Renders what a deed earned, one epoch a line.
pub(super) fn epochs(epochs: &[DeedEpochView]) -> String {
    output::table(
        ["epoch", "availability", "capacity", "actual", "penalty", "power", "reward", "claimed"],
        epochs.iter().map(|epoch| {
            [
                epoch.epoch.to_string(),
                availability(epoch.availability),
                decimal(epoch.terms.capacity),
                decimal(epoch.terms.actual),
                decimal(epoch.terms.penalty),
                decimal(epoch.terms.power),
                Amount(epoch.reward).to_string(),
                if epoch.claimed { "yes" } else { "no" }.into(),
            ]
        }),
    )
}

fn terms(terms: &PowerTerms) -> String {
    format!(
        "{} = {} capacity + {} actual - {} penalty",
        decimal(terms.power),
        decimal(terms.capacity),
        decimal(terms.actual),
        decimal(terms.penalty)
    )
}

/// Shows availability as per cent of the epoch.
pub(crate) fn availability(value: u8) -> String {
    let tenths = (u32::from(value) * 1_000 + 127) / 255;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Shows a fixed-point number with three decimals.
pub(crate) fn decimal(number: FixedI128) -> String {
    format!("{:.3}", number.to_float())
}

fn as_json(node: &DeedView) -> Value {
    json!({
        "deed": node.id,
        "owner": node.owner.as_ref().map(show_account),
        "node": node.node_account.as_ref().map(show_account),
        "node_public": node.node.map(|node| format!("0x{}", hex::encode(node.0))),
        "eligible": node.eligible,
        "active_from": node.active_from,
        "specs": node.specs.as_ref().map(|specs| json!({
            "cores": specs.cores,
            "memory_mib": specs.memory_mib,
            "gpu_memory_mib": specs.gpu_memory_mib,
            "backends": specs.backends.iter().map(|backend| format!("{backend:?}")).collect::<Vec<_>>(),
            "tags": specs.tags.iter().map(|tag| String::from_utf8_lossy(tag).into_owned()).collect::<Vec<_>>(),
            "score": specs.benchmark.score,
        })),
        "terms": terms_json(&node.terms),
        "epochs": node.epochs.iter().map(epoch_json).collect::<Vec<_>>(),
    })
}

/// An epoch of a deed as JSON.
pub(crate) fn epoch_json(epoch: &DeedEpochView) -> Value {
    json!({
        "epoch": epoch.epoch,
        "availability": epoch.availability,
        "terms": terms_json(&epoch.terms),
        "reward": epoch.reward,
        "claimed": epoch.claimed,
    })
}

/// Terms of the power score as JSON, as decimal numbers.
pub(crate) fn terms_json(terms: &PowerTerms) -> Value {
    json!({
        "capacity": terms.capacity.to_float(),
        "actual": terms.actual.to_float(),
        "penalty": terms.penalty.to_float(),
        "power": terms.power.to_float(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn availability_is_a_part_of_the_epoch() {
        assert_eq!((availability(255), availability(128), availability(0)), ("100.0 %".into(), "50.2 %".into(), "0.0 %".into()));
    }

    #[test]
    fn terms_show_the_sum_and_its_parts() {
        let number = |thousandths: i128| FixedI128::from_inner(thousandths * 1_000_000_000_000_000);
        let shown = terms(&PowerTerms { capacity: number(-500), actual: number(1_250), penalty: number(250), power: number(500) });
        assert_eq!(shown, "0.500 = -0.500 capacity + 1.250 actual - 0.250 penalty");
    }
}
