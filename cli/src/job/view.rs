//! Jobs in words.

use crate::{amount::Amount, output, signer::show_account};
use neurite_primitives::{
    view::{JobView, ShardView},
    Ending, FailureCode, JobKey, JobStatus, ShardState,
};
use serde_json::{json, Value};
use sp_runtime::Permill;

/// Names a job as it can be typed.
pub fn key(key: &JobKey) -> String {
    format!("{}/{}", show_account(&key.sender), key.id)
}

/// Names a state.
pub fn status(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Open => "Open",
        JobStatus::InProgress => "InProgress",
        JobStatus::Done => "Done",
        JobStatus::UnderReview => "UnderReview",
        JobStatus::Settled => "Settled",
        JobStatus::Expired => "Expired",
    }
}

/// Says why a job ended.
pub fn ending(ending: Option<Ending>) -> String {
    match ending {
        None => "-".into(),
        Some(Ending::WorkerFailed { code }) => format!("WorkerFailed({})", failure(code)),
        Some(other) => format!("{other:?}"),
    }
}

/// Says where a shard stands.
pub fn shard_state(state: ShardState) -> String {
    match state {
        ShardState::Failed { code } => format!("Failed({})", failure(code)),
        other => format!("{other:?}"),
    }
}

fn failure(code: FailureCode) -> String {
    format!("{code:?}")
}

/// Shows a part of one as per cent.
pub fn percent(part: Permill) -> String {
    let tenths = part.deconstruct() / 1_000;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Renders jobs, one a line.
pub fn list(jobs: &[JobView]) -> String {
    output::table(
        ["job", "status", "ending", "workers", "progress", "reward", "escrow"],
        jobs.iter().map(|job| {
            [
                key(&job.key),
                status(job.status).into(),
                ending(job.ending),
                job.workers.to_string(),
                percent(job.progress),
                Amount(job.reward).to_string(),
                Amount(job.escrow).to_string(),
            ]
        }),
    )
}

/// Renders a job with its shards and its history.
pub fn show(job: &JobView) -> String {
    let delegate = job.delegate.as_ref().map_or("-".into(), show_account);
    let mut text = output::pairs([
        ("job", key(&job.key)),
        ("status", status(job.status).into()),
        ("ending", ending(job.ending)),
        ("progress", percent(job.progress)),
        ("delegate", delegate),
        ("reward", Amount(job.reward).to_string()),
        ("in escrow", Amount(job.escrow).to_string()),
        ("to the pool", Amount(job.to_pool).to_string()),
        ("to workers", Amount(job.to_workers).to_string()),
        ("refunded", Amount(job.refunded).to_string()),
        ("document", if job.document == [0; 32] { "-".into() } else { hex::encode(job.document) }),
    ]);
    if !job.shards.is_empty() {
        text.push_str("\n\n");
        text.push_str(&shards(job));
    }
    text.push_str("\n\n");
    let history = job.history.iter().map(|entry| [status(entry.status).into(), entry.block.to_string(), utc(entry.at)]);
    text.push_str(&output::table(["state", "since block", "time (UTC)"], history));
    text
}

/// Renders the shards of a job, one a line.
pub fn shards(job: &JobView) -> String {
    output::table(
        ["shard", "deed", "worker", "state", "step", "commitment"],
        job.shards.iter().enumerate().map(|(index, shard)| {
            [
                index.to_string(),
                shard.deed.to_string(),
                shard.node.as_ref().map_or("-".into(), show_account),
                shard_state(shard.state),
                format!("{}/{}", shard.step, job.steps),
                short(shard),
            ]
        }),
    )
}

fn short(shard: &ShardView) -> String {
    match shard.commitment == [0; 32] {
        true => "-".into(),
        false => format!("{}…", hex::encode(&shard.commitment[..6])),
    }
}

/// One line on how far each worker is.
pub fn progress(job: &JobView) -> String {
    let shards = job.shards.iter().enumerate().map(|(index, shard)| {
        let mark = match shard.state {
            ShardState::Complete => "done".to_owned(),
            ShardState::Accepted => format!("{}/{}", shard.step, job.steps),
            other => shard_state(other).to_lowercase(),
        };
        format!("shard {index} on deed {}: {mark}", shard.deed)
    });
    shards.collect::<Vec<_>>().join(" · ")
}

/// A job as JSON; amounts are numbers in units of 10⁻¹² NEU, hashes and accounts text.
pub fn json(job: &JobView) -> Value {
    let shards = job.shards.iter().enumerate().map(|(index, shard)| {
        json!({
            "shard": index,
            "deed": shard.deed,
            "worker": shard.node.as_ref().map(show_account),
            "state": shard_state(shard.state),
            "step": shard.step,
            "commitment": hex::encode(shard.commitment),
        })
    });
    let history = job.history.iter().map(|entry| json!({ "status": status(entry.status), "block": entry.block, "at": entry.at }));
    json!({
        "job": key(&job.key),
        "sender": show_account(&job.key.sender),
        "id": job.key.id,
        "status": status(job.status),
        "ending": job.ending.map(|it| ending(Some(it))),
        "progress": f64::from(job.progress.deconstruct()) / 1e6,
        "workers": job.workers,
        "steps": job.steps,
        "delegate": job.delegate.as_ref().map(show_account),
        "document": hex::encode(job.document),
        "reward": job.reward,
        "escrow": job.escrow,
        "to_pool": job.to_pool,
        "to_workers": job.to_workers,
        "refunded": job.refunded,
        "shards": shards.collect::<Vec<_>>(),
        "history": history.collect::<Vec<_>>(),
    })
}

/// Shows Unix milliseconds as `2026-11-21 09:30:00`.
pub fn utc(millis: u64) -> String {
    let seconds = millis / 1_000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60)
}

/// Turns days since 1970 into a date of the Gregorian calendar, counting years from March so that leap days come last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// Views for tests.
#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use neurite_primitives::{HistoryEntry, Requirements};
    use sp_runtime::AccountId32;

    /// A job in progress: the first shard complete, the second accepted.
    pub(crate) fn job() -> JobView {
        let shard = |deed: u32, state: ShardState, step: u32| ShardView {
            deed,
            node: Some(AccountId32::new([deed as u8; 32])),
            state,
            step,
            commitment: [deed as u8; 32],
            deadline: 0,
        };
        JobView {
            key: JobKey { sender: crate::signer::parse_account("//Alice").unwrap(), id: 3 },
            status: JobStatus::InProgress,
            ending: None,
            document: [7; 32],
            delegate: None,
            requirements: Requirements::default(),
            workers: 2,
            steps: 10,
            reward: 30 * crate::amount::NEU,
            escrow: 30 * crate::amount::NEU,
            to_pool: 0,
            to_workers: 0,
            refunded: 0,
            accept_by: 0,
            complete_by: 0,
            wait_until: 0,
            progress: Permill::from_percent(65),
            shards: vec![shard(1, ShardState::Complete, 10), shard(0, ShardState::Accepted, 3)],
            history: vec![HistoryEntry { status: JobStatus::Open, block: 4, at: 1_795_253_400_000 }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc() {
        assert_eq!(utc(0), "1970-01-01 00:00:00");
        assert_eq!(utc(951_827_696_000), "2000-02-29 12:34:56");
        assert_eq!(utc(1_795_253_400_000), "2026-11-21 09:30:00");
    }

    #[test]
    fn a_job_shows_its_shards_and_history() {
        let text = show(&testing::job());
        for part in ["65.0 %", "30 NEU", "10/10", "3/10", "010101010101…", "2026-11-21 09:30:00"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(text.lines().any(|line| line.starts_with("0 ") && line.contains("Complete")), "{text}");
    }

    #[test]
    fn progress_is_one_line() {
        assert_eq!(progress(&testing::job()), "shard 0 on deed 1: done · shard 1 on deed 0: 3/10");
    }

    #[test]
    fn endings_name_their_code() {
        assert_eq!(ending(Some(Ending::WorkerFailed { code: FailureCode::Model })), "WorkerFailed(Model)");
        assert_eq!(ending(Some(Ending::Completed)), "Completed");
    }

    #[test]
    fn json_holds_amounts_as_numbers() {
        let value = json(&testing::job());
        assert_eq!(value["reward"], 30_000_000_000_000u64);
        assert_eq!(value["shards"][1]["step"], 3);
        assert_eq!(value["ending"], Value::Null);
    }
}
