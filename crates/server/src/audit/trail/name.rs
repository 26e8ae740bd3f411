//! The names of what is delivered: buckets, objects, the trail itself.
//!
//! Source: "CloudTrail log file examples" and "CloudTrail digest file structure" in the CloudTrail user
//! guide.

use std::fmt;

use keystead_core::arn::{AccountId, PARTITION, Region};
use keystead_core::time::Timestamp;

/// The name of every account's trail.
pub const TRAIL: &str = "keystead";

/// What stands before the account in the name of its bucket.
const BUCKET_PREFIX: &str = "keystead-audit-";

/// How every object's name ends.
const SUFFIX: &str = ".json.gz";

/// The letters of the part that tells log files of one minute apart.
const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// How many of them there are in a name.
const UNIQUE_LEN: usize = 16;

/// The bucket of an account's trail.
#[must_use]
pub fn bucket(account: AccountId) -> String {
    format!("{BUCKET_PREFIX}{account}")
}

/// Whose trail a bucket has; `None` if there can be no such bucket.
#[must_use]
pub fn bucket_owner(bucket: &str) -> Option<AccountId> {
    bucket.strip_prefix(BUCKET_PREFIX)?.parse().ok()
}

/// The ARN of a bucket.
#[must_use]
pub fn bucket_arn(bucket: &str) -> String {
    format!("arn:{PARTITION}:s3:::{bucket}")
}

/// The ARN of an object.
#[must_use]
pub fn object_arn(bucket: &str, key: &str) -> String {
    format!("arn:{PARTITION}:s3:::{bucket}/{key}")
}

/// The ARN of a trail with this name, in an account and a Region.
#[must_use]
pub fn trail_arn(region: &Region, account: AccountId, name: &str) -> String {
    format!("arn:{PARTITION}:cloudtrail:{region}:{account}:trail/{name}")
}

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file of records.
    Log,
    /// What proves an hour of them.
    Digest,
}

impl Kind {
    /// The folder of such objects, which is also a part of their names.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Log => "CloudTrail",
            Self::Digest => "CloudTrail-Digest",
        }
    }
}

/// The name of an object. Only names that a trail makes are such names, so that one is a safe path
/// below its bucket's folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectKey {
    text: String,
    time: String,
}

impl ObjectKey {
    /// The name of a file of records that is delivered in a minute. `hash` is that of its content,
    /// and tells it from the others of the minute.
    #[must_use]
    pub fn log(account: AccountId, region: &Region, at: Timestamp, hash: &[u8; 32]) -> Self {
        let letter = |byte: &u8| ALPHABET.get(usize::from(*byte) % ALPHABET.len());
        let letters = hash.iter().filter_map(letter).take(UNIQUE_LEN);
        let unique: String = letters.copied().map(char::from).collect();
        let time = at.to_basic_minute();
        let name = format!("{time}_{unique}");
        Self::new(Kind::Log, account, region, at, &name, time)
    }

    /// The name of the digest of the time that ends then.
    #[must_use]
    pub fn digest(account: AccountId, region: &Region, home: &Region, end: Timestamp) -> Self {
        let time = end.to_basic();
        let name = format!("{TRAIL}_{home}_{time}");
        Self::new(Kind::Digest, account, region, end, &name, time)
    }

    fn new(
        kind: Kind,
        account: AccountId,
        region: &Region,
        at: Timestamp,
        name: &str,
        time: String,
    ) -> Self {
        let (folder, day) = (kind.folder(), at.to_day_folders());
        let text = format!(
            "AWSLogs/{account}/{folder}/{region}/{day}/{account}_{folder}_{region}_{name}{SUFFIX}"
        );
        Self { text, time }
    }

    /// Reads a name; `None` if no trail makes such a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let ["AWSLogs", account, folder, region, year, month, day, file] = *parts.as_slice() else {
            return None;
        };
        let (_, _): (AccountId, Region) = (account.parse().ok()?, region.parse().ok()?);
        let rest = file.strip_prefix(&format!("{account}_{folder}_{region}_"))?;
        let rest = rest.strip_suffix(SUFFIX)?;
        let (time, clock_digits) = match folder {
            "CloudTrail" => {
                let (time, unique) = rest.split_once('_')?;
                let is_unique = unique.len() == UNIQUE_LEN
                    && unique.bytes().all(|byte| byte.is_ascii_alphanumeric());
                (is_unique.then_some(time)?, 4)
            }
            "CloudTrail-Digest" => {
                let (home, time) = rest
                    .strip_prefix(TRAIL)?
                    .strip_prefix('_')?
                    .split_once('_')?;
                let _: Region = home.parse().ok()?;
                (time, 6)
            }
            _ => return None,
        };
        let is_of_day = time.starts_with(&format!("{year}{month}{day}T"));
        (is_of_day && is_time(time, clock_digits)).then(|| Self {
            text: text.to_owned(),
            time: time.to_owned(),
        })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What the object is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.part(2) {
            "CloudTrail-Digest" => Kind::Digest,
            _ => Kind::Log,
        }
    }

    /// The account whose records it is about.
    #[must_use]
    pub fn account(&self) -> &str {
        self.part(1)
    }

    /// The Region whose records it is about.
    #[must_use]
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// The time in its name, in the basic form of ISO 8601: of a log file to the minute, of a digest
    /// to the second.
    #[must_use]
    pub fn time(&self) -> &str {
        &self.time
    }

    fn part(&self, index: usize) -> &str {
        self.text.split('/').nth(index).unwrap_or_default()
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether it is `yyyymmddThhmm[ss]Z`.
fn is_time(text: &str, clock_digits: usize) -> bool {
    let is_digits =
        |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_suffix('Z')
        .and_then(|text| text.split_once('T'))
        .is_some_and(|(date, clock)| is_digits(date, 8) && is_digits(clock, clock_digits))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account() -> AccountId {
        "111122223333".parse().unwrap()
    }

    fn region(name: &str) -> Region {
        name.parse().unwrap()
    }

    const LOG: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/02/\
        111122223333_CloudTrail_eu-west-1_20260102T0304Z_ABCDEFGHIJ012345.json.gz";
    const DIGEST: &str = "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/01/02/\
        111122223333_CloudTrail-Digest_eu-west-1_keystead_us-east-1_20260102T030000Z.json.gz";

    #[test]
    fn objects_have_cloudtrails_names() {
        let at = Timestamp::from_millis(1_767_323_045_000);
        let hash: [u8; 32] = std::array::from_fn(|n| u8::try_from(n).unwrap());
        let log = ObjectKey::log(account(), &region("eu-west-1"), at, &hash);
        let expected = LOG.replace("ABCDEFGHIJ012345", "ABCDEFGHIJKLMNOP");
        assert_eq!(log.as_str(), expected);
        assert_eq!(log.time(), "20260102T0304Z");
        let (source, home) = (region("eu-west-1"), region("us-east-1"));
        let digest = ObjectKey::digest(account(), &source, &home, at.start_of_hour());
        assert_eq!(digest.as_str(), DIGEST);
        assert_eq!(digest.time(), "20260102T030000Z");
        assert_eq!((log.kind(), digest.kind()), (Kind::Log, Kind::Digest));
        for key in [log, digest] {
            assert_eq!(key.account(), "111122223333");
            assert_eq!(key.region(), "eu-west-1");
            assert_eq!(ObjectKey::parse(key.as_str()), Some(key));
        }
    }

    #[test]
    fn no_other_name_is_one() {
        for good in [LOG, DIGEST] {
            assert!(ObjectKey::parse(good).is_some(), "{good}");
            for (part, other) in [
                ("AWSLogs/", ""),
                ("AWSLogs/", "/AWSLogs/"),
                ("AWSLogs/", "AWSLogs/../AWSLogs/"),
                ("111122223333", ".."),
                ("111122223333/", "111122223334/"),
                ("eu-west-1/", "../"),
                ("2026/01/02", "2026/01/03"),
                ("2026/01/02", "2026/1/02"),
                ("2026/01/02/", "2026/01/02//"),
                ("2026/01/02/", "2026/01/../"),
                ("20260102T03", "20260102 03"),
                ("20260102T03", "+0260102T03"),
                (".json.gz", ".json.gz.signature"),
                (".json.gz", ".json.gz.new"),
                (".json.gz", ".json"),
                (".json.gz", "\0.json.gz"),
                (".json.gz", "0.json.gz"),
                ("CloudTrail", "CloudWatch"),
            ] {
                let bad = good.replacen(part, other, 1);
                assert_eq!(ObjectKey::parse(&bad), None, "{bad}");
            }
        }
        for (good, part, other) in [
            (LOG, "ABCDEFGHIJ012345", "ABCDEFGHIJ01234"),
            (LOG, "ABCDEFGHIJ012345", "ABCDEFGHIJ0123.."),
            (DIGEST, "_keystead_", "_other_"),
            (DIGEST, "_us-east-1_", "_.._"),
            (DIGEST, "030000Z", "0300Z"),
        ] {
            let bad = good.replacen(part, other, 1);
            assert_eq!(ObjectKey::parse(&bad), None, "{bad}");
        }
        assert_eq!(ObjectKey::parse(""), None);
    }

    #[test]
    fn buckets_are_their_accounts() {
        assert_eq!(bucket(account()), "keystead-audit-111122223333");
        assert_eq!(bucket_owner(&bucket(account())), Some(account()));
        for other in ["", "keystead-audit-", "keystead-audit-1", "111122223333"] {
            assert_eq!(bucket_owner(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_name_never_leaves_its_bucket(text in "(AWSLogs|[.]{1,2}|[a-zA-Z0-9_./-]{0,9})(/([.]{1,2}|111122223333|CloudTrail|eu-west-1|[a-zA-Z0-9_.-]{0,40})){0,9}") {
            if let Some(key) = ObjectKey::parse(&text) {
                prop_assert!(key.as_str().split('/').all(|part| !part.is_empty() && part != "." && part != ".."));
            }
        }

        #[test]
        fn every_name_that_is_made_can_be_read(seconds in 0_i64..253_402_300_799, hash in any::<[u8; 32]>()) {
            let at = Timestamp::from_millis(seconds * 1000);
            for key in [
                ObjectKey::log(account(), &region("eu-west-1"), at, &hash),
                ObjectKey::digest(account(), &region("eu-west-1"), &region("us-gov-west-1"), at),
            ] {
                let read = ObjectKey::parse(key.as_str());
                prop_assert_eq!(read.as_ref(), Some(&key));
            }
        }
    }
}
