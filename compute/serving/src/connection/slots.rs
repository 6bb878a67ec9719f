//! Which slots are free, in flight, or left behind by a caller that gave up.

use std::task::Waker;

/// The engine's own record of the slots; nothing in it comes from the serving process.
#[derive(Debug)]
pub(crate) struct Slots {
    states: Vec<SlotState>,
    /// Free slots; the last one freed is the first one taken, so that as little memory as possible is touched.
    free: Vec<usize>,
    submitted: u32,
    sequence: u32,
}

#[derive(Debug)]
enum SlotState {
    Free,
    /// A caller writes a request or reads a response.
    Held,
    /// The process has the request and a caller waits.
    InFlight {
        sequence: u32,
        waker: Option<Waker>,
    },
    /// The process has the request and nobody waits any more.
    Abandoned {
        sequence: u32,
        places: usize,
    },
}

/// What a look at the slots found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Abandoned requests that were finished; their slots are free.
    pub(crate) requests: usize,
    /// The places that those requests took up.
    pub(crate) places: usize,
    /// Whether the process still has requests.
    pub(crate) outstanding: bool,
}

/// The numbers under which a request is submitted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Submission {
    /// The requests submitted before.
    pub(crate) submitted: u32,
    /// The request's own number.
    pub(crate) sequence: u32,
}

impl Slots {
    /// Makes the record of a fresh region.
    pub(crate) fn new(count: usize) -> Self {
        let states = (0..count).map(|_| SlotState::Free).collect();
        Self { states, free: (0..count).rev().collect(), submitted: 0, sequence: 0 }
    }

    /// Takes a free slot.
    pub(crate) fn take(&mut self) -> Option<usize> {
        let slot = self.free.pop()?;
        self.states[slot] = SlotState::Held;
        Some(slot)
    }

    /// Numbers a request; to be submitted before the record is unlocked, so that the order stays.
    pub(crate) fn submit(&mut self, slot: usize) -> Submission {
        let submitted = self.submitted;
        self.submitted = submitted.wrapping_add(1);
        self.sequence = self.sequence.wrapping_add(1);
        self.states[slot] = SlotState::InFlight { sequence: self.sequence, waker: None };
        Submission { submitted, sequence: self.sequence }
    }

    /// Notes whom to wake when the request of a slot is finished.
    pub(crate) fn register(&mut self, slot: usize, new: &Waker) {
        if let SlotState::InFlight { waker, .. } = &mut self.states[slot] {
            match waker {
                Some(waker) => waker.clone_from(new),
                None => *waker = Some(new.clone()),
            }
        }
    }

    /// Gives a slot back that the process does not have.
    pub(crate) fn release(&mut self, slot: usize) {
        self.states[slot] = SlotState::Free;
        self.free.push(slot);
    }

    /// Leaves a request behind that the process still has; its slot is freed once it is finished.
    pub(crate) fn abandon(&mut self, slot: usize, places: usize) {
        if let SlotState::InFlight { sequence, .. } = self.states[slot] {
            self.states[slot] = SlotState::Abandoned { sequence, places };
        }
    }

    /// Wakes whoever waits for a finished request and frees the slots of finished abandoned ones.
    pub(crate) fn sweep(&mut self, is_finished: impl Fn(usize, u32) -> bool) -> Swept {
        let mut swept = Swept { requests: 0, places: 0, outstanding: false };
        for slot in 0..self.states.len() {
            match &mut self.states[slot] {
                SlotState::InFlight { sequence, waker } if is_finished(slot, *sequence) => {
                    if let Some(waker) = waker.take() {
                        waker.wake();
                    }
                }
                SlotState::Abandoned { sequence, places } if is_finished(slot, *sequence) => {
                    swept.requests += 1;
                    swept.places += *places;
                    self.release(slot);
                }
                SlotState::InFlight { .. } | SlotState::Abandoned { .. } => swept.outstanding = true,
                SlotState::Free | SlotState::Held => {}
            }
        }
        swept
    }

    /// Wakes everybody who waits.
    pub(crate) fn wake_all(&mut self) {
        for state in &mut self.states {
            if let SlotState::InFlight { waker, .. } = state {
                if let Some(waker) = waker.take() {
                    waker.wake();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abandoned_slot_is_free_again_only_when_its_request_is_finished() {
        let mut slots = Slots::new(2);
        let (first, second) = (slots.take().unwrap(), slots.take().unwrap());
        assert_eq!((first, second, slots.take()), (0, 1, None));
        let submission = slots.submit(first);
        assert_eq!((submission.submitted, submission.sequence), (0, 1));
        slots.abandon(first, 4);
        assert_eq!(slots.sweep(|_, _| false), Swept { requests: 0, places: 0, outstanding: true });
        assert_eq!(slots.take(), None);
        let swept = slots.sweep(|slot, sequence| (slot, sequence) == (first, 1));
        assert_eq!(swept, Swept { requests: 1, places: 4, outstanding: false });
        assert_eq!(slots.take(), Some(first));
        slots.release(second);
        assert_eq!(slots.take(), Some(second));
    }
}
