//! The counts of one sender that were seen.

/// How many counts below the highest are told apart.
pub const WINDOW_SIZE: u64 = 1024;
/// Bytes of a stored window.
pub const WINDOW_BYTES: usize = 8 + WORDS * 8;

const WORDS: usize = 16;

/// The highest count that was seen, and which of the [`WINDOW_SIZE`] counts up to it were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayWindow {
    highest: u64,
    /// Bit `count % WINDOW_SIZE` of a count in the window.
    seen: [u64; WORDS],
}

impl ReplayWindow {
    /// Begins with a first count, which is seen.
    pub fn starting_with(seq: u64) -> Self {
        let mut window = Self { highest: seq, seen: [0; WORDS] };
        window.mark(seq);
        window
    }

    /// Marks a count as seen and tells whether it was new; a count below the window is not.
    pub fn observe(&mut self, seq: u64) -> bool {
        if seq > self.highest {
            self.advance(seq);
            self.mark(seq);
            return true;
        }
        let is_below = self.highest.saturating_sub(seq) >= WINDOW_SIZE;
        if is_below || self.is_marked(seq) {
            return false;
        }
        self.mark(seq);
        true
    }

    /// Writes the window: the highest count and the words, little-endian.
    pub fn to_bytes(&self) -> [u8; WINDOW_BYTES] {
        let mut bytes = [0; WINDOW_BYTES];
        let words = std::iter::once(self.highest).chain(self.seen);
        for (to, from) in bytes.iter_mut().zip(words.flat_map(u64::to_le_bytes)) {
            *to = from;
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8; WINDOW_BYTES]) -> Self {
        let mut words = bytes.chunks_exact(8).map(|chunk| chunk.iter().rev().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte)));
        let highest = words.next().unwrap_or(0);
        let mut seen = [0; WORDS];
        for (to, from) in seen.iter_mut().zip(words) {
            *to = from;
        }
        Self { highest, seen }
    }

    /// Makes `seq` the highest and forgets what falls out of the window.
    fn advance(&mut self, seq: u64) {
        if seq.saturating_sub(self.highest) >= WINDOW_SIZE {
            self.seen = [0; WORDS];
        } else {
            for count in self.highest.saturating_add(1)..=seq {
                if let Some(word) = self.seen.get_mut(word_of(count)) {
                    *word &= !bit_of(count);
                }
            }
        }
        self.highest = seq;
    }

    fn mark(&mut self, seq: u64) {
        if let Some(word) = self.seen.get_mut(word_of(seq)) {
            *word |= bit_of(seq);
        }
    }

    fn is_marked(&self, seq: u64) -> bool {
        self.seen.get(word_of(seq)).is_some_and(|word| word & bit_of(seq) != 0)
    }
}

fn word_of(seq: u64) -> usize {
    usize::try_from(seq % WINDOW_SIZE / 64).unwrap_or(0)
}

fn bit_of(seq: u64) -> u64 {
    1 << (seq % 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn counts_at_the_edge_of_the_window() {
        let mut window = ReplayWindow::starting_with(5000);
        assert!(!window.observe(5000));
        assert!(window.observe(5000 - WINDOW_SIZE + 1));
        assert!(!window.observe(5000 - WINDOW_SIZE));
        assert!(window.observe(u64::MAX));
        assert!(!window.observe(u64::MAX));
        assert!(window.observe(u64::MAX - 1));
        assert!(!window.observe(5001));
    }

    proptest! {
        #[test]
        fn no_count_is_new_twice(first in 0..3000u64, counts in proptest::collection::vec(0..6000u64, 0..600)) {
            let mut window = ReplayWindow::starting_with(first);
            let (mut seen, mut highest) = (HashSet::from([first]), first);
            for count in counts {
                let expected = !seen.contains(&count) && count + WINDOW_SIZE > highest;
                prop_assert_eq!(window.observe(count), expected);
                seen.insert(count);
                highest = highest.max(count);
                prop_assert_eq!(&ReplayWindow::from_bytes(&window.to_bytes()), &window);
            }
        }
    }
}
