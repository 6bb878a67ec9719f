//! What an engine answers to the off-chain worker of the node beside it: `GET {engine-url}/v1/observation`.
//!
//! The body is the SCALE encoding of an [`EngineReply`]; its first byte is the version. Whatever arrives is bounded by
//! [`MAX_REPLY`] before it is decoded and by [`Observation::is_within_bounds`] afterwards.

use crate::bounds::{MAX_OBSERVED_JOBS, MAX_OBSERVED_PAGES, MAX_REPLY};
use alloc::vec::Vec;
use codec::{Decode, DecodeAll, Encode};
use neurite_primitives::{AttestedStatus, BlockNumber, EpochIndex, JobKey, PageIndex, PAGE_SIZE};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{AccountId32, Permill};

/// The path of the observation below the engine's URL.
pub const OBSERVATION_PATH: &str = "/v1/observation";
/// The media type of the reply.
pub const OBSERVATION_MEDIA_TYPE: &str = "application/octet-stream";
/// The key of the engine's URL (a SCALE string) in the node's persistent off-chain storage.
pub const ENGINE_URL_KEY: &[u8] = b"neurite/engine-url/v1";

/// The engine's reply, by version.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum EngineReply<AccountId = AccountId32> {
    /// Version 1.
    V1(Observation<AccountId>),
}

/// What the engine saw at a finalized block.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Observation<AccountId = AccountId32> {
    /// The finalized block that it looked at.
    pub block: BlockNumber,
    /// Hash of that block.
    pub hash: H256,
    /// The jobs that it follows, at most [`MAX_OBSERVED_JOBS`].
    pub jobs: Vec<JobObservation<AccountId>>,
    /// Availability in the epochs that are over, at most [`MAX_OBSERVED_PAGES`] pages.
    pub availability: Vec<AvailabilityObservation>,
}

/// What the engine saw of one job.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct JobObservation<AccountId = AccountId32> {
    /// The job.
    pub key: JobKey<AccountId>,
    /// Where it stands.
    pub status: AttestedStatus,
    /// Its progress.
    pub progress: Permill,
}

/// What the engine saw of one page of deeds in one epoch.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct AvailabilityObservation {
    /// The epoch, which is over.
    pub epoch: EpochIndex,
    /// The page.
    pub page: PageIndex,
    /// One value per deed of the page, 255 for all of the epoch.
    pub values: Vec<u8>,
}

/// Why a reply was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// It is longer than [`MAX_REPLY`].
    #[error("the reply has {length} bytes, more than {bound}", bound = MAX_REPLY)]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// It is no reply of a known version, or bytes are left over.
    #[error("the reply cannot be decoded")]
    Malformed,
    /// It has more entries, or longer ones, than allowed.
    #[error("the reply has more entries than allowed")]
    TooManyEntries,
}

impl<AccountId> Observation<AccountId> {
    /// Tells whether no list is longer than allowed.
    pub fn is_within_bounds(&self) -> bool {
        let within = |length: usize, bound: u32| u32::try_from(length).is_ok_and(|length| length <= bound);
        within(self.jobs.len(), MAX_OBSERVED_JOBS)
            && within(self.availability.len(), MAX_OBSERVED_PAGES)
            && self.availability.iter().all(|page| within(page.values.len(), PAGE_SIZE))
    }
}

impl<AccountId: Decode> EngineReply<AccountId> {
    /// Decodes a reply from bytes that nobody vouches for.
    pub fn from_untrusted(bytes: &[u8]) -> Result<Observation<AccountId>, ReplyError> {
        let length = bytes.len();
        if u32::try_from(length).map_or(true, |length| length > MAX_REPLY) {
            return Err(ReplyError::TooLong { length });
        }
        let Self::V1(observation) = Self::decode_all(&mut &*bytes).map_err(|_| ReplyError::Malformed)?;
        if observation.is_within_bounds() {
            Ok(observation)
        } else {
            Err(ReplyError::TooManyEntries)
        }
    }
}
