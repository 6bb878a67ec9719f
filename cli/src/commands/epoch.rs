//! `neurite epoch`.

use super::Context;
use crate::{amount::Amount, arguments::EpochCommand, job::view::utc, output, CliError};
use neurite_primitives::{
    epoch::EpochState,
    view::{CommitteeView, EpochView},
    Balance,
};
use serde_json::{json, Value};

pub(super) async fn run(context: &Context<'_>, command: EpochCommand) -> Result<(), CliError> {
    let chain = context.chain().await?;
    match command {
        EpochCommand::List => {
            let epochs = chain.epochs().await?;
            context.output.data(&epochs.iter().map(as_json).collect::<Vec<_>>(), |_| list(&epochs));
        }
        EpochCommand::Show { epoch } => {
            let found = chain.epoch(epoch).await?.ok_or_else(|| not_found(epoch))?;
            // Kept for as long as reports are judged by it.
            let committee = chain.committee(Some(found.index)).await?;
            let oracles = committee.as_ref().map(oracles);
            let mut value = as_json(&found);
            value["oracles"] = json!(oracles);
            context.output.data(&value, |_| show(&found, oracles));
        }
    }
    Ok(())
}

fn not_found(epoch: Option<u32>) -> CliError {
    let what = match epoch {
        Some(epoch) => format!("epoch {epoch}: it has not begun, was skipped, or its claim window is over"),
        None => "epoch yet: the first one begins with the first block".into(),
    };
    CliError::NotFound { what }
}

fn oracles(committee: &CommitteeView) -> usize {
    committee.members.len()
}

fn list(epochs: &[EpochView]) -> String {
    output::table(
        ["epoch", "state", "start (UTC)", "deeds", "reserved", "claimed"],
        epochs.iter().map(|epoch| {
            [
                epoch.index.to_string(),
                state(epoch.state).into(),
                utc(epoch.start),
                epoch.deeds.to_string(),
                Amount(epoch.reserved).to_string(),
                Amount(epoch.claimed).to_string(),
            ]
        }),
    )
}

fn show(epoch: &EpochView, oracles: Option<usize>) -> String {
    output::pairs([
        ("epoch", epoch.index.to_string()),
        ("state", state(epoch.state).into()),
        ("start (UTC)", utc(epoch.start)),
        (if epoch.state == EpochState::Open { "planned end (UTC)" } else { "end (UTC)" }, utc(epoch.end)),
        ("deeds", format!("{} on {} pages", epoch.deeds, epoch.pages)),
        ("oracles", oracles.map_or("-".into(), |oracles| oracles.to_string())),
        ("reserved", Amount(epoch.reserved).to_string()),
        ("claimed", Amount(epoch.claimed).to_string()),
        ("to claim", Amount(unclaimed(epoch)).to_string()),
        ("sum of indices", index(epoch.total_index)),
        ("epochs settled", epoch.settled_count.to_string()),
    ])
}

/// What is divided among the deeds and nobody claimed yet, the rounding rest included.
fn unclaimed(epoch: &EpochView) -> Balance {
    match epoch.state {
        EpochState::Settled if epoch.total_index > 0 => epoch.reserved.saturating_sub(epoch.claimed),
        EpochState::Open | EpochState::Closing | EpochState::Settled | EpochState::Voided => 0,
    }
}

fn state(state: EpochState) -> &'static str {
    match state {
        EpochState::Open => "Open",
        EpochState::Closing => "Closing",
        EpochState::Settled => "Settled",
        EpochState::Voided => "Voided",
    }
}

/// Shows an index, which has 18 decimals, with three.
fn index(index: u128) -> String {
    let thousandths = index / 1_000_000_000_000_000;
    format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}

/// An amount as a number, or as text where it is beyond the 64 bits of a number in JSON: eighteen million NEU.
fn exact(amount: Balance) -> Value {
    u64::try_from(amount).map_or_else(|_| json!(amount.to_string()), |amount| json!(amount))
}

fn as_json(epoch: &EpochView) -> Value {
    json!({
        "epoch": epoch.index,
        "state": state(epoch.state),
        "start": epoch.start,
        "end": epoch.end,
        "deeds": epoch.deeds,
        "pages": epoch.pages,
        "reserved": exact(epoch.reserved),
        "claimed": exact(epoch.claimed),
        "to_claim": exact(unclaimed(epoch)),
        "total_index": index(epoch.total_index),
        "settled_count": epoch.settled_count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(state: EpochState) -> EpochView {
        EpochView {
            index: 7,
            state,
            start: 1_795_000_000_000,
            end: 1_795_000_060_000,
            pages: 1,
            deeds: 4,
            reserved: 10_500_000_000_000,
            total_index: 3_250_000_000_000_000_000,
            claimed: 500_000_000_000,
            settled_count: 6,
        }
    }

    #[test]
    fn a_settled_epoch_shows_what_is_left_to_claim() {
        let text = show(&epoch(EpochState::Settled), None);
        let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        assert!(line("to claim").ends_with("10 NEU"), "{text}");
        assert!(
            line("sum of indices").ends_with("3.250") && line("deeds").ends_with("4 on 1 pages") && line("oracles").ends_with('-'),
            "{text}"
        );
        assert!(line("end (UTC)").ends_with(&utc(1_795_000_060_000)), "{text}");
    }

    #[test]
    fn an_epoch_without_rewards_has_nothing_to_claim() {
        for state in [EpochState::Open, EpochState::Closing, EpochState::Voided] {
            assert_eq!(unclaimed(&epoch(state)), 0);
        }
        assert_eq!(unclaimed(&EpochView { total_index: 0, ..epoch(EpochState::Settled) }), 0);
        assert!(show(&epoch(EpochState::Open), Some(4)).contains("planned end"));
    }

    #[test]
    fn programs_get_exact_amounts() {
        let value = as_json(&epoch(EpochState::Settled));
        assert_eq!((&value["reserved"], &value["state"]), (&json!(10_500_000_000_000u64), &json!("Settled")));
        let large = EpochView { reserved: 1 << 70, ..epoch(EpochState::Settled) };
        assert_eq!(as_json(&large)["reserved"], json!((1u128 << 70).to_string()));
    }

    #[test]
    fn epochs_are_listed_one_a_line() {
        let text = list(&[epoch(EpochState::Settled), epoch(EpochState::Open)]);
        assert_eq!(text.lines().count(), 3);
        assert!(text.lines().nth(1).unwrap().contains("Settled"), "{text}");
    }

    #[test]
    fn what_is_not_there_is_said_in_words() {
        assert!(not_found(Some(9)).to_string().starts_with("there is no epoch 9: "));
        assert!(not_found(None).to_string().contains("first block"));
    }
}
