//! Code with its hash and its owner's signature.

use neurite_protocol::{identity::verify_digest, Address, Identity};
use std::sync::Arc;

/// The most bytes of code.
pub const MAX_CODE_BYTES: usize = 64 * 1024;

/// What travels with code: its hash, who answers for it, and the signature that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeClaim {
    /// The blake3 hash of the code's bytes, in 64 lower-case hexadecimal digits.
    pub blake3: String,
    /// The owner's address.
    pub owner: String,
    /// The owner's signature over the 32 bytes of the hash: ECDSA with SHA-256 on secp256k1, DER in base64url.
    pub signature: String,
}

/// Why code is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// The code is empty or too long.
    #[error("the code has {bytes} bytes instead of 1 to {MAX_CODE_BYTES}")]
    Length {
        /// Its length.
        bytes: usize,
    },
    /// The code is not what was hashed.
    #[error("the code's blake3 hash is {actual}")]
    Hash {
        /// The hash of the code at hand.
        actual: String,
    },
    /// The owner is no address.
    #[error("the owner is not an address: {reason}")]
    Owner {
        /// What is wrong with it.
        reason: String,
    },
    /// The signature is not the owner's over this hash.
    #[error("the signature is not that of {owner} over this code")]
    Signature {
        /// The owner.
        owner: String,
    },
}

/// Code that is what its owner signed.
#[derive(Debug, Clone)]
pub struct VerifiedCode {
    text: Arc<str>,
    blake3: [u8; 32],
    owner: Address,
}

impl VerifiedCode {
    /// Accepts code whose hash and signature are right.
    ///
    /// # Errors
    /// See [`CodeError`]; the first thing that is wrong.
    pub fn verify(text: &str, claim: &CodeClaim) -> Result<Self, CodeError> {
        if !(1..=MAX_CODE_BYTES).contains(&text.len()) {
            return Err(CodeError::Length { bytes: text.len() });
        }
        let hash = blake3::hash(text.as_bytes());
        if hash.to_hex().as_str() != claim.blake3 {
            return Err(CodeError::Hash { actual: hash.to_hex().to_string() });
        }
        let owner: Address = claim.owner.parse().map_err(|error| CodeError::Owner { reason: format!("{error}") })?;
        if !verify_digest(&owner, hash.as_bytes(), &claim.signature) {
            return Err(CodeError::Signature { owner: claim.owner.clone() });
        }
        Ok(Self { text: text.into(), blake3: *hash.as_bytes(), owner })
    }

    /// Returns the code.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the hash of the code.
    pub fn blake3(&self) -> [u8; 32] {
        self.blake3
    }

    /// Returns who answers for the code.
    pub fn owner(&self) -> &Address {
        &self.owner
    }
}

/// Hashes and signs code, so that [`VerifiedCode::verify`] accepts it.
///
/// # Errors
/// `Length` if the code is empty or too long.
pub fn sign(text: &str, owner: &Identity) -> Result<CodeClaim, CodeError> {
    if !(1..=MAX_CODE_BYTES).contains(&text.len()) {
        return Err(CodeError::Length { bytes: text.len() });
    }
    let hash = blake3::hash(text.as_bytes());
    Ok(CodeClaim { blake3: hash.to_hex().to_string(), owner: owner.address().to_string(), signature: owner.sign_digest(hash.as_bytes()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner() -> Identity {
        Identity::from_secret(&[7; 32]).unwrap()
    }

    #[test]
    fn signed_code_is_accepted_and_keeps_its_bytes() {
        let text = "for row in inputs():\n    pass\n";
        let code = VerifiedCode::verify(text, &sign(text, &owner()).unwrap()).unwrap();
        assert_eq!((code.text(), code.owner()), (text, owner().address()));
        assert_eq!(code.blake3(), *blake3::hash(text.as_bytes()).as_bytes());
    }

    #[test]
    fn one_changed_byte_of_anything_is_refused() {
        let text = "emit({'A': 1})";
        let claim = sign(text, &owner()).unwrap();
        assert!(matches!(VerifiedCode::verify("emit({'A': 2})", &claim), Err(CodeError::Hash { .. })));
        let upper = CodeClaim { blake3: claim.blake3.to_uppercase(), ..claim.clone() };
        assert!(matches!(VerifiedCode::verify(text, &upper), Err(CodeError::Hash { .. })));
        let other = sign("emit({'A': 2})", &owner()).unwrap();
        let swapped = CodeClaim { signature: other.signature, ..claim.clone() };
        assert!(matches!(VerifiedCode::verify(text, &swapped), Err(CodeError::Signature { .. })));
        let stranger = Identity::from_secret(&[8; 32]).unwrap().address().to_string();
        let stolen = CodeClaim { owner: stranger, ..claim.clone() };
        assert!(matches!(VerifiedCode::verify(text, &stolen), Err(CodeError::Signature { .. })));
        let nobody = CodeClaim { owner: "0xai_".into(), ..claim };
        assert!(matches!(VerifiedCode::verify(text, &nobody), Err(CodeError::Owner { .. })));
    }

    #[test]
    fn code_has_a_length() {
        let long = "#".repeat(MAX_CODE_BYTES + 1);
        assert_eq!(sign("", &owner()), Err(CodeError::Length { bytes: 0 }));
        assert_eq!(sign(&long, &owner()), Err(CodeError::Length { bytes: MAX_CODE_BYTES + 1 }));
        let claim = CodeClaim { blake3: blake3::hash(long.as_bytes()).to_hex().to_string(), ..sign("#", &owner()).unwrap() };
        assert!(matches!(VerifiedCode::verify(&long, &claim), Err(CodeError::Length { .. })));
    }
}
