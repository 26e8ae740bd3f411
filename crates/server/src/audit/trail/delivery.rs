//! Delivery: from the log to log files, and from these to digests.
//!
//! A *round* turns lines that follow each other into log files: an intent first, then the files, then
//! the cursor. At the end of an hour a round takes what is of that hour, and then every chain gets its
//! digest, in one step. Whatever step a crash interrupts is done again from what the state says, and
//! gives the same files under the same names.

use std::path::{Path, PathBuf};

use keystead_core::arn::Region;
use keystead_core::time::Timestamp;
use keystead_crypto::sha256;

use super::digest::{Contents, Delivered, Digest, Previous};
use super::disk::Disk;
use super::name::{self, ObjectKey};
use super::records::{self, Owner, Sorted, compressed};
use super::state::{Chain, Intent, State};
use super::{SIGNATURE_SUFFIX, TrailError, hex};
use crate::audit::log::{Batch, Reader};

/// How many bytes of the log a round takes, unless one line has more: what a log file has at most
/// before it is compressed.
const ROUND_BYTES: usize = 8 * 1024 * 1024;

/// How many hours get digests of their own after a time without any, such as a week in which the
/// server was down. Digests of a longer time begin with one that spans all that is older.
const MOST_HOURS: u32 = 7 * 24;

/// What signs digests.
pub(super) trait Signer {
    /// The fingerprint of the key that signs a Region's digests of times that end at `end`, which is
    /// made if there is none; `start` is where the time begins.
    fn key(
        &mut self,
        region: &Region,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<String, TrailError>;

    /// The signature of a Region's key with this fingerprint.
    fn sign(
        &mut self,
        region: &Region,
        fingerprint: &str,
        text: &str,
    ) -> Result<Vec<u8>, TrailError>;
}

/// Delivers, when it is told to.
pub(super) struct Delivery<D: Disk> {
    disk: D,
    reader: Reader,
    state: State,
    interval_seconds: u32,
    round_bytes: usize,
    /// The first and the last segment that were gone before all of them was delivered.
    gap: Option<(u64, u64)>,
}

impl<D: Disk> Delivery<D> {
    /// Goes on where the last run ended.
    ///
    /// # Errors
    /// [`TrailError`]; [`TrailError::AheadOfLog`] if the log has lost lines that were delivered.
    pub(super) fn open(
        disk: D,
        reader: Reader,
        home: &Region,
        interval_seconds: u32,
    ) -> Result<Self, TrailError> {
        let start = reader.start()?;
        let state = State::load(&disk, home, start)?;
        if state.cursor > reader.end() {
            return Err(TrailError::AheadOfLog);
        }
        // A trail that was turned off keeps no segment from being removed.
        let (first, oldest) = (state.cursor.segment, start.segment);
        let gap = (first < oldest).then(|| (first, oldest.saturating_sub(1)));
        Ok(Self {
            disk,
            reader,
            state,
            interval_seconds,
            round_bytes: ROUND_BYTES,
            gap,
        })
    }

    pub(super) const fn state(&self) -> &State {
        &self.state
    }

    pub(super) const fn disk(&mut self) -> &mut D {
        &mut self.disk
    }

    /// Whether the trail is as it should be once all that is due is done.
    ///
    /// # Errors
    /// [`TrailError::Ahead`], and [`TrailError::Gap`] for as long as this delivery lasts.
    pub(super) fn check(&self, now: Timestamp) -> Result<(), TrailError> {
        match (self.state.open, self.gap) {
            (Some(until), _) if until > now.plus_hours(1) => Err(TrailError::Ahead { until }),
            (_, Some((first, last))) => Err(TrailError::Gap { first, last }),
            _ => Ok(()),
        }
    }

    /// Whether there is something to do.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let hour_is_over = self
            .state
            .open
            .is_some_and(|open| open < now.start_of_hour());
        // A round that lies in the future was made by a clock that was wrong.
        let round_is_due = self
            .state
            .delivered
            .is_none_or(|last| last > now || last.plus_seconds(self.interval_seconds) <= now);
        self.state.intent.is_some() || hour_is_over || round_is_due
    }

    /// Does all that is due: closes the hours that are over, and delivers what is of this one.
    /// Between any two steps it asks whether it is to go on.
    ///
    /// # Errors
    /// [`TrailError`]; what was not done is done the next time.
    pub(super) fn run(
        &mut self,
        now: Timestamp,
        signer: &mut dyn Signer,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<(), TrailError> {
        self.carry_out_intent()?;
        let this_hour = now.start_of_hour();
        loop {
            let open = self.open_hour(now)?;
            if open >= this_hour {
                break;
            }
            let end = next_end(open, this_hour);
            self.deliver(end, Some(end), goes_on)?;
            if !goes_on() {
                return Ok(());
            }
            self.close(open, end, signer, goes_on)?;
        }
        if !self.is_due(now) {
            return Ok(());
        }
        self.deliver(now, None, goes_on)?;
        let delivered = Some(now);
        self.commit(State {
            delivered,
            ..self.state.clone()
        })
    }

    /// Writes down what is so from now on. If that fails, all goes on from what was written before:
    /// a step that is begun anew must find what it found the first time.
    fn commit(&mut self, state: State) -> Result<(), TrailError> {
        state.save(&mut self.disk)?;
        self.state = state;
        Ok(())
    }

    /// Where the time begins that no digest tells of. At the very first it is the hour of the log's
    /// first line.
    fn open_hour(&mut self, now: Timestamp) -> Result<Timestamp, TrailError> {
        if let Some(open) = self.state.open {
            return Ok(open);
        }
        let batch = self.reader.read(self.state.cursor, self.round_bytes)?;
        let oldest = records::sorted(&batch, None)
            .files
            .into_values()
            .map(|file| file.oldest)
            .min();
        let oldest = oldest.and_then(|time| time.parse().ok()).unwrap_or(now);
        let open = oldest.min(now).start_of_hour();
        self.state.open = Some(open);
        Ok(open)
    }

    /// Delivers what the log has now; only the lines before the first that is of `until` or later,
    /// if it is given.
    fn deliver(
        &mut self,
        at: Timestamp,
        until: Option<Timestamp>,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<(), TrailError> {
        let until = until.map(|until| until.to_string());
        let end = self.reader.end();
        while self.state.cursor < end && goes_on() {
            let batch = self.reader.read(self.state.cursor, self.round_bytes)?;
            let sorted = records::sorted(&batch, until.as_deref());
            report_strays(&sorted);
            let is_cut = sorted.is_cut;
            self.round(&batch, sorted, at)?;
            if is_cut || batch.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Turns lines into files.
    fn round(&mut self, batch: &Batch, sorted: Sorted, at: Timestamp) -> Result<(), TrailError> {
        if sorted.files.is_empty() {
            // Nothing is written of a cursor that passes over nothing: the same is found again.
            self.state.cursor = sorted.end;
            return Ok(());
        }
        let intent = Some(Intent {
            from: batch.from,
            to: sorted.end,
            at,
        });
        self.commit(State {
            intent,
            ..self.state.clone()
        })?;
        self.write(sorted, at)
    }

    /// Carries out a round that an earlier run may have begun.
    fn carry_out_intent(&mut self) -> Result<(), TrailError> {
        let Some(Intent { from, to, at }) = self.state.intent else {
            return Ok(());
        };
        let bytes = to.offset.saturating_sub(from.offset);
        let bytes = usize::try_from(bytes).map_err(|_| TrailError::AheadOfLog)?;
        let batch = self.reader.read(from, bytes)?;
        if (batch.from, batch.next) != (from, to) {
            return Err(TrailError::AheadOfLog);
        }
        self.write(records::sorted(&batch, None), at)
    }

    /// Writes the files of a round, then that it is done.
    fn write(&mut self, sorted: Sorted, at: Timestamp) -> Result<(), TrailError> {
        let open = self.state.open.unwrap_or(at).min(at);
        let mut done = State {
            cursor: sorted.end,
            intent: None,
            ..self.state.clone()
        };
        for (owner, records) in sorted.files {
            let (oldest, newest) = (records.oldest.clone(), records.newest.clone());
            let (hash, file) = records.finish().map_err(TrailError::disk(Path::new("")))?;
            let key = ObjectKey::log(owner.0, &owner.1, at, &hash);
            self.put(&owner, &key, &file)?;
            let chain = done.chains.entry(owner.clone());
            let chain = chain.or_insert_with(|| Chain::new(owner, open));
            chain.delivered = at;
            chain.files.push(Delivered {
                object: key.to_string(),
                hash: hex::encode(&hash),
                newest,
                oldest,
            });
        }
        self.commit(done)
    }

    /// Gives every chain the digest of the time that ends at `end`. If it is to stop before it comes to
    /// the last, it gives all of them again the next time, the same ones.
    fn close(
        &mut self,
        start: Timestamp,
        end: Timestamp,
        signer: &mut dyn Signer,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<(), TrailError> {
        let mut closed = self.state.clone();
        for (owner, chain) in &mut closed.chains {
            if !goes_on() {
                return Ok(());
            }
            let head = self.digest(owner, chain, start.max(chain.since), end, signer)?;
            chain.head = Some(head);
            chain.digested = Some(end);
            chain.files.clear();
        }
        closed.open = Some(end);
        self.commit(closed)
    }

    /// Writes a digest. Its signature is there before it is.
    fn digest(
        &mut self,
        owner: &Owner,
        chain: &Chain,
        start: Timestamp,
        end: Timestamp,
        signer: &mut dyn Signer,
    ) -> Result<Previous, TrailError> {
        let (account, region) = owner;
        let key = ObjectKey::digest(*account, region, &self.state.home, end);
        let fingerprint = signer.key(region, start, end)?;
        let digest = Digest::new(&Contents {
            account: account.as_str(),
            start: start.to_string(),
            end: end.to_string(),
            bucket: &name::bucket(*account),
            object: key.as_str(),
            fingerprint: &fingerprint,
            previous: chain.head.as_ref(),
            files: &chain.files,
        });
        let json = serde_json::to_vec(&digest)?;
        let text = digest.string_to_sign(&json);
        let signature = hex::encode(&signer.sign(region, &fingerprint, &text)?);
        let file = compressed(&json).map_err(TrailError::disk(Path::new("")))?;
        let signature_path = path(owner, &format!("{key}{SIGNATURE_SUFFIX}"));
        self.disk
            .replace(&signature_path, signature.as_bytes())
            .map_err(TrailError::disk(&signature_path))?;
        self.put(owner, &key, &file)?;
        Ok(Previous {
            object: key.to_string(),
            hash: hex::encode(&sha256(&json)),
            signature,
        })
    }

    fn put(&mut self, owner: &Owner, key: &ObjectKey, file: &[u8]) -> Result<(), TrailError> {
        let path = path(owner, key.as_str());
        let put = self.disk.replace(&path, file);
        put.map_err(TrailError::disk(&path))
    }
}

fn path((account, _): &Owner, key: &str) -> PathBuf {
    Path::new(&name::bucket(*account)).join(key)
}

/// Where the next digest's time ends, of those from `open` to `now`.
fn next_end(open: Timestamp, now: Timestamp) -> Timestamp {
    let most = i64::from(MOST_HOURS);
    let behind = now.hours_since(open);
    let first = behind.saturating_sub(most).max(0).saturating_add(1);
    open.plus_hours(u32::try_from(first).unwrap_or(u32::MAX))
}

fn report_strays(sorted: &Sorted) {
    if let Some(first) = sorted.strays.first() {
        let count = sorted.strays.len();
        tracing::warn!(
            segment = first.segment,
            offset = first.offset,
            count,
            "the audit log has lines that are no records of an account: they can't be delivered"
        );
    }
}

#[cfg(test)]
mod tests;
