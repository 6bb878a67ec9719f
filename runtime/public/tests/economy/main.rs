//! The economy of the whole runtime: what is held and what is released.

mod support;
mod vesting;
