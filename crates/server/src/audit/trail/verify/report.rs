//! What a check found.

use std::fmt;

/// What a check found of all chains.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// Those that there are, by account and Region.
    pub chains: Vec<Checked>,
}

/// What a check found of the digests and log files of an account in a Region.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The account.
    pub account: String,
    /// The Region.
    pub region: String,
    /// Where the time begins that valid digests tell of, in the form of `eventTime`.
    pub from: Option<String>,
    /// Where it ends.
    pub to: Option<String>,
    /// How many digests were checked.
    pub digests: usize,
    /// How many log files that digests tell of were checked.
    pub logs: usize,
    /// How many log files are newer than the newest digest, and proven by none yet.
    pub unproven: usize,
    /// The newest digest and its hash. Whoever keeps them can tell later that nothing before was
    /// changed.
    pub newest: Option<(String, String)>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Something that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's name in its bucket.
    pub object: String,
    /// What is wrong.
    pub what: Wrong,
}

/// What can be wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// A file that a digest tells of is not there.
    #[error("it is missing")]
    Missing,
    /// It can't be decompressed or read as what it should be.
    #[error("its format is invalid")]
    Format,
    /// It is not the file of its name.
    #[error("it has been moved from its original location")]
    Moved,
    /// Its content is not the one that a digest tells of.
    #[error("its hash is not the one that its digest has")]
    Hash,
    /// Its content is not the one that the next digest tells of.
    #[error("its hash is not the one that the next digest has")]
    ChainHash,
    /// Its signature is not the one that the next digest tells of.
    #[error("its signature is not the one that the next digest has")]
    ChainSignature,
    /// No signature was found.
    #[error("its signature is missing")]
    NoSignature,
    /// No key of its fingerprint is known.
    #[error("no public key with the fingerprint {fingerprint} is known")]
    UnknownKey {
        /// The fingerprint.
        fingerprint: String,
    },
    /// The signature is none of the key's on the digest.
    #[error("its signature is not valid")]
    Signature,
    /// It does not name the digest before it, though there is one.
    #[error("it is not linked to the digest before it, {before}")]
    Unlinked {
        /// The digest before it.
        before: String,
    },
    /// Its time does not begin where the time of the digest before it ends.
    #[error("its time does not begin where the digest before it ends")]
    Gap,
    /// A log file that no digest tells of, though there are digests of its time.
    #[error("no digest tells of it")]
    Unproven,
    /// The oldest of some log files of an account and a Region without any digest.
    #[error("there is no digest of its account and Region, and there must be one by now")]
    NoDigest,
    /// The newest digest is older than the end that was asked for.
    #[error(
        "it is the newest digest, of the time until {at}, and the time until {end} was asked for"
    )]
    Ends {
        /// Where its time ends, in the basic form of ISO 8601.
        at: String,
        /// What was asked for.
        end: String,
    },
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.chains.iter().all(|chain| chain.problems.is_empty())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.object, self.what)
    }
}
