//! Who used which key, and how many requests of each kind were made, by the audit log.

mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use keystead_core::time::Timestamp;
use keystead_server::audit::log::{LogError, Observer, Place, Reader};
use keystead_wire::kms::KeyLastUsageTrackingOperation;

use self::record::Record;
use super::account::Account;
use super::prices::Kind;

/// How far records may stand from the order of their times: a call's time is that of its beginning.
const DISORDER_MILLIS: i64 = 60 * 60 * 1000;

/// How much of the log is read at once.
const BATCH_BYTES: usize = 1024 * 1024;

/// What the log says of the keys of an account in a Region.
#[derive(Debug)]
pub(super) struct Usage {
    /// From when on.
    pub(super) since: Timestamp,
    /// Successful cryptographic calls, by the key's ARN and the principal.
    pub(super) uses: BTreeMap<(String, String), Uses>,
    /// What the account's own principals asked for, of any key, and what would be billed.
    pub(super) requests: BTreeMap<Kind, u64>,
    /// Lines that are no records.
    pub(super) unreadable: usize,
}

/// The calls of a principal with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Uses {
    pub(super) calls: u64,
    /// When the last was, as the log writes it.
    pub(super) last: String,
}

/// Counts records.
struct Counter<'a> {
    usage: Usage,
    account: &'a str,
    region: &'a str,
    /// What ARNs of the account's keys begin with.
    keys: String,
    /// The specs of keys, by their ARNs.
    specs: BTreeMap<&'a str, &'a str>,
    since: String,
    /// Calls of services that more than one account has a record of.
    shared: BTreeSet<String>,
}

impl Usage {
    /// Reads the log in a directory, back to an instant.
    ///
    /// # Errors
    /// [`LogError::Open`], also where there is no log.
    pub(super) fn read(
        folder: &Path,
        account: &Account,
        since: Timestamp,
    ) -> Result<Self, LogError> {
        let mut counter = Counter::new(account, since);
        let early = since.as_millis().saturating_sub(DISORDER_MILLIS);
        let early = Timestamp::from_millis(early).to_string();
        let log = Observer::open(folder)?;
        let segments = log.reader().segments()?;
        // The newest first, and no further once one is not as new as wanted.
        for segment in segments.into_iter().rev() {
            if counter.take_segment(log.reader(), segment, &early)? {
                break;
            }
        }
        Ok(counter.usage)
    }
}

impl<'a> Counter<'a> {
    fn new(account: &'a Account, since: Timestamp) -> Self {
        let (id, region) = (&account.id, &account.region);
        let spec = |key: &'a super::account::Key| {
            let about = key.about.as_ref().ok()?;
            Some((key.arn.as_str(), about.spec.as_str()))
        };
        Self {
            usage: Usage {
                since,
                uses: BTreeMap::new(),
                requests: BTreeMap::new(),
                unreadable: 0,
            },
            account: id,
            region,
            keys: format!(":kms:{region}:{id}:key/"),
            specs: account.keys.iter().filter_map(spec).collect(),
            since: since.to_string(),
            shared: BTreeSet::new(),
        }
    }

    /// Takes the lines of a segment into account; tells whether one of them is earlier than `early`.
    fn take_segment(&mut self, log: &Reader, segment: u64, early: &str) -> Result<bool, LogError> {
        let mut is_early = false;
        let mut from = Place { segment, offset: 0 };
        loop {
            let batch = log.read(from, BATCH_BYTES)?;
            if batch.is_empty() || batch.from.segment != segment {
                return Ok(is_early);
            }
            for (_, line) in batch.lines() {
                is_early |= self.take(line).is_some_and(|time| *time < *early);
            }
            from = batch.next;
        }
    }

    /// Takes a line into account; tells the time of its record.
    fn take(&mut self, line: &[u8]) -> Option<String> {
        let Ok(record) = serde_json::from_slice::<Record<'_>>(line) else {
            self.usage.unreadable += 1;
            return None;
        };
        // Instants in this form are ordered as texts.
        let is_meant = *record.event_time >= *self.since
            && record.event_source == "kms.amazonaws.com"
            && record.aws_region == self.region
            && record.is_call_by_caller();
        if is_meant && self.is_first(&record) {
            self.count(&record);
        }
        Some(record.event_time.into_owned())
    }

    /// A service's call is told in the same words to all accounts that it concerns, and counts once.
    /// What the owner of a key is told of another account's call is not in the words of that call.
    fn is_first(&mut self, record: &Record<'_>) -> bool {
        match &record.shared_event_id {
            Some(id) if record.is_by_service() => self.shared.insert(id.to_string()),
            _ => true,
        }
    }

    fn count(&mut self, record: &Record<'_>) {
        if record.recipient_account_id == self.account && record.is_billed() {
            let keys = record.keys();
            let mut specs = keys.iter().filter_map(|key| self.specs.get(key).copied());
            let kind = Kind::of(&record.event_name, specs.next(), record.pair_spec());
            *self.usage.requests.entry(kind).or_default() += 1;
        }
        let is_use = record
            .event_name
            .parse::<KeyLastUsageTrackingOperation>()
            .is_ok();
        if !is_use || record.error_code.is_some() {
            return;
        }
        for key in record
            .keys()
            .into_iter()
            .filter(|key| key.contains(&self.keys))
        {
            let place = (key.to_owned(), record.principal().to_owned());
            let uses = self.usage.uses.entry(place).or_insert_with(|| Uses {
                calls: 0,
                last: String::new(),
            });
            uses.calls += 1;
            if *record.event_time > *uses.last {
                uses.last = record.event_time.to_string();
            }
        }
    }
}

#[cfg(test)]
mod tests;
