//! The same work on every logical processor at once.

use std::{
    num::NonZeroUsize,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

/// Least time of a round.
const ROUND: Duration = Duration::from_millis(100);
/// Rounds, of which the best counts.
const ROUNDS: u32 = 5;

/// Returns how many logical processors this process may use.
pub fn count() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Returns how often work was done in a second, by all processors together; each prepares work of its own first.
pub fn turns_per_second<W: FnMut()>(prepare: impl Fn() -> W + Sync) -> f64 {
    (0..ROUNDS).map(|_| round(&prepare)).fold(0.0, f64::max)
}

fn round<W: FnMut()>(prepare: &(impl Fn() -> W + Sync)) -> f64 {
    let ready = Barrier::new(count());
    let work = || {
        let mut turn = prepare();
        ready.wait();
        let (began, mut turns) = (Instant::now(), 0.0);
        while began.elapsed() < ROUND {
            turn();
            turns += 1.0;
        }
        turns / began.elapsed().as_secs_f64()
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..count()).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(0.0)).sum()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_processors_count() {
        // A turn takes a millisecond, however busy the machine is, and rarely much longer.
        let turns = turns_per_second(|| || thread::sleep(Duration::from_millis(1)));
        assert!(turns > 0.0 && turns <= 1_000.0 * count() as f64, "{turns}");
    }
}
