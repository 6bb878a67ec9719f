//! Conway's game of life a second time, written without a look at the first: a set of living cells.

use std::collections::{BTreeMap, BTreeSet};

/// Gosper's gun, as it was drawn in 1970.
const GUN: [&str; 9] = [
    "........................O...........",
    "......................O.O...........",
    "............OO......OO............OO",
    "...........O...O....OO............OO",
    "OO........O.....O...OO..............",
    "OO........O...O.OO....O.O...........",
    "..........O.....O.......O...........",
    "...........O...O....................",
    "............OO......................",
];

/// A cell by its column and row.
type Cell = (i64, i64);

/// A world with dead edges.
pub struct Life {
    width: i64,
    height: i64,
    alive: BTreeSet<Cell>,
    generation: u64,
}

impl Life {
    /// Puts the gun into the middle of an empty world.
    pub fn with_gun(width: i64, height: i64) -> Self {
        let (left, top) = ((width - GUN[0].len() as i64) / 2, (height - GUN.len() as i64) / 2);
        let mut alive = BTreeSet::new();
        for (row, y) in GUN.iter().zip(top..) {
            alive.extend(row.chars().zip(left..).filter(|(sign, _)| *sign == 'O').map(|(_, x)| (x, y)));
        }
        Self { width, height, alive, generation: 0 }
    }

    /// Moves on to a generation that is still to come and returns its cells, row by row.
    pub fn cells_of(&mut self, generation: u64) -> Vec<u8> {
        while self.generation < generation {
            self.step();
        }
        let places = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y)));
        places.map(|place| u8::from(self.alive.contains(&place))).collect()
    }

    fn step(&mut self) {
        let mut neighbours: BTreeMap<Cell, u8> = BTreeMap::new();
        for (x, y) in &self.alive {
            for (right, down) in [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)] {
                *neighbours.entry((x + right, y + down)).or_default() += 1;
            }
        }
        let lives = |place: &Cell, count: u8| count == 3 || (count == 2 && self.alive.contains(place));
        let within = |(x, y): &Cell| (0..self.width).contains(x) && (0..self.height).contains(y);
        let alive = neighbours.into_iter().filter(|(place, count)| lives(place, *count) && within(place)).map(|(place, _)| place);
        self.alive = alive.collect();
        self.generation += 1;
    }
}
