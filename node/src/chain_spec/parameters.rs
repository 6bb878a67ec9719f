//! The file of parameters of a public network, after `--chain main=`.
//!
//! JSON; `node/chain-parameters.example.json` shows all of it. Accounts and keys are SS58, amounts decimal strings of NEU, times
//! milliseconds, rates parts of a million. Nothing has a default: what a network is worth and who runs it is said, not assumed.
//! There is no root key: `sudo` stays empty.
//!
//! A file is read whole, then validated whole (see `validation`), and only then becomes a specification.

use super::amount::Amount;
use neurite_primitives::{epoch::AliveMode, oracle::OracleId, DeedId, Moment};
use neurite_runtime::{AccountId, Purpose};
use sc_network::config::MultiaddrWithPeerId;
use serde::Deserialize;
use sp_consensus_babe::AuthorityId as BabeId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// The version of the file's form.
const VERSION: u32 = 2;
/// The longest file, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// The most faults that are shown.
const MAX_FAULTS: usize = 20;

/// The parameters of a public network.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChainParameters {
    /// Version of the file's form.
    pub(super) version: u32,
    /// The network's name for people.
    pub(super) name: String,
    /// The network's name for programs; names its folder and its protocols.
    pub(super) id: String,
    /// Peers that a new node asks first.
    pub(super) boot_nodes: Vec<MultiaddrWithPeerId>,
    /// The sum of everything below, which never changes: [`neurite_runtime::SUPPLY`], said once more by those who make the network.
    pub(super) issuance: Amount,
    /// Who holds what is free from the start; a part of what is for the ecosystem.
    pub(super) balances: Vec<Holding>,
    /// What is held at the start and released over years.
    pub(super) vesting: Vesting,
    /// Who produces blocks, votes and attests.
    pub(super) validators: Vec<Validator>,
    /// Node deeds.
    pub(super) deeds: Deeds,
    /// Jobs.
    pub(super) jobs: Jobs,
    /// Proof of AI.
    pub(super) rewards: Rewards,
}

/// An account and what it holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Holding {
    /// The account.
    pub(super) account: AccountId,
    /// What it holds.
    pub(super) amount: Amount,
}

/// What is held at the start and released over years, by purpose; `pallet-vesting` has the shares and the times.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vesting {
    /// Unix time from which the schedules count; may lie before the first block.
    pub(super) start_ms: Moment,
    /// What is released to the reward pool.
    pub(super) network_rewards: Amount,
    /// Members of the team.
    pub(super) team: Vec<Holding>,
    /// Partners and advisors.
    pub(super) partners: Vec<Holding>,
    /// Private sale.
    pub(super) private_sale: Vec<Holding>,
    /// Participation in the ecosystem.
    pub(super) ecosystem: Vec<Holding>,
}

impl Vesting {
    /// Returns who is given what, by purpose, with the field's name.
    pub(super) fn of_people(&self) -> [(Purpose, &'static str, &[Holding]); 4] {
        [
            (Purpose::Team, "team", &self.team),
            (Purpose::Partners, "partners", &self.partners),
            (Purpose::PrivateSale, "private_sale", &self.private_sale),
            (Purpose::Ecosystem, "ecosystem", &self.ecosystem),
        ]
    }
}

/// A validator and its session keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Validator {
    /// The account; must hold something.
    pub(super) account: AccountId,
    /// Its key for block production, sr25519.
    pub(super) babe: BabeId,
    /// Its key for finality, ed25519.
    pub(super) grandpa: GrandpaId,
    /// Its key for attestations, sr25519.
    pub(super) oracle: OracleId,
}

/// Node deeds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deeds {
    /// How many there are, issued or not.
    pub(super) total: u32,
    /// What is held while a deed is linked.
    pub(super) bond: Amount,
    /// Time from an unlinking to the next link.
    pub(super) link_cool_down_ms: Moment,
    /// Deeds that have an owner from the start.
    pub(super) issued: Vec<IssuedDeed>,
}

/// A deed that has an owner from the start.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IssuedDeed {
    /// The deed.
    pub(super) deed: DeedId,
    /// Its owner.
    pub(super) owner: AccountId,
}

/// Jobs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Jobs {
    /// The most open jobs of a sender.
    pub(super) max_open_jobs: u32,
    /// How long money stays locked after work that did not end well.
    pub(super) review_period_ms: Moment,
    /// How long results, and bonds after an unlinking, may be challenged.
    pub(super) challenge_window_ms: Moment,
    /// The least reward of a job.
    pub(super) min_reward: Amount,
    /// Who assigns for senders that name no delegate.
    pub(super) supervisor: Option<AccountId>,
}

/// Proof of AI.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rewards {
    /// What the pool holds free at the start; a part of the network rewards.
    pub(super) pool: Amount,
    /// Length of an epoch.
    pub(super) epoch_period_ms: Moment,
    /// How long oracles may report after an epoch.
    pub(super) report_window_ms: Moment,
    /// How many epochs rewards may be claimed.
    pub(super) claim_window_epochs: u32,
    /// The benchmark score at which capacity counts nothing.
    pub(super) score_reference: u64,
    /// The units of work in an epoch that count as much as the capability of a machine with the reference score.
    pub(super) units_reference: Amount,
    /// How a node's past counts.
    pub(super) alive_mode: AliveMode,
    /// What part of a job's reward goes straight to its workers.
    pub(super) direct_share_ppm: u32,
}

/// Why a file of parameters is not usable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ParametersError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is too long.
    #[error("the file is longer than {MAX_FILE} bytes")]
    TooLong,
    /// The file is no JSON of this form.
    #[error("{0}")]
    Malformed(#[from] serde_json::Error),
    /// The file has another version.
    #[error("version {version} is not supported, only {VERSION}")]
    Version {
        /// What the file says.
        version: u32,
    },
    /// The values do not fit together.
    #[error("{}", listed(.faults))]
    Invalid {
        /// All that is wrong, each with its path.
        faults: Vec<String>,
    },
}

/// Puts the first faults on lines of their own.
fn listed(faults: &[String]) -> String {
    let shown = faults.iter().take(MAX_FAULTS).map(|fault| format!("\n  {fault}"));
    let more = faults.len().checked_sub(MAX_FAULTS).filter(|more| *more > 0).map(|more| format!("\n  and {more} more"));
    shown.chain(more).collect()
}

impl ChainParameters {
    /// Reads and validates a file.
    pub(super) fn read(path: &Path) -> Result<Self, ParametersError> {
        let mut text = String::new();
        let length = File::open(path)?.take(MAX_FILE + 1).read_to_string(&mut text)?;
        if length as u64 > MAX_FILE {
            return Err(ParametersError::TooLong);
        }
        Self::parse(&text)
    }

    /// Parses and validates the text of a file.
    pub(super) fn parse(text: &str) -> Result<Self, ParametersError> {
        let parameters: Self = serde_json::from_str(text)?;
        if parameters.version != VERSION {
            return Err(ParametersError::Version { version: parameters.version });
        }
        let faults = parameters.faults();
        match faults.is_empty() {
            true => Ok(parameters),
            false => Err(ParametersError::Invalid { faults }),
        }
    }
}
