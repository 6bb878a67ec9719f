//! The oracles of the network, who sign with the validators' keys.

use crate::{chain::Chain, Result};
use neurite_primitives::{
    oracle::{OracleId, OraclePair},
    EpochIndex,
};
use neurite_runtime::{Runtime, RuntimeCall, UncheckedExtrinsic};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring;

/// Makes the transaction of an oracle's call.
pub fn authorized(call: pallet_oracles::Call<Runtime>) -> UncheckedExtrinsic {
    use frame_system::offchain::CreateAuthorizedTransaction;
    <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call.into())
}

/// Returns the epoch that runs and its committee.
pub fn committee(chain: &Chain) -> Result<(EpochIndex, Vec<OracleId>)> {
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
