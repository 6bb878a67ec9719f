//! One module per call and per behaviour of the hooks.

mod claim;
mod clock;
mod epochs;
mod genesis;
mod pool;
mod pruning;
mod sequences;
mod set_parameters;
mod settlement;
mod settling;
mod views;
