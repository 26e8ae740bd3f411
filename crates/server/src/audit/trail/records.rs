//! From lines of the log to files of records: one for each account and Region.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Write as _;
use std::{borrow::Cow, io};

use flate2::{Compression, GzBuilder};
use keystead_core::arn::{AccountId, Region};
use keystead_crypto::sha256;
use serde::Deserialize;

use crate::audit::log::{Batch, Place};

/// Whose records, and of which Region.
pub(super) type Owner = (AccountId, Region);

/// What a line must say to be delivered.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    #[serde(borrow)]
    recipient_account_id: Cow<'a, str>,
    #[serde(borrow)]
    aws_region: Cow<'a, str>,
    #[serde(borrow)]
    event_time: Cow<'a, str>,
}

/// The lines of a round.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sorted {
    /// Those of each account and Region.
    pub(super) files: BTreeMap<Owner, Records>,
    /// Where the lines end that are in it.
    pub(super) end: Place,
    /// Whether a line is behind them that is of a later time.
    pub(super) is_cut: bool,
    /// Where lines begin that are none of an account and a Region, and can't be delivered.
    pub(super) strays: Vec<Place>,
}

/// What a file of records holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    /// The file, up to its end, which is still to be written.
    json: Vec<u8>,
    /// The earliest `eventTime`.
    pub(super) oldest: String,
    /// The latest `eventTime`.
    pub(super) newest: String,
}

/// Sorts the lines of a batch before the first that is of `until` or later, in the form of
/// `eventTime`.
pub(super) fn sorted(batch: &Batch, until: Option<&str>) -> Sorted {
    let mut sorted = Sorted {
        end: batch.next,
        ..Sorted::default()
    };
    // Most lines that follow each other are of one owner, whose names need not be made again.
    let mut last: Option<(String, String, Owner)> = None;
    for (place, line) in batch.lines() {
        let head = std::str::from_utf8(line)
            .ok()
            .and_then(|line| sonic_rs::from_str::<Head<'_>>(line).ok());
        let Some(head) = head else {
            sorted.strays.push(place);
            continue;
        };
        if until.is_some_and(|until| *head.event_time >= *until) {
            sorted.end = place;
            sorted.is_cut = true;
            break;
        }
        let is_last = last.as_ref().is_some_and(|(account, region, _)| {
            *account == head.recipient_account_id && *region == head.aws_region
        });
        if !is_last {
            let account = head.recipient_account_id.parse().ok();
            let owner = account.zip(head.aws_region.parse().ok());
            last = owner.map(|owner| {
                let account = head.recipient_account_id.clone().into_owned();
                (account, head.aws_region.clone().into_owned(), owner)
            });
        }
        let Some((_, _, owner)) = &last else {
            sorted.strays.push(place);
            continue;
        };
        match sorted.files.entry(owner.clone()) {
            Entry::Occupied(mut entry) => entry.get_mut().push(line, &head.event_time),
            Entry::Vacant(entry) => entry
                .insert(Records::default())
                .push(line, &head.event_time),
        }
    }
    sorted
}

impl Records {
    fn push(&mut self, line: &[u8], time: &str) {
        let begin: &[u8] = if self.json.is_empty() {
            br#"{"Records":["#
        } else {
            b","
        };
        self.json.extend_from_slice(begin);
        self.json.extend_from_slice(line);
        if self.oldest.is_empty() || time < self.oldest.as_str() {
            time.clone_into(&mut self.oldest);
        }
        if time > self.newest.as_str() {
            time.clone_into(&mut self.newest);
        }
    }

    /// The hash of the file before it is compressed, and the file compressed. The same lines give
    /// the same bytes.
    ///
    /// # Errors
    /// None in practice: memory takes all that is written.
    pub(super) fn finish(mut self) -> io::Result<([u8; 32], Vec<u8>)> {
        self.json.extend_from_slice(b"]}");
        Ok((sha256(&self.json), compressed(&self.json)?))
    }
}

/// A file in the format of gzip, without its own name or time, so that the same content gives the
/// same bytes.
///
/// # Errors
/// None in practice: memory takes all that is written.
pub(super) fn compressed(content: &[u8]) -> io::Result<Vec<u8>> {
    let room = Vec::with_capacity(content.len() / 8);
    let mut file = GzBuilder::new().write(room, LEVEL);
    file.write_all(content)?;
    file.finish()
}

/// Records are much alike: the usual level of 6 makes files smaller by a twentieth and takes a third
/// longer, and 1 takes less than half the time for files that are larger by half.
const LEVEL: Compression = Compression::new(4);

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::audit::log::{AuditLog, LogOptions};

    fn line(account: &str, region: &str, time: &str, id: u8) -> String {
        format!(
            r#"{{"recipientAccountId":"{account}","eventTime":"{time}","awsRegion":"{region}","id":{id}}}"#
        )
    }

    async fn batch(lines: &[String]) -> Batch {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::open(folder.path(), LogOptions::default()).unwrap();
        for line in lines {
            log.append(line.clone().into_bytes()).await.unwrap();
        }
        let reader = log.reader().unwrap();
        reader.read(reader.start().unwrap(), 1 << 20).unwrap()
    }

    fn inflated(file: &[u8]) -> String {
        let mut text = String::new();
        let mut reader = flate2::read::GzDecoder::new(file);
        reader.read_to_string(&mut text).unwrap();
        text
    }

    const ONE: &str = "111122223333";
    const TWO: &str = "444455556666";

    #[tokio::test]
    async fn lines_go_to_the_file_of_their_account_and_region() {
        let lines = [
            line(ONE, "eu-west-1", "2026-01-02T03:04:06Z", 1),
            line(TWO, "eu-west-1", "2026-01-02T03:04:05Z", 2),
            "no JSON".to_owned(),
            line(ONE, "nowhere/..", "2026-01-02T03:04:05Z", 3),
            line("1", "eu-west-1", "2026-01-02T03:04:05Z", 4),
            r#"{"recipientAccountId":"111122223333"}"#.to_owned(),
            line(ONE, "eu-west-1", "2026-01-02T03:04:05Z", 5),
            line(ONE, "eu-west-2", "2026-01-02T03:04:05Z", 6),
        ];
        let batch = batch(&lines).await;
        let sorted = sorted(&batch, None);
        assert_eq!((sorted.end, sorted.is_cut), (batch.next, false));
        assert_eq!(sorted.strays.len(), 4);
        let files: Vec<_> = sorted.files.into_iter().collect();
        let owners: Vec<_> = files
            .iter()
            .map(|((account, region), _)| format!("{account} {region}"))
            .collect();
        let expected = [
            "111122223333 eu-west-1",
            "111122223333 eu-west-2",
            "444455556666 eu-west-1",
        ];
        assert_eq!(owners, expected);
        let (_, first) = files.into_iter().next().unwrap();
        assert_eq!(first.oldest, "2026-01-02T03:04:05Z");
        assert_eq!(first.newest, "2026-01-02T03:04:06Z");
        let (hash, file) = first.finish().unwrap();
        let content = format!(r#"{{"Records":[{},{}]}}"#, lines[0], lines[6]);
        assert_eq!(inflated(&file), content);
        assert_eq!(hash, sha256(content.as_bytes()));
        assert_eq!(file, compressed(content.as_bytes()).unwrap());
    }

    #[tokio::test]
    async fn a_round_ends_where_the_next_hour_begins() {
        let lines = [
            line(ONE, "eu-west-1", "2026-01-02T03:59:59Z", 1),
            line(ONE, "eu-west-1", "2026-01-02T04:00:00Z", 2),
            line(ONE, "eu-west-1", "2026-01-02T03:59:59Z", 3),
        ];
        let batch = batch(&lines).await;
        let second = batch.lines().nth(1).unwrap().0;
        let sorted_before = sorted(&batch, Some("2026-01-02T04:00:00Z"));
        assert_eq!((sorted_before.end, sorted_before.is_cut), (second, true));
        assert_eq!(sorted_before.files.len(), 1);
        let none = sorted(&batch, Some("2026-01-02T03:00:00Z"));
        assert_eq!((none.end, none.files.len()), (batch.from, 0));
    }
}
