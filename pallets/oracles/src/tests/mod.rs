//! One file per call and per concept; every test ends with the invariants checked.

mod attest;
mod committees;
mod faults;
mod off_chain_worker;
mod report_availability;
