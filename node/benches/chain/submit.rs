//! `submit` and `import`: blocks full of job submissions beside blocks full of transfers.

use crate::{
    chain::{Chain, Imported},
    genesis,
    people::Person,
    Result,
};
use neurite_primitives::{DocumentSource, JobSpec, Moment, Privacy, Requirements, Verification};
use neurite_report::Row;
use neurite_runtime::{Balance, RuntimeCall, UncheckedExtrinsic, NEU};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{BoundedVec, MultiAddress};
use std::{collections::VecDeque, time::Instant};

/// The rounds of which the median counts.
const ROUNDS: usize = 5;
/// Who signs in turns; each may have 32 open jobs.
const PEOPLE: usize = 2_000;
/// Transactions that wait when a block is made: more than fit.
const WAITING: usize = 8_000;
/// Transactions of a round whose validation is timed.
const VALIDATED: usize = 300;
/// What a job pays, and a transfer moves.
pub const AMOUNT: Balance = NEU;

/// One of the two chains.
struct Side {
    chain: Chain,
    people: Vec<Person>,
    /// Who signs next.
    turn: usize,
    waiting: VecDeque<UncheckedExtrinsic>,
    call: fn(Moment) -> RuntimeCall,
}

impl Side {
    fn start(call: fn(Moment) -> RuntimeCall) -> Result<Self> {
        let people: Vec<Person> = (0..PEOPLE).map(Person::numbered).collect();
        let chain = Chain::start(genesis::network(&people, 1)?)?;
        Ok(Self { chain, people, turn: 0, waiting: VecDeque::new(), call })
    }

    /// Makes a block that is as full as it gets.
    fn round(&mut self) -> Result<Round> {
        let (genesis, now) = (self.chain.genesis(), self.chain.now());
        while self.waiting.len() < WAITING {
            let person = &mut self.people[self.turn];
            self.turn = (self.turn + 1) % PEOPLE;
            self.waiting.push_back(person.sign(genesis, (self.call)(now)));
        }
        let began = Instant::now();
        self.waiting.iter().take(VALIDATED).try_for_each(|transaction| self.chain.validate(transaction))?;
        let validating = began.elapsed().as_secs_f64() / VALIDATED as f64;
        let block = self.chain.block(1, &mut self.waiting)?;
        Ok(Round { validating, block })
    }
}

struct Round {
    /// Seconds for a transaction.
    validating: f64,
    block: Imported,
}

impl Round {
    fn in_a_block(&self) -> f64 {
        self.block.transactions as f64
    }

    /// Transactions a second through validation, building and import.
    fn sustained(&self) -> f64 {
        let making = (self.block.building + self.block.importing).as_secs_f64();
        self.in_a_block() / (making + self.validating * self.in_a_block())
    }

    fn imported(&self) -> f64 {
        self.in_a_block() / self.block.importing.as_secs_f64()
    }
}

/// Measures both.
pub fn measure() -> Result<Vec<Row>> {
    let (mut jobs, mut transfers) = (Side::start(submission)?, Side::start(transfer)?);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(transfers.round()?);
        ours.push(jobs.round()?);
    }
    let row = |case: &str, input: &str, unit, figure: fn(&Round) -> f64| {
        let of = |rounds: &[Round]| rounds.iter().map(figure).collect();
        Row { input: Some(input.into()), ..Row::of_rates(case, unit, of(&ours), of(&theirs)) }
    };
    Ok(vec![
        row("submit", "in one block", "transactions", Round::in_a_block),
        Row { goal: "ratio >= 0.6", ..row("submit", "sustained", "transactions/s", Round::sustained) },
        row("import", "a full block", "transactions/s", Round::imported),
    ])
}

fn transfer(_: Moment) -> RuntimeCall {
    pallet_balances::Call::transfer_keep_alive { dest: MultiAddress::Id(Sr25519Keyring::Bob.to_account_id()), value: AMOUNT }.into()
}

fn submission(now: Moment) -> RuntimeCall {
    pallet_jobs::Call::submit { spec: spec(now) }.into()
}

/// Returns a job for one worker, with three steps.
pub fn spec(now: Moment) -> JobSpec<neurite_runtime::AccountId> {
    JobSpec {
        document: [7; 32],
        source: DocumentSource::Uri(BoundedVec::truncate_from(b"https://example.org/document.json".to_vec())),
        workers: 1,
        steps: 3,
        requirements: Requirements::default(),
        reward: AMOUNT,
        accept_by: now + 600_000,
        complete_by: now + 1_200_000,
        report_timeout: 60_000,
        verification: Verification::None,
        privacy: Privacy::Plain,
        delegate: None,
    }
}
