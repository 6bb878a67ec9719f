//! Calls that are followed into a block.

use super::{calls, Call, Chain};
use crate::{signer::Signer, CliError};
use codec::Decode;
use neurite_agent::{calls::ClaimEpochs, Included};
use neurite_primitives::{view::ClaimableView, DeedId, EpochIndex, JobKey, JobSpec, MAX_CLAIM_EPOCHS};
use sp_runtime::AccountId32;
use std::collections::BTreeMap;

impl Chain {
    /// Sends a call and waits until it has succeeded in a block.
    pub async fn send(&self, signer: &Signer, call: &Call) -> Result<(), CliError> {
        self.include(signer, call).await.map(drop)
    }

    /// Sends calls as root in one transaction that succeeds or fails as a whole; does nothing without calls.
    pub async fn send_all_as_root(&self, signer: &Signer, mut calls: Vec<Call>) -> Result<(), CliError> {
        let call = match calls.len() {
            0 => return Ok(()),
            1 => calls.remove(0),
            _ => Call::batch_all(calls),
        };
        self.send(signer, &call.sudo()).await
    }

    /// Submits a job and returns its name.
    pub async fn submit_job(&self, signer: &Signer, spec: &JobSpec) -> Result<JobKey, CliError> {
        let included = self.include(signer, &calls::jobs::submit(spec)).await?;
        let key = included.event("Jobs", "Submitted").and_then(|fields| JobKey::decode(&mut &fields[..]).ok());
        key.ok_or_else(|| CliError::Answer {
            question: "Jobs.submit".into(),
            reason: "the block has no event Jobs.Submitted for it".into(),
        })
    }

    /// Claims everything for the deeds of `owner`, signed by anyone; returns what was claimed.
    pub async fn claim_all(&self, signer: &Signer, owner: &AccountId32) -> Result<Vec<ClaimableView>, CliError> {
        let claimable = self.claimable(owner).await?;
        for (deed, epochs) in claims(&claimable) {
            self.send(signer, &calls::poai::claim(deed, &epochs)).await?;
        }
        Ok(claimable)
    }

    async fn include(&self, signer: &Signer, call: &Call) -> Result<Included, CliError> {
        self.client.call(&signer.agent(), call).await.map_err(|error| self.fault(error))
    }
}

/// Groups what can be claimed by deed, with as many epochs as a call takes.
fn claims(claimable: &[ClaimableView]) -> Vec<(DeedId, ClaimEpochs)> {
    let mut by_deed: BTreeMap<DeedId, Vec<EpochIndex>> = BTreeMap::new();
    for item in claimable {
        by_deed.entry(item.deed).or_default().push(item.epoch);
    }
    let chunks = |(deed, epochs): (DeedId, Vec<EpochIndex>)| {
        let chunks: Vec<_> =
            epochs.chunks(MAX_CLAIM_EPOCHS as usize).map(|epochs| (deed, ClaimEpochs::truncate_from(epochs.to_vec()))).collect();
        chunks
    };
    by_deed.into_iter().flat_map(chunks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_claims_more_epochs_than_it_takes_and_none_is_forgotten() {
        let item = |deed, epoch| ClaimableView { deed, epoch, amount: 1 };
        let claimable: Vec<_> = (0..70).map(|epoch| item(2, epoch)).chain([item(1, 5)]).collect();
        let claims = claims(&claimable);
        assert_eq!(claims.iter().map(|(deed, epochs)| (*deed, epochs.len())).collect::<Vec<_>>(), [(1, 1), (2, 32), (2, 32), (2, 6)]);
    }
}
