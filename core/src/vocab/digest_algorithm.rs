//! The hash functions that a content is checked by.

use serde::{Deserialize, Serialize};

use super::HashAlgorithm;

/// A function by which a received file is checked: those of expected hashes, and those that
/// servers name beside them. SHA-1 and MD5 find damage, and prove nothing against an attacker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DigestAlgorithm {
    Sha256,
    Sha512,
    Blake3,
    Sha1,
    Md5,
}

impl DigestAlgorithm {
    /// How long its digests are, in bytes.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Sha256 | Self::Blake3 => 32,
            Self::Sha512 => 64,
            Self::Sha1 => 20,
            Self::Md5 => 16,
        }
    }
}

impl From<HashAlgorithm> for DigestAlgorithm {
    fn from(algorithm: HashAlgorithm) -> Self {
        match algorithm {
            HashAlgorithm::Sha256 => Self::Sha256,
            HashAlgorithm::Sha512 => Self::Sha512,
            HashAlgorithm::Blake3 => Self::Blake3,
        }
    }
}
