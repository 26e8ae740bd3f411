//! The last use of a key: which operation, when, and in which call.
//!
//! Source: `GetKeyLastUsage` in the AWS KMS API reference.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::arn::AccountId;
use crate::key::names;
use crate::key_id::KeyId;
use crate::key_rule::same;
use crate::time::Timestamp;

names! {
    /// The operations that count as a use of their keys.
    TrackedOperation {
        /// `Decrypt`.
        Decrypt = "Decrypt",
        /// `DeriveSharedSecret`.
        DeriveSharedSecret = "DeriveSharedSecret",
        /// `Encrypt`.
        Encrypt = "Encrypt",
        /// `GenerateDataKey`.
        GenerateDataKey = "GenerateDataKey",
        /// `GenerateDataKeyPair`.
        GenerateDataKeyPair = "GenerateDataKeyPair",
        /// `GenerateDataKeyPairWithoutPlaintext`.
        GenerateDataKeyPairWithoutPlaintext = "GenerateDataKeyPairWithoutPlaintext",
        /// `GenerateDataKeyWithoutPlaintext`.
        GenerateDataKeyWithoutPlaintext = "GenerateDataKeyWithoutPlaintext",
        /// `GenerateMac`.
        GenerateMac = "GenerateMac",
        /// `ReEncrypt`, of both its keys.
        ReEncrypt = "ReEncrypt",
        /// `Sign`.
        Sign = "Sign",
        /// `Verify`.
        Verify = "Verify",
        /// `VerifyMac`.
        VerifyMac = "VerifyMac",
    }
}

impl TrackedOperation {
    /// The operation of this name, if it counts.
    #[must_use]
    pub const fn named(name: &str) -> Option<Self> {
        let mut rest = Self::ALL;
        while let [operation, tail @ ..] = rest {
            if same(operation.as_str().as_bytes(), name.as_bytes()) {
                return Some(*operation);
            }
            rest = tail;
        }
        None
    }
}

/// The id of a call or of its record: a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallId(Uuid);

impl FromStr for CallId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::try_parse(text).map(Self)
    }
}

impl TryFrom<String> for CallId {
    type Error = uuid::Error;

    fn try_from(text: String) -> Result<Self, uuid::Error> {
        text.parse()
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<CallId> for String {
    fn from(id: CallId) -> Self {
        id.to_string()
    }
}

/// A use of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUse {
    /// What it was used for.
    pub operation: TrackedOperation,
    /// When.
    pub at: Timestamp,
    /// The id of the call's audit record.
    pub event_id: CallId,
    /// The id that the caller was told.
    pub request_id: CallId,
}

/// The last use of a key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUseRecord {
    /// The owner of the key.
    pub account: AccountId,
    /// The key.
    pub key: KeyId,
    /// The use.
    #[serde(flatten)]
    pub last: LastUse,
}

/// How many whole days a key has been without use: since its last one, or else since it was made.
/// The value of `kms:TrailingDaysWithoutKeyUsage`.
#[must_use]
pub fn days_without(last: Option<LastUse>, created: Timestamp, now: Timestamp) -> i64 {
    now.days_since(last.map_or(created, |last| last.at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;
    const ID: &str = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9";

    fn at(millis: i64) -> LastUse {
        LastUse {
            operation: TrackedOperation::Sign,
            at: Timestamp::from_millis(millis),
            event_id: ID.parse().unwrap(),
            request_id: ID.parse().unwrap(),
        }
    }

    #[test]
    fn operations_by_their_whole_name() {
        for operation in TrackedOperation::ALL {
            assert_eq!(
                TrackedOperation::named(operation.as_str()),
                Some(*operation)
            );
        }
        for untracked in ["GenerateRandom", "DescribeKey", "Encryp", ""] {
            assert_eq!(TrackedOperation::named(untracked), None, "{untracked}");
        }
    }

    #[test]
    fn whole_days_since_the_last_use_or_else_since_the_beginning() {
        let created = Timestamp::from_millis(0);
        for (last, now, days) in [
            (None, 0, 0),
            (None, DAY - 1, 0),
            (None, DAY, 1),
            (Some(DAY), DAY, 0),
            (Some(DAY), 3 * DAY - 1, 1),
            (Some(DAY), 3 * DAY, 2),
            // The clock was set back.
            (Some(3 * DAY), DAY, 0),
        ] {
            let found = days_without(last.map(at), created, Timestamp::from_millis(now));
            assert_eq!(found, days, "{last:?} {now}");
        }
    }

    #[test]
    fn records_round_trip_in_a_readable_form() {
        let record = LastUseRecord {
            account: "111122223333".parse().unwrap(),
            key: KeyId::from_random([7; 16]),
            last: at(5),
        };
        let text = serde_json::to_string(&record).unwrap();
        assert!(text.contains(&format!(r#""event_id":"{ID}""#)), "{text}");
        assert_eq!(
            serde_json::from_str::<LastUseRecord>(&text).unwrap(),
            record
        );
    }
}
