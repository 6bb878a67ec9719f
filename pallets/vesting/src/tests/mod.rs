//! Genesis, the call, the pool's share, and random sequences; each test ends by checking all invariants.

mod genesis;
mod pool;
mod release;
mod sequences;

pub(crate) use crate::{curve::YEAR, mock::*, Error, Event, Purpose, Schedule, Schedules, Start};
pub(crate) use frame_support::{assert_noop, assert_ok};
pub(crate) use neurite_traits::mock::POT;
