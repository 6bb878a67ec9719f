//! The two balances that no runtime API answers, read from storage.

use super::Chain;
use crate::CliError;
use codec::{Decode, DecodeAll};
use neurite_primitives::Balance;
use sp_crypto_hashing::{blake2_128, twox_128};
use sp_runtime::AccountId32;
use std::time::Duration;
use subxt::{
    config::RpcConfigFor,
    rpcs::{methods::legacy::LegacyRpcMethods, RpcClient},
    PolkadotConfig,
};

/// How long a node may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

impl Chain {
    /// All NEU that there is.
    pub async fn total_issuance(&self) -> Result<Balance, CliError> {
        let bytes = self.storage([twox_128(b"Balances"), twox_128(b"TotalIssuance")].concat()).await?;
        let decoded = Balance::decode_all(&mut &bytes.unwrap_or_default()[..]);
        decoded.map_err(|error| unreadable("the total issuance", error))
    }

    /// What an account may spend.
    pub async fn free_balance(&self, account: &AccountId32) -> Result<Balance, CliError> {
        match self.storage(account_key(account)).await? {
            Some(bytes) => free_of(&bytes),
            None => Ok(0),
        }
    }

    async fn storage(&self, key: Vec<u8>) -> Result<Option<Vec<u8>>, CliError> {
        let url = self.client.url();
        let fault = |reason: String| CliError::Chain { url: url.to_owned(), reason };
        let read = async {
            let client = RpcClient::from_insecure_url(url).await?;
            LegacyRpcMethods::<RpcConfigFor<PolkadotConfig>>::new(client).state_get_storage(&key, None).await
        };
        let answer = tokio::time::timeout(PATIENCE, read).await;
        answer.map_err(|_| fault(format!("no answer within {} s", PATIENCE.as_secs())))?.map_err(|error| fault(error.to_string()))
    }
}

/// The key of an account in `System.Account`, whose hasher appends the account to its hash.
fn account_key(account: &AccountId32) -> Vec<u8> {
    [&twox_128(b"System")[..], &twox_128(b"Account"), &blake2_128(account.as_ref()), account.as_ref()].concat()
}

/// The free balance of an `AccountInfo`: the nonce and three counters come before it.
fn free_of(bytes: &[u8]) -> Result<Balance, CliError> {
    let decoded = <(u32, u32, u32, u32, Balance)>::decode(&mut &bytes[..]);
    decoded.map(|(.., free)| free).map_err(|error| unreadable("an account", error))
}

fn unreadable(question: &str, error: codec::Error) -> CliError {
    CliError::Answer { question: question.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;

    #[test]
    fn the_free_balance_follows_the_counters() {
        let info = (1u32, 2u32, 3u32, 4u32, 5u128, 6u128, 7u128, 8u128).encode();
        assert_eq!(free_of(&info).unwrap(), 5);
        assert!(free_of(&info[..20]).is_err());
    }

    #[test]
    fn the_key_of_an_account_is_the_well_known_one() {
        let alice = crate::signer::parse_account("//Alice").unwrap();
        let expected = "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9\
            de1e86a9a8c739864cf3cc5ec2bea59fd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
        assert_eq!(hex::encode(account_key(&alice)), expected);
    }
}
