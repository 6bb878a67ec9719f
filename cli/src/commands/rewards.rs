//! `neurite rewards`.

use super::{node, Context};
use crate::{amount::Amount, arguments::RewardsArguments, chain::Chain, output, signer::show_account, CliError};
use neurite_primitives::view::{ClaimableView, DeedView};
use serde_json::json;

pub(super) async fn run(context: &Context<'_>, arguments: RewardsArguments) -> Result<(), CliError> {
    let owner = match arguments.owner {
        Some(owner) => owner,
        None => context.signer()?.account(),
    };
    let chain = context.chain().await?;
    if arguments.claim {
        let paid = chain.claim_all(&context.signer()?, &owner).await?;
        context.output.talk(&format!("paid {} to {}", Amount(total(&paid)), show_account(&owner)));
    }
    let claimable = chain.claimable(&owner).await?;
    let deeds = deeds_of(&chain, &owner).await?;
    let value = json!({
        "owner": show_account(&owner),
        "balance": chain.free_balance(&owner).await?,
        "claimable_total": total(&claimable),
        "claimable": claimable.iter().map(|item| json!({ "deed": item.deed, "epoch": item.epoch, "amount": item.amount })).collect::<Vec<_>>(),
        "deeds": deeds.iter().map(|deed| json!({
            "deed": deed.id,
            "terms": node::terms_json(&deed.terms),
            "epochs": deed.epochs.iter().map(node::epoch_json).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    });
    context.output.data(&value, |_| render(&claimable, &deeds));
    Ok(())
}

async fn deeds_of(chain: &Chain, owner: &sp_runtime::AccountId32) -> Result<Vec<DeedView>, CliError> {
    let mut deeds = chain.all_deeds().await?;
    deeds.retain(|deed| deed.owner.as_ref() == Some(owner));
    Ok(deeds)
}

fn total(claimable: &[ClaimableView]) -> u128 {
    claimable.iter().map(|item| item.amount).fold(0, u128::saturating_add)
}

fn render(claimable: &[ClaimableView], deeds: &[DeedView]) -> String {
    let mut text = output::table(
        ["deed", "epoch", "to claim"],
        claimable.iter().map(|item| [item.deed.to_string(), item.epoch.to_string(), Amount(item.amount).to_string()]),
    );
    text.push_str(&format!("\n{} to claim\n", Amount(total(claimable))));
    for deed in deeds {
        text.push_str(&format!("\ndeed {}\n{}\n", deed.id, node::epochs(&deed.epochs)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_claimed_is_listed_and_summed() {
        let item = |deed, amount| ClaimableView { deed, epoch: 2, amount };
        let text = render(&[item(0, 1_500_000_000_000), item(1, 500_000_000_000)], &[]);
        assert!(text.contains("1.5 NEU") && text.contains("\n2 NEU to claim"), "{text}");
    }
}
