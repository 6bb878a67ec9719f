//! Who signs: a development account such as `//Alice`, or a key file.
//!
//! A key file holds one line, the 32-byte seed of an sr25519 key in hexadecimal, and is readable by its owner only. The seed is never
//! printed and never logged.

use crate::CliError;
use neurite_primitives::ids::NodePublic;
use sp_core::{crypto::Ss58Codec, sr25519, Pair};
use sp_runtime::{traits::IdentifyAccount, AccountId32, MultiSigner};
use std::{
    fmt, fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// SS58 prefix in which accounts are shown.
pub const SS58_PREFIX: u16 = 42;

/// Signs transactions with an sr25519 key.
#[derive(Clone)]
pub struct Signer {
    pair: sr25519::Pair,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("account", &show_account(&self.account())).finish_non_exhaustive()
    }
}

impl Signer {
    /// Takes `//Name` as a development account and anything else as the path of a key file.
    pub fn resolve(text: &str) -> Result<Self, CliError> {
        if text.starts_with("//") {
            let pair = sr25519::Pair::from_string(text, None).map_err(|error| CliError::Signer { reason: format!("{text}: {error:?}") })?;
            return Ok(Self { pair });
        }
        Self::read(Path::new(text))
    }

    /// Reads a key file that nobody else can read.
    pub fn read(path: &Path) -> Result<Self, CliError> {
        let fault = |reason: String| CliError::Signer { reason: format!("{}: {reason}", path.display()) };
        let metadata = fs::metadata(path).map_err(|error| fault(error.to_string()))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(fault(format!("others may read it: chmod 600 {}", path.display())));
        }
        if metadata.len() > 128 {
            return Err(fault("is too long for a key file".into()));
        }
        let text = fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        let seed = text.trim().strip_prefix("0x").and_then(|digits| hex::decode(digits).ok());
        let seed: [u8; 32] =
            seed.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| fault("does not hold a seed of 32 bytes".into()))?;
        Ok(Self { pair: sr25519::Pair::from_seed(&seed) })
    }

    /// Draws a new key from the system's randomness and writes its file, which must not exist yet.
    pub fn create(path: &Path) -> Result<Self, CliError> {
        let (pair, seed) = sr25519::Pair::generate();
        let fault = |error: std::io::Error| CliError::File { path: path.to_owned(), reason: error.to_string() };
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(fault)?;
        writeln!(file, "0x{}", hex::encode(seed)).map_err(fault)?;
        file.sync_all().map_err(fault)?;
        Ok(Self { pair })
    }

    /// The account that the key stands for.
    pub fn account(&self) -> AccountId32 {
        MultiSigner::from(self.pair.public()).into_account()
    }

    /// The public key.
    pub fn public(&self) -> sr25519::Public {
        self.pair.public()
    }

    /// The signer as the client of the chain takes it.
    pub(crate) fn agent(&self) -> neurite_agent::Signer {
        neurite_agent::Signer::Person(Box::new(self.pair.clone()))
    }
}

/// Shows an account as SS58.
pub fn show_account(account: &AccountId32) -> String {
    account.to_ss58check_with_version(SS58_PREFIX.into())
}

/// Reads an account as SS58, as `0x` and 64 digits, or as a development account such as `//Bob`.
pub fn parse_account(text: &str) -> Result<AccountId32, String> {
    if text.starts_with("//") {
        return Signer::resolve(text).map(|signer| signer.account()).map_err(|error| error.to_string());
    }
    if let Some(digits) = text.strip_prefix("0x") {
        let bytes = hex::decode(digits).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        return bytes.map(AccountId32::new).ok_or_else(|| format!("`{text}` is no account of 32 bytes"));
    }
    AccountId32::from_ss58check(text).map_err(|_| format!("`{text}` is no account: write its SS58 address, 0x… or //Name"))
}

/// Reads the public key of a node, 33 bytes in hexadecimal.
pub fn parse_node_public(text: &str) -> Result<NodePublic, String> {
    let bytes = hex::decode(text.trim_start_matches("0x")).ok().and_then(|bytes| <[u8; 33]>::try_from(bytes).ok());
    bytes.map(NodePublic::from_raw).ok_or_else(|| format!("`{text}` is no compressed secp256k1 key of 33 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_accounts_are_the_well_known_ones() {
        let alice = Signer::resolve("//Alice").unwrap();
        assert_eq!(show_account(&alice.account()), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
        assert_eq!(parse_account("//Alice").unwrap(), alice.account());
        assert_eq!(parse_account("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY").unwrap(), alice.account());
        assert_eq!(parse_account(&format!("0x{}", hex::encode(alice.public().0))).unwrap(), alice.account());
        assert!(parse_account("5Grwv").is_err() && parse_account("0x12").is_err());
    }

    #[test]
    fn a_new_key_file_is_private_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = Signer::create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Signer::read(&path).unwrap().account(), made.account());
        assert!(matches!(Signer::create(&path), Err(CliError::File { .. })), "an existing key is never replaced");
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        Signer::create(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Signer::read(&path).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn the_seed_does_not_show() {
        assert!(!format!("{:?}", Signer::resolve("//Alice").unwrap()).contains("pair"));
    }
}
