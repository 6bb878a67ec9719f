//! The parameters and bounds of the pallet, and names for its generic types.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use neurite_primitives::{Balance, Job, JobKey, Moment, Step};
use scale_info::TypeInfo;

/// A live job of a runtime.
pub type JobOf<T> = Job<<T as frame_system::Config>::AccountId>;
/// The name of a job of a runtime.
pub type JobKeyOf<T> = JobKey<<T as frame_system::Config>::AccountId>;

/// A day in milliseconds.
const DAY: Moment = 24 * 60 * 60 * 1_000;

/// The most steps of a shard; each may be reported once, free of charge.
pub const MAX_STEPS: Step = 10_000;
/// The longest proof of progress, in bytes.
pub const MAX_PROOF: u32 = 1_024;
/// The shortest report timeout, in active milliseconds: a worker must be able to answer within it.
pub const MIN_REPORT_TIMEOUT: Moment = 10_000;
/// The longest time from now to a deadline, in milliseconds: 366 days.
pub const MAX_DURATION: Moment = 366 * DAY;
/// The longest review period and challenge window, in active milliseconds: 30 days.
pub const MAX_WINDOW: Moment = 30 * DAY;
/// The highest `MaxOpenJobs`.
pub const MAX_MAX_OPEN_JOBS: u32 = 10_000;
/// The highest `MinReward`: a thousand NEU.
pub const MAX_MIN_REWARD: Balance = 1_000_000_000_000_000;

/// The parameters of the pallet, each with its bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct JobParameters {
    /// The most live jobs of one sender, 1 to [`MAX_MAX_OPEN_JOBS`].
    pub max_open_jobs: u32,
    /// How long money is locked for review, in active milliseconds, at most [`MAX_WINDOW`].
    pub review_period: Moment,
    /// How long a result waits before it is paid, and a record before it is pruned, in active milliseconds, at most
    /// [`MAX_WINDOW`].
    pub challenge_window: Moment,
    /// The smallest reward, 1 to [`MAX_MIN_REWARD`].
    pub min_reward: Balance,
}

impl JobParameters {
    /// Tells whether every parameter is within its bounds.
    pub fn are_within_bounds(&self) -> bool {
        (1..=MAX_MAX_OPEN_JOBS).contains(&self.max_open_jobs)
            && self.review_period <= MAX_WINDOW
            && self.challenge_window <= MAX_WINDOW
            && (1..=MAX_MIN_REWARD).contains(&self.min_reward)
    }
}

/// A day of review and of challenges, 32 live jobs, a thousandth NEU.
impl Default for JobParameters {
    fn default() -> Self {
        Self { max_open_jobs: 32, review_period: DAY, challenge_window: DAY, min_reward: 1_000_000_000 }
    }
}
