//! What is counted, and how it is written into checkpoints and results.

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

/// Decimals of the accuracy: one is 10⁶.
const ONE: u128 = 1_000_000;

/// The counts after some rows. Its JSON form is the plugin's state in checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Tally {
    version: u8,
    rows: u64,
    right: u64,
    confusion: Vec<Vec<u64>>,
    /// The chain of hashes over the predictions, in hexadecimal digits.
    predictions: String,
}

impl Tally {
    const VERSION: u8 = 1;

    /// Makes the counts before the first row.
    pub(super) fn new(classes: u16) -> Self {
        let classes = usize::from(classes);
        Self { version: Self::VERSION, rows: 0, right: 0, confusion: vec![vec![0; classes]; classes], predictions: hex::encode([0; 32]) }
    }

    /// Tells whether this is a state that [`Tally::new`] for as many classes can have become.
    pub(super) fn fits(&self, classes: u16) -> bool {
        let square = self.confusion.len() == usize::from(classes) && self.confusion.iter().all(|row| row.len() == usize::from(classes));
        let sum = self.confusion.iter().flatten().try_fold(0u64, |sum, count| sum.checked_add(*count));
        let digest = self.predictions.len() == 64 && hex::decode(&self.predictions).is_ok();
        self.version == Self::VERSION && square && sum == Some(self.rows) && self.right <= self.rows && digest
    }

    /// Returns the number of rows counted.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the number of right answers.
    pub(super) fn right(&self) -> u64 {
        self.right
    }

    /// Counts rows; classes must be below the number of classes.
    pub(super) fn add(&mut self, pairs: impl Iterator<Item = (usize, usize)>) {
        let mut chain = [0; 32];
        hex::decode_to_slice(&self.predictions, &mut chain).expect("64 digits since new or fits; qed");
        for (label, prediction) in pairs {
            self.rows += 1;
            self.right += u64::from(label == prediction);
            self.confusion[label][prediction] += 1;
            let mut hasher = blake3::Hasher::new();
            hasher.update(&chain).update(&(prediction as u64).to_le_bytes());
            chain = *hasher.finalize().as_bytes();
        }
        self.predictions = hex::encode(chain);
    }

    /// Returns the result of the shard.
    pub(super) fn result(&self) -> Value {
        json!({
            "ROWS": self.rows,
            "RIGHT": self.right,
            "ACCURACY": accuracy(self.right, self.rows),
            "CONFUSION": self.confusion,
            "PREDICTIONS_BLAKE3": self.predictions,
        })
    }
}

/// Writes `right / rows` with six decimals, rounded half up; zero without rows.
pub(super) fn accuracy(right: u64, rows: u64) -> String {
    let millionths = (u128::from(right) * ONE * 2 + u128::from(rows)).checked_div(u128::from(rows) * 2).unwrap_or(0);
    format!("{}.{:06}", millionths / ONE, millionths % ONE)
}
