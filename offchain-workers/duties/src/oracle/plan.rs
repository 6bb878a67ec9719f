//! Decides what an oracle owes.

use super::*;
use crate::{
    bounds::Actions,
    reply::{JobObservation, Observation},
};
use neurite_primitives::messages::{Attestation, AvailabilityReport};

/// Returns what is owed: first attestations that change a status, then reports, then mere progress.
///
/// Nothing is owed for an observation that is not canonical.
pub fn plan<AccountId: Clone + Ord>(view: &View<AccountId>, observation: &Observation<AccountId>) -> Actions<Action<AccountId>> {
    let mut actions = Actions::new();
    if !view.canonical {
        return actions;
    }
    let changes = attestations(view, observation, Novelty::Status).map(Action::Attest);
    let reports = reports(view, observation).map(Action::Report);
    let progress = attestations(view, observation, Novelty::Progress).map(Action::Attest);
    for action in changes.chain(reports).chain(progress) {
        if actions.try_push(action).is_err() {
            break;
        }
    }
    actions
}

/// In what an observation differs from the latest attestation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Novelty {
    Nothing,
    Progress,
    Status,
}

fn attestations<'a, AccountId: Clone + Ord>(
    view: &'a View<AccountId>,
    observation: &'a Observation<AccountId>,
    wanted: Novelty,
) -> impl Iterator<Item = Attestation<AccountId>> + 'a {
    let seats = view.seats.iter().filter(|seat| seat.epoch == view.epoch);
    observation.jobs.iter().flat_map(move |job| {
        let standing = view.jobs.iter().find(|standing| standing.key == job.key && standing.attestable);
        seats.clone().filter(move |seat| standing.is_some_and(|standing| novelty(standing, seat, job, observation) == wanted)).map(
            move |seat| Attestation {
                epoch: seat.epoch,
                oracle: seat.oracle,
                job: job.key.clone(),
                status: job.status,
                progress: job.progress,
                block: observation.block,
                hash: observation.hash,
            },
        )
    })
}

fn novelty<AccountId>(
    standing: &Standing<AccountId>,
    seat: &Seat,
    job: &JobObservation<AccountId>,
    observation: &Observation<AccountId>,
) -> Novelty {
    match standing.latest.iter().find(|latest| latest.oracle == seat.oracle) {
        None => Novelty::Status,
        // The chain takes only what is newer than what it has.
        Some(latest) if observation.block <= latest.block => Novelty::Nothing,
        Some(latest) if latest.status != job.status => Novelty::Status,
        // Said once more in each epoch, because the committee that counts it may be another.
        Some(latest) if latest.progress != job.progress || latest.epoch != seat.epoch => Novelty::Progress,
        Some(_) => Novelty::Nothing,
    }
}

fn reports<'a, AccountId>(
    view: &'a View<AccountId>,
    observation: &'a Observation<AccountId>,
) -> impl Iterator<Item = AvailabilityReport> + 'a {
    observation.availability.iter().flat_map(move |observed| {
        let page = view.pages.iter().find(|page| {
            (page.epoch, page.page) == (observed.epoch, observed.page)
                && u32::try_from(observed.values.len()).is_ok_and(|values| values == page.deeds)
        });
        view.seats.iter().filter_map(move |seat| {
            if seat.epoch != observed.epoch || page?.reported.contains(&seat.oracle) {
                return None;
            }
            let values = observed.values.clone().try_into().ok()?;
            Some(AvailabilityReport { epoch: seat.epoch, oracle: seat.oracle, page: observed.page, values })
        })
    })
}
