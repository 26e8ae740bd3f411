//! Events as a busy server records them: a few operations over and over, and now and then another one.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use keystead_core::time::Timestamp;

use crate::bench::Error;

/// The length of a segment, as a server has it.
const SEGMENT_BYTES: u64 = 256 * 1024 * 1024;
/// 2026-01-02T03:04:05Z, when the log begins.
const START_SECONDS: i64 = 1_767_323_045;
/// How many events there are in a second.
const RATE: u32 = 100;
/// Of so many events one is by another user on another key in another service.
const ONE_RARE_OF: u32 = 500_000;

/// The account of all events but some.
pub(super) const ACCOUNT: &str = "111122223333";
/// An account with so few events that what they have in common with the others' leads to many candidates.
pub(super) const SMALL_ACCOUNT: &str = "444455556666";
pub(super) const REGION: &str = "us-east-1";
/// The rare user.
pub(super) const RARE_USER: &str = "auditor";
const KEYS: u32 = 1000;
const USERS: u32 = 40;

/// A log that can be written, and of which every event is known by its number.
pub(super) struct Events {
    count: u32,
}

impl Events {
    pub(super) const fn new(count: u32) -> Self {
        Self { count }
    }

    /// Writes the segments into a folder, and returns how many bytes they have.
    pub(super) fn write(&self, folder: &Path) -> Result<u64, Error> {
        let (mut segment, mut number, mut length, mut total) = (None, 0, 0, 0);
        for event in 0..self.count {
            let line = line(event);
            let bytes = line.len() as u64;
            if segment.is_none() || length + bytes > SEGMENT_BYTES {
                number += 1;
                let path = folder.join(format!("segment-{number:08}.jsonl"));
                let failed = Error::system(path.display().to_string());
                segment = Some(BufWriter::new(File::create(&path).map_err(failed)?));
                length = 0;
            }
            if let Some(segment) = &mut segment {
                let written = segment.write_all(line.as_bytes());
                written.map_err(Error::system("writing the log"))?;
            }
            length += bytes;
            total += bytes;
        }
        Ok(total)
    }

    /// The number of an event in the middle.
    pub(super) const fn middle(&self) -> u32 {
        self.count / 2
    }
}

/// A number that looks random, and is the same each time.
const fn mixed(event: u32, salt: u32) -> u32 {
    let mut x = event.wrapping_mul(0x9e37_79b1) ^ salt.wrapping_mul(0x85eb_ca6b);
    x ^= x >> 15;
    x = x.wrapping_mul(0x2c1b_3c6d);
    x ^= x >> 12;
    x = x.wrapping_mul(0x297a_2d39);
    x ^ (x >> 15)
}

pub(super) fn event_id(event: u32) -> String {
    id(event, 1)
}

fn id(event: u32, salt: u32) -> String {
    let [a, b, c, d] = [1, 2, 3, 4].map(|part| mixed(event, salt * 16 + part));
    format!(
        "{a:08x}-{:04x}-4{:03x}-{:04x}-{:04x}{d:08x}",
        b >> 16,
        b & 0xfff,
        0x8000 | (c >> 18),
        c & 0xffff
    )
}

pub(super) fn key_arn(key: u32) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{}", id(key, 7))
}

pub(super) fn context_value(event: u32) -> String {
    format!("object-{:08x}", mixed(event, 5))
}

fn line(event: u32) -> String {
    let is_rare = event % ONE_RARE_OF == ONE_RARE_OF / 2;
    let seconds = START_SECONDS + i64::from(event / RATE);
    let time = Timestamp::from_millis(seconds * 1000);
    let name = match mixed(event, 6) % 100 {
        _ if is_rare => "CreateRole",
        0..60 => "Decrypt",
        60..90 => "GenerateDataKey",
        90..99 => "Encrypt",
        _ => "TagResource",
    };
    let user = match is_rare {
        true => RARE_USER.to_owned(),
        false => format!("app-{}", mixed(event, 8) % USERS),
    };
    // The small account does one thing that the others do too, and one in a thousand of its events are of it.
    let account = match (name, mixed(event, 9) % 1000) {
        ("TagResource", 0) => SMALL_ACCOUNT,
        _ => ACCOUNT,
    };
    let source = if is_rare { "iam" } else { "kms" };
    let (parameters, resources) = match is_rare {
        true => (r#"{"roleName":"rare"}"#.to_owned(), String::new()),
        false => {
            let arn = key_arn(mixed(event, 10) % KEYS);
            let object = context_value(event);
            (
                format!(
                    r#"{{"keyId":"{arn}","encryptionContext":{{"bucket":"b-{}","object":"{object}"}},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}}"#,
                    event % 20
                ),
                format!(
                    r#""resources":[{{"accountId":"{ACCOUNT}","type":"AWS::KMS::Key","ARN":"{arn}"}}],"#
                ),
            )
        }
    };
    let read_only = !matches!(name, "TagResource" | "CreateRole");
    let (request_id, event_id) = (id(event, 2), event_id(event));
    format!(
        concat!(
            r#"{{"eventVersion":"1.11","userIdentity":{{"type":"IAMUser","principalId":"AIDAEXAMPLE{user}","#,
            r#""arn":"arn:aws:iam::{account}:user/{user}","accountId":"{account}","accessKeyId":"AKIA{user}","#,
            r#""userName":"{user}"}},"eventTime":"{time}","eventSource":"{source}.amazonaws.com","#,
            r#""eventName":"{name}","awsRegion":"{REGION}","sourceIPAddress":"10.1.2.3","#,
            r#""userAgent":"aws-sdk-rust/1.3","requestParameters":{parameters},"responseElements":null,"#,
            r#""requestID":"{request_id}","eventID":"{event_id}","readOnly":{read_only},{resources}"#,
            r#""eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{account}","#,
            r#""eventCategory":"Management"}}"#,
            "\n"
        ),
        user = user,
        account = account,
        time = time,
        source = source,
        name = name,
        REGION = REGION,
        parameters = parameters,
        request_id = request_id,
        event_id = event_id,
        read_only = read_only,
        resources = resources,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_records_of_a_realistic_length() {
        let mut bytes = 0;
        for event in (0..1000).chain([ONE_RARE_OF / 2]) {
            let line = line(event);
            let record: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(record["eventID"], event_id(event));
            assert_eq!(event_id(event).len(), 36);
            bytes += line.len();
        }
        assert!((900_000..1_100_000).contains(&bytes), "{bytes}");
    }
}
