//! What is created in the base folder on first start: the folders and the bearer token.

use anyhow::{Context, Result};
use neurite_config::BaseFolder;
use rand::RngCore;
use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Bytes of the bearer token before encoding.
const TOKEN_BYTES: usize = 32;

/// Creates the folders (0700) that are missing.
pub fn prepare(base: &BaseFolder) -> Result<()> {
    for folder in [base.root().to_owned(), base.data(), base.models(), base.outputs()] {
        let created = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        created.with_context(|| format!("cannot create {}", folder.display()))?;
    }
    Ok(())
}

/// Reads the bearer token of the HTTP API, creating it (0600) on first start.
pub fn api_token(base: &BaseFolder) -> Result<ApiToken> {
    let path = base.api_token();
    match fs::read_to_string(&path) {
        Ok(token) if !token.trim().is_empty() => Ok(ApiToken(token.trim().to_owned())),
        Ok(_) => create_token(&path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => create_token(&path),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn create_token(path: &Path) -> Result<ApiToken> {
    let mut bytes = [0; TOKEN_BYTES];
    rand::rngs::OsRng.fill_bytes(&mut bytes);
    let token = hex::encode(bytes);
    let opened = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    let mut file = opened.with_context(|| format!("cannot create {}", path.display()))?;
    file.write_all(token.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(ApiToken(token))
}

/// The bearer token; it shows itself to nobody but the check.
#[derive(Clone)]
pub struct ApiToken(String);

impl ApiToken {
    /// Tells whether an `Authorization` header carries this token, in time that does not depend on where they differ.
    pub fn authorises(&self, header: &str) -> bool {
        let Some(given) = header.strip_prefix("Bearer ") else { return false };
        let (given, own) = (given.as_bytes(), self.0.as_bytes());
        given.len() == own.len() && given.iter().zip(own).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
    }
}

impl std::fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn token_is_private_and_survives_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let base = BaseFolder::new(folder.path().join("node"));
        prepare(&base).unwrap();
        let token = api_token(&base).unwrap();
        let header = format!("Bearer {}", token.0);
        assert!(api_token(&base).unwrap().authorises(&header));
        assert!(!token.authorises("Bearer guess"));
        assert!(!token.authorises(&token.0));
        let mode = fs::metadata(base.api_token()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!format!("{token:?}").contains(&token.0));
    }
}
