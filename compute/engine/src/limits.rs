//! Bounds and intervals of the engine.

use std::time::Duration;

/// Batches that wait for a stage.
pub const FEED_CAPACITY: usize = 4;
/// Payloads of a pipeline that wait to be sent to one of its targets.
pub const PAYLOAD_CAPACITY: usize = 64;
/// Payloads that are on their way to a target at a time.
pub const SEND_WINDOW: usize = 64;
/// Plugins that read other pipelines' payloads.
pub const MAX_BUS_READERS: usize = 256;
/// The most payloads that wait for such a plugin.
pub const MAX_BUS_CAPACITY: usize = 4096;
/// Messages of stages that wait for the supervisor.
pub(crate) const EVENT_CAPACITY: usize = 64;
/// Things that are asked of a pump and wait: more than there can be instances, for the supervisor must not wait for a busy pump.
pub(crate) const COMMAND_CAPACITY: usize = 2 * neurite_config::MAX_PLUGINS * neurite_config::MAX_INSTANCES;
/// Updates of a pipeline that wait.
pub(crate) const UPDATE_CAPACITY: usize = 4;
/// The longest name of an owner or sender, in bytes.
pub const MAX_OWNER: usize = 128;

/// What an engine allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineLimits {
    /// The most pipelines, finished ones included.
    pub max_pipelines: usize,
    /// Least time between two checkpoints of a stage.
    pub checkpoint_interval: Duration,
    /// How transient failures are tried again.
    pub retry: RetryPolicy,
    /// How failed instances of pipelines without a job are started again.
    pub restart: RestartPolicy,
    /// Waits before a target of payloads that does not answer is tried again; it is tried for ever.
    pub delivery: RetryPolicy,
    /// What is kept on disk for such a target.
    pub spool: SpoolLimits,
}

impl Default for EngineLimits {
    fn default() -> Self {
        Self {
            max_pipelines: 64,
            checkpoint_interval: Duration::from_secs(1),
            retry: RetryPolicy::default(),
            restart: RestartPolicy::default(),
            delivery: RetryPolicy { attempts: u32::MAX, longest_wait: Duration::from_secs(30), ..RetryPolicy::default() },
            spool: SpoolLimits::default(),
        }
    }
}

/// How often and after which waits a failed call is made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Calls in all, the first included; at least one is made.
    pub attempts: u32,
    /// Wait before the second call; doubles with each further one.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { attempts: 8, first_wait: Duration::from_millis(100), longest_wait: Duration::from_secs(5) }
    }
}

impl RetryPolicy {
    /// Returns the wait after `failures` failed calls, `None` if no further call is to be made.
    pub fn wait_after(&self, failures: u32) -> Option<Duration> {
        let doublings = failures.saturating_sub(1).min(31);
        let wait = self.first_wait.saturating_mul(1 << doublings).min(self.longest_wait);
        (failures < self.attempts).then_some(wait)
    }
}

/// How often and after which waits a failed instance is started again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestartPolicy {
    /// Failures within [`RestartPolicy::window`] after which it stays failed, and the waits before it is started again.
    pub retry: RetryPolicy,
    /// How long a failure counts.
    pub window: Duration,
}

impl Default for RestartPolicy {
    fn default() -> Self {
        let retry = RetryPolicy { attempts: 5, first_wait: Duration::from_millis(500), longest_wait: Duration::from_secs(30) };
        Self { retry, window: Duration::from_secs(600) }
    }
}

/// What is kept on disk for a target of payloads that does not answer; beyond it, the oldest payloads are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpoolLimits {
    /// The most payloads.
    pub payloads: usize,
    /// The most bytes.
    pub bytes: usize,
}

impl Default for SpoolLimits {
    fn default() -> Self {
        Self { payloads: 16_384, bytes: 64 * 1024 * 1024 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_end() {
        let policy = RetryPolicy { attempts: 5, first_wait: Duration::from_millis(100), longest_wait: Duration::from_millis(300) };
        let waits: Vec<u64> = (1..).map_while(|failures| policy.wait_after(failures)).map(|wait| wait.as_millis() as u64).collect();
        assert_eq!(waits, [100, 200, 300, 300]);
    }
}
