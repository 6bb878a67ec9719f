//! The key of an engine's node.
//!
//! The file holds the 32 secret bytes in hexadecimal and is readable by its owner only; it is created on first start. The same key
//! signs transactions, proofs of possession and the messages of the wire protocol.

use crate::{AgentError, Signer};
use neurite_primitives::{messages::LinkProof, node_account, NodePublic, NodeSignature};
use neurite_protocol::Identity;
use sp_core::{ecdsa, Pair};
use sp_runtime::AccountId32;
use std::{
    fmt, fs,
    io::{ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// The longest file that is read as a key.
const LONGEST_FILE: u64 = 256;

/// A node's secp256k1 key; the secret is never shown.
#[derive(Clone)]
pub struct NodeKey {
    pair: ecdsa::Pair,
    identity: Identity,
}

impl NodeKey {
    /// Reads the key file, or draws a key from the system's randomness and writes the file if there is none.
    ///
    /// # Errors
    /// `Key` if the file is readable by others, is not a key, or cannot be read or written.
    pub fn load_or_create(path: &Path) -> Result<Self, AgentError> {
        match Self::load(path) {
            Err(Failure::Missing) => Self::create(path).or_else(|failure| match failure {
                // Somebody else was faster.
                Failure::Exists => Self::load(path),
                other => Err(other),
            }),
            loaded => loaded,
        }
        .map_err(|failure| AgentError::Key { path: path.to_owned(), reason: failure.to_string() })
    }

    /// Makes a key from 32 secret bytes.
    ///
    /// # Errors
    /// `Signer` if they are no key.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, AgentError> {
        let identity = Identity::from_secret(secret).map_err(|error| AgentError::Signer { reason: error.to_string() })?;
        Ok(Self { pair: ecdsa::Pair::from_seed(secret), identity })
    }

    /// Returns the public key.
    pub fn public(&self) -> NodePublic {
        self.pair.public()
    }

    /// Returns the chain account.
    pub fn account(&self) -> AccountId32 {
        node_account(&self.public())
    }

    /// Returns the identity on the wire.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Returns the signer of this node's transactions.
    pub fn signer(&self) -> Signer {
        Signer::Node(self.pair.clone())
    }

    /// Signs the proof that the owner of a deed may link this node.
    pub fn sign_link(&self, proof: &LinkProof) -> NodeSignature {
        self.pair.sign(&proof.signing_bytes())
    }

    fn load(path: &Path) -> Result<Self, Failure> {
        let metadata = fs::metadata(path)?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(Failure::Other("others may read or write it; run chmod 600 on it".into()));
        }
        if metadata.len() > LONGEST_FILE {
            return Err(Failure::Other("it is too long for a key".into()));
        }
        let text = fs::read_to_string(path)?;
        let secret: Option<[u8; 32]> = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        let secret = secret.ok_or_else(|| Failure::Other("it does not hold 32 bytes in hexadecimal".into()))?;
        Self::from_secret(&secret).map_err(|error| Failure::Other(error.to_string()))
    }

    fn create(path: &Path) -> Result<Self, Failure> {
        let (_, secret) = ecdsa::Pair::generate();
        let key = Self::from_secret(&secret).map_err(|error| Failure::Other(error.to_string()))?;
        // Written in full before it has its name, so that a crash leaves no half of a key.
        let unfinished = path.with_extension(format!("new-{}", std::process::id()));
        let written = write_private(&unfinished, &hex::encode(secret)).and_then(|()| fs::hard_link(&unfinished, path));
        let removed = fs::remove_file(&unfinished);
        written?;
        removed?;
        Ok(key)
    }
}

impl fmt::Debug for NodeKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NodeKey").field("address", self.identity.address()).finish_non_exhaustive()
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

enum Failure {
    Missing,
    Exists,
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("it does not exist"),
            Self::Exists => formatter.write_str("it already exists"),
            Self::Other(reason) => formatter.write_str(reason),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::AlreadyExists => Self::Exists,
            _ => Self::Other(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::H256;

    #[test]
    fn a_key_is_created_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node-key");
        let created = NodeKey::load_or_create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(NodeKey::load_or_create(&path).unwrap().public(), created.public());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_ne!(NodeKey::load_or_create(&folder.path().join("other")).unwrap().public(), created.public());
    }

    #[test]
    fn unusable_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node-key");
        for (content, mode) in [("", 0o600), ("abcd", 0o600), (&"0".repeat(64)[..], 0o600), (&"x".repeat(1000)[..], 0o600)] {
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(NodeKey::load_or_create(&path), Err(AgentError::Key { .. })), "{content}");
        }
        fs::write(&path, "1".repeat(64)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = NodeKey::load_or_create(&path).unwrap_err().to_string();
        assert!(refused.contains("chmod 600") && !refused.contains("1111"));
        assert!(NodeKey::load_or_create(&folder.path().join("missing/node-key")).is_err());
    }

    #[test]
    fn one_key_is_address_account_and_signer() {
        let key = NodeKey::from_secret(&[9; 32]).unwrap();
        assert_eq!(key.identity().address().public(), &key.public().0);
        assert_eq!(key.account(), key.signer().account());
        assert_eq!(key.account().as_ref() as &[u8], sp_crypto_hashing::blake2_256(&key.public().0));
        assert!(!format!("{key:?}").contains("0909"));
    }

    #[test]
    fn a_link_proof_is_what_the_runtime_verifies() {
        let key = NodeKey::from_secret(&[9; 32]).unwrap();
        let proof = LinkProof { genesis: H256([1; 32]), deed: 3, owner: AccountId32::new([2; 32]), generation: 4 };
        let signature = key.sign_link(&proof);
        assert!(ecdsa::Pair::verify(&signature, proof.signing_bytes(), &key.public()));
        assert!(!ecdsa::Pair::verify(&signature, LinkProof { generation: 5, ..proof }.signing_bytes(), &key.public()));
    }
}
