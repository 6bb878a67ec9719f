//! Asks the engine beside the node for its observation.

use crate::HookError;
use alloc::{format, string::String, vec::Vec};
use codec::Decode;
use neurite_duties::{
    bounds::MAX_REPLY,
    reply::{ReplyError, ENGINE_URL_KEY, OBSERVATION_MEDIA_TYPE, OBSERVATION_PATH},
    EngineReply, Observation,
};
use sp_core::offchain::Duration;
use sp_runtime::offchain::{
    http::{self, Request},
    storage::StorageValueRef,
};

/// How long the engine may take for its whole reply; shorter than a block.
pub const DEADLINE: Duration = Duration::from_millis(2_000);
/// The longest URL of an engine, in bytes.
pub const MAX_ENGINE_URL: usize = 512;

/// Returns the engine's URL without a trailing slash, as the node stored it at its start.
pub fn url() -> Result<String, HookError> {
    let stored = StorageValueRef::persistent(ENGINE_URL_KEY).get::<String>().map_err(|_| HookError::MalformedUrl)?;
    let url = stored.ok_or(HookError::NoEngine)?;
    let http = url.starts_with("http://") || url.starts_with("https://");
    if !http || url.len() > MAX_ENGINE_URL {
        return Err(HookError::MalformedUrl);
    }
    Ok(String::from(url.trim_end_matches('/')))
}

/// Fetches and decodes the engine's observation; bounded in time by [`DEADLINE`] and in size by [`MAX_REPLY`].
pub fn observe<AccountId: Decode>() -> Result<Observation<AccountId>, HookError> {
    let url = format!("{}{OBSERVATION_PATH}", url()?);
    let deadline = sp_io::offchain::timestamp().add(DEADLINE);
    let pending =
        Request::get(&url).deadline(deadline).add_header("accept", OBSERVATION_MEDIA_TYPE).send().map_err(|_| http::Error::IoError)?;
    let response = pending.try_wait(deadline).map_err(|_| http::Error::DeadlineReached)??;
    if response.code != 200 {
        return Err(HookError::Status { status: response.code });
    }
    let mut body = response.body();
    body.deadline(deadline);
    let limit = usize::try_from(MAX_REPLY).unwrap_or(usize::MAX).saturating_add(1);
    let bytes: Vec<u8> = body.by_ref().take(limit).collect();
    if body.error().is_some() {
        return Err(http::Error::IoError.into());
    }
    if bytes.len() >= limit {
        return Err(ReplyError::TooLong { length: bytes.len() }.into());
    }
    Ok(EngineReply::from_untrusted(&bytes)?)
}
