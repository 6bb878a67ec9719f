//! Short busy waiting: cheaper than sleeping while the other side answers within microseconds.
//!
//! It costs a processor, which the other side may need: so it is done only as long as it pays, and tried anew now and then.

use std::{
    sync::{
        atomic::{AtomicU32, Ordering},
        OnceLock,
    },
    thread,
    time::{Duration, Instant},
};

/// The checks between two looks at the clock.
const CHECKS_PER_LOOK: u32 = 16;

/// The credit that successes can build up; each failure takes one of it.
const MOST_CREDIT: u32 = 8;

/// Without credit, one wait in so many is tried busily.
const PROBE_EVERY: u32 = 32;

/// A try without credit lasts this long: enough for the other side to wake up and answer.
const PROBE: Duration = Duration::from_micros(200);

/// Decides from its successes whether busy waiting pays.
#[derive(Debug)]
pub(crate) struct Spinner {
    credit: AtomicU32,
    waits_without_credit: AtomicU32,
}

impl Spinner {
    pub(crate) fn new() -> Self {
        Self { credit: AtomicU32::new(MOST_CREDIT), waits_without_credit: AtomicU32::new(0) }
    }

    /// Waits busily, if that has paid lately, until a condition holds or the time is up; tells whether the condition holds.
    pub(crate) fn wait(&self, limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
        if condition() {
            return true;
        }
        let credit = self.credit.load(Ordering::Relaxed);
        let probe = credit == 0 && self.waits_without_credit.fetch_add(1, Ordering::Relaxed).is_multiple_of(PROBE_EVERY);
        if single_processor() || (credit == 0 && !probe) {
            return false;
        }
        let held = spin_until(if probe { PROBE } else { limit }, condition);
        let credit = if held { (credit + 1).min(MOST_CREDIT) } else { credit.saturating_sub(1) };
        self.credit.store(credit, Ordering::Relaxed);
        held
    }
}

fn spin_until(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    loop {
        for _ in 0..CHECKS_PER_LOOK {
            std::hint::spin_loop();
            if condition() {
                return true;
            }
        }
        if started.elapsed() >= limit {
            return false;
        }
    }
}

/// With a single processor the other side cannot make progress while this one waits busily.
fn single_processor() -> bool {
    static SINGLE: OnceLock<bool> = OnceLock::new();
    *SINGLE.get_or_init(|| thread::available_parallelism().is_ok_and(|count| count.get() == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_that_does_not_pay_is_given_up_and_tried_again_now_and_then() {
        let spinner = Spinner::new();
        let checks = |spinner: &Spinner| {
            let mut checks = 0;
            spinner.wait(Duration::ZERO, || {
                checks += 1;
                false
            });
            checks
        };
        if single_processor() {
            return;
        }
        for _ in 0..MOST_CREDIT {
            assert!(checks(&spinner) > 1);
        }
        let busy: Vec<bool> = (0..2 * PROBE_EVERY).map(|_| checks(&spinner) > 1).collect();
        assert_eq!(busy.iter().filter(|busy| **busy).count(), 2);
        assert!(spinner.wait(Duration::ZERO, || true));
    }
}
