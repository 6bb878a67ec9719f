//! A fake chain with a pool of transactions and a fake engine; steps are cut short at every point.

use super::*;
use crate::{bounds::RETRY_AFTER, testing::*, InFlight};
use neurite_primitives::{view::JobView, *};
use proptest::prelude::*;
use std::collections::BTreeMap;

const DEED: DeedId = 1;

#[derive(Clone, Debug)]
struct World {
    block: BlockNumber,
    active_now: Moment,
    deed: Option<OwnDeed>,
    jobs: Vec<JobView>,
    pool: Vec<Action>,
    refused: u32,
    engine: BTreeMap<(JobKey, ShardIndex), RunningShard>,
    specs: NodeSpecs,
    capacity: u16,
    bad_document: Option<FailureCode>,
    complete_view: bool,
    budget: usize,
    actions: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Crashed;

/// Two jobs: one shared with another worker that has accepted, one of our own.
fn world() -> World {
    let mut shared = job(1, 2);
    shared.shards = vec![shard(DEED, ShardState::Assigned), shard(2, ShardState::Accepted)];
    let mut own = job(2, 1);
    own.shards = vec![shard(DEED, ShardState::Assigned)];
    World {
        block: 10,
        active_now: 1_000,
        deed: Some(OwnDeed { id: DEED, eligible: true, specs: None }),
        jobs: vec![shared, own],
        pool: Vec::new(),
        refused: 0,
        engine: BTreeMap::new(),
        specs: specs(1_000),
        capacity: 4,
        bad_document: None,
        complete_view: true,
        budget: usize::MAX,
        actions: 0,
    }
}

impl World {
    fn spend(&mut self) -> Result<(), Crashed> {
        self.budget = self.budget.checked_sub(1).ok_or(Crashed)?;
        self.actions += 1;
        Ok(())
    }

    fn shard_mut(&mut self, job: &JobKey, shard: ShardIndex) -> Option<&mut neurite_primitives::view::ShardView> {
        self.jobs.iter_mut().find(|other| other.key == *job)?.shards.get_mut(usize::from(shard))
    }

    /// Applies a transaction as the chain would; tells whether it did.
    fn apply(&mut self, action: &Action) -> bool {
        match action {
            Action::CommitSpecs { specs } => self.deed.as_mut().map(|deed| deed.specs = Some(specs.clone())).is_some(),
            Action::Accept { job, shard, .. } => match self.shard_mut(job, *shard) {
                Some(shard) if shard.state == ShardState::Assigned => {
                    shard.state = ShardState::Accepted;
                    let job = self.jobs.iter_mut().find(|other| other.key == *job).unwrap();
                    if job.shards.iter().all(|shard| shard.state == ShardState::Accepted) {
                        job.status = JobStatus::InProgress;
                    }
                    true
                }
                _ => false,
            },
            Action::ReportProgress { job, shard, step, commitment, .. } => match self.shard_mut(job, *shard) {
                Some(shard) if shard.state == ShardState::Accepted && *step > shard.step => {
                    (shard.step, shard.commitment) = (*step, *commitment);
                    if *step == 4 {
                        shard.state = ShardState::Complete;
                    }
                    true
                }
                _ => false,
            },
            Action::ReportFailure { job, shard, code } => match self.shard_mut(job, *shard) {
                Some(shard) if shard.state == ShardState::Accepted => {
                    shard.state = ShardState::Failed { code: *code };
                    true
                }
                _ => false,
            },
            Action::Start(_) | Action::Stop { .. } => panic!("{action:?} is no transaction"),
        }
    }

    fn next_block(&mut self) {
        self.block += 1;
        for action in core::mem::take(&mut self.pool) {
            self.refused += u32::from(!self.apply(&action));
        }
    }

    /// Lets the engine work for one step.
    fn tick(&mut self) {
        for run in self.engine.values_mut() {
            if let RunState::Running { .. } = run.state {
                run.step += 1;
                let commitment = [run.step as u8; 32];
                run.state = if run.step == 4 { RunState::Complete { commitment } } else { RunState::Running { commitment } };
            }
        }
    }

    fn run(&mut self, in_flight: &mut InFlight<Duty>) {
        for _ in 0..40 {
            ready(step(self, in_flight)).unwrap();
            self.tick();
            self.next_block();
        }
    }

    fn planned(&mut self) -> Vec<Action> {
        let engine = ready(self.engine()).unwrap();
        plan(&ready(self.chain()).unwrap(), &engine).into_inner()
    }

    /// What must be the same however often it was interrupted.
    fn outcome(&self) -> (Vec<JobView>, Option<OwnDeed>, Vec<RunningShard>) {
        (self.jobs.clone(), self.deed.clone(), self.engine.values().cloned().collect())
    }
}

impl Host for World {
    type Error = Crashed;

    async fn chain(&mut self) -> Result<View, Crashed> {
        Ok(View {
            block: self.block,
            active_now: self.active_now,
            account: account(DEED as u8),
            deed: self.deed.clone(),
            jobs: self.jobs.clone(),
            complete: self.complete_view,
        })
    }

    async fn engine(&mut self) -> Result<EngineView, Crashed> {
        Ok(EngineView { specs: self.specs.clone(), capacity: self.capacity, shards: self.engine.values().cloned().collect() })
    }

    async fn submit(&mut self, action: &Action) -> Result<(), Crashed> {
        self.spend()?;
        self.pool.push(action.clone());
        Ok(())
    }

    async fn start(&mut self, assignment: &Assignment) -> Result<Started, Crashed> {
        self.spend()?;
        if let Some(code) = self.bad_document {
            return Ok(Started::Refused { code });
        }
        let (key, shard) = (assignment.key.clone(), assignment.shard);
        let run = RunningShard { key: key.clone(), shard, step: 0, state: RunState::Running { commitment: [0; 32] } };
        assert!(self.engine.insert((key, shard), run).is_none(), "started twice");
        Ok(Started::Running)
    }

    async fn stop(&mut self, job: &JobKey, shard: ShardIndex) -> Result<(), Crashed> {
        self.spend()?;
        self.engine.remove(&(job.clone(), shard));
        Ok(())
    }
}

#[test]
fn works_its_shards_to_the_end_without_saying_anything_twice() {
    let mut world = world();
    world.run(&mut InFlight::default());
    for job in &world.jobs {
        let own = &job.shards[0];
        assert_eq!((own.state, own.step, own.commitment), (ShardState::Complete, 4, [4; 32]));
    }
    assert_eq!((world.refused, world.pool.len()), (0, 0));
    // Specs, and per job: accept, start, four reports (the engine does one step per block).
    assert_eq!(world.actions, 1 + 2 * 6);
}

#[test]
fn a_restart_at_any_point_ends_the_same() {
    let mut undisturbed = world();
    undisturbed.run(&mut InFlight::default());
    for budget in 0..=undisturbed.actions {
        for engine_survives in [true, false] {
            let mut world = World { budget, ..world() };
            world.run(&mut InFlight::default());
            world.budget = usize::MAX;
            if !engine_survives {
                world.engine.clear();
            }
            world.run(&mut InFlight::default());
            assert_eq!(world.outcome(), undisturbed.outcome(), "cut after {budget}, engine survives: {engine_survives}");
            assert_eq!(world.refused, 0);
        }
    }
}

#[test]
fn a_transaction_on_its_way_is_not_repeated_until_overdue() {
    let (mut world, mut in_flight) = (world(), InFlight::default());
    let first = ready(step(&mut world, &mut in_flight)).unwrap();
    assert_eq!(first.performed, [Action::CommitSpecs { specs: specs(1_000) }], "nothing is accepted before specs are committed");
    for _ in 1..RETRY_AFTER {
        world.block += 1;
        let next = ready(step(&mut world, &mut in_flight)).unwrap();
        assert_eq!((next.performed.len(), next.waiting), (0, 1));
    }
    world.block += 1;
    assert_eq!(ready(step(&mut world, &mut in_flight)).unwrap().performed.len(), 1);
}

#[test]
fn specs_are_committed_when_they_differ() {
    let mut world = World { jobs: vec![], ..world() };
    let commit = |world: &mut World, committed: Option<NodeSpecs>| {
        world.deed.as_mut().unwrap().specs = committed;
        world.planned().len()
    };
    assert_eq!(commit(&mut world, None), 1);
    assert_eq!(commit(&mut world, Some(specs(1_000))), 0);
    assert_eq!(commit(&mut world, Some(specs(950))), 0, "a benchmark wavers");
    assert_eq!(commit(&mut world, Some(specs(800))), 1);
    assert_eq!(commit(&mut world, Some(specs(1_200))), 1);
    assert_eq!(commit(&mut world, Some(NodeSpecs { memory_mib: 1, ..specs(1_000) })), 1);
    let later = Benchmark { measured_at: 8, ..specs(1_000).benchmark };
    assert_eq!(commit(&mut world, Some(NodeSpecs { benchmark: later, ..specs(1_000) })), 0);
    world.deed = None;
    assert_eq!(world.planned(), [], "only a linked node commits");
}

fn committed() -> World {
    let mut world = world();
    world.deed.as_mut().unwrap().specs = Some(specs(1_000));
    world
}

#[test]
fn an_offer_is_accepted_only_if_it_suits() {
    let accepts = |change: &dyn Fn(&mut World)| {
        let mut world = committed();
        world.jobs.truncate(1);
        change(&mut world);
        world.planned().iter().any(|action| matches!(action, Action::Accept { .. }))
    };
    assert!(accepts(&|_| ()));
    assert!(accepts(&|world| world.active_now = 50_000));
    assert!(!accepts(&|world| world.active_now = 50_001), "the offer is over");
    assert!(!accepts(&|world| world.jobs[0].accept_by = 999), "the job waits no longer");
    assert!(!accepts(&|world| world.jobs[0].requirements.score = 1_001));
    assert!(!accepts(&|world| world.specs.memory_mib = 1), "the engine has less than was committed");
    assert!(!accepts(&|world| world.deed = None));
    assert!(!accepts(&|world| world.deed.as_mut().unwrap().eligible = false));
    assert!(!accepts(&|world| world.deed.as_mut().unwrap().id = 9), "the offer was made to another deed");
    assert!(!accepts(&|world| world.jobs[0].shards[0].node = Some(account(9))));
    assert!(!accepts(&|world| world.jobs[0].status = JobStatus::UnderReview));
    assert!(!accepts(&|world| world.capacity = 0));
}

#[test]
fn no_more_is_accepted_than_fits() {
    let mut world = World { capacity: 1, ..committed() };
    let accepts = world.planned().iter().filter(|action| matches!(action, Action::Accept { .. })).count();
    assert_eq!(accepts, 1);
    world.jobs[0].shards[0].state = ShardState::Accepted;
    assert_eq!(world.planned(), [], "what was accepted and has not begun takes room too");
    world.jobs[0].status = JobStatus::Done;
    assert_eq!(world.planned().len(), 1);
}

/// One accepted shard of a job in progress, and what the engine has of it.
fn accepted(step: Step, state: RunState) -> World {
    let mut world = committed();
    world.jobs.remove(0);
    world.jobs[0].status = JobStatus::InProgress;
    world.jobs[0].shards[0].state = ShardState::Accepted;
    world.engine.insert((key(2), 0), RunningShard { key: key(2), shard: 0, step, state });
    world
}

#[test]
fn the_last_step_is_reported_only_with_the_result() {
    let mut world = accepted(4, RunState::Running { commitment: [1; 32] });
    let report = |step, commitment| Action::ReportProgress { job: key(2), shard: 0, after: 0, step, commitment };
    assert_eq!(world.planned(), [report(3, [1; 32])]);
    world.jobs[0].shards[0].step = 3;
    assert_eq!(world.planned(), []);
    let mut world = accepted(1, RunState::Complete { commitment: [2; 32] });
    assert_eq!(world.planned(), [report(4, [2; 32])]);
}

#[test]
fn nothing_is_reported_after_the_deadline_of_the_job() {
    let mut world = accepted(1, RunState::Running { commitment: [1; 32] });
    world.active_now = world.jobs[0].complete_by + 1;
    assert_eq!(world.planned(), []);
    world.active_now -= 1;
    assert_eq!(world.planned().len(), 1);
}

#[test]
fn a_failure_is_reported_with_its_code() {
    let mut world = accepted(1, RunState::Failed { code: FailureCode::Model });
    assert_eq!(world.planned(), [Action::ReportFailure { job: key(2), shard: 0, code: FailureCode::Model }]);
    world.run(&mut InFlight::default());
    assert_eq!(world.jobs[0].shards[0].state, ShardState::Failed { code: FailureCode::Model });
    assert!(world.engine.is_empty() && world.refused == 0, "what failed is forgotten");
}

#[test]
fn a_document_that_cannot_be_started_is_a_failure() {
    let mut world = World { bad_document: Some(FailureCode::Document), ..accepted(0, RunState::Running { commitment: [0; 32] }) };
    world.engine.clear();
    world.run(&mut InFlight::default());
    assert_eq!(world.jobs[0].shards[0].state, ShardState::Failed { code: FailureCode::Document });
    assert_eq!(world.refused, 0);
}

#[test]
fn a_result_still_asked_for_is_made_again_after_a_restart() {
    let mut world = accepted(0, RunState::Running { commitment: [0; 32] });
    world.engine.clear();
    world.jobs[0].shards[0].state = ShardState::Complete;
    assert!(matches!(&world.planned()[..], [Action::Start(Assignment { reportable: false, .. })]));
    world.bad_document = Some(FailureCode::Input);
    world.run(&mut InFlight::default());
    assert_eq!(world.jobs[0].shards[0].state, ShardState::Complete, "what the chain has stays");
}

#[test]
fn what_the_chain_no_longer_wants_is_stopped() {
    let stops = |change: &dyn Fn(&mut World)| {
        let mut world = accepted(2, RunState::Running { commitment: [0; 32] });
        world.jobs[0].shards[0].step = 2;
        change(&mut world);
        world.planned() == [Action::Stop { job: key(2), shard: 0 }]
    };
    assert!(!stops(&|_| ()));
    assert!(stops(&|world| world.jobs.clear()));
    assert!(!stops(&|world| (world.jobs, world.complete_view) = (vec![], false)), "the list was cut");
    assert!(stops(&|world| world.jobs[0].shards[0].node = Some(account(9))));
    assert!(stops(&|world| world.jobs[0].shards[0].state = ShardState::Released));
    for status in [JobStatus::UnderReview, JobStatus::Done, JobStatus::Settled, JobStatus::Expired, JobStatus::Open] {
        assert!(stops(&|world| world.jobs[0].status = status));
    }
    assert!(!stops(&|world| world.jobs[0].shards[0].state = ShardState::Complete), "its result is still asked for");
}

proptest! {
    /// After any disturbance of process, engine, pool and time, undisturbed running completes every shard that is ours.
    #[test]
    fn converges(events in prop::collection::vec((0_u8..7, 0_usize..6), 0..80)) {
        let (mut world, mut in_flight) = (world(), InFlight::default());
        for (event, amount) in events {
            match event {
                0 => world.next_block(),
                1 => world.tick(),
                2 => in_flight = InFlight::default(),
                3 => world.engine.clear(),
                4 => { world.pool.pop(); }
                _ => {
                    world.budget = amount;
                    ready(step(&mut world, &mut in_flight)).unwrap();
                    world.budget = usize::MAX;
                }
            }
        }
        world.next_block();
        world.run(&mut InFlight::default());
        for job in &world.jobs {
            prop_assert_eq!(job.shards[0].state, ShardState::Complete);
            prop_assert_eq!(job.shards[0].commitment, [4; 32]);
        }
        prop_assert!(world.planned().is_empty(), "nothing is owed at the end");
    }
}
