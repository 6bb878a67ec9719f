//! A fake chain whose workers follow a script; steps are cut short at every point.

use super::*;
use crate::{testing::*, InFlight};
use neurite_primitives::{
    view::{JobView, ShardView},
    *,
};
use proptest::prelude::*;

fn candidate(deed: DeedId, score: u64) -> Candidate {
    Candidate { deed, eligible: true, specs: Some(specs(score)), available: true }
}

fn view(jobs: Vec<JobView>, candidates: Vec<Candidate>) -> View {
    View { block: 10, active_now: 1_000, account: main_node(), jobs, candidates }
}

fn four() -> Vec<Candidate> {
    (1..=4).map(|deed| candidate(deed, 100)).collect()
}

fn assigned(plan: &Plan) -> Vec<(JobId, Vec<DeedId>)> {
    let deeds = plan.actions.iter().map(|action| match action {
        Action::Assign { job, deeds } => (job.id, deeds.to_vec()),
        Action::Reassign { job, deed, .. } => (job.id, vec![*deed]),
    });
    deeds.collect()
}

#[test]
fn chooses_the_least_busy_then_the_fastest_then_the_lowest_deed() {
    let candidates = vec![candidate(4, 100), candidate(3, 100), candidate(2, 300), candidate(1, 900)];
    let mut busy = job(9, 1);
    busy.delegate = Some(account(77));
    busy.shards = vec![shard(1, ShardState::Accepted)];
    let plan = plan(&view(vec![busy, job(1, 3), job(2, 1)], candidates));
    assert_eq!(assigned(&plan), [(1, vec![2, 3, 4]), (2, vec![1])], "what is assigned in a step counts within it");
    assert!(plan.obstacles.is_empty());
}

#[test]
fn the_order_of_candidates_does_not_matter() {
    let mut candidates = vec![candidate(1, 5), candidate(2, 7), candidate(3, 7), candidate(4, 1)];
    let expected = plan(&view(vec![job(1, 2)], candidates.clone()));
    candidates.reverse();
    assert_eq!(plan(&view(vec![job(1, 2)], candidates)), expected);
}

#[test]
fn only_suitable_and_available_workers_are_asked() {
    let candidates = vec![
        Candidate { eligible: false, ..candidate(1, 100) },
        Candidate { specs: None, ..candidate(2, 100) },
        Candidate { specs: Some(NodeSpecs { memory_mib: 1, ..specs(100) }), ..candidate(3, 100) },
        Candidate { available: false, ..candidate(4, 100) },
        candidate(5, 100),
    ];
    assert_eq!(assigned(&plan(&view(vec![job(1, 1)], candidates.clone()))), [(1, vec![5])]);
    let plan = plan(&view(vec![job(1, 2)], candidates));
    let shortage = Shortage { needed: 2, eligible: 4, suitable: 2, available: 1 };
    assert_eq!(plan.obstacles, [Obstacle::NotEnoughWorkers { job: key(1), shortage }]);
    assert!(plan.actions.is_empty());
    assert_eq!(
        plan.obstacles[0].to_string(),
        "the job needs 2 workers; 4 deeds are eligible, 2 of them meet its requirements, 1 of those are available"
    );
}

#[test]
fn leaves_alone_what_is_not_its_own_or_too_late() {
    let nothing = |change: &dyn Fn(&mut JobView)| {
        let mut job = job(1, 1);
        change(&mut job);
        plan(&view(vec![job], four())) == Plan::default()
    };
    assert!(!nothing(&|_| ()));
    assert!(nothing(&|job| job.delegate = None));
    assert!(nothing(&|job| job.delegate = Some(account(3))));
    assert!(nothing(&|job| job.accept_by = 999));
    for status in [JobStatus::Done, JobStatus::UnderReview, JobStatus::Settled, JobStatus::Expired] {
        assert!(nothing(&|job| job.status = status));
    }
    assert!(nothing(&|job| {
        job.status = JobStatus::InProgress;
        job.complete_by = 999;
        job.shards = vec![shard(1, ShardState::Released)];
    }));
}

/// Plans for a job of two shards at the active moment 60,000, when all deadlines are over.
fn overdue(status: JobStatus, state: ShardState) -> Plan {
    let mut job = job(1, 2);
    job.status = status;
    job.shards = vec![shard(1, ShardState::Complete), shard(2, state)];
    plan(&View { active_now: 60_000, ..view(vec![job], four()) })
}

#[test]
fn replaces_workers_that_do_not_do_their_part() {
    use JobStatus::{InProgress, Open};
    use ShardState::*;
    let replaced = |status, state| overdue(status, state).actions.into_inner();
    let reassign = |cause| [Action::Reassign { job: key(1), shard: 1, deed: 3, replaces: 2, cause }];
    assert_eq!(replaced(Open, Assigned), reassign(Cause::NotAccepted));
    assert_eq!(replaced(InProgress, Assigned), reassign(Cause::NotAccepted));
    assert_eq!(replaced(InProgress, Accepted), reassign(Cause::Silent));
    assert_eq!(replaced(InProgress, Released), reassign(Cause::Released));
    assert_eq!(replaced(Open, Released), reassign(Cause::Released));
    for code in [FailureCode::Resources, FailureCode::Internal] {
        assert_eq!(replaced(InProgress, Failed { code }), reassign(Cause::Failed { code }));
    }
    assert_eq!(replaced(Open, Accepted), [], "it waits for the others");
    assert_eq!(replaced(InProgress, Complete), []);
}

#[test]
fn a_fault_of_the_job_is_not_passed_on() {
    for code in [FailureCode::Document, FailureCode::Model, FailureCode::Input] {
        let plan = overdue(JobStatus::InProgress, ShardState::Failed { code });
        assert_eq!(plan.obstacles, [Obstacle::SendersFault { job: key(1), shard: 1, code }]);
        assert!(plan.actions.is_empty());
    }
}

#[test]
fn nobody_is_replaced_before_its_deadline() {
    let mut job = job(1, 2);
    job.status = JobStatus::InProgress;
    job.shards = vec![shard(1, ShardState::Accepted), shard(2, ShardState::Assigned)];
    assert_eq!(plan(&View { active_now: 50_000, ..view(vec![job], four()) }), Plan::default());
}

/// Plans for a job in progress with these shards, held by the deeds 1, 2, … of four.
fn in_progress(states: &[ShardState]) -> Plan {
    let mut job = job(1, states.len() as u16);
    job.status = JobStatus::InProgress;
    job.shards = (1..).zip(states).map(|(deed, state)| shard(deed, *state)).collect();
    plan(&View { active_now: 60_000, ..view(vec![job], four()) })
}

#[test]
fn a_replacement_is_not_in_the_job_if_it_can_be() {
    use ShardState::*;
    assert_eq!(assigned(&in_progress(&[Released, Complete, Complete])), [(1, vec![4])]);
    // Only one is not in the job; the second vacancy goes to one that is done.
    assert_eq!(assigned(&in_progress(&[Released, Released, Complete])), [(1, vec![4]), (1, vec![3])]);
}

#[test]
fn for_want_of_others_a_worker_that_is_done_takes_over() {
    use ShardState::*;
    let plan = in_progress(&[Accepted, Complete, Complete, Complete]);
    assert_eq!(assigned(&plan), [(1, vec![2])]);
    let plan = in_progress(&[Failed { code: FailureCode::Internal }, Released, Released, Released]);
    assert!(plan.actions.is_empty(), "nobody who failed or gave back is asked again");
    let shortage = Shortage { needed: 1, eligible: 0, suitable: 0, available: 0 };
    let cause = Cause::Failed { code: FailureCode::Internal };
    assert_eq!(plan.obstacles[0], Obstacle::NoFreshWorker { job: key(1), shard: 0, cause, shortage });
}

#[test]
fn an_offer_that_was_not_accepted_is_repeated_for_want_of_others() {
    use ShardState::*;
    let mut late = in_progress(&[Assigned, Released, Released, Released]).actions.into_inner();
    assert!(matches!(late.remove(0), Action::Reassign { shard: 0, deed: 1, replaces: 1, cause: Cause::NotAccepted, .. }));
    assert!(late.is_empty());
}

#[test]
fn a_step_is_bounded_and_the_rest_follows() {
    let jobs: Vec<_> = (1..=100).map(|id| job(id, 1)).collect();
    let plan = plan(&view(jobs, four()));
    assert_eq!(plan.actions.len(), crate::bounds::MAX_ACTIONS as usize);
    assert!(plan.obstacles.is_empty());
}

#[derive(Clone, Debug)]
struct World {
    view: View,
    pool: Vec<Action>,
    refused: u32,
    sent: usize,
    budget: usize,
    /// Deeds that never accept.
    asleep: Vec<DeedId>,
}

impl Host for World {
    type Error = &'static str;

    async fn view(&mut self) -> Result<View, &'static str> {
        Ok(self.view.clone())
    }

    async fn submit(&mut self, action: &Action) -> Result<(), &'static str> {
        self.budget = self.budget.checked_sub(1).ok_or("crashed")?;
        self.sent += 1;
        self.pool.push(action.clone());
        Ok(())
    }
}

impl World {
    fn new(asleep: &[DeedId]) -> Self {
        let view = view(vec![job(1, 2), job(2, 1)], four());
        Self { view, pool: Vec::new(), refused: 0, sent: 0, budget: usize::MAX, asleep: asleep.to_vec() }
    }

    fn apply(&mut self, action: &Action) -> bool {
        let deadline = self.view.active_now + 10_000;
        let offer = |deed| ShardView { deadline, ..shard(deed, ShardState::Assigned) };
        match action {
            Action::Assign { job, deeds } => {
                let job = self.view.jobs.iter_mut().find(|other| other.key == *job).unwrap();
                if !job.shards.is_empty() {
                    return false;
                }
                job.shards = deeds.iter().map(|deed| offer(*deed)).collect();
            }
            Action::Reassign { job, shard, deed, replaces, .. } => {
                let job = self.view.jobs.iter_mut().find(|other| other.key == *job).unwrap();
                let in_job_already = job.shards.iter().any(|shard| shard.deed == *deed);
                let shard = &mut job.shards[usize::from(*shard)];
                if shard.deed != *replaces || in_job_already {
                    return false;
                }
                *shard = offer(*deed);
            }
        }
        true
    }

    /// One block: transactions are applied, workers that are awake accept.
    fn next_block(&mut self) {
        self.view.block += 1;
        self.view.active_now += 3_000;
        for action in core::mem::take(&mut self.pool) {
            self.refused += u32::from(!self.apply(&action));
        }
        for job in &mut self.view.jobs {
            for shard in job.shards.iter_mut().filter(|shard| !self.asleep.contains(&shard.deed)) {
                shard.state = ShardState::Accepted;
            }
            if !job.shards.is_empty() && job.shards.iter().all(|shard| shard.state == ShardState::Accepted) {
                job.status = JobStatus::InProgress;
                job.shards.iter_mut().for_each(|shard| shard.deadline = Moment::MAX);
            }
        }
    }

    fn run(&mut self, in_flight: &mut InFlight<Duty>) {
        for _ in 0..20 {
            ready(step(self, in_flight)).unwrap();
            self.next_block();
        }
    }

    fn workers(&self) -> Vec<(JobStatus, Vec<DeedId>)> {
        self.view.jobs.iter().map(|job| (job.status, job.shards.iter().map(|shard| shard.deed).collect())).collect()
    }
}

#[test]
fn a_restart_at_any_point_ends_with_every_job_in_progress() {
    let mut undisturbed = World::new(&[1, 2]);
    undisturbed.run(&mut InFlight::default());
    assert_eq!(undisturbed.workers(), [(JobStatus::InProgress, vec![4, 3]), (JobStatus::InProgress, vec![3])]);
    assert_eq!(undisturbed.refused, 0);
    for budget in 0..=undisturbed.sent {
        let mut world = World { budget, ..World::new(&[1, 2]) };
        for _ in 0..3 {
            ready(step(&mut world, &mut InFlight::default())).unwrap();
            world.next_block();
        }
        world.budget = usize::MAX;
        world.run(&mut InFlight::default());
        assert!(world.view.jobs.iter().all(|job| job.status == JobStatus::InProgress), "cut after {budget}");
        assert_eq!(world.refused, 0);
    }
}

#[test]
fn a_transaction_on_its_way_is_not_repeated() {
    let (mut world, mut in_flight) = (World::new(&[]), InFlight::default());
    assert_eq!(ready(step(&mut world, &mut in_flight)).unwrap().performed.len(), 2);
    let again = ready(step(&mut world, &mut in_flight)).unwrap();
    assert_eq!((again.performed.len(), again.waiting), (0, 2));
}

proptest! {
    /// Whatever is lost on the way, jobs get going as long as enough workers are awake, and no worker is in a job twice.
    #[test]
    fn converges(asleep in 0_u32..=4, events in prop::collection::vec((0_u8..4, 0_usize..3), 0..20)) {
        let (mut world, mut in_flight) = (World::new(&[asleep]), InFlight::default());
        world.view.jobs.iter_mut().for_each(|job| job.accept_by = Moment::MAX);
        for (event, amount) in events {
            match event {
                0 => world.next_block(),
                1 => in_flight = InFlight::default(),
                2 => { world.pool.pop(); }
                _ => {
                    world.budget = amount;
                    ready(step(&mut world, &mut in_flight)).unwrap();
                    world.budget = usize::MAX;
                }
            }
        }
        world.next_block();
        world.run(&mut InFlight::default());
        for (status, deeds) in world.workers() {
            prop_assert_eq!(status, JobStatus::InProgress);
            prop_assert!(!deeds.contains(&asleep));
        }
    }
}
