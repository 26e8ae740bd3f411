//! What a session token says.

use keystead_core::arn::AccountId;
use keystead_core::identity::{Identity, IdentityKind, SessionFacts};
use serde::{Deserialize, Serialize};

/// Everything that is known of a session but its secret. It is written with short names, because
/// clients carry it along with every call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The access key that the token belongs to, `ASIA…`.
    #[serde(rename = "k")]
    pub access_key_id: String,
    /// Whose session it is.
    #[serde(rename = "o")]
    pub owner: Owner,
    /// When it was made and when it ends, and what else policies read of it.
    #[serde(rename = "f")]
    pub facts: SessionFacts,
    /// The policies that it was made with; `None` without any.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub policies: Option<SessionPolicies>,
}

/// Whose session it is. Users and roles are known by their unique ids: one that is made again under
/// the same name is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    /// A role's.
    #[serde(rename = "r")]
    Role {
        /// The role's account.
        #[serde(rename = "a")]
        account: AccountId,
        /// The role's unique id, `AROA…`.
        #[serde(rename = "i")]
        role_id: String,
        /// What the session is called.
        #[serde(rename = "n")]
        session_name: String,
    },
    /// A user's own, or a root user's.
    #[serde(rename = "u")]
    Oneself(Issuer),
    /// One that a user, or a root user, got for somebody else.
    #[serde(rename = "f")]
    Federated {
        /// Who got it.
        #[serde(rename = "b")]
        issuer: Issuer,
        /// What the session is called.
        #[serde(rename = "n")]
        name: String,
    },
}

/// A caller with long-term credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    /// The account.
    #[serde(rename = "a")]
    pub account: AccountId,
    /// The user's unique id, `AIDA…`; `None` for the root user.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

/// The policies that a session was made with. They limit it together: what one of them allows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPolicies {
    /// The text of the policy that was sent along.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub inline: Option<String>,
    /// The ARNs of managed policies.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub managed: Vec<String>,
}

impl Owner {
    /// The account that the session belongs to.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        match self {
            Self::Role { account, .. } => *account,
            Self::Oneself(issuer) | Self::Federated { issuer, .. } => issuer.account,
        }
    }
}

impl Issuer {
    /// A user or a root user that calls.
    #[must_use]
    pub fn of(caller: &Identity) -> Self {
        let user_id = match caller.kind() {
            IdentityKind::User { user_id, .. } => Some(user_id.clone()),
            _ => None,
        };
        Self {
            account: caller.account(),
            user_id,
        }
    }
}

impl SessionPolicies {
    /// The policies of a request; `None` if it has none.
    #[must_use]
    pub fn of(inline: Option<String>, managed: Vec<String>) -> Option<Self> {
        (inline.is_some() || !managed.is_empty()).then_some(Self { inline, managed })
    }
}

#[cfg(test)]
mod tests {
    use keystead_core::time::Timestamp;

    use super::*;

    /// Tokens of an earlier build are shown to a later one.
    #[test]
    fn the_form_is_fixed() {
        let at = Timestamp::from_millis;
        let claims = Claims {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            owner: Owner::Role {
                account: "111122223333".parse().unwrap(),
                role_id: "AROAEXAMPLE".to_owned(),
                session_name: "ci-42".to_owned(),
            },
            facts: SessionFacts::between(at(0), at(3_600_000)),
            policies: SessionPolicies::of(Some("{}".to_owned()), Vec::new()),
        };
        let text = serde_json::to_string(&claims).unwrap();
        assert!(
            text.starts_with(
                r#"{"k":"ASIAEXAMPLE","o":{"r":{"a":"111122223333","i":"AROAEXAMPLE","n":"ci-42"}},"f":{"#
            ) && text.ends_with(r#""p":{"t":"{}"}}"#),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Claims>(&text).unwrap(), claims);
    }

    #[test]
    fn without_policies_there_are_none() {
        assert_eq!(SessionPolicies::of(None, Vec::new()), None);
    }
}
