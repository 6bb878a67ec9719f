//! The world and its rule: a living cell with two or three living neighbours lives on, a dead one with three comes to life.

use super::{config::Edges, pattern::Pattern};

/// A rectangle of cells, 1 alive and 0 dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct World {
    width: usize,
    height: usize,
    edges: Edges,
    cells: Vec<u8>,
}

impl World {
    /// Makes a world in which nothing lives; both sides are at least three.
    pub(super) fn empty(width: usize, height: usize, edges: Edges) -> Self {
        Self { width, height, edges, cells: vec![0; width * height] }
    }

    /// Puts a pattern into the middle; `None` if it does not fit.
    pub(super) fn with_pattern(mut self, pattern: &Pattern) -> Option<Self> {
        let left = self.width.checked_sub(pattern.width)? / 2;
        let top = self.height.checked_sub(pattern.height)? / 2;
        for (x, y) in &pattern.alive {
            self.cells[(top + y) * self.width + left + x] = 1;
        }
        Some(self)
    }

    /// Fills the world at random: of equal seeds, equal worlds.
    pub(super) fn with_seed(mut self, seed: u64) -> Self {
        let mut state = seed;
        for cell in &mut self.cells {
            *cell = u8::from(next_random(&mut state).is_multiple_of(3));
        }
        self
    }

    /// Makes a world of these cells; `None` if there are not as many as it has.
    pub(super) fn with_cells(self, cells: Vec<u8>) -> Option<Self> {
        (cells.len() == self.cells.len()).then_some(Self { cells, ..self })
    }

    /// Returns the cells, row by row.
    pub(super) fn cells(&self) -> &[u8] {
        &self.cells
    }

    /// Returns the number of living cells.
    pub(super) fn alive(&self) -> usize {
        self.cells.iter().filter(|cell| **cell == 1).count()
    }

    /// Moves on by one generation.
    pub(super) fn step(&mut self) {
        let mut next = vec![0; self.cells.len()];
        // A column at each side, so that every cell has neighbours.
        let mut sums = vec![0_u8; self.width + 2];
        let nothing = vec![0; self.width];
        for y in 0..self.height {
            let above = self.row_or(y.checked_sub(1), self.height - 1, &nothing);
            let below = self.row_or(Some(y + 1).filter(|below| *below < self.height), 0, &nothing);
            let here = self.row(y);
            for ((sum, above), (here, below)) in sums[1..].iter_mut().zip(above).zip(here.iter().zip(below)) {
                *sum = above + here + below;
            }
            (sums[0], sums[self.width + 1]) = match self.edges {
                Edges::Wrap => (sums[self.width], sums[1]),
                Edges::Dead => (0, 0),
            };
            for (x, cell) in next[y * self.width..(y + 1) * self.width].iter_mut().enumerate() {
                let with_itself = sums[x] + sums[x + 1] + sums[x + 2];
                *cell = u8::from(with_itself == 3) | (u8::from(with_itself == 4) & here[x]);
            }
        }
        self.cells = next;
    }

    fn row(&self, y: usize) -> &[u8] {
        &self.cells[y * self.width..(y + 1) * self.width]
    }

    /// Returns a row, or what is beyond the edge: `opposite`, or nothing.
    fn row_or<'a>(&'a self, row: Option<usize>, opposite: usize, nothing: &'a [u8]) -> &'a [u8] {
        match (row, self.edges) {
            (Some(row), _) => self.row(row),
            (None, Edges::Wrap) => self.row(opposite),
            (None, Edges::Dead) => nothing,
        }
    }
}

/// SplitMix64: the next number of a sequence that its seed fixes.
fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
