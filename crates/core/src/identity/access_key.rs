//! Access keys.

use serde::{Deserialize, Serialize};

use crate::arn::AccountId;
use crate::key::Sealed;
use crate::time::Timestamp;

/// A long-term access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKeyRecord {
    /// The key's public half, `AKIA…`, unique in the whole deployment.
    pub id: String,
    /// The account of its owner.
    pub account: AccountId,
    /// Whose it is.
    #[serde(flatten)]
    pub owner: KeyOwner,
    /// The secret half, sealed under the root key.
    pub secret: Sealed,
    /// When it was made.
    pub created: Timestamp,
    /// Whether it can sign.
    #[serde(default)]
    pub status: AccessKeyStatus,
}

/// Whose an access key is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyOwner {
    /// The user of this name in the key's account.
    User(String),
    /// The service of this name, such as `s3.us-east-1.amazonaws.com`.
    Service(String),
}

/// Whether an access key can sign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessKeyStatus {
    /// It can.
    #[default]
    Active,
    /// It can't until it is activated again.
    Inactive,
}

impl AccessKeyStatus {
    /// The API's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_the_first_form_is_read() {
        let text = r#"{"id":"AKIAEXAMPLE","account":"111122223333","user":"admin","secret":"AAEC","created":7}"#;
        let key: AccessKeyRecord = serde_json::from_str(text).unwrap();
        assert_eq!(key.owner, KeyOwner::User("admin".to_owned()));
        assert_eq!(key.status, AccessKeyStatus::Active);
    }

    #[test]
    fn owners_and_states_round_trip() {
        for owner in [
            KeyOwner::User("ada".to_owned()),
            KeyOwner::Service("s3.amazonaws.com".to_owned()),
        ] {
            let key = AccessKeyRecord {
                id: "AKIAEXAMPLE".to_owned(),
                account: "111122223333".parse().unwrap(),
                owner,
                secret: Sealed::new(vec![1]),
                created: Timestamp::from_millis(0),
                status: AccessKeyStatus::Inactive,
            };
            let text = serde_json::to_string(&key).unwrap();
            assert_eq!(serde_json::from_str::<AccessKeyRecord>(&text).unwrap(), key);
        }
    }
}
