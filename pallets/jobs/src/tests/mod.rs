//! One module per call and concept; each test ends by checking all invariants.

mod accept;
mod assign;
mod attested;
mod cancel;
mod escrow;
mod extend;
mod on_idle;
mod poke;
mod random;
mod reassign;
mod release;
mod report_failure;
mod report_progress;
mod set_parameters;
mod set_supervisor;
mod submit;
mod top_up;
mod views;

pub(crate) use crate::{mock::*, Call, Error, Event};
pub(crate) use frame_support::{assert_noop, assert_ok, dispatch::CheckIfFeeless};
pub(crate) use neurite_primitives::{epoch::Offence, *};
pub(crate) use neurite_traits::mock::{self as world, POT};
pub(crate) use sp_runtime::{DispatchError::BadOrigin, Permill};

/// Tells whether the signer would pay no fee for a call.
pub(crate) fn is_feeless(who: u64, call: Call<Test>) -> bool {
    RuntimeCall::from(call).is_feeless(&signed(who))
}
