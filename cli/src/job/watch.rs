//! Following a job: what changed is told as it happens, until nothing more can change.

use super::{results::Results, view};
use crate::{chain::Chain, engine::Engine, output::Output, signer::show_account, CliError};
use neurite_primitives::{view::JobView, Ending, JobKey, JobStatus, ShardState};
use std::time::Duration;

/// How often the chain is asked; blocks come every three seconds.
pub const INTERVAL: Duration = Duration::from_millis(700);

/// Follows one job.
#[derive(Debug)]
pub struct Watcher<'a> {
    chain: &'a Chain,
    engine: Option<Engine>,
    key: JobKey,
    told: String,
    history: usize,
    alive: Option<JobView>,
    /// The results seen so far.
    pub results: Results,
}

impl<'a> Watcher<'a> {
    /// Starts to follow a job; with an engine its results are collected too.
    pub fn new(chain: &'a Chain, engine: Option<Engine>, key: JobKey) -> Self {
        Self { chain, engine, key, told: String::new(), history: 0, alive: None, results: Results::default() }
    }

    /// Looks once and tells what changed.
    ///
    /// The record that is left of an ended job says less than the job did; what was seen before fills it in.
    pub async fn look(&mut self, output: &Output) -> Result<Option<JobView>, CliError> {
        let Some(mut job) = self.chain.job(&self.key).await? else { return Ok(None) };
        match &self.alive {
            Some(alive) if is_record(&job) => fill_in(&mut job, alive),
            _ => self.alive = Some(job.clone()),
        }
        for entry in job.history.iter().skip(self.history) {
            output.talk(&format!("block {}: {}", entry.block, view::status(entry.status)));
        }
        self.history = job.history.len();
        let progress = view::progress(&job);
        if progress != self.told && !progress.is_empty() {
            output.talk(&progress);
            self.told = progress;
        }
        if let Some(engine) = &self.engine {
            // The engine may be restarting; its results are asked for again with the next look.
            if let Ok(jobs) = engine.jobs().await {
                self.results.collect(&jobs, &show_account(&self.key.sender), self.key.id);
            }
        }
        Ok(Some(job))
    }

    /// Looks until the job has ended and its money moved; returns its last view.
    pub async fn follow(&mut self, output: &Output) -> Result<JobView, CliError> {
        let mut last = None;
        loop {
            match (self.look(output).await?, last.take()) {
                (Some(job), _) if is_over(&job) => return Ok(job),
                (Some(job), _) => last = Some(job),
                // Its record was pruned between two looks: what was seen last is what there is.
                (None, Some(job)) => return Ok(job),
                (None, None) => return Err(CliError::NotFound { what: format!("job {}", view::key(&self.key)) }),
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }
}

/// Tells whether this is what is left of an ended job.
fn is_record(job: &JobView) -> bool {
    job.document == [0; 32]
}

/// Fills in what the record of an ended job leaves out from a view of the job while it was alive.
fn fill_in(record: &mut JobView, alive: &JobView) {
    record.document = alive.document;
    record.delegate.clone_from(&alive.delegate);
    record.requirements.clone_from(&alive.requirements);
    (record.workers, record.steps) = (alive.workers, alive.steps);
    for (shard, known) in record.shards.iter_mut().zip(&alive.shards).filter(|(shard, known)| shard.deed == known.deed) {
        shard.node.clone_from(&known.node);
        // A shard whose last step was reported may have been seen before that report.
        shard.step = if shard.state == ShardState::Complete { alive.steps } else { known.step };
    }
}

/// Tells whether nothing about a job will change any more: its money has left escrow.
pub fn is_over(job: &JobView) -> bool {
    job.status.is_terminal() || (job.status == JobStatus::Done && job.escrow == 0)
}

/// Turns an ending other than completion into an error.
pub fn ensure_completed(job: &JobView) -> Result<(), CliError> {
    if job.status == JobStatus::Done && matches!(job.ending, None | Some(Ending::Completed)) {
        return Ok(());
    }
    Err(CliError::Job { status: view::status(job.status).into(), ending: view::ending(job.ending) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::view::testing;

    #[test]
    fn a_job_is_over_when_its_money_has_moved() {
        let mut job = testing::job();
        assert!(!is_over(&job));
        job.status = JobStatus::Done;
        assert!(!is_over(&job), "the challenge window runs");
        job.escrow = 0;
        assert!(is_over(&job));
        job.status = JobStatus::Expired;
        assert!(is_over(&job));
    }

    #[test]
    fn a_record_is_filled_in_from_what_was_seen() {
        let alive = testing::job();
        let mut record = testing::job();
        (record.document, record.steps, record.workers) = ([0; 32], 0, 0);
        for shard in &mut record.shards {
            (shard.node, shard.step, shard.state) = (None, 0, ShardState::Complete);
        }
        assert!(is_record(&record) && !is_record(&alive));
        fill_in(&mut record, &alive);
        assert_eq!((record.document, record.steps, record.workers), (alive.document, alive.steps, alive.workers));
        assert_eq!(record.shards[1].node, alive.shards[1].node);
        assert_eq!(record.shards[1].step, 10);
    }

    #[test]
    fn only_completion_is_a_success() {
        let mut job = testing::job();
        job.status = JobStatus::Done;
        job.ending = Some(Ending::Completed);
        assert!(ensure_completed(&job).is_ok());
        job.status = JobStatus::Settled;
        job.ending = Some(Ending::DeadlineMissed);
        assert_eq!(ensure_completed(&job).unwrap_err().to_string(), "the job ended as Settled: DeadlineMissed");
    }
}
