//! What a role tells of itself.

use crate::BlockId;

/// How a role is doing, for health checks and metrics.
#[derive(Clone, Debug, Default)]
pub struct RoleStatus {
    /// The block of the last step that was read.
    pub block: Option<BlockId>,
    /// Steps made.
    pub steps: u64,
    /// Actions done.
    pub performed: u64,
    /// Actions that failed for the moment.
    pub failed: u64,
    /// Transactions still on their way after the last step.
    pub waiting: u32,
    /// Why the last step, or something in it, failed; `None` if all went well.
    pub last_error: Option<String>,
    /// What cannot be done for now, and why.
    pub obstacles: Vec<String>,
}

/// What one step did.
#[derive(Default)]
pub(super) struct Step {
    pub(super) performed: usize,
    pub(super) failed: usize,
    pub(super) waiting: u32,
    pub(super) last_error: Option<String>,
    pub(super) obstacles: Vec<String>,
}

impl RoleStatus {
    pub(super) fn add(&mut self, block: BlockId, step: Step) {
        let add = |count: u64, more: usize| count.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
        *self = Self {
            block: Some(block),
            steps: self.steps.saturating_add(1),
            performed: add(self.performed, step.performed),
            failed: add(self.failed, step.failed),
            waiting: step.waiting,
            last_error: step.last_error,
            obstacles: step.obstacles,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::H256;

    #[test]
    fn counts_add_up_and_the_last_step_shows() {
        let (mut status, block) = (RoleStatus::default(), BlockId { number: 1, hash: H256::zero() });
        status.add(block, Step { performed: 2, failed: 1, waiting: 3, last_error: Some("no".into()), obstacles: vec!["x".into()] });
        status.add(block, Step { performed: 1, ..Step::default() });
        assert_eq!((status.steps, status.performed, status.failed, status.waiting), (2, 3, 1, 0));
        assert!(status.last_error.is_none() && status.obstacles.is_empty());
    }
}
