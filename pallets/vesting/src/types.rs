//! What tokens are for, and a schedule as it is stored.

use crate::curve::{Curve, DECREASING, EVEN};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use neurite_primitives::{Balance, Moment};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::Percent;

/// Number of purposes, and so the most schedules of an account.
pub const MAX_SCHEDULES: u32 = 5;

/// What a part of the supply is for (BitNeuron, Table 1).
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Purpose {
    /// Rewards of nodes: 20 %, released to the reward pool over seven years, less each year.
    NetworkRewards,
    /// Members of the team: 20 %, over four years.
    Team,
    /// Partners and advisors: 5 %, over four years.
    Partners,
    /// Private sale: 20 %, over four years.
    PrivateSale,
    /// Participation in the ecosystem: 35 %, over four years.
    Ecosystem,
}

impl Purpose {
    /// All purposes, in the order of the table.
    pub const ALL: [Self; MAX_SCHEDULES as usize] = [Self::NetworkRewards, Self::Team, Self::Partners, Self::PrivateSale, Self::Ecosystem];

    /// Returns which part of the supply it is.
    pub fn share(self) -> Percent {
        Percent::from_percent(match self {
            Self::NetworkRewards | Self::Team | Self::PrivateSale => 20,
            Self::Partners => 5,
            Self::Ecosystem => 35,
        })
    }

    /// Returns how it is released.
    pub fn curve(self) -> Curve {
        match self {
            Self::NetworkRewards => DECREASING,
            Self::Team | Self::Partners | Self::PrivateSale | Self::Ecosystem => EVEN,
        }
    }
}

/// A part of an account's tokens that is released over years.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Schedule {
    /// What they are for; an account has one schedule for each purpose at most.
    pub purpose: Purpose,
    /// What was held at genesis.
    pub total: Balance,
    /// What of it was released.
    pub released: Balance,
}

impl Schedule {
    /// Returns what may be released when `elapsed` milliseconds have passed since the start.
    pub fn due(&self, elapsed: Moment) -> Balance {
        self.purpose.curve().vested(self.total, elapsed).saturating_sub(self.released)
    }

    /// Returns what is still held.
    pub fn held(&self) -> Balance {
        self.total.saturating_sub(self.released)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_whole_supply() {
        let sum: u8 = Purpose::ALL.iter().map(|purpose| purpose.share().deconstruct()).sum();
        assert_eq!(sum, 100);
        let years = Purpose::ALL.map(|purpose| purpose.curve().years.len());
        assert_eq!(years, [7, 4, 4, 4, 4]);
    }

    #[test]
    fn purposes_have_names_in_a_genesis() {
        let names = serde_json::to_string(&Purpose::ALL).unwrap();
        assert_eq!(names, r#"["networkRewards","team","partners","privateSale","ecosystem"]"#);
    }
}
