//! What all instances with a state share: checkpoints, and numbers that survive them exactly.
//!
//! A plugin writes a [`Logic`] and opens it with [`open`]. The state in checkpoints is `{VERSION, STATE}`; one of another version, or one
//! that the logic does not accept for its parameters, is refused, so that an instance never goes on from counts that mean something else.

mod exact;
mod instance;

pub(crate) use exact::Exact;
pub(crate) use instance::{open, Logic};
