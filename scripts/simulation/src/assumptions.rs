//! What the simulation assumes of the world, in one place; what the protocol fixes comes from its own crates.

use neurite_primitives::{epoch::AliveMode, Balance, EpochIndex, Moment};
use pallet_poai::Basis;

/// One token.
pub(crate) const NEU: Balance = 1_000_000_000_000;
/// Parts of a whole in which shares and chances are counted.
pub(crate) const PERMILLE: u64 = 1_000;

/// Nodes that are linked at once.
pub(crate) const NODES: usize = 10_000;
/// Epochs that are simulated unless told otherwise.
pub(crate) const EPOCHS: EpochIndex = 365;
/// The length of an epoch in milliseconds; this and the four below are those of `node/chain-parameters.example.json`.
pub(crate) const EPOCH_PERIOD: Moment = 86_400_000;
/// The epochs for which a reward may be claimed.
pub(crate) const CLAIM_WINDOW: EpochIndex = 90;
/// The score of the reference machine.
pub(crate) const SCORE_REF: u64 = 100_000;
/// The units for which the actual term is `ln 2`.
pub(crate) const UNITS_REF: Balance = 1_000 * NEU;
/// What is held for a linked deed.
pub(crate) const BOND: Balance = 1_000 * NEU;
/// What the pot must always hold.
pub(crate) const EXISTENTIAL_DEPOSIT: Balance = NEU / 1_000;

/// What senders spend in an epoch for each reference machine that there is at the start.
pub(crate) const DEMAND: Balance = 4 * UNITS_REF;
/// Demand on the days of a week, in permille.
pub(crate) const WEEK: [u64; 7] = [1_060, 1_080, 1_090, 1_080, 1_060, 840, 790];
/// What demand grows in an epoch, in permille of the start.
pub(crate) const GROWTH: u64 = 1;

/// What work costs its worker, in permille of its price: energy and wear.
pub(crate) const WORK_COST: u64 = 400;
/// What being online costs a reference machine in an epoch.
pub(crate) const STANDBY_COST: Balance = 100 * NEU;
/// What money that is held would have earned in an epoch, in parts of a million: 5 % a year.
pub(crate) const INTEREST: u128 = 137;
/// What a lost challenge takes from the bond.
pub(crate) const SLASH: Balance = BOND;

/// How many deeds in a thousand have their score checked in an epoch.
pub(crate) const CHECKED: u64 = 300;
/// By how much a committed score may exceed the measured one, in permille of it.
pub(crate) const CHECK_TOLERANCE: u64 = 100;
/// How many forgers in a thousand are challenged in an epoch.
pub(crate) const CHALLENGED: u64 = 50;
/// Assignments that a machine accepts in an epoch.
pub(crate) const ASSIGNMENTS: u8 = 4;
/// How many assignments in a thousand a careless machine misses.
pub(crate) const MISSED: u64 = 100;

/// How many machines in a thousand have an outage in an epoch, which is of any length.
pub(crate) const OUTAGES: u64 = 40;
/// How many owners of the crowd in a thousand leave in an epoch.
pub(crate) const LEAVING: u64 = 2;
/// How many of those who left come back in an epoch, in a thousand.
pub(crate) const RETURNING: u64 = 5;
/// How many owners of the crowd in a thousand never claim.
pub(crate) const FORGETFUL: u64 = 20;
/// Owners claim once in so many epochs.
pub(crate) const CLAIM_PERIOD: u32 = 7;

/// Members of the oracle committee.
pub(crate) const ORACLES: u32 = 31;
/// Those of them that collude: the most that are fewer than a third.
pub(crate) const COLLUDERS: u32 = 10;
/// How many honest oracles in a thousand do not report an epoch.
pub(crate) const SILENT: u64 = 10;
/// In epochs that this divides the colluders do not report at all, in the hope of a gift.
pub(crate) const STRIKE_PERIOD: EpochIndex = 50;
/// Epochs in which a fault of the network silences many honest oracles.
pub(crate) const BLACKOUT: [EpochIndex; 2] = [120, 121];
/// The honest oracles that it silences.
pub(crate) const BLACKED_OUT: u32 = 12;

/// The classes of machines in the crowd: name, how many in a thousand, score in permille of the reference machine's.
pub(crate) const CLASSES: [(&str, u64, u64); 5] =
    [("laptop", 400, 250), ("desktop", 400, 1_000), ("workstation", 130, 3_000), ("server", 55, 8_000), ("GPU server", 15, 20_000)];
/// How far a machine's score may be from that of its class, in permille of it.
pub(crate) const SPREAD: u64 = 200;

/// Returns what indices are computed with.
pub(crate) fn basis(alive_mode: AliveMode) -> Basis {
    Basis { score_ref: SCORE_REF, units_ref: UNITS_REF, alive_mode }
}
