//! What makes a value bad, or good again.

use schemars::JsonSchema;
use serde::Deserialize;

/// A condition on a number.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum Condition {
    /// Larger than this.
    Above(f64),
    /// Smaller than this.
    Below(f64),
    /// Smaller than the first or larger than the second.
    Outside([f64; 2]),
    /// Neither smaller than the first nor larger than the second.
    Inside([f64; 2]),
    /// Exactly this.
    Equals(f64),
}

impl Condition {
    /// Tells whether the number meets the condition; a missing one does not.
    pub fn holds(&self, value: f64) -> bool {
        match *self {
            Self::Above(least) => value > least,
            Self::Below(most) => value < most,
            Self::Outside([low, high]) => value < low || value > high,
            Self::Inside([low, high]) => value >= low && value <= high,
            Self::Equals(wanted) => value == wanted,
        }
    }

    /// Tells whether some number can meet the condition.
    pub(crate) fn is_ordered(&self) -> bool {
        !matches!(*self, Self::Outside([low, high]) | Self::Inside([low, high]) if low > high)
    }

    /// Tells whether this is the opposite of a condition, so that no number meets both.
    pub(crate) fn clears(&self, raise: &Self) -> bool {
        match (*raise, *self) {
            (Self::Above(raise), Self::Below(clear)) => clear <= raise,
            (Self::Below(raise), Self::Above(clear)) => clear >= raise,
            (Self::Outside(raise), Self::Inside(clear)) => raise[0] <= clear[0] && clear[1] <= raise[1],
            (Self::Inside(raise), Self::Outside(clear)) => clear[0] <= raise[0] && raise[1] <= clear[1],
            _ => false,
        }
    }
}
