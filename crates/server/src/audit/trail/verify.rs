//! Checking what was delivered, without a server: signatures, hashes, the chain, what is missing and
//! what is too much.
//!
//! Whoever checks must know the public keys from elsewhere than the folder that is checked: who can
//! write into it can put other keys there.

mod chain;
mod folder;
mod report;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use keystead_core::arn::{AccountId, Region};
use keystead_core::time::Timestamp;
use keystead_crypto::RsaVerifier;

use self::chain::Chain;
pub use self::report::{Checked, Problem, Report, Wrong};
pub use super::public_keys::KeyListError;
use super::{Kind, ObjectKey, public_keys};

/// Public keys of digests, by their fingerprints.
#[derive(Default)]
pub struct PublicKeys(HashMap<String, RsaVerifier>);

impl PublicKeys {
    /// The keys of a list in the form of the answer to ListPublicKeys. Their fingerprints are worked
    /// out anew.
    ///
    /// # Errors
    /// [`KeyListError`].
    pub fn read(list: &[u8]) -> Result<Self, KeyListError> {
        Ok(Self(public_keys::read(list)?.into_iter().collect()))
    }

    /// Adds further keys.
    pub fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// The keys with these fingerprints, in any case, and no others.
    #[must_use]
    pub fn pinned(self, fingerprints: &[String]) -> Self {
        let is_pinned = |known: &str| {
            let mut pinned = fingerprints.iter();
            pinned.any(|pinned| pinned.eq_ignore_ascii_case(known))
        };
        let keys = self.0.into_iter();
        Self(keys.filter(|(known, _)| is_pinned(known)).collect())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn get(&self, fingerprint: &str) -> Option<&RsaVerifier> {
        self.0.get(fingerprint)
    }
}

impl fmt::Debug for PublicKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The list of public keys that a trail's folder has itself.
///
/// # Errors
/// What the system says.
pub fn own_list(directory: &Path) -> io::Result<Option<Vec<u8>>> {
    folder::own_list(directory)
}

/// What is checked.
#[derive(Debug)]
pub struct Request<'a> {
    /// A trail's folder, that of one bucket, or a copy of either.
    pub directory: &'a Path,
    /// Only this account.
    pub account: Option<AccountId>,
    /// Only this Region.
    pub region: Option<&'a Region>,
    /// Only digests of times that end after this.
    pub start: Option<Timestamp>,
    /// Only digests of times that begin before this, and all of them: the newest must reach to the
    /// last whole hour before it.
    pub end: Option<Timestamp>,
    /// The keys that digests may be signed with.
    pub keys: &'a PublicKeys,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file or folder can't be read.
    #[error("{} can't be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is nothing like a trail in the folder.
    #[error(
        "there is no AWSLogs folder in {} nor in the folders in it: give the trail's folder, or a copy of a bucket",
        directory.display()
    )]
    NoTrail {
        /// The folder.
        directory: PathBuf,
    },
}

/// Checks all that is asked for.
///
/// # Errors
/// [`VerifyError`]. What is wrong with the files is no error, and stands in the report.
pub fn verify(request: &Request<'_>) -> Result<Report, VerifyError> {
    let mut buckets = Vec::new();
    for bucket in folder::buckets(request.directory)? {
        let objects = bucket.objects()?;
        buckets.push((bucket, objects));
    }
    let all = buckets.iter().flat_map(|(_, objects)| objects);
    let digests = all.filter(|key| key.kind() == Kind::Digest);
    let times: BTreeSet<&str> = digests.map(ObjectKey::time).collect();
    // All chains get their digests in one step. That of the newest may be under way.
    let digested = times.into_iter().rev().nth(1);
    let mut report = Report::default();
    for (bucket, objects) in &buckets {
        let is_asked_for = |key: &&ObjectKey| {
            let account = request.account;
            account.is_none_or(|account| key.account() == account.as_str())
                && request.region.is_none_or(|r| key.region() == r.as_str())
        };
        let mut chains: HashMap<(&str, &str), Chain<'_>> = HashMap::new();
        for key in objects.iter().filter(is_asked_for) {
            let owner = (key.account(), key.region());
            let chain = chains.entry(owner);
            let chain = chain.or_insert_with(|| Chain::new(bucket, request, owner));
            match key.kind() {
                Kind::Log => chain.logs.push(key),
                Kind::Digest => chain.digests.push(key),
            }
        }
        let mut chains: Vec<_> = chains.into_iter().collect();
        chains.sort_by_key(|(owner, _)| *owner);
        for (_, chain) in chains {
            report.chains.push(chain.check(digested)?);
        }
    }
    Ok(report)
}

#[cfg(test)]
mod tests;
