//! One module per call; each test ends by checking all invariants.

mod commit_specs;
mod complete_bond;
mod genesis;
mod issue;
mod link;
mod link_many;
mod release_bond;
mod set_parameters;
mod transfer;
mod unlink;

pub(crate) use crate::{mock::*, Deeds, Error, Event};
pub(crate) use frame_support::{assert_noop, assert_ok, dispatch::CheckIfFeeless};
pub(crate) use neurite_traits::{mock::DeedChange, Deeds as _};
pub(crate) use sp_runtime::DispatchError::BadOrigin;

/// Tells whether the signer would pay no fee for a call.
pub(crate) fn is_feeless(who: u64, call: crate::Call<Test>) -> bool {
    RuntimeCall::from(call).is_feeless(&RuntimeOrigin::signed(who))
}
