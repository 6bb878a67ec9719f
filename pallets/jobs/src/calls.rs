//! The calls: origin, one function that does it, event.

use frame_support::pallet_macros::pallet_section;

/// The calls of the pallet.
#[pallet_section]
mod calls {
    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Submits a job and holds its reward on the sender.
        ///
        /// Origin: anyone. Errors: `NoWorkers`, `TooManyWorkers`, `NoSteps`, `MaxStepsExceeded`, `ReportTimeoutTooShort`,
        /// `VerificationNotSupported`, `PrivacyNotSupported`, `NoDocument`, `DocumentMismatch`, `RewardTooSmall`,
        /// `DeadlinePassed`, `DeadlinesOutOfOrder`, `DeadlineTooFar`, `MaxOpenJobsExceeded`, `InsufficientBalance`.
        /// Event: `Submitted`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::submit())]
        pub fn submit(origin: OriginFor<T>, spec: JobSpec<T::AccountId>) -> DispatchResult {
            let sender = ensure_signed(origin)?;
            Self::do_submit(sender, spec)
        }

        /// Adds to the reward of a job before its review.
        ///
        /// Origin: the sender. Errors: `NotFound`, `AlreadyEnded`, `WrongStatus`, `RewardTooSmall` (nothing added),
        /// `InsufficientBalance`. Event: `ToppedUp`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::top_up())]
        pub fn top_up(origin: OriginFor<T>, id: JobId, amount: Balance) -> DispatchResult {
            let sender = ensure_signed(origin)?;
            Self::do_top_up(JobKey { sender, id }, amount)
        }

        /// Moves the deadlines of a job, Unix times in milliseconds, to later ones before its review.
        ///
        /// Once the work began, `accept_by` no longer matters and is ignored.
        ///
        /// Origin: the sender. Errors: `NotFound`, `AlreadyEnded`, `WrongStatus`, `DeadlinePassed`, `DeadlinesOutOfOrder`,
        /// `DeadlineTooFar`, `DeadlineShortened`. Event: `Extended`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::extend())]
        pub fn extend(origin: OriginFor<T>, id: JobId, accept_by: Moment, complete_by: Moment) -> DispatchResult {
            let sender = ensure_signed(origin)?;
            Self::do_extend(JobKey { sender, id }, accept_by, complete_by)
        }

        /// Cancels a job: an open one ends at once with a full refund, the money of one in progress is locked for review.
        ///
        /// Origin: the sender. Errors: `NotFound`, `AlreadyEnded`, `WrongStatus`. Events: `Ended` or `ReviewStarted`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::end())]
        pub fn cancel(origin: OriginFor<T>, id: JobId) -> DispatchResult {
            let sender = ensure_signed(origin)?;
            Self::do_cancel(JobKey { sender, id })
        }

        /// Offers the shards of an open job to the nodes of these deeds, the first shard to the first deed and so on.
        ///
        /// May be repeated: a shard that its worker released, or did not accept within the report timeout, is offered anew;
        /// the deeds of the other shards must be named again unchanged.
        ///
        /// Origin: the sender, or the delegate, which pays no fee. Errors: `NotFound`, `AlreadyEnded`, `NotAuthorized`,
        /// `WrongStatus`, `DeadlinePassed`, `WrongWorkerCount`, `DuplicateWorker`, `NotReassignable`, `NotEligible`,
        /// `RequirementsNotMet`, `AlreadyAssigned` (nothing would change). Event: `Assigned` per shard.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::assign(u32::try_from(deeds.len()).unwrap_or(MAX_WORKERS)))]
        #[pallet::feeless_if(
            |origin: &OriginFor<T>, job: &JobKeyOf<T>, deeds: &BoundedVec<DeedId, ConstU32<MAX_WORKERS>>| -> bool {
                ensure_signed(origin.clone()).is_ok_and(|who| {
                    Pallet::<T>::is_delegate(&who, job) && Pallet::<T>::check_assign(&who, job, deeds).is_ok()
                })
            }
        )]
        pub fn assign(origin: OriginFor<T>, job: JobKeyOf<T>, deeds: BoundedVec<DeedId, ConstU32<MAX_WORKERS>>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_assign(who, job, &deeds)
        }

        /// Accepts a shard. The work begins when all shards of the job are accepted.
        ///
        /// Origin: the node that the shard is offered to, which pays no fee. Errors: `NotFound`, `AlreadyEnded`,
        /// `WrongStatus`, `ShardNotFound`, `NotAuthorized`, `WrongShardState`, `DeadlinePassed`, `NotEligible`,
        /// `RequirementsNotMet`. Events: `Accepted`, and `Started` with the last one.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::accept())]
        #[pallet::feeless_if(|origin: &OriginFor<T>, job: &JobKeyOf<T>, shard: &ShardIndex| -> bool {
            ensure_signed(origin.clone()).is_ok_and(|who| Pallet::<T>::check_accept(&who, job, *shard).is_ok())
        })]
        pub fn accept(origin: OriginFor<T>, job: JobKeyOf<T>, shard: ShardIndex) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_accept(who, job, shard)
        }

        /// Gives a shard back, offered or accepted, before its deadline.
        ///
        /// Origin: the shard's node, which pays no fee. Errors: `NotFound`, `AlreadyEnded`, `WrongStatus`, `ShardNotFound`,
        /// `NotAuthorized`, `WrongShardState`, `DeadlinePassed`. Event: `Released`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::release())]
        #[pallet::feeless_if(|origin: &OriginFor<T>, job: &JobKeyOf<T>, shard: &ShardIndex| -> bool {
            ensure_signed(origin.clone()).is_ok_and(|who| Pallet::<T>::check_release(&who, job, *shard).is_ok())
        })]
        pub fn release(origin: OriginFor<T>, job: JobKeyOf<T>, shard: ShardIndex) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_release(who, job, shard)
        }

        /// Reports the last step done and commits to its result; the job's last step completes the shard.
        ///
        /// Origin: the shard's node, which pays no fee. Errors: `NotFound`, `AlreadyEnded`, `WrongStatus`, `ShardNotFound`,
        /// `NotAuthorized`, `WrongShardState`, `DeadlinePassed`, `StepNotIncreasing`, `MaxStepsExceeded`,
        /// `ProofNotExpected`. Event: `Progressed`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::report_progress())]
        #[pallet::feeless_if(
            |origin: &OriginFor<T>, job: &JobKeyOf<T>, shard: &ShardIndex, step: &Step, _commitment: &ContentHash,
                proof: &Option<BoundedVec<u8, ConstU32<MAX_PROOF>>>| -> bool {
                ensure_signed(origin.clone())
                    .is_ok_and(|who| Pallet::<T>::check_progress(&who, job, *shard, *step, proof.is_some()).is_ok())
            }
        )]
        pub fn report_progress(
            origin: OriginFor<T>,
            job: JobKeyOf<T>,
            shard: ShardIndex,
            step: Step,
            commitment: ContentHash,
            proof: Option<BoundedVec<u8, ConstU32<MAX_PROOF>>>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let found = Self::check_progress(&who, &job, shard, step, proof.is_some())?;
            Self::apply_progress(job, found, shard, step, commitment)
        }

        /// Reports that a shard cannot be done.
        ///
        /// Origin: the shard's node, which pays no fee. Errors: `NotFound`, `AlreadyEnded`, `WrongStatus`, `ShardNotFound`,
        /// `NotAuthorized`, `WrongShardState`, `DeadlinePassed`. Event: `ShardFailed`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::report_failure())]
        #[pallet::feeless_if(
            |origin: &OriginFor<T>, job: &JobKeyOf<T>, shard: &ShardIndex, _code: &FailureCode| -> bool {
                ensure_signed(origin.clone()).is_ok_and(|who| Pallet::<T>::check_report(&who, job, *shard).is_ok())
            }
        )]
        pub fn report_failure(origin: OriginFor<T>, job: JobKeyOf<T>, shard: ShardIndex, code: FailureCode) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_report_failure(who, job, shard, code)
        }

        /// Offers one shard to another deed's node: after its deadline, its release, or a failure that is not the sender's
        /// fault. The new worker starts at step 0; a worker that accepted and missed the deadline is penalised.
        ///
        /// Origin: the sender, or the delegate, which pays no fee. Errors: `NotFound`, `AlreadyEnded`, `NotAuthorized`,
        /// `WrongStatus`, `DeadlinePassed`, `ShardNotFound`, `NotReassignable`, `DuplicateWorker`, `NotEligible`,
        /// `RequirementsNotMet`. Event: `Reassigned`.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::reassign())]
        #[pallet::feeless_if(
            |origin: &OriginFor<T>, job: &JobKeyOf<T>, shard: &ShardIndex, deed: &DeedId| -> bool {
                ensure_signed(origin.clone()).is_ok_and(|who| {
                    Pallet::<T>::is_delegate(&who, job)
                        && Pallet::<T>::check_reassign(&who, job, *shard, *deed).is_ok()
                })
            }
        )]
        pub fn reassign(origin: OriginFor<T>, job: JobKeyOf<T>, shard: ShardIndex, deed: DeedId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_reassign(who, job, shard, deed)
        }

        /// Applies whatever is due to a job: its deadline, the end of its wait, or the pruning of its record.
        ///
        /// Origin: anyone. Errors: `NotFound`, `NothingDue`. Events: `ReviewStarted`, `Ended` or `Pruned`.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::end())]
        pub fn poke(origin: OriginFor<T>, job: JobKeyOf<T>) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_poke(job)
        }

        /// Names the account that assigns for senders who name no delegate; jobs that live already keep theirs.
        ///
        /// Origin: root. Event: `SupervisorSet`.
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::set_supervisor())]
        pub fn set_supervisor(origin: OriginFor<T>, supervisor: Option<T::AccountId>) -> DispatchResult {
            ensure_root(origin)?;
            Supervisor::<T>::set(supervisor.clone());
            Self::deposit_event(Event::SupervisorSet { supervisor });
            Ok(())
        }

        /// Replaces the parameters. Waits that run already keep their end.
        ///
        /// Origin: root. Errors: `ParameterOutOfBounds`. Event: `ParametersSet`.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::set_parameters())]
        pub fn set_parameters(origin: OriginFor<T>, parameters: JobParameters) -> DispatchResult {
            ensure_root(origin)?;
            ensure!(parameters.are_within_bounds(), Error::<T>::ParameterOutOfBounds);
            Self::put_parameters(&parameters);
            Self::deposit_event(Event::ParametersSet { parameters });
            Ok(())
        }
    }
}
