//! The track of referenda: how long they last and how many must agree.
//!
//! | | |
//! |---|---|
//! | before it is decided | 1 hour, and a deposit of 10,000 NEU |
//! | time to decide | 14 days |
//! | approval: ayes among the votes, by conviction | all at first, falling to one half |
//! | support: ayes among all that could vote, without conviction | one half at first, falling to a twentieth |
//! | both must hold without a break for | 1 day |
//! | from the decision to its enactment, at least | 1 day |
//!
//! What nearly everybody wants passes soon, what few care for takes the whole time, and a twentieth of the tokens is needed even
//! then: nobody takes the chain over while the others sleep. The day before the enactment is for who wants to leave.

use super::{DAYS, HOURS};
use crate::*;
use alloc::borrow::Cow;
use pallet_referenda::{Curve, Track, TrackInfo, TracksInfo};
use sp_runtime::{str_array, FixedI64};

/// The number of the one track.
const ROOT: u16 = 0;
/// Days in which a referendum may be decided.
const DECISION_DAYS: u32 = 14;

const fn percent(of_hundred: u128) -> FixedI64 {
    FixedI64::from_rational(of_hundred, 100)
}

const TRACKS: [Track<u16, Balance, BlockNumber>; 1] = [Track {
    id: ROOT,
    info: TrackInfo {
        name: str_array("root"),
        max_deciding: 16,
        decision_deposit: 10_000 * NEU,
        prepare_period: HOURS,
        decision_period: DECISION_DAYS * DAYS,
        confirm_period: DAYS,
        min_enactment_period: DAYS,
        min_approval: Curve::make_reciprocal(2, DECISION_DAYS as u128, percent(80), percent(50), percent(100)),
        min_support: Curve::make_linear(DECISION_DAYS as u128, DECISION_DAYS as u128, percent(5), percent(50)),
    },
}];

/// The tracks of referenda.
#[derive(Debug)]
pub struct Tracks;

impl TracksInfo<Balance, BlockNumber> for Tracks {
    type Id = u16;
    type RuntimeOrigin = OriginCaller;

    fn tracks() -> impl Iterator<Item = Cow<'static, Track<u16, Balance, BlockNumber>>> {
        TRACKS.iter().map(Cow::Borrowed)
    }

    fn track_for(origin: &OriginCaller) -> Result<u16, ()> {
        match origin {
            OriginCaller::system(frame_system::RawOrigin::Root) => Ok(ROOT),
            _ => Err(()),
        }
    }
}
