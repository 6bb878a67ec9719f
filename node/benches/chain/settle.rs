//! `settle` and `claim`: an epoch with few and with many nodes, reported by four oracles, settled by the hooks, and paid.

use crate::{
    chain::{Chain, Imported},
    genesis,
    life::{authorized, beyond_empty, committee, empty_block, oracle_pair},
    people::Person,
    Result,
};
use neurite_primitives::{messages::AvailabilityReport, DeedId, EpochIndex, PAGE_SIZE};
use neurite_report::Row;
use neurite_runtime::{Runtime, UncheckedExtrinsic, SLOT_DURATION};
use sp_core::Pair;
use sp_runtime::BoundedVec;
use std::{collections::VecDeque, time::Duration};

/// Numbers of nodes, fewest first.
const NODES: [u32; 3] = [1_000, 10_000, 100_000];
/// Deeds that are claimed for.
const CLAIMS: DeedId = 200;
/// Time for reports in milliseconds: enough for those of all pages.
const REPORT_WINDOW: u64 = 900_000;
/// Slots between blocks while the window passes: half a minute, the most that counts.
const LONG: u64 = 10;
/// Blocks in which an epoch must be settled.
const PATIENCE: usize = 2_000;

/// What was measured with one number of nodes.
struct Settled {
    nodes: u32,
    /// Microseconds for each node.
    micros: f64,
    /// The part of its weight that the fullest block used.
    fullest: f64,
    /// Microseconds of a claim.
    claim: f64,
}

/// Measures all.
pub fn measure() -> Result<Vec<Row>> {
    let settled = NODES.into_iter().map(settle).collect::<Result<Vec<_>>>()?;
    let fewest = &settled[0];
    let mut rows = Vec::new();
    for one in &settled {
        let row = |case, value, unit, goal| Row { input: Some(format!("{} nodes", one.nodes)), goal, ..Row::new(case, value, unit) };
        rows.push(row("settle us_per_node", one.micros, "us", "<= 3"));
        rows.push(row("settle fullest", one.fullest, "of a block", "<= 1"));
        let beside =
            Row { peer_value: Some(fewest.claim), ratio: Some(fewest.claim / one.claim), ..row("claim", one.claim, "us", "ratio >= 0.8") };
        rows.push(beside);
    }
    let of_all: Vec<f64> = settled.iter().map(|one| one.micros).collect();
    let [least, most] = [f64::min, f64::max].map(|further| of_all.iter().copied().fold(f64::NAN, further));
    rows.push(Row { goal: "<= 1.2", ..Row::new("settle dearest", most / least, "by cheapest") });
    Ok(rows)
}

fn settle(nodes: u32) -> Result<Settled> {
    eprintln!("  {nodes} nodes");
    let mut people = [Person::numbered(0)];
    let mut storage = genesis::network(&people, nodes)?;
    genesis::link_all(&mut storage, nodes, REPORT_WINDOW);
    let mut chain = Chain::start(storage)?;
    let (epoch, oracles) = committee(&chain)?;
    end_epoch(&mut chain)?;
    let mut blocks = chain.blocks(reports(&chain, epoch, nodes, &oracles)?)?;
    let empty = empty_block(&mut chain)?;
    let work = work(&mut chain)?;
    let spent = beyond_empty(&work, empty);
    blocks.extend(work);
    let claims = chain.blocks(claims(&chain, epoch, &mut people[0]))?;
    let claiming = beyond_empty(&claims, empty);
    let fullest = blocks.iter().map(|block| block.fullness).fold(0.0, f64::max);
    let micros = |duration: Duration, count: u32| duration.as_secs_f64() * 1e6 / f64::from(count);
    Ok(Settled { nodes, micros: micros(spent, nodes), fullest, claim: micros(claiming, CLAIMS) })
}

/// Lets the time of the epoch that runs pass.
fn end_epoch(chain: &mut Chain) -> Result<()> {
    let open: pallet_poai::OpenEpoch = chain.read(pallet_poai::Current::<Runtime>::hashed_key())?.ok_or("no epoch runs")?;
    chain.block((open.end - open.start) / SLOT_DURATION, &mut VecDeque::new())?;
    Ok(())
}

/// Returns what all oracles report of all pages; every 50th node was away for half of the time.
fn reports(
    chain: &Chain,
    epoch: EpochIndex,
    nodes: u32,
    oracles: &[neurite_primitives::oracle::OracleId],
) -> Result<Vec<UncheckedExtrinsic>> {
    let mut reports = Vec::new();
    for (oracle, id) in (0..).zip(oracles) {
        let pair = oracle_pair(id)?;
        for page in 0..nodes.div_ceil(PAGE_SIZE) {
            let deeds = page * PAGE_SIZE..nodes.min((page + 1) * PAGE_SIZE);
            let values = deeds.map(|deed| if deed % 50 == 0 { 128 } else { 255 }).collect();
            let report = AvailabilityReport { epoch, oracle, page, values: BoundedVec::truncate_from(values) };
            let signature = pair.sign(&report.signing_bytes(chain.genesis()));
            reports.push(authorized(pallet_oracles::Call::report_availability { report, signature }));
        }
    }
    Ok(reports)
}

/// Makes empty blocks until nothing is left to do for the epoch, and returns those in which something was done.
fn work(chain: &mut Chain) -> Result<Vec<Imported>> {
    let mut work = Vec::new();
    for _ in 0..PATIENCE {
        let cursor = |chain: &Chain| chain.read::<pallet_poai::Cursor>(pallet_poai::WorkCursor::<Runtime>::hashed_key());
        let Some(before) = cursor(chain)? else { return Ok(work) };
        let block = chain.block(LONG, &mut VecDeque::new())?;
        if cursor(chain)? != Some(before) {
            work.push(block);
        }
    }
    Err("an epoch is not settled".into())
}

fn claims(chain: &Chain, epoch: EpochIndex, claimer: &mut Person) -> Vec<UncheckedExtrinsic> {
    let claim = |deed| pallet_poai::Call::claim { deed, epochs: BoundedVec::truncate_from(vec![epoch]) };
    // Anybody may claim for the owner.
    (0..CLAIMS).map(|deed| claimer.sign(chain.genesis(), claim(deed))).collect()
}
