//! `life`: jobs from their submission to the end of their challenge window, beside as many transfers as that takes transactions.

use crate::{
    chain::{Chain, Imported},
    genesis,
    people::Person,
    submit::{spec, AMOUNT},
    Result,
};
use neurite_primitives::{
    messages::{Attestation, LinkProof},
    oracle::{OracleId, OraclePair},
    AttestedStatus, Benchmark, DeedId, Job, JobId, JobKey, Moment, NodeSpecs, Step,
};
use neurite_report::Row;
use neurite_runtime::{AccountId, Runtime, RuntimeCall, UncheckedExtrinsic};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{MultiAddress, Permill};
use std::{collections::VecDeque, time::Duration};

/// The rounds of which the median counts.
const ROUNDS: usize = 5;
/// Jobs that live at the same time, each on a worker of its own.
const JOBS: usize = 64;
/// Transactions of a life: submission, assignment, acceptance, three reports, three attestations.
const TRANSACTIONS: usize = 9;
/// Steps of a job.
const STEPS: Step = 3;
/// Slots between blocks while a window passes: half a minute, the most that counts.
const LONG: u64 = 10;
/// Blocks in which all jobs must have ended.
const PATIENCE: usize = 200;

struct Network {
    chain: Chain,
    people: Vec<Person>,
    nodes: Vec<Person>,
    /// What an empty block takes to import.
    empty: Duration,
    /// Jobs that each person has submitted.
    submitted: JobId,
}

impl Network {
    fn start() -> Result<Self> {
        let people: Vec<Person> = (0..JOBS).map(Person::numbered).collect();
        let chain = Chain::start(genesis::network(&people, JOBS as u32)?)?;
        let nodes = (0..JOBS).map(Person::node).collect();
        let mut network = Self { chain, people, nodes, empty: Duration::ZERO, submitted: 0 };
        network.empty = empty_block(&mut network.chain)?;
        Ok(network)
    }

    /// Links every node to the deed of its number and has it commit its specs.
    fn link(&mut self) -> Result<()> {
        let (genesis, mut alice) = (self.chain.genesis(), Person::alice());
        let owner = alice.account();
        let links = self.nodes.iter().zip(0..).map(|(node, deed): (&Person, DeedId)| {
            let pair = node.node_pair().ok_or("a person is no node")?;
            let proof = pair.sign(&LinkProof { genesis, deed, owner: owner.clone(), generation: 0 }.signing_bytes());
            Ok(alice.sign(genesis, pallet_node_deeds::Call::link { deed, node: pair.public(), proof }))
        });
        let links: Result<Vec<UncheckedExtrinsic>> = links.collect();
        self.chain.blocks(links?)?;
        let specs = specs(self.chain.now());
        let commits = self.nodes.iter_mut().map(|node| node.sign(genesis, pallet_node_deeds::Call::commit_specs { specs: specs.clone() }));
        self.chain.blocks(commits.collect())?;
        Ok(())
    }

    /// Lets jobs live, and returns what importing all of it took for each, beyond what empty blocks take.
    fn live(&mut self) -> Result<Duration> {
        self.submitted += 1;
        let now = self.chain.now();
        let mut spent = self.by_people(|_, _| pallet_jobs::Call::submit { spec: spec(now) }.into())?;
        let assign = |job, deed| pallet_jobs::Call::assign { job, deeds: vec![deed].try_into().unwrap_or_default() }.into();
        spent += self.by_people(assign)?;
        spent += self.by_nodes(|job| pallet_jobs::Call::accept { job, shard: 0 }.into())?;
        for step in 1..=STEPS {
            let report = |job| pallet_jobs::Call::report_progress { job, shard: 0, step, commitment: [1; 32], proof: None };
            spent += self.by_nodes(|job| report(job).into())?;
        }
        spent += self.attest()?;
        spent += self.wait_for_ends()?;
        Ok(spent / JOBS as u32)
    }

    fn job(&self, person: usize) -> JobKey<AccountId> {
        JobKey { sender: self.people[person].account(), id: self.submitted }
    }

    fn by_people(&mut self, call: impl Fn(JobKey<AccountId>, DeedId) -> RuntimeCall) -> Result<Duration> {
        let genesis = self.chain.genesis();
        let calls: Vec<RuntimeCall> = (0..JOBS).map(|number| call(self.job(number), number as DeedId)).collect();
        let signed = self.people.iter_mut().zip(calls).map(|(person, call)| person.sign(genesis, call)).collect();
        self.include(signed)
    }

    fn by_nodes(&mut self, call: impl Fn(JobKey<AccountId>) -> RuntimeCall) -> Result<Duration> {
        let genesis = self.chain.genesis();
        let calls: Vec<RuntimeCall> = (0..JOBS).map(|number| call(self.job(number))).collect();
        let signed = self.nodes.iter_mut().zip(calls).map(|(node, call)| node.sign(genesis, call)).collect();
        self.include(signed)
    }

    /// Three of the four oracles say that all jobs are done.
    fn attest(&mut self) -> Result<Duration> {
        let (number, hash) = self.chain.best();
        let (epoch, committee) = committee(&self.chain)?;
        let mut attestations = Vec::new();
        for (oracle, id) in (0..).zip(committee.into_iter().take(3)) {
            let pair = oracle_pair(&id)?;
            for person in 0..JOBS {
                let attestation = Attestation {
                    epoch,
                    oracle,
                    job: self.job(person),
                    status: AttestedStatus::Done,
                    progress: Permill::one(),
                    // The chain knows the hash of a block once the next one begins.
                    block: number,
                    hash,
                };
                let signature = pair.sign(&attestation.signing_bytes(self.chain.genesis()));
                attestations.push(authorized(pallet_oracles::Call::attest { attestation, signature }));
            }
        }
        self.include(attestations)
    }

    fn wait_for_ends(&mut self) -> Result<Duration> {
        let mut spent = Duration::ZERO;
        for _ in 0..PATIENCE {
            if self.living()? == 0 {
                return Ok(spent);
            }
            let block = self.chain.block(LONG, &mut VecDeque::new())?;
            spent += block.importing.saturating_sub(self.empty);
        }
        Err("jobs do not end".into())
    }

    /// Counts the jobs that have not ended.
    fn living(&self) -> Result<usize> {
        let jobs = (0..JOBS).map(|person| {
            let JobKey { sender, id } = self.job(person);
            self.chain.read::<Job<AccountId>>(pallet_jobs::Jobs::<Runtime>::hashed_key_for(sender, id))
        });
        Ok(jobs.collect::<Result<Vec<_>>>()?.into_iter().flatten().count())
    }

    fn include(&mut self, transactions: Vec<UncheckedExtrinsic>) -> Result<Duration> {
        let blocks = self.chain.blocks(transactions)?;
        Ok(beyond_empty(&blocks, self.empty))
    }
}

fn specs(measured_at: Moment) -> NodeSpecs {
    NodeSpecs {
        cores: 2,
        memory_mib: 8_192,
        gpu_memory_mib: 0,
        backends: Default::default(),
        tags: Default::default(),
        benchmark: Benchmark { version: 2, score: 10_000, measured_at },
    }
}

/// Measures both.
pub fn measure() -> Result<Vec<Row>> {
    let (mut jobs, mut transfers) = (Network::start()?, Network::start()?);
    jobs.link()?;
    let micros = |duration: Duration| duration.as_secs_f64() * 1e6;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(micros(transfer(&mut transfers)?));
        ours.push(micros(jobs.live()?));
    }
    Ok(vec![Row { input: Some("beside nine transfers".into()), ..Row::of_times("life", "us", ours, theirs) }])
}

/// Returns what importing as many transfers as a life has transactions takes.
fn transfer(network: &mut Network) -> Result<Duration> {
    let mut spent = Duration::ZERO;
    for _ in 0..TRANSACTIONS {
        let dest = MultiAddress::Id(Sr25519Keyring::Bob.to_account_id());
        spent += network.by_people(|_, _| pallet_balances::Call::transfer_keep_alive { dest: dest.clone(), value: AMOUNT }.into())?;
    }
    Ok(spent / JOBS as u32)
}

/// Returns what importing an empty block takes, the median of some.
pub fn empty_block(chain: &mut Chain) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..15 {
        times.push(chain.block(1, &mut VecDeque::new())?.importing);
    }
    times.sort();
    Ok(times[times.len() / 2])
}

/// Returns what blocks took beyond what empty ones take.
pub fn beyond_empty(blocks: &[Imported], empty: Duration) -> Duration {
    blocks.iter().map(|block| block.importing.saturating_sub(empty)).sum()
}

/// Makes the transaction of an oracle's call.
pub fn authorized(call: pallet_oracles::Call<Runtime>) -> UncheckedExtrinsic {
    use frame_system::offchain::CreateAuthorizedTransaction;
    <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call.into())
}

/// Returns the epoch that runs and its committee.
pub fn committee(chain: &Chain) -> Result<(u32, Vec<OracleId>)> {
    let open: pallet_poai::OpenEpoch = chain.read(pallet_poai::Current::<Runtime>::hashed_key())?.ok_or("no epoch runs")?;
    let members = chain.read(pallet_oracles::Committees::<Runtime>::hashed_key_for(open.index))?.ok_or("an epoch has no committee")?;
    Ok((open.index, members))
}

/// Returns the pair of a validator of the network.
pub fn oracle_pair(id: &OracleId) -> Result<OraclePair> {
    let seeds = Sr25519Keyring::iter().map(|keyring| keyring.to_seed());
    let mut pairs = seeds.filter_map(|seed| OraclePair::from_string(&seed, None).ok());
    Ok(pairs.find(|pair| pair.public() == *id).ok_or("an oracle has an unknown key")?)
}
