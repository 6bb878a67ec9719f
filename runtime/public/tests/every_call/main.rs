//! The whole runtime under random calls: valid, invalid, of the wrong account, at the wrong time, over many epochs.
//!
//! Calls come from two sources. **Actors** look at the chain and do what a person, a node or an oracle could do next, so that jobs live and end
//! and epochs settle. **Arbitrary** calls are made from the types alone: every call of every pallet, with arguments that fit their types and
//! nothing else. All are signed and applied as transactions, with fees, nonces and weights.
//!
//! After each block: nothing has panicked, total issuance is that of genesis, and the `try_state` of every pallet holds. At the end the actors
//! rest, owners unlink, time passes, and a stranger calls what anybody may: then none of our holds is left.
//!
//! `NEURITE_SEED=N` begins with another seed; the feature `long` makes ten times as many calls.

#![allow(unreachable_pub, reason = "to the modules of a test, public means what one offers to the others")]

mod actors;
mod arbitrary;
mod chain;
mod refused;
mod wallet;

use actors::Actors;
use arbitrary::Arbitrary;
use chain::{Chain, Outcome};
use rand::{rngs::StdRng, Rng, SeedableRng};
use sp_io::TestExternalities;
use std::collections::BTreeMap;
use wallet::Wallet;

/// Calls of one test.
const CALLS: u32 = if cfg!(feature = "long") { 250_000 } else { 25_000 };
/// The most calls of a block.
const CALLS_OF_A_BLOCK: u32 = 64;
/// Blocks in which everything comes to its end, and the slots between them: half a minute, the most that counts for a deadline. Together they are
/// longer than any deadline that an actor sets, with the review and the windows that follow it.
const LAST_BLOCKS: u32 = 200;
const LAST_SLOTS: u64 = 10;

/// How often calls of a name were applied, and how often without an error.
type Tally = BTreeMap<String, (u32, u32)>;

/// Makes calls in blocks until there were enough; returns what became of them.
fn run(state: &mut TestExternalities, chain: &mut Chain, wallet: &Wallet, rng: &mut StdRng) -> Tally {
    let (actors, mut arbitrary) = (Actors::new(wallet), Arbitrary::new(wallet.accounts()));
    let (mut tally, mut made) = (Tally::new(), 0);
    while made < CALLS {
        chain::commit(state, || {
            chain.begin(slots(rng));
            for _ in 0..rng.gen_range(0..=CALLS_OF_A_BLOCK) {
                let transaction = if rng.gen_bool(0.6) { actors.next(rng) } else { arbitrary.transaction(wallet, rng) };
                let Some(transaction) = transaction else { continue };
                made += 1;
                let name = transaction.name();
                let outcome = chain.apply(transaction, wallet);
                if outcome == Outcome::BlockIsFull {
                    break;
                }
                let counted = tally.entry(name).or_default();
                counted.0 += 1;
                counted.1 += u32::from(outcome == Outcome::Done);
            }
            chain.end();
        });
    }
    tally
}

/// Returns after how many slots the next block comes: mostly at once, now and then after a pause, rarely after hours.
fn slots(rng: &mut StdRng) -> u64 {
    match rng.gen_range(0..100) {
        0 => rng.gen_range(100..3_000),
        1..=15 => rng.gen_range(2..12),
        _ => 1,
    }
}

/// Lets everything come to its end without anybody's good will but that of owners, who unlink.
fn wind_down(state: &mut TestExternalities, chain: &mut Chain, wallet: &Wallet) {
    let actors = Actors::new(wallet);
    for _ in 0..LAST_BLOCKS {
        chain::commit(state, || {
            chain.begin(LAST_SLOTS);
            for transaction in actors.unlink_all().into_iter().chain(actors.what_anybody_may()) {
                if chain.apply(transaction, wallet) == Outcome::BlockIsFull {
                    break;
                }
            }
            chain.end();
        });
    }
}

/// Runs one seed.
fn every_call(part: u64) {
    let first: u64 = std::env::var("NEURITE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let seed = first * 1_000 + part;
    println!("seed {seed}: NEURITE_SEED={first}");
    let (wallet, mut rng, mut state) = (Wallet::new(), StdRng::seed_from_u64(seed), chain::genesis());
    let mut chain = state.execute_with(Chain::new);
    let tally = run(&mut state, &mut chain, &wallet, &mut rng);
    wind_down(&mut state, &mut chain, &wallet);
    state.execute_with(chain::no_hold_is_left);
    assert_coverage(&tally);
}

/// A test in which nothing happens would prove nothing.
fn assert_coverage(tally: &Tally) {
    let done = |name: &str| tally.get(name).map_or(0, |(_, done)| *done);
    for name in [
        "NodeDeeds::issue",
        "NodeDeeds::link",
        "NodeDeeds::unlink",
        "NodeDeeds::transfer",
        "NodeDeeds::commit_specs",
        "Jobs::submit",
        "Jobs::assign",
        "Jobs::accept",
        "Jobs::report_progress",
        "Jobs::cancel",
        "Jobs::poke",
        "Oracles::attest",
        "Oracles::report_availability",
        "Poai::claim",
    ] {
        assert!(done(name) > 0, "{name} never succeeded: {tally:#?}");
    }
    // Of the runtime's calls, arbitrary ones reach every pallet.
    let pallets: std::collections::BTreeSet<&str> = tally.keys().filter_map(|name| name.split("::").next()).collect();
    assert!(pallets.len() >= 14, "{pallets:?}");
}

#[test]
fn money_is_conserved_and_invariants_hold_first_seed() {
    every_call(1);
}

#[test]
fn money_is_conserved_and_invariants_hold_second_seed() {
    every_call(2);
}

#[test]
fn money_is_conserved_and_invariants_hold_third_seed() {
    every_call(3);
}

#[test]
fn money_is_conserved_and_invariants_hold_fourth_seed() {
    every_call(4);
}
