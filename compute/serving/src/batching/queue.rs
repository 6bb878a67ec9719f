//! The requests that wait for being joined with others, and which of them go together.

use std::collections::VecDeque;

use tokio::{
    sync::{oneshot, OwnedSemaphorePermit},
    time::Instant,
};

use super::join::are_alike;
use crate::{
    config::{Batching, INPUT_CAPACITY},
    error::ServingError,
    tensor::Tensor,
};

/// The most bytes of elements in a joint request; the rest of a slot is for the description of the tensors.
const MAX_JOINT_BYTES: usize = INPUT_CAPACITY - (64 << 10);

/// What a caller gets.
pub(super) type Answer = Result<Vec<Tensor>, ServingError>;

/// A request that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) inputs: Vec<Tensor>,
    pub(super) rows: usize,
    pub(super) bytes: usize,
    pub(super) limits: Batching,
    /// When it goes, joined or not.
    pub(super) deadline: Instant,
    pub(super) answer: oneshot::Sender<Answer>,
    /// Its place among the requests that may wait.
    pub(super) admitted: Option<OwnedSemaphorePermit>,
}

/// What to do now.
#[derive(Debug)]
pub(super) enum Turn {
    /// Nobody waits.
    Empty,
    /// Others may still come until then.
    WaitUntil(Instant),
    /// These go.
    Go(Vec<Waiting>),
}

/// The waiting requests, in the order of their coming. Its length is bounded by the places that its entries hold.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
}

/// The places in the queue of what would go now.
struct Selection {
    places: Vec<usize>,
    /// Whether nothing more could join.
    full: bool,
    deadline: Instant,
}

impl Queue {
    /// Appends a request.
    pub(super) fn push(&mut self, request: Waiting) {
        self.waiting.push_back(request);
    }

    /// Decides about the oldest request and those that can join it; requests whose callers gave up are forgotten.
    pub(super) fn turn(&mut self, now: Instant) -> Turn {
        self.waiting.retain(|request| !request.answer.is_closed());
        let Some(selection) = self.select() else { return Turn::Empty };
        if !selection.full && now < selection.deadline {
            return Turn::WaitUntil(selection.deadline);
        }
        // From behind, so that the places before stay what they are.
        let taken = selection.places.iter().rev().filter_map(|place| self.waiting.remove(*place));
        let mut batch: Vec<Waiting> = taken.collect();
        batch.reverse();
        Turn::Go(batch)
    }

    fn select(&self) -> Option<Selection> {
        let first = self.waiting.front()?;
        let (mut rows, mut bytes, mut most) = (first.rows, first.bytes, first.limits.max_rows);
        let mut selection = Selection { places: vec![0], full: false, deadline: first.deadline };
        for (place, request) in self.waiting.iter().enumerate().skip(1) {
            if rows >= most {
                break;
            }
            if !are_alike(&first.inputs, &request.inputs) {
                continue;
            }
            let limit = most.min(request.limits.max_rows);
            if rows + request.rows > limit || bytes + request.bytes > MAX_JOINT_BYTES {
                selection.full = true;
                break;
            }
            (rows, bytes, most) = (rows + request.rows, bytes + request.bytes, limit);
            selection.places.push(place);
            selection.deadline = selection.deadline.min(request.deadline);
        }
        selection.full |= rows >= most;
        Some(selection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    struct Desk {
        queue: Queue,
        start: Instant,
        callers: Vec<oneshot::Receiver<Answer>>,
    }

    impl Desk {
        fn new() -> Self {
            Self { queue: Queue::default(), start: Instant::now(), callers: Vec::new() }
        }

        fn ask(&mut self, rows: usize, width: usize, max_rows: usize, delay_ms: u64) {
            let (answer, caller) = oneshot::channel();
            self.callers.push(caller);
            let limits = Batching { max_rows, max_delay: Duration::from_millis(delay_ms) };
            let inputs = vec![Tensor::f32(vec![rows, width], vec![0.0; rows * width])];
            let deadline = self.start + limits.max_delay;
            self.queue.push(Waiting { inputs, rows, bytes: rows * width * 4, limits, deadline, answer, admitted: None });
        }

        /// Returns the rows of what goes after so many milliseconds.
        fn go(&mut self, after_ms: u64) -> Option<Vec<usize>> {
            match self.queue.turn(self.start + Duration::from_millis(after_ms)) {
                Turn::Go(batch) => Some(batch.iter().map(|request| request.rows).collect()),
                Turn::Empty | Turn::WaitUntil(_) => None,
            }
        }
    }

    #[test]
    fn what_waits_goes_together_at_the_earliest_deadline() {
        let mut desk = Desk::new();
        assert_eq!(desk.go(0), None);
        desk.ask(1, 2, 8, 50);
        desk.ask(2, 2, 8, 20);
        assert_eq!(desk.go(19), None);
        assert_eq!(desk.go(20), Some(vec![1, 2]));
        desk.ask(1, 2, 8, 0);
        assert_eq!(desk.go(0), Some(vec![1]), "without delay, at once");
    }

    #[test]
    fn the_least_limit_of_those_that_go_together_holds() {
        let mut desk = Desk::new();
        desk.ask(2, 2, 8, 50);
        desk.ask(2, 2, 4, 50);
        desk.ask(1, 2, 8, 50);
        assert_eq!(desk.go(0), Some(vec![2, 2]), "full before the deadline");
        assert_eq!(desk.go(0), None);
        desk.ask(9, 2, 8, 50);
        assert_eq!(desk.go(0), Some(vec![1]), "the next one does not fit");
        assert_eq!(desk.go(0), Some(vec![9]), "a request over its limit goes alone");
    }

    #[test]
    fn other_shapes_wait_for_their_own_turn_and_callers_that_gave_up_are_forgotten() {
        let mut desk = Desk::new();
        desk.ask(1, 2, 8, 10);
        desk.ask(2, 3, 8, 10);
        desk.ask(3, 2, 8, 10);
        desk.ask(4, 2, 8, 10);
        desk.callers.remove(2);
        assert_eq!(desk.go(10), Some(vec![1, 4]));
        assert_eq!(desk.go(10), Some(vec![2]));
        assert_eq!(desk.go(10), None);
    }

    #[test]
    fn no_joint_request_is_larger_than_a_slot() {
        let mut desk = Desk::new();
        let width = 10 << 20;
        desk.ask(1, width, 8, 10);
        desk.ask(1, width, 8, 10);
        assert_eq!(desk.go(0), Some(vec![1]));
    }
}
