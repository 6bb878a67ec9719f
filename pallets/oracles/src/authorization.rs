//! Decides whether an oracle's transaction may enter pool and block. The signature, which costs most, is checked last.

use crate::{attestations::member, *};
use codec::Encode;
use frame_support::pallet_prelude::*;
use neurite_primitives::{
    messages::{Attestation, AvailabilityReport, ATTEST_DOMAIN, AVAILABILITY_DOMAIN},
    oracle::{OracleId, OracleSignature},
    BlockNumber,
};
use neurite_traits::{ChainClock, JobStatusUpdates};
use sp_core::H256;
use sp_runtime::{transaction_validity::TransactionValidityWithRefund, RuntimeAppPublic};

impl From<Refusal> for InvalidTransaction {
    fn from(refusal: Refusal) -> Self {
        Self::Custom(refusal as u8)
    }
}

impl<T: Config> Pallet<T> {
    /// Authorizes `attest`; provides (domain, oracle, job), so that the pool holds one attestation per oracle and job.
    pub(crate) fn authorize_attest(
        _source: TransactionSource,
        attestation: &Attestation<T::AccountId>,
        signature: &OracleSignature,
    ) -> TransactionValidityWithRefund {
        let oracle = Self::check_attestation(attestation)?;
        check_signature(&oracle, &attestation.signing_bytes(Self::genesis_hash()), signature)?;
        let priority = PRIORITY.saturating_add(attestation.block.into());
        Ok((validity(priority, (ATTEST_DOMAIN, oracle, &attestation.job).encode()), Weight::zero()))
    }

    /// Authorizes `report_availability`; provides (domain, oracle, epoch, page).
    pub(crate) fn authorize_report_availability(
        _source: TransactionSource,
        report: &AvailabilityReport,
        signature: &OracleSignature,
    ) -> TransactionValidityWithRefund {
        let oracle = Self::check_report(report)?;
        check_signature(&oracle, &report.signing_bytes(Self::genesis_hash()), signature)?;
        let tag = (AVAILABILITY_DOMAIN, oracle, report.epoch, report.page).encode();
        Ok((validity(PRIORITY, tag), Weight::zero()))
    }

    fn check_attestation(attestation: &Attestation<T::AccountId>) -> Result<OracleId, InvalidTransaction> {
        let epoch = T::Clock::epoch();
        ensure!(attestation.epoch >= epoch, InvalidTransaction::Stale);
        ensure!(attestation.epoch == epoch, InvalidTransaction::Future);
        let committee = Committees::<T>::get(epoch).ok_or(InvalidTransaction::BadSigner)?;
        let oracle = member(&committee, attestation.oracle).ok_or(InvalidTransaction::BadSigner)?;
        ensure!(T::Jobs::is_attestable(&attestation.job), Refusal::NotAttestable);
        ensure!(Self::is_canonical(attestation.block, attestation.hash), Refusal::UnknownBlock);
        let latest = Attestations::<T>::get(&attestation.job);
        if let Some(latest) = latest.iter().find(|one| one.oracle == oracle) {
            let news = latest.epoch != epoch || latest.status != attestation.status || latest.progress != attestation.progress;
            ensure!(news && attestation.block > latest.block, InvalidTransaction::Stale);
        }
        Ok(oracle)
    }

    fn check_report(report: &AvailabilityReport) -> Result<OracleId, InvalidTransaction> {
        let closing = Self::open_closing(report.epoch).ok_or(Refusal::NotClosing)?;
        let committee = Committees::<T>::get(report.epoch).ok_or(InvalidTransaction::BadSigner)?;
        let oracle = member(&committee, report.oracle).ok_or(InvalidTransaction::BadSigner)?;
        ensure!(report.page < closing.pages, Refusal::UnknownPage);
        let values = u32::try_from(report.values.len()).unwrap_or(u32::MAX);
        ensure!(values == closing.page_length(report.page), Refusal::WrongLength);
        let reports = PageReports::<T>::get(report.epoch, report.page);
        ensure!(reports.iter().all(|one| one.oracle != report.oracle), InvalidTransaction::Stale);
        Ok(oracle)
    }

    /// Tells whether the chain remembers this block under this hash.
    pub(crate) fn is_canonical(block: BlockNumber, hash: H256) -> bool {
        let known = frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::from(block));
        known != T::Hash::default() && known.as_ref() == hash.as_bytes()
    }

    /// Returns the hash of the genesis block, which every signature covers.
    pub(crate) fn genesis_hash() -> H256 {
        let number = frame_system::pallet_prelude::BlockNumberFor::<T>::from(0_u32);
        let hash = frame_system::Pallet::<T>::block_hash(number);
        let bytes: &[u8] = hash.as_ref();
        // A runtime whose hash is not of 32 bytes would accept no signature that an oracle makes.
        <[u8; 32]>::try_from(bytes).map(H256).unwrap_or_default()
    }
}

fn check_signature(oracle: &OracleId, message: &[u8], signature: &OracleSignature) -> Result<(), InvalidTransaction> {
    ensure!(oracle.verify(&message, signature), InvalidTransaction::BadProof);
    Ok(())
}

fn validity(priority: TransactionPriority, tag: TransactionTag) -> ValidTransaction {
    ValidTransaction { priority, requires: Default::default(), provides: alloc::vec![tag], longevity: LONGEVITY, propagate: true }
}
