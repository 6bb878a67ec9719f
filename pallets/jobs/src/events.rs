//! What happened to jobs.

use frame_support::pallet_macros::pallet_section;

/// The events of the pallet.
#[pallet_section]
mod events {
    /// What happened to jobs: with these events alone an explorer knows every state, reason and amount.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A job was submitted and its reward held.
        Submitted {
            /// The job.
            job: JobKeyOf<T>,
            /// blake3 hash of its document.
            document: ContentHash,
            /// Workers asked for.
            workers: u16,
            /// Steps per shard.
            steps: Step,
            /// The reward held.
            reward: Balance,
            /// Who assigns for the sender.
            delegate: Option<T::AccountId>,
            /// Active moment by which all workers must have accepted.
            accept_by: Moment,
            /// Active moment by which the job must be done.
            complete_by: Moment,
        },
        /// The reward was raised.
        ToppedUp {
            /// The job.
            job: JobKeyOf<T>,
            /// What was added.
            amount: Balance,
            /// The whole reward.
            reward: Balance,
        },
        /// The deadlines were moved.
        Extended {
            /// The job.
            job: JobKeyOf<T>,
            /// Active moment by which all workers must have accepted.
            accept_by: Moment,
            /// Active moment by which the job must be done.
            complete_by: Moment,
        },
        /// A shard was offered to a worker.
        Assigned {
            /// The job.
            job: JobKeyOf<T>,
            /// The shard.
            shard: ShardIndex,
            /// The worker's deed.
            deed: DeedId,
            /// The worker's account.
            node: T::AccountId,
            /// Active moment after which it may be offered to another.
            deadline: Moment,
        },
        /// A worker accepted its shard.
        Accepted {
            /// The job.
            job: JobKeyOf<T>,
            /// The shard.
            shard: ShardIndex,
            /// The worker's deed.
            deed: DeedId,
        },
        /// All workers accepted: the work begins.
        Started {
            /// The job.
            job: JobKeyOf<T>,
        },
        /// A worker gave its shard back.
        Released {
            /// The job.
            job: JobKeyOf<T>,
            /// The shard.
            shard: ShardIndex,
            /// The worker's deed.
            deed: DeedId,
        },
        /// A worker reported progress.
        Progressed {
            /// The job.
            job: JobKeyOf<T>,
            /// The shard.
            shard: ShardIndex,
            /// The worker's deed.
            deed: DeedId,
            /// The last step done.
            step: Step,
            /// Steps of the shard.
            steps: Step,
            /// Commitment to the result so far.
            commitment: ContentHash,
        },
        /// A worker reported that it cannot do its shard.
        ShardFailed {
            /// The job.
            job: JobKeyOf<T>,
            /// The shard.
            shard: ShardIndex,
            /// The worker's deed.
            deed: DeedId,
            /// Why.
            code: FailureCode,
        },
        /// A shard was offered to another worker.
        Reassigned {
            /// The job.
            job: JobKeyOf<T>,
            /// The shard.
            shard: ShardIndex,
            /// The former worker's deed.
            from: DeedId,
            /// The new worker's deed.
            to: DeedId,
            /// The new worker's account.
            node: T::AccountId,
            /// Whether the former worker had accepted and missed its deadline.
            missed: bool,
        },
        /// The oracles attested progress.
        ProgressAttested {
            /// The job.
            job: JobKeyOf<T>,
            /// The progress, capped by the workers' reports.
            progress: Permill,
        },
        /// The oracles attested that the job is done; the money waits for the challenge window.
        DoneAttested {
            /// The job.
            job: JobKeyOf<T>,
            /// What is paid after the window.
            reward: Balance,
            /// Active moment at which the window is over.
            wait_until: Moment,
        },
        /// The money was locked for review.
        ReviewStarted {
            /// The job.
            job: JobKeyOf<T>,
            /// Why.
            reason: Ending,
            /// What is locked.
            locked: Balance,
            /// Progress so far.
            progress: Permill,
            /// Active moment at which the review is over.
            wait_until: Moment,
        },
        /// A part of the reward went straight to the owner of a worker's deed.
        WorkerPaid {
            /// The job.
            job: JobKeyOf<T>,
            /// The worker's deed.
            deed: DeedId,
            /// The deed's owner.
            owner: T::AccountId,
            /// The amount.
            amount: Balance,
        },
        /// A worker's deed was credited with units of actual power.
        UnitsCredited {
            /// The job.
            job: JobKeyOf<T>,
            /// The worker's deed.
            deed: DeedId,
            /// The units, in the token's smallest unit.
            units: Balance,
        },
        /// The job ended and its money was divided.
        Ended {
            /// The job.
            job: JobKeyOf<T>,
            /// The last state: `Done`, `Settled` or `Expired`.
            status: JobStatus,
            /// Why.
            reason: Ending,
            /// What went to the reward pool.
            to_pool: Balance,
            /// What went straight to the workers.
            to_workers: Balance,
            /// What went back to the sender.
            refunded: Balance,
            /// Progress at the end.
            progress: Permill,
        },
        /// The record of an ended job was removed.
        Pruned {
            /// The job.
            job: JobKeyOf<T>,
        },
        /// The supervisor was named.
        SupervisorSet {
            /// Its account.
            supervisor: Option<T::AccountId>,
        },
        /// The parameters were replaced.
        ParametersSet {
            /// The parameters.
            parameters: JobParameters,
        },
    }
}
