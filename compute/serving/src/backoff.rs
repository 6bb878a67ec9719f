//! How long a process that died stays down.

use std::time::Duration;

/// The pause after the first death.
const FIRST: Duration = Duration::from_millis(100);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(30);

/// A process that lived this long is held to be sound: its death starts the series anew.
const SOUND_AFTER: Duration = Duration::from_secs(60);

/// Counts deaths in a row and doubles the pause with each.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    deaths: u32,
}

impl Backoff {
    /// Notes a death after some time of life and returns the pause before the next start.
    pub(crate) fn pause_after(&mut self, lived: Duration) -> Duration {
        if lived >= SOUND_AFTER {
            self.deaths = 0;
        }
        let doublings = self.deaths.min(16);
        self.deaths = self.deaths.saturating_add(1);
        FIRST.saturating_mul(1 << doublings).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_its_bound_and_starts_anew_after_a_sound_life() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u64> = (0..4).map(|_| backoff.pause_after(Duration::ZERO).as_millis() as u64).collect();
        assert_eq!(pauses, [100, 200, 400, 800]);
        for _ in 0..100 {
            assert!(backoff.pause_after(Duration::ZERO) <= LONGEST);
        }
        assert_eq!(backoff.pause_after(Duration::ZERO), LONGEST);
        assert_eq!(backoff.pause_after(SOUND_AFTER), FIRST);
    }
}
