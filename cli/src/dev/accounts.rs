//! The funded development accounts and what each is used for.

/// The account of the sudo key, which is also the validator's.
pub const SUDO: &str = "//Alice";
/// The account that the demo's job is submitted by. It owns no deed, so that the workers earn units for the job.
pub const SENDER: &str = "//Alice";
/// Owners of the workers' deeds, in turn.
pub const OWNERS: [&str; 5] = ["//Bob", "//Charlie", "//Dave", "//Eve", "//Ferdie"];

/// Names the owner of the deed of a worker, counted from 0.
pub fn owner_of(worker: usize) -> &'static str {
    OWNERS[worker % OWNERS.len()]
}
