//! Who signs transactions.

use crate::AgentError;
use neurite_primitives::node_account;
use sp_core::{ecdsa, sr25519, Pair};
use sp_runtime::{AccountId32, MultiSignature};
use std::fmt;

/// A key that signs transactions; the secret is never shown.
#[derive(Clone)]
pub enum Signer {
    /// The key of an engine's node.
    Node(ecdsa::Pair),
    /// The key of a person.
    Person(Box<sr25519::Pair>),
}

impl Signer {
    /// Makes the signer of a person from a secret URI such as `//Alice` or a phrase.
    ///
    /// # Errors
    /// `Signer` if the text is none.
    pub fn from_uri(uri: &str) -> Result<Self, AgentError> {
        match sr25519::Pair::from_string(uri, None) {
            Ok(pair) => Ok(Self::Person(Box::new(pair))),
            Err(error) => Err(AgentError::Signer { reason: format!("{error:?}") }),
        }
    }

    /// Returns the account.
    pub fn account(&self) -> AccountId32 {
        match self {
            Self::Node(pair) => node_account(&pair.public()),
            Self::Person(pair) => AccountId32::new(pair.public().0),
        }
    }

    /// Signs a payload as the runtime's `MultiSignature` verifies it.
    pub fn sign(&self, payload: &[u8]) -> MultiSignature {
        match self {
            Self::Node(pair) => MultiSignature::Ecdsa(pair.sign(payload)),
            Self::Person(pair) => MultiSignature::Sr25519(pair.sign(payload)),
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Signer").field("account", &self.account()).finish_non_exhaustive()
    }
}

impl subxt::tx::Signer<subxt::PolkadotConfig> for Signer {
    fn account_id(&self) -> subxt::utils::AccountId32 {
        subxt::utils::AccountId32(self.account().into())
    }

    fn sign(&self, payload: &[u8]) -> subxt::utils::MultiSignature {
        match self {
            Self::Node(pair) => subxt::utils::MultiSignature::Ecdsa(pair.sign(payload).0),
            Self::Person(pair) => subxt::utils::MultiSignature::Sr25519(pair.sign(payload).0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;
    use sp_runtime::traits::Verify;

    #[test]
    fn signatures_are_those_that_the_runtime_verifies() {
        for signer in [Signer::from_uri("//Alice").unwrap(), crate::NodeKey::from_secret(&[5; 32]).unwrap().signer()] {
            assert!(signer.sign(b"payload").verify(&b"payload"[..], &signer.account()));
            assert!(!signer.sign(b"payload").verify(&b"other"[..], &signer.account()));
            let ours = signer.sign(b"payload").encode();
            let theirs = subxt::tx::Signer::<subxt::PolkadotConfig>::sign(&signer, b"payload");
            let theirs = match theirs {
                subxt::utils::MultiSignature::Ecdsa(bytes) => [vec![2], bytes.to_vec()].concat(),
                subxt::utils::MultiSignature::Sr25519(bytes) => [vec![1], bytes.to_vec()].concat(),
                subxt::utils::MultiSignature::Ed25519(_) => panic!("there is no such signer"),
            };
            assert_eq!((ours.len(), ours.first()), (theirs.len(), theirs.first()));
        }
    }

    #[test]
    fn the_development_account_is_the_well_known_one() {
        let alice = Signer::from_uri("//Alice").unwrap();
        assert_eq!(hex::encode(alice.account()), "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
        assert!(Signer::from_uri("//").is_err() || Signer::from_uri("not a phrase").is_err());
        assert!(!Signer::from_uri("not a phrase").unwrap_err().to_string().contains("phrase "));
    }
}
