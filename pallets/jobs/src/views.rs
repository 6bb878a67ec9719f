//! What the runtime's APIs answer about jobs. For reads off chain only: the answers are bounded, the work is not metered.

use crate::{pallet::*, JobKeyOf, JobOf};
use alloc::vec::Vec;
use neurite_primitives::{
    view::{DocumentView, JobView, ShardView},
    ContentHash, JobId, JobKey, JobRecord, JobStatus, ShardState,
};
use sp_runtime::{traits::Zero, AccountId32};

/// The most jobs in one answer.
pub const MAX_VIEWS: u32 = 256;

impl<T: Config> Pallet<T>
where
    T::AccountId: Into<AccountId32>,
{
    /// Returns a job, alive or recently ended.
    pub fn job_view(key: &JobKeyOf<T>) -> Option<JobView> {
        Self::job_view_with(key, &|account| account.clone().into())
    }

    /// Returns the live and recently ended jobs of a sender after the id `after`, oldest first, at most `limit`.
    pub fn jobs_of(sender: &T::AccountId, after: JobId, limit: u32) -> Vec<JobView> {
        Self::ids_of(sender, after, limit).into_iter().filter_map(|id| Self::job_view(&JobKey { sender: sender.clone(), id })).collect()
    }

    /// Returns the live jobs after the key `after` in the order of storage, at most `limit`.
    pub fn live_jobs(after: Option<&JobKeyOf<T>>, limit: u32) -> Vec<JobView> {
        Self::live_keys(after, limit).iter().filter_map(Self::job_view).collect()
    }
}

impl<T: Config> Pallet<T> {
    /// Returns the document of a live job.
    pub fn document(key: &JobKeyOf<T>) -> Option<DocumentView> {
        let job = Jobs::<T>::get(&key.sender, key.id)?;
        Some(DocumentView { hash: job.spec.document, source: job.spec.source })
    }

    /// Returns the ids of the live and recently ended jobs of a sender after `after`, oldest first, at most `limit`.
    pub fn ids_of(sender: &T::AccountId, after: JobId, limit: u32) -> Vec<JobId> {
        let mut ids: Vec<JobId> =
            Jobs::<T>::iter_key_prefix(sender).chain(Records::<T>::iter_key_prefix(sender)).filter(|id| *id > after).collect();
        ids.sort_unstable();
        ids.truncate(bound(limit));
        ids
    }

    /// Returns the keys of the live jobs after `after` in the order of storage, at most `limit`.
    pub fn live_keys(after: Option<&JobKeyOf<T>>, limit: u32) -> Vec<JobKeyOf<T>> {
        let keys = match after {
            Some(key) => Jobs::<T>::iter_keys_from(Jobs::<T>::hashed_key_for(&key.sender, key.id)),
            None => Jobs::<T>::iter_keys(),
        };
        keys.take(bound(limit)).map(|(sender, id)| JobKey { sender, id }).collect()
    }

    /// Returns a job, alive or recently ended, with accounts converted by `convert`.
    pub(crate) fn job_view_with(key: &JobKeyOf<T>, convert: &dyn Fn(&T::AccountId) -> AccountId32) -> Option<JobView> {
        let shown = JobKey { sender: convert(&key.sender), id: key.id };
        if let Some(job) = Jobs::<T>::get(&key.sender, key.id) {
            return Some(Self::view_of_job(key, job, shown, convert));
        }
        Records::<T>::get(&key.sender, key.id).map(|record| view_of_record(record, shown))
    }

    fn view_of_job(key: &JobKeyOf<T>, job: JobOf<T>, shown: JobKey, convert: &dyn Fn(&T::AccountId) -> AccountId32) -> JobView {
        let shards = job.shards.iter().map(|shard| ShardView {
            deed: shard.deed,
            node: Some(convert(&shard.node)),
            state: shard.state,
            step: shard.step,
            commitment: shard.commitment,
            deadline: shard.deadline,
        });
        JobView {
            key: shown,
            status: job.status,
            ending: job.ending,
            document: job.spec.document,
            delegate: job.delegate.as_ref().map(convert),
            requirements: job.spec.requirements.clone(),
            workers: job.spec.workers,
            steps: job.spec.steps,
            reward: job.spec.reward,
            escrow: Escrows::<T>::get(&key.sender, key.id),
            to_pool: Zero::zero(),
            to_workers: Zero::zero(),
            refunded: Zero::zero(),
            accept_by: job.accept_by,
            complete_by: job.complete_by,
            wait_until: job.wait_until,
            progress: job.progress,
            shards: shards.collect(),
            history: job.history.clone().into_inner(),
        }
    }
}

/// Shows what is left of a job. A record keeps no states of shards: they are complete if the job is done, released otherwise.
fn view_of_record(record: JobRecord, key: JobKey) -> JobView {
    let state = if record.status == JobStatus::Done { ShardState::Complete } else { ShardState::Released };
    let shard = |(deed, commitment): &(u32, ContentHash)| ShardView {
        deed: *deed,
        node: None,
        state,
        step: 0,
        commitment: *commitment,
        deadline: 0,
    };
    JobView {
        key,
        status: record.status,
        ending: Some(record.ending),
        document: ContentHash::default(),
        delegate: None,
        requirements: Default::default(),
        workers: u16::try_from(record.shards.len()).unwrap_or(u16::MAX),
        steps: 0,
        reward: record.to_pool.saturating_add(record.to_workers).saturating_add(record.refunded),
        escrow: 0,
        to_pool: record.to_pool,
        to_workers: record.to_workers,
        refunded: record.refunded,
        accept_by: 0,
        complete_by: 0,
        wait_until: 0,
        progress: record.progress,
        shards: record.shards.iter().map(shard).collect(),
        history: record.history.into_inner(),
    }
}

fn bound(limit: u32) -> usize {
    usize::try_from(limit.min(MAX_VIEWS)).unwrap_or(0)
}
