//! A fake chain with one pool and one engine; steps are cut short at every point.

use super::*;
use crate::{
    bounds::MAX_ACTIONS,
    reply::{AvailabilityObservation, JobObservation, Observation},
};
use neurite_primitives::{AttestedStatus, FailureCode, JobKey};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::Permill;
use std::collections::{BTreeMap, BTreeSet};

type Account = u64;

#[derive(Clone, Debug, PartialEq, Eq)]
struct World {
    epoch: u32,
    seats: Vec<Seat>,
    block: u32,
    on_our_chain: bool,
    engine_up: bool,
    observed: BTreeMap<u32, (AttestedStatus, Permill)>,
    attestable: BTreeSet<u32>,
    latest: BTreeMap<(u32, u32), Latest>,
    pages: Vec<(u32, u32, u32)>,
    values: Vec<AvailabilityObservation>,
    reports: BTreeMap<(u32, u32, u32), Vec<u8>>,
    refused: u32,
    budget: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Fault {
    EngineDown,
    Crashed,
}

fn world() -> World {
    World {
        epoch: 7,
        seats: vec![Seat { epoch: 7, oracle: 2 }, Seat { epoch: 6, oracle: 1 }],
        block: 40,
        on_our_chain: true,
        engine_up: true,
        observed: [
            (1, (AttestedStatus::InProgress, Permill::from_percent(50))),
            (2, (AttestedStatus::Done, Permill::one())),
            (3, (AttestedStatus::Failed { code: FailureCode::Input }, Permill::zero())),
        ]
        .into(),
        attestable: [1, 2].into(),
        latest: BTreeMap::new(),
        pages: vec![(6, 0, 256), (6, 1, 3)],
        values: vec![page(6, 0, 256), page(6, 1, 3)],
        reports: BTreeMap::new(),
        refused: 0,
        budget: usize::MAX,
    }
}

fn page(epoch: u32, page: u32, deeds: usize) -> AvailabilityObservation {
    AvailabilityObservation { epoch, page, values: vec![9; deeds] }
}

fn key(id: u32) -> JobKey<Account> {
    JobKey { sender: 5, id }
}

impl Host for World {
    type AccountId = Account;
    type Error = Fault;

    fn seats(&mut self) -> Vec<Seat> {
        self.seats.clone()
    }

    fn observe(&mut self) -> Result<Observation<Account>, Fault> {
        if !self.engine_up {
            return Err(Fault::EngineDown);
        }
        let jobs =
            self.observed.iter().map(|(id, (status, progress))| JobObservation { key: key(*id), status: *status, progress: *progress });
        Ok(Observation { block: self.block, hash: H256([1; 32]), jobs: jobs.collect(), availability: self.values.clone() })
    }

    fn view(&mut self, seats: Vec<Seat>, observation: &Observation<Account>) -> View<Account> {
        let standing = |job: &JobObservation<Account>| Standing {
            key: job.key.clone(),
            attestable: self.attestable.contains(&job.key.id),
            latest: self.latest.iter().filter(|((_, id), _)| *id == job.key.id).map(|(_, latest)| *latest).collect(),
        };
        let reported =
            |epoch, page| self.reports.keys().filter(|(e, p, _)| (*e, *p) == (epoch, page)).map(|(_, _, oracle)| *oracle).collect();
        View {
            epoch: self.epoch,
            canonical: self.on_our_chain,
            seats,
            jobs: observation.jobs.iter().map(standing).collect(),
            pages: self
                .pages
                .iter()
                .map(|(epoch, page, deeds)| ClosingPage { epoch: *epoch, page: *page, deeds: *deeds, reported: reported(*epoch, *page) })
                .collect(),
        }
    }

    fn submit(&mut self, action: &Action<Account>) -> Result<(), Fault> {
        if self.budget == 0 {
            return Err(Fault::Crashed);
        }
        self.budget -= 1;
        match action {
            Action::Attest(attestation) => {
                let latest = Latest {
                    epoch: attestation.epoch,
                    oracle: attestation.oracle,
                    status: attestation.status,
                    progress: attestation.progress,
                    block: attestation.block,
                };
                let old = self.latest.insert((attestation.oracle, attestation.job.id), latest);
                self.refused += u32::from(old.is_some_and(|old| {
                    (old.epoch, old.status, old.progress) == (latest.epoch, latest.status, latest.progress) || old.block >= latest.block
                }));
            }
            Action::Report(report) => {
                let old = self.reports.insert((report.epoch, report.page, report.oracle), report.values.to_vec());
                self.refused += u32::from(old.is_some());
            }
        }
        Ok(())
    }
}

fn performed(world: &mut World) -> Vec<Action<Account>> {
    match step(world).expect("the engine is up") {
        Outcome::Reported { performed, .. } => performed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn owes_each_attestable_job_and_each_page_once() {
    let mut world = world();
    assert_eq!(performed(&mut world).len(), 4);
    let attested: Vec<_> = world.latest.keys().copied().collect();
    assert_eq!(attested, [(2, 1), (2, 2)]);
    assert_eq!(world.reports.keys().copied().collect::<Vec<_>>(), [(6, 0, 1), (6, 1, 1)]);
    assert_eq!(performed(&mut world), [], "nothing is owed twice");
    world.block += 1;
    assert_eq!(performed(&mut world), [], "a new block alone changes nothing");
    world.observed.insert(1, (AttestedStatus::Done, Permill::one()));
    assert_eq!(performed(&mut world).len(), 1);
}

#[test]
fn owes_nothing_for_a_block_that_the_chain_has_already() {
    let mut world = world();
    performed(&mut world);
    world.observed.insert(1, (AttestedStatus::Done, Permill::one()));
    assert_eq!(performed(&mut world), [], "an attestation must look at a later block than the latest one");
}

#[test]
fn every_job_is_attested_anew_in_a_new_epoch() {
    let mut world = world();
    performed(&mut world);
    (world.epoch, world.block) = (8, world.block + 1);
    world.seats = vec![Seat { epoch: 8, oracle: 2 }, Seat { epoch: 6, oracle: 1 }];
    assert_eq!(performed(&mut world).len(), 2);
    assert_eq!((performed(&mut world).len(), world.refused), (0, 0));
}

#[test]
fn does_not_ask_the_engine_without_a_seat() {
    let mut world = World { seats: vec![], engine_up: false, ..world() };
    assert_eq!(step(&mut world), Ok(Outcome::NoSeat));
}

#[test]
fn owes_nothing_on_another_chain() {
    let mut world = World { on_our_chain: false, ..world() };
    assert_eq!(step(&mut world), Ok(Outcome::NotCanonical));
    let (view, observation) =
        (View { canonical: false, ..world.clone().view(world.seats.clone(), &world.clone().observe().unwrap()) }, world.observe().unwrap());
    assert!(plan(&view, &observation).is_empty());
}

#[test]
fn an_engine_that_is_down_is_an_error() {
    assert_eq!(step(&mut World { engine_up: false, ..world() }), Err(Fault::EngineDown));
}

#[test]
fn pages_of_other_length_or_epoch_are_not_reported() {
    let mut world = World { values: vec![page(6, 0, 255), page(6, 1, 4), page(6, 2, 256), page(5, 0, 256), page(7, 0, 256)], ..world() };
    assert!(performed(&mut world).iter().all(|action| matches!(action, Action::Attest(_))));
}

#[test]
fn every_seat_reports_for_itself() {
    let mut world =
        World { seats: vec![Seat { epoch: 7, oracle: 0 }, Seat { epoch: 7, oracle: 3 }, Seat { epoch: 6, oracle: 4 }], ..world() };
    assert_eq!(performed(&mut world).len(), 6);
    assert_eq!(world.latest.len(), 4);
}

#[test]
fn changes_of_status_come_before_reports_and_mere_progress_last() {
    let mut world = world();
    performed(&mut world);
    world.block += 1;
    world.reports.clear();
    world.observed.insert(1, (AttestedStatus::InProgress, Permill::from_percent(60)));
    world.observed.insert(2, (AttestedStatus::InProgress, Permill::one()));
    let actions = performed(&mut world);
    assert!(matches!(&actions[0], Action::Attest(attestation) if attestation.job.id == 2));
    assert!(matches!(&actions[1..3], [Action::Report(_), Action::Report(_)]));
    assert!(matches!(&actions[3], Action::Attest(attestation) if attestation.job.id == 1));
}

#[test]
fn what_does_not_fit_is_owed_in_the_next_step() {
    let observed = (1..=100).map(|id| (id, (AttestedStatus::Done, Permill::one()))).collect();
    let mut world = World { observed, attestable: (1..=100).collect(), ..world() };
    let mut steps = 0;
    while !performed(&mut world).is_empty() {
        steps += 1;
    }
    assert_eq!((world.latest.len(), world.reports.len(), world.refused), (100, 2, 0));
    assert_eq!(steps, 102_usize.div_ceil(MAX_ACTIONS as usize));
}

#[test]
fn a_restart_at_any_point_ends_the_same() {
    let mut undisturbed = world();
    let actions = performed(&mut undisturbed).len();
    for budget in 0..=actions {
        let mut world = World { budget, ..world() };
        let Ok(Outcome::Reported { performed: done, failed }) = step(&mut world) else { panic!("the engine is up") };
        assert_eq!((done.len(), failed.len()), (budget, actions - budget));
        world.budget = usize::MAX;
        performed(&mut world);
        world.budget = undisturbed.budget;
        assert!(world == undisturbed, "cut after {budget} actions");
    }
}

proptest! {
    /// Whatever happened before, one undisturbed pass of steps says all that the engine sees, and no step says a thing twice.
    #[test]
    fn converges(events in prop::collection::vec((0_u8..6, 1_u32..6, 0_u32..=100), 0..60)) {
        let mut world = world();
        for (event, id, percent) in events {
            match event {
                0 => world.block += 1,
                1 => { world.observed.insert(id, (AttestedStatus::InProgress, Permill::from_percent(percent))); }
                2 => { world.observed.insert(id, (AttestedStatus::Done, Permill::one())); }
                3 => { world.attestable.insert(id); }
                4 => { world.attestable.remove(&id); }
                _ => { world.budget = percent as usize % 4; let _ = step(&mut world); world.budget = usize::MAX; }
            }
        }
        world.block += 1;
        while !performed(&mut world).is_empty() {}
        prop_assert_eq!(world.refused, 0);
        for id in &world.attestable {
            if let Some(observed) = world.observed.get(id) {
                let latest = world.latest.get(&(2, *id)).map(|latest| (latest.status, latest.progress));
                prop_assert_eq!(latest, Some(*observed));
            }
        }
        prop_assert_eq!(world.reports.len(), 2);
    }
}
