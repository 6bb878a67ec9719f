//! Persons, nodes, oracles and governance, who do what the state of the chain lets them do next.

use crate::{chain::Transaction, wallet::Wallet};
use codec::Encode;
use frame_support::traits::{
    fungible::Inspect,
    tokens::{Fortitude, Preservation},
};
use neurite_primitives::{
    epoch::EpochState,
    messages::{Attestation, AvailabilityReport, LinkProof},
    node_account, AttestedStatus, Benchmark, BlockNumber, DeedId, DocumentSource, FailureCode, JobKey, JobSpec, JobStatus, NodeSpecs,
    Privacy, Requirements, ShardState, Verification, PAGE_SIZE,
};
use neurite_runtime::{AccountId, Balances, NodeDeeds, Oracles, Poai, Runtime, RuntimeCall, System, Timestamp, EXISTENTIAL_DEPOSIT, NEU};
use neurite_traits::{ChainClock, Deeds};
use rand::{rngs::StdRng, seq::SliceRandom, Rng};
use sp_core::{ecdsa, Pair};
use sp_keyring::Sr25519Keyring;
use sp_runtime::Permill;

/// Deeds that are played with, of those that the network has.
const DEEDS: DeedId = 16;
/// Steps of a shard.
const STEPS: u32 = 3;
/// Oracles that lie: one of four.
const LIARS: u32 = 1;

type Job = neurite_primitives::Job<AccountId>;

/// Makes transactions.
pub struct Actors<'a> {
    wallet: &'a Wallet,
}

impl<'a> Actors<'a> {
    /// Makes actors with everybody's keys.
    pub fn new(wallet: &'a Wallet) -> Self {
        Self { wallet }
    }

    /// Returns what one of them does next; nothing if that one has nothing to do.
    pub fn next(&self, rng: &mut StdRng) -> Option<Transaction> {
        match rng.gen_range(0..100) {
            0..=3 => self.govern(rng),
            4..=11 => self.link(rng),
            12..=14 => self.commit_specs(rng),
            15..=18 => self.change_deed(rng),
            19..=28 => self.submit(rng),
            29..=38 => self.assign(rng),
            39..=58 => self.work(rng),
            59..=74 => self.attest(rng),
            75..=84 => self.report_availability(rng),
            85..=89 => self.claim(rng),
            90..=95 => self.change_job(rng),
            _ => self.what_anybody_may().choose(rng).map(|one| Transaction { signer: one.signer.clone(), call: one.call.clone(), tip: 0 }),
        }
    }

    /// Takes every deed's node away, as owners do who leave.
    pub fn unlink_all(&self) -> Vec<Transaction> {
        let linked = (0..DEEDS).filter(|deed| NodeDeeds::node(*deed).is_some());
        linked.filter_map(|deed| self.by_owner(deed, pallet_node_deeds::Call::unlink { deed })).collect()
    }

    /// Returns the calls by which a stranger brings things to their end.
    pub fn what_anybody_may(&self) -> Vec<Transaction> {
        // Whoever can pay for them: random calls may have left any single account with nothing.
        let spendable = |who: &&AccountId| Balances::reducible_balance(who, Preservation::Preserve, Fortitude::Polite);
        let stranger = self.wallet.persons().iter().max_by_key(spendable).expect("a person");
        let pokes = keys().into_iter().map(|job| RuntimeCall::Jobs(pallet_jobs::Call::poke { job }));
        let releases = (0..DEEDS).map(|deed| RuntimeCall::NodeDeeds(pallet_node_deeds::Call::release_bond { deed }));
        pokes.chain(releases).map(|call| Transaction::signed(stranger, call)).collect()
    }

    fn person(&self, rng: &mut StdRng) -> AccountId {
        self.wallet.persons().choose(rng).expect("a person").clone()
    }

    fn by_owner(&self, deed: DeedId, call: pallet_node_deeds::Call<Runtime>) -> Option<Transaction> {
        let owner = <NodeDeeds as Deeds<AccountId>>::owner(deed)?;
        Some(Transaction::signed(&owner, RuntimeCall::NodeDeeds(call)))
    }

    /// The sudo key stands in for governance.
    fn govern(&self, rng: &mut StdRng) -> Option<Transaction> {
        let unissued = (0..DEEDS).find(|deed| <NodeDeeds as Deeds<AccountId>>::owner(*deed).is_none());
        let call: RuntimeCall = match (unissued, rng.gen_range(0..4)) {
            (Some(deed), _) => pallet_node_deeds::Call::issue { deed, to: self.person(rng) }.into(),
            (None, 0) => {
                let supervisor = rng.gen_bool(0.5).then(|| self.person(rng));
                pallet_jobs::Call::set_supervisor { supervisor }.into()
            }
            (None, 1) => {
                let direct_share = Permill::from_percent(rng.gen_range(0..100));
                let parameters = pallet_poai::Parameters { direct_share, ..pallet_poai::CurrentParameters::<Runtime>::get() };
                pallet_poai::Call::set_parameters { parameters }.into()
            }
            (None, 2) => {
                let bond = rng.gen_range(1..200) * NEU;
                let parameters = pallet_node_deeds::DeedParameters { bond, link_cool_down: 30_000, challenge_window: 15_000 };
                pallet_node_deeds::Call::set_parameters { parameters }.into()
            }
            (None, _) => pallet_validators::Call::remove { validator: Sr25519Keyring::Dave.to_account_id() }.into(),
        };
        let call = pallet_sudo::Call::sudo { call: Box::new(call) };
        Some(Transaction::signed(&Sr25519Keyring::Alice.to_account_id(), RuntimeCall::Sudo(call)))
    }

    fn link(&self, rng: &mut StdRng) -> Option<Transaction> {
        let deed = rng.gen_range(0..DEEDS);
        let owner = <NodeDeeds as Deeds<AccountId>>::owner(deed)?;
        let node: &ecdsa::Pair = self.wallet.nodes().choose(rng)?;
        let generation = NodeDeeds::generation(deed);
        let statement = LinkProof { genesis: System::block_hash(0), deed, owner, generation };
        let proof = node.sign(&statement.signing_bytes());
        self.by_owner(deed, pallet_node_deeds::Call::link { deed, node: node.public(), proof })
    }

    fn commit_specs(&self, rng: &mut StdRng) -> Option<Transaction> {
        let node = node_account(&self.wallet.nodes().choose(rng)?.public());
        let benchmark = Benchmark { version: 1, score: rng.gen_range(1..1_000_000), measured_at: Timestamp::get() };
        let specs = NodeSpecs {
            cores: rng.gen_range(1..64),
            memory_mib: 8_192,
            gpu_memory_mib: 0,
            backends: Default::default(),
            tags: Default::default(),
            benchmark,
        };
        Some(Transaction::signed(&node, RuntimeCall::NodeDeeds(pallet_node_deeds::Call::commit_specs { specs })))
    }

    /// Sells a deed, takes its node away, or makes its bond whole again.
    fn change_deed(&self, rng: &mut StdRng) -> Option<Transaction> {
        let deed = rng.gen_range(0..DEEDS);
        match rng.gen_range(0..5) {
            0 => self.by_owner(deed, pallet_node_deeds::Call::transfer { deed, to: self.person(rng) }),
            1 => self.by_owner(deed, pallet_node_deeds::Call::unlink { deed }),
            _ => self.by_owner(deed, pallet_node_deeds::Call::complete_bond { deed }),
        }
    }

    fn submit(&self, rng: &mut StdRng) -> Option<Transaction> {
        let now = Timestamp::get();
        let accept_by = now + rng.gen_range(10_000..120_000);
        let spec = JobSpec {
            document: rng.gen(),
            source: DocumentSource::Uri(b"https://example.org/a".to_vec().try_into().ok()?),
            workers: rng.gen_range(1..4),
            steps: STEPS,
            requirements: Requirements::default(),
            reward: rng.gen_range(EXISTENTIAL_DEPOSIT..50 * NEU),
            accept_by,
            complete_by: accept_by + rng.gen_range(30_000..900_000),
            report_timeout: 60_000,
            verification: Verification::None,
            privacy: Privacy::Plain,
            delegate: rng.gen_bool(0.3).then(|| self.person(rng)),
        };
        Some(Transaction::signed(&self.person(rng), RuntimeCall::Jobs(pallet_jobs::Call::submit { spec })))
    }

    fn assign(&self, rng: &mut StdRng) -> Option<Transaction> {
        let (key, job) = one_of(rng, |job| job.status == JobStatus::Open)?;
        let mut eligible: Vec<DeedId> = (0..DEEDS).filter(|deed| NodeDeeds::is_eligible(*deed)).collect();
        eligible.shuffle(rng);
        eligible.truncate(usize::from(job.spec.workers));
        let deeds = eligible.try_into().ok()?;
        let who = job.delegate.filter(|_| rng.gen_bool(0.5)).unwrap_or_else(|| key.sender.clone());
        Some(Transaction::signed(&who, RuntimeCall::Jobs(pallet_jobs::Call::assign { job: key, deeds })))
    }

    /// A worker does what its shard waits for; sometimes it gives up.
    fn work(&self, rng: &mut StdRng) -> Option<Transaction> {
        let is_waiting = |state: ShardState| matches!(state, ShardState::Assigned | ShardState::Accepted);
        let (job, found) = one_of(rng, |job| job.shards.iter().any(|shard| is_waiting(shard.state)))?;
        let waiting: Vec<usize> = (0..found.shards.len()).filter(|at| is_waiting(found.shards[*at].state)).collect();
        let at = *waiting.choose(rng)?;
        let (index, shard) = (at as u16, &found.shards[at]);
        let call = match (shard.state, rng.gen_range(0..20)) {
            (_, 0) => pallet_jobs::Call::release { job, shard: index },
            (_, 1) => pallet_jobs::Call::report_failure { job, shard: index, code: FailureCode::Internal },
            (ShardState::Assigned, _) => pallet_jobs::Call::accept { job, shard: index },
            _ => {
                let step = rng.gen_range(shard.step..=STEPS);
                pallet_jobs::Call::report_progress { job, shard: index, step, commitment: rng.gen(), proof: None }
            }
        };
        Some(Transaction::signed(&shard.node, RuntimeCall::Jobs(call)))
    }

    /// An oracle says what the chain shows; the last of them says anything.
    fn attest(&self, rng: &mut StdRng) -> Option<Transaction> {
        let (key, job) = one_of(rng, |job| matches!(job.status, JobStatus::InProgress | JobStatus::UnderReview))?;
        let committee = Oracles::committee(None).filter(|committee| !committee.members.is_empty())?;
        let oracle = rng.gen_range(0..committee.members.len() as u32);
        let is_liar = oracle + LIARS >= committee.members.len() as u32;
        let is_done = job.shards.iter().all(|shard| shard.state == ShardState::Complete);
        let steps: u32 = job.shards.iter().map(|shard| shard.step).sum();
        let all = (job.shards.len() as u32 * STEPS).max(1);
        let failed = job.shards.iter().find_map(|shard| if let ShardState::Failed { code } = shard.state { Some(code) } else { None });
        let status = match failed {
            _ if is_done != is_liar => AttestedStatus::Done,
            Some(code) => AttestedStatus::Failed { code },
            None => AttestedStatus::InProgress,
        };
        let progress = Permill::from_rational(steps, all);
        let block: BlockNumber = System::block_number().checked_sub(1)?;
        let hash = System::block_hash(block);
        let attestation = Attestation { epoch: Poai::epoch(), oracle, job: key, status, progress, block, hash };
        let message = attestation.signing_bytes(System::block_hash(0));
        let signature = self.wallet.oracle(committee.members.get(oracle as usize)?)?.sign(&message);
        Some(Transaction::authorized(RuntimeCall::Oracles(pallet_oracles::Call::attest { attestation, signature })))
    }

    /// An oracle reports a page of a closing epoch; the last of them reports anything.
    fn report_availability(&self, rng: &mut StdRng) -> Option<Transaction> {
        let closing = Poai::epochs().into_iter().find(|epoch| epoch.state == EpochState::Closing)?;
        let committee = Oracles::committee(Some(closing.index)).filter(|committee| !committee.members.is_empty())?;
        let oracle = rng.gen_range(0..committee.members.len() as u32);
        let is_liar = oracle + LIARS >= committee.members.len() as u32;
        let page = rng.gen_range(0..closing.pages.max(1));
        let length = closing.deeds.saturating_sub(page * PAGE_SIZE).min(PAGE_SIZE);
        let value = |deed: u32| if NodeDeeds::node(deed).is_some() { 255 } else { 0 };
        let values: Vec<u8> = (0..length).map(|at| if is_liar { rng.gen() } else { value(page * PAGE_SIZE + at) }).collect();
        let report = AvailabilityReport { epoch: closing.index, oracle, page, values: values.try_into().ok()? };
        let message = report.signing_bytes(System::block_hash(0));
        let signature = self.wallet.oracle(committee.members.get(oracle as usize)?)?.sign(&message);
        Some(Transaction::authorized(RuntimeCall::Oracles(pallet_oracles::Call::report_availability { report, signature })))
    }

    fn claim(&self, rng: &mut StdRng) -> Option<Transaction> {
        let claimable = Poai::claimable_of(&(0..DEEDS).collect::<Vec<_>>());
        let (deed, epochs) = match claimable.choose(rng) {
            Some(one) => (one.deed, vec![one.epoch]),
            None => (rng.gen_range(0..DEEDS), vec![Poai::epoch()]),
        };
        let epochs = epochs.try_into().ok()?;
        Some(Transaction::signed(&self.person(rng), RuntimeCall::Poai(pallet_poai::Call::claim { deed, epochs })))
    }

    /// A sender changes its mind, or gives a shard to somebody else.
    fn change_job(&self, rng: &mut StdRng) -> Option<Transaction> {
        let (key, job) = one_of(rng, |_| true)?;
        let later = Timestamp::get() + rng.gen_range(0..600_000);
        let call = match rng.gen_range(0..5) {
            0 => pallet_jobs::Call::cancel { id: key.id },
            1 => pallet_jobs::Call::top_up { id: key.id, amount: rng.gen_range(1..NEU) },
            2 => pallet_jobs::Call::extend { id: key.id, accept_by: later, complete_by: later + rng.gen_range(0..600_000) },
            _ => {
                let shard = rng.gen_range(0..job.spec.workers);
                pallet_jobs::Call::reassign { job: key.clone(), shard, deed: rng.gen_range(0..DEEDS) }
            }
        };
        Some(Transaction::signed(&key.sender, RuntimeCall::Jobs(call)))
    }
}

fn keys() -> Vec<JobKey> {
    pallet_jobs::Jobs::<Runtime>::iter_keys().map(|(sender, id)| JobKey { sender, id }).collect()
}

/// Draws one of the live jobs that fit.
fn one_of(rng: &mut StdRng, fits: impl Fn(&Job) -> bool) -> Option<(JobKey, Job)> {
    let mut live: Vec<(JobKey, Job)> =
        pallet_jobs::Jobs::<Runtime>::iter().map(|(sender, id, job)| (JobKey { sender, id }, job)).filter(|(_, job)| fits(job)).collect();
    // The order of storage is that of hashes, which is the same in every run.
    live.sort_by_key(|(key, _)| key.encode());
    live.choose(rng).cloned()
}
