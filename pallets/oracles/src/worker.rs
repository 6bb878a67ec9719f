//! What the off-chain worker asks of this pallet.

use crate::{attestations::member, *};
use alloc::vec::Vec;
use frame_system::offchain::{CreateAuthorizedTransaction, CreateTransactionBase, SubmitTransaction};
use neurite_duties::{
    oracle::{ClosingPage, Latest, Seat, Standing, View},
    AvailabilityObservation, JobObservation, Observation,
};
use neurite_hook::Chain;
use neurite_primitives::{
    messages::{Attestation, AvailabilityReport},
    oracle::{OracleId, OracleSignature},
    EpochIndex,
};
use neurite_traits::{ChainClock, JobStatusUpdates};
use sp_core::H256;

impl<T: Config> Chain for Pallet<T> {
    type AccountId = T::AccountId;

    fn genesis() -> H256 {
        Self::genesis_hash()
    }

    fn seats(keys: &[OracleId]) -> Vec<Seat> {
        let closing = Closing::<T>::get().into_iter().filter(|closing| closing.open).map(|closing| closing.epoch);
        closing.chain([T::Clock::epoch()]).flat_map(|epoch| Self::seats_in(epoch, keys)).collect()
    }

    fn key(seat: Seat) -> Option<OracleId> {
        member(&Committees::<T>::get(seat.epoch)?, seat.oracle)
    }

    fn view(seats: Vec<Seat>, observation: &Observation<T::AccountId>) -> View<T::AccountId> {
        let epoch = T::Clock::epoch();
        let committee = Committees::<T>::get(epoch).unwrap_or_default();
        let attesting: Vec<Seat> = seats.iter().filter(|seat| seat.epoch == epoch).copied().collect();
        View {
            epoch,
            canonical: Self::is_canonical(observation.block, observation.hash),
            jobs: observation.jobs.iter().map(|job| Self::standing(job, &committee, &attesting)).collect(),
            pages: observation.availability.iter().filter_map(|page| Self::closing_page(page, &seats)).collect(),
            seats,
        }
    }

    fn submit_attestation(attestation: Attestation<T::AccountId>, signature: OracleSignature) -> bool {
        Self::submit(Call::attest { attestation, signature })
    }

    fn submit_report(report: AvailabilityReport, signature: OracleSignature) -> bool {
        Self::submit(Call::report_availability { report, signature })
    }
}

impl<T: Config> Pallet<T> {
    fn seats_in(epoch: EpochIndex, keys: &[OracleId]) -> Vec<Seat> {
        let committee = Committees::<T>::get(epoch).unwrap_or_default();
        let ours = (0_u32..).zip(&committee).filter(|(_, oracle)| keys.contains(oracle));
        ours.map(|(oracle, _)| Seat { epoch, oracle }).collect()
    }

    fn standing(job: &JobObservation<T::AccountId>, committee: &Committee, seats: &[Seat]) -> Standing<T::AccountId> {
        let latest = Attestations::<T>::get(&job.key);
        let of_seat = |seat: &Seat| {
            let key = member(committee, seat.oracle)?;
            let one = latest.iter().find(|one| one.oracle == key)?;
            Some(Latest { epoch: one.epoch, oracle: seat.oracle, status: one.status, progress: one.progress, block: one.block })
        };
        Standing { key: job.key.clone(), attestable: T::Jobs::is_attestable(&job.key), latest: seats.iter().filter_map(of_seat).collect() }
    }

    fn closing_page(observed: &AvailabilityObservation, seats: &[Seat]) -> Option<ClosingPage> {
        let AvailabilityObservation { epoch, page, .. } = *observed;
        let closing = Self::open_closing(epoch).filter(|closing| page < closing.pages)?;
        let reports = PageReports::<T>::get(epoch, page);
        let is_ours = |oracle: &u32| seats.contains(&Seat { epoch, oracle: *oracle });
        let reported = reports.iter().map(|report| report.oracle).filter(is_ours).collect();
        Some(ClosingPage { epoch, page, deeds: closing.page_length(page), reported })
    }

    fn submit(call: Call<T>) -> bool {
        let call = <T as CreateTransactionBase<Call<T>>>::RuntimeCall::from(call);
        let transaction = <T as CreateAuthorizedTransaction<Call<T>>>::create_authorized_transaction(call);
        SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_ok()
    }
}
