//! What an oracle looks at and what it may owe.

use alloc::vec::Vec;
use neurite_primitives::{
    messages::{Attestation, AvailabilityReport},
    AttestedStatus, BlockNumber, EpochIndex, JobKey, PageIndex,
};
use sp_runtime::{AccountId32, Permill};

/// A position in the committee of an epoch whose key this node holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seat {
    /// The epoch.
    pub epoch: EpochIndex,
    /// The position in its committee.
    pub oracle: u32,
}

/// The latest attestation of one seat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Latest {
    /// The epoch in which it was made.
    pub epoch: EpochIndex,
    /// The position in the current committee.
    pub oracle: u32,
    /// What was attested.
    pub status: AttestedStatus,
    /// The progress attested.
    pub progress: Permill,
    /// The finalized block that was looked at.
    pub block: BlockNumber,
}

/// Where the chain stands with a job that the engine observes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing<AccountId = AccountId32> {
    /// The job.
    pub key: JobKey<AccountId>,
    /// Whether attestations of it are of use.
    pub attestable: bool,
    /// The latest attestations of our own seats.
    pub latest: Vec<Latest>,
}

/// A page of a closing epoch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClosingPage {
    /// The epoch.
    pub epoch: EpochIndex,
    /// The page.
    pub page: PageIndex,
    /// The number of deeds in it at closing.
    pub deeds: u32,
    /// Our own seats that have reported it.
    pub reported: Vec<u32>,
}

/// What the chain says about all that an observation mentions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View<AccountId = AccountId32> {
    /// The current epoch, whose committee attests.
    pub epoch: EpochIndex,
    /// Whether the observed block is on the chain that this node follows, and recent enough for the chain to know.
    pub canonical: bool,
    /// Our own seats in the current and the closing epochs.
    pub seats: Vec<Seat>,
    /// The observed jobs that the chain knows.
    pub jobs: Vec<Standing<AccountId>>,
    /// The observed pages of closing epochs.
    pub pages: Vec<ClosingPage>,
}

/// One thing that an oracle owes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action<AccountId = AccountId32> {
    /// Attest a job.
    Attest(Attestation<AccountId>),
    /// Report a page.
    Report(AvailabilityReport),
}
