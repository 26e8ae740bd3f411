//! One chain of digests, and the log files that they tell of.

use std::collections::HashSet;

use keystead_core::time::Timestamp;
use keystead_crypto::sha256;

use super::folder::Bucket;
use super::report::{Checked, Problem, Wrong};
use super::{Request, VerifyError};
use crate::audit::trail::digest::{Digest, ProvenFile};
use crate::audit::trail::hex;
use crate::audit::trail::name::{self, ObjectKey};

/// The files of an account and a Region, in the order of their names.
pub(super) struct Chain<'a> {
    bucket: &'a Bucket,
    request: &'a Request<'a>,
    owner: (&'a str, &'a str),
    pub(super) digests: Vec<&'a ObjectKey>,
    pub(super) logs: Vec<&'a ObjectKey>,
}

/// A digest that could be read.
struct Read<'a> {
    key: &'a ObjectKey,
    digest: Digest,
    json: Vec<u8>,
    hash: String,
}

impl<'a> Chain<'a> {
    pub(super) const fn new(
        bucket: &'a Bucket,
        request: &'a Request<'a>,
        owner: (&'a str, &'a str),
    ) -> Self {
        Self {
            bucket,
            request,
            owner,
            digests: Vec::new(),
            logs: Vec::new(),
        }
    }

    /// Checks all of it. Which digests are of the time that is asked for is told by their names: what
    /// stands in them may be of somebody who does not want them to be checked. Every chain has digests
    /// of the time until `digested`, if it had log files then.
    pub(super) fn check(mut self, digested: Option<&str>) -> Result<Checked, VerifyError> {
        let (account, region) = self.owner;
        let mut found = Findings::default();
        found.checked.account = account.to_owned();
        found.checked.region = region.to_owned();
        // Their names have the trail's home Region before the time.
        self.digests.sort_by_key(|key| key.time());
        let mut before: Option<Read<'_>> = None;
        for (index, key) in self.digests.iter().copied().enumerate() {
            let previous = index.checked_sub(1);
            let previous = previous.and_then(|index| self.digests.get(index)).copied();
            let is_asked_for = self.is_asked_for(key, previous);
            let read = self.read(key)?;
            if is_asked_for {
                found.checked.digests += 1;
                found.spans(key, previous);
            }
            match &read {
                None if is_asked_for => found.problem(key.as_str(), Wrong::Format),
                Some(read) if is_asked_for => {
                    let next = self.digests.get(index + 1).copied();
                    if self.check_digest(read, next, &mut found)? {
                        found.covers(read);
                    }
                    self.check_link(read, previous, before.as_ref(), &mut found)?;
                    for log in &read.digest.log_files {
                        self.check_log(log, &mut found)?;
                    }
                }
                _ => {}
            }
            before = read;
        }
        self.check_unproven(&mut found);
        self.check_end(digested, &mut found);
        Ok(found.checked)
    }

    /// Whether the time of a digest, which begins where that of the one before it ends, is asked for.
    fn is_asked_for(&self, key: &ObjectKey, previous: Option<&ObjectKey>) -> bool {
        let Request { start, end, .. } = self.request;
        let begin = previous.map(ObjectKey::time).unwrap_or_default();
        start.is_none_or(|start| *key.time() > *start.to_basic())
            && end.is_none_or(|end| *begin < *end.to_basic())
    }

    fn read(&self, key: &'a ObjectKey) -> Result<Option<Read<'a>>, VerifyError> {
        let json = self.bucket.inflated(key)?;
        Ok(json.and_then(|json| {
            let digest = serde_json::from_slice(&json).ok()?;
            Some(Read {
                key,
                digest,
                hash: hex::encode(&sha256(&json)),
                json,
            })
        }))
    }

    /// Whether the digest itself is in its place, and signed by a key that is known.
    fn check_digest(
        &self,
        read: &Read<'_>,
        next: Option<&'a ObjectKey>,
        found: &mut Findings,
    ) -> Result<bool, VerifyError> {
        let Read {
            key, digest, json, ..
        } = read;
        let owner = name::bucket_owner(&digest.bucket);
        let is_in_place = digest.object == key.as_str()
            && digest.aws_account_id == key.account()
            && owner.is_some_and(|owner| owner.as_str() == key.account());
        if !is_in_place {
            found.problem(key.as_str(), Wrong::Moved);
            return Ok(false);
        }
        let fingerprint = &digest.digest_public_key_fingerprint;
        let Some(public) = self.request.keys.get(fingerprint) else {
            let fingerprint = fingerprint.clone();
            found.problem(key.as_str(), Wrong::UnknownKey { fingerprint });
            return Ok(false);
        };
        // A copy that lost what stands beside the digests still has it, but of the newest, in the
        // digests behind them.
        let signature = match (self.bucket.signature(key)?, next) {
            (None, Some(next)) => self.signature_in(next)?,
            (signature, _) => signature,
        };
        let wrong = match signature {
            None => Wrong::NoSignature,
            Some(signature) if digest.is_signed(json, &signature, public) => return Ok(true),
            Some(_) => Wrong::Signature,
        };
        found.problem(key.as_str(), wrong);
        Ok(false)
    }

    fn signature_in(&self, next: &'a ObjectKey) -> Result<Option<String>, VerifyError> {
        let next = self.read(next)?;
        Ok(next.and_then(|next| next.digest.previous_digest_signature))
    }

    /// What the digest says of the one before it: the name there is, and the digest if it can be
    /// read.
    fn check_link(
        &self,
        read: &Read<'_>,
        previous: Option<&ObjectKey>,
        before: Option<&Read<'_>>,
        found: &mut Findings,
    ) -> Result<(), VerifyError> {
        let digest = &read.digest;
        let named = digest.previous_object.as_deref();
        if named != previous.map(ObjectKey::as_str) {
            match (named, previous) {
                (Some(named), _) if !self.digests.iter().any(|key| key.as_str() == named) => {
                    let start = self.request.start;
                    // What was before the time that is asked for can be elsewhere.
                    if start.is_none_or(|start| *digest.digest_start_time > *start.to_string()) {
                        found.problem(named, Wrong::Missing);
                    }
                }
                (_, Some(previous)) => {
                    let before = previous.to_string();
                    found.problem(read.key.as_str(), Wrong::Unlinked { before });
                }
                (_, None) => found.problem(read.key.as_str(), Wrong::Gap),
            }
            return Ok(());
        }
        let Some(before) = before else {
            return Ok(());
        };
        if Some(&before.hash) != digest.previous_digest_hash_value.as_ref() {
            found.problem(before.key.as_str(), Wrong::ChainHash);
        }
        let signature = self.bucket.signature(before.key)?;
        if signature.is_some() && signature != digest.previous_digest_signature {
            found.problem(before.key.as_str(), Wrong::ChainSignature);
        }
        if digest.digest_start_time != before.digest.digest_end_time {
            found.problem(read.key.as_str(), Wrong::Gap);
        }
        Ok(())
    }

    fn check_log(&self, log: &ProvenFile, found: &mut Findings) -> Result<(), VerifyError> {
        found.checked.logs += 1;
        found.proven.insert(log.object.clone());
        let by_name = |key: &&ObjectKey| key.as_str().cmp(&log.object);
        let place = self.logs.binary_search_by(by_name).ok();
        let Some(key) = place.and_then(|place| self.logs.get(place)) else {
            found.problem(&log.object, Wrong::Missing);
            return Ok(());
        };
        match self.bucket.inflated(key)? {
            None => found.problem(&log.object, Wrong::Format),
            Some(content) if hex::encode(&sha256(&content)) != log.hash_value => {
                found.problem(&log.object, Wrong::Hash);
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Log files that no digest tells of: those delivered since the newest one have none yet.
    fn check_unproven(&self, found: &mut Findings) {
        let newest = self.digests.last().map(|newest| minute(newest));
        let unproven: Vec<_> = self
            .logs
            .iter()
            .filter(|key| !found.proven.contains(key.as_str()))
            .collect();
        for key in unproven {
            if newest.is_none_or(|newest| minute(key) >= newest) {
                found.checked.unproven += 1;
            } else if found.is_within(minute(key)) {
                found.problem(key.as_str(), Wrong::Unproven);
            }
        }
    }

    /// Whether the digests reach as far as was asked for, and whether there are any if there must be.
    fn check_end(&self, digested: Option<&str>, found: &mut Findings) {
        let end = self.request.end.map(Timestamp::start_of_hour);
        match (self.digests.last(), end) {
            (Some(newest), Some(end)) if *newest.time() < *end.to_basic() => {
                let ends = Wrong::Ends {
                    at: newest.time().to_owned(),
                    end: end.to_string(),
                };
                found.problem(newest.as_str(), ends);
            }
            (Some(_), _) => {}
            (None, end) => {
                let end = end.map(Timestamp::to_basic);
                let must_reach = end.as_deref().or(digested).map(to_minute);
                let undigested = self.logs.iter().find(|log| self.is_after_start(log));
                if let Some(oldest) = undigested.filter(|log| Some(minute(log)) < must_reach) {
                    found.problem(oldest.as_str(), Wrong::NoDigest);
                }
            }
        }
    }

    /// Whether the digest of a log file is certain to be one that is asked for.
    fn is_after_start(&self, log: &ObjectKey) -> bool {
        let start = self.request.start;
        start.is_none_or(|start| *minute(log) > *start.to_basic())
    }
}

/// The time in a name up to the minute, which the names of digests and log files have in common.
fn minute(key: &ObjectKey) -> &str {
    to_minute(key.time())
}

/// A time in the basic form of ISO 8601, up to the minute.
fn to_minute(time: &str) -> &str {
    time.get(.."yyyymmddThhmm".len()).unwrap_or(time)
}

/// What was found so far.
#[derive(Default)]
struct Findings {
    checked: Checked,
    /// The log files that digests tell of.
    proven: HashSet<String>,
    /// Where the time begins and ends of the digests that were checked, to the minute; it begins
    /// nowhere if the very first is among them.
    begin: Option<String>,
    end: Option<String>,
}

impl Findings {
    fn problem(&mut self, object: &str, what: Wrong) {
        self.checked.problems.push(Problem {
            object: object.to_owned(),
            what,
        });
    }

    /// A digest is checked, and was by its name made after another one.
    fn spans(&mut self, key: &ObjectKey, previous: Option<&ObjectKey>) {
        if self.end.is_none() {
            self.begin = previous.map(|previous| minute(previous).to_owned());
        }
        self.end = Some(minute(key).to_owned());
    }

    /// Whether a log file of this minute is certain to be one of the digests that were checked.
    fn is_within(&self, minute: &str) -> bool {
        self.begin.as_deref().is_none_or(|begin| begin < minute)
            && self.end.as_deref().is_some_and(|end| minute < end)
    }

    fn covers(&mut self, read: &Read<'_>) {
        let checked = &mut self.checked;
        let (start, end) = (&read.digest.digest_start_time, &read.digest.digest_end_time);
        checked.from.get_or_insert_with(|| start.clone());
        checked.to = Some(end.clone());
        checked.newest = Some((read.key.to_string(), read.hash.clone()));
    }
}
