//! CloudTrail's `userIdentity`: who called.
//!
//! Source: AWS CloudTrail User Guide, "CloudTrail userIdentity element".

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::INTERNAL;
use crate::identity::{Identity, IdentityKind, SessionFacts};
use crate::time::Timestamp;

/// CloudTrail's `userIdentity`. Members that do not fit the caller are left out.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIdentity<'a> {
    /// `Root`, `IAMUser`, `AssumedRole`, `FederatedUser`, `WebIdentityUser` or `AWSService`; to the
    /// owner of a resource of another account `AWSAccount`; absent for Keystead's own work.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// The unique id of the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<&'a str>,
    /// The caller's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<&'a str>,
    /// The caller's account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<&'a str>,
    /// The access key that signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<&'a str>,
    /// The name of a user, or the subject of a web identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<&'a str>,
    /// The ARN of the identity provider that vouches for a web identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_provider: Option<&'a str>,
    /// What is known of a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_context: Option<SessionContext<'a>>,
    /// The service that made the call, or Keystead itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoked_by: Option<InvokedBy<'a>>,
}

/// Through whom a call came: a service's name, or `AWS Internal`.
pub type InvokedBy<'a> = &'a str;

/// CloudTrail's `sessionContext`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionContext<'a> {
    /// Whose session it is; absent for a user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_issuer: Option<SessionIssuer<'a>>,
    /// Who vouched for its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_id_federation_data: Option<WebIdFederationData<'a>>,
    /// When it was made, and how.
    pub attributes: SessionAttributes,
    /// Who stands behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<&'a str>,
}

/// CloudTrail's `sessionIssuer`: the role, or whoever asked for a federated user's session.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionIssuer<'a> {
    /// `Role`, `IAMUser` or `Root`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its unique id.
    pub principal_id: &'a str,
    /// Its ARN.
    pub arn: &'a str,
    /// Its account.
    pub account_id: &'a str,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<&'a str>,
}

/// CloudTrail's `webIdFederationData`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebIdFederationData<'a> {
    /// The identity provider's ARN.
    pub federated_provider: &'a str,
    /// What else the provider said; nothing of it is recorded.
    pub attributes: BTreeMap<&'a str, &'a str>,
}

/// CloudTrail's `attributes` of a session.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionAttributes {
    /// When its credentials were given out.
    #[serde(serialize_with = "super::as_text")]
    pub creation_date: Timestamp,
    /// Whether its owner showed a second factor.
    #[serde(serialize_with = "truth")]
    pub mfa_authenticated: bool,
}

impl<'a> UserIdentity<'a> {
    /// Who called, with which access key, and through which service. Who has no access key, such
    /// as a web identity, has an empty one.
    #[must_use]
    pub fn caller(
        identity: &'a Identity,
        access_key_id: &'a str,
        invoked_by: Option<InvokedBy<'a>>,
    ) -> Self {
        let whole = Self {
            kind: Some(kind(identity.kind())),
            principal_id: Some(identity.unique_id()),
            arn: Some(identity.arn()),
            account_id: Some(identity.account_id()),
            access_key_id: Some(access_key_id).filter(|id| !id.is_empty()),
            session_context: identity.session().map(|facts| context(identity, facts)),
            invoked_by,
            ..Self::default()
        };
        match identity.kind() {
            IdentityKind::Root
            | IdentityKind::RoleSession { .. }
            | IdentityKind::FederatedUser { .. } => whole,
            IdentityKind::User { name, .. } => Self {
                user_name: Some(name),
                ..whole
            },
            IdentityKind::WebIdentity { provider, subject } => Self {
                kind: whole.kind,
                principal_id: whole.principal_id,
                user_name: Some(subject),
                identity_provider: Some(provider),
                ..Self::default()
            },
            IdentityKind::Service { name, .. } => Self {
                kind: whole.kind,
                invoked_by: Some(name),
                ..Self::default()
            },
        }
    }

    /// The caller as the owner of a resource is told of it: by its account alone. A service is named
    /// to everybody.
    #[must_use]
    pub fn stranger(identity: &'a Identity) -> Self {
        if let IdentityKind::Service { name, .. } = identity.kind() {
            return Self {
                kind: Some(kind(identity.kind())),
                invoked_by: Some(name),
                ..Self::default()
            };
        }
        Self {
            kind: Some("AWSAccount"),
            principal_id: Some(identity.unique_id()),
            account_id: Some(identity.account_id()),
            ..Self::default()
        }
    }

    /// Keystead's own work, on behalf of an account.
    #[must_use]
    pub fn internal(account_id: &'a str) -> Self {
        Self {
            account_id: Some(account_id),
            invoked_by: Some(INTERNAL),
            ..Self::default()
        }
    }
}

const fn kind(kind: &IdentityKind) -> &'static str {
    match kind {
        IdentityKind::Root => "Root",
        IdentityKind::User { .. } => "IAMUser",
        IdentityKind::RoleSession { .. } => "AssumedRole",
        IdentityKind::FederatedUser { .. } => "FederatedUser",
        IdentityKind::WebIdentity { .. } => "WebIdentityUser",
        IdentityKind::Service { .. } => "AWSService",
    }
}

fn context<'a>(identity: &'a Identity, facts: &'a SessionFacts) -> SessionContext<'a> {
    let provider = facts.federated_provider.as_deref();
    SessionContext {
        session_issuer: issuer(identity),
        web_id_federation_data: provider.map(|federated_provider| WebIdFederationData {
            federated_provider,
            attributes: BTreeMap::new(),
        }),
        attributes: SessionAttributes {
            creation_date: facts.issued,
            // There are no devices here that could show a second factor.
            mfa_authenticated: false,
        },
        source_identity: facts.source_identity.as_deref(),
    }
}

fn issuer(identity: &Identity) -> Option<SessionIssuer<'_>> {
    let account_id = identity.account_id();
    match identity.kind() {
        IdentityKind::RoleSession {
            role_name,
            role_arn,
            role_id,
            ..
        } => Some(SessionIssuer {
            kind: "Role",
            principal_id: role_id,
            arn: role_arn,
            account_id,
            user_name: Some(role_name),
        }),
        IdentityKind::FederatedUser {
            issuer_arn,
            issuer_id,
            issuer_name,
            ..
        } => Some(SessionIssuer {
            kind: if issuer_name.is_some() {
                "IAMUser"
            } else {
                "Root"
            },
            principal_id: issuer_id,
            arn: issuer_arn,
            account_id,
            user_name: issuer_name.as_deref(),
        }),
        _ => None,
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn truth<S: Serializer>(value: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *value { "true" } else { "false" })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::arn::AccountId;
    use crate::identity::{OidcProviderRecord, RoleRecord, UserRecord};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn account() -> AccountId {
        "222233334444".parse().unwrap()
    }

    fn user() -> Identity {
        Identity::user(&UserRecord::new(account(), "ada", "AIDAEXAMPLE", at(0)))
    }

    fn facts() -> SessionFacts {
        SessionFacts::between(at(1_767_322_800_000), at(1_767_326_400_000))
    }

    fn shape(identity: &Identity, access_key_id: &str, invoked_by: Option<&str>) -> Value {
        serde_json::to_value(UserIdentity::caller(identity, access_key_id, invoked_by)).unwrap()
    }

    #[test]
    fn a_user_and_its_own_session() {
        let mut expected = json!({
            "type": "IAMUser", "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::222233334444:user/ada", "accountId": "222233334444",
            "accessKeyId": "AKIAEXAMPLE", "userName": "ada",
        });
        assert_eq!(shape(&user(), "AKIAEXAMPLE", None), expected);
        expected["invokedBy"] = "s3.amazonaws.com".into();
        assert_eq!(
            shape(&user(), "AKIAEXAMPLE", Some("s3.amazonaws.com")),
            expected
        );
        let session = user().with_session(Arc::new(facts()));
        assert_eq!(
            shape(&session, "ASIAEXAMPLE", None)["sessionContext"],
            json!({ "attributes": {
                "creationDate": "2026-01-02T03:00:00Z", "mfaAuthenticated": "false" } })
        );
    }

    #[test]
    fn a_role_session() {
        let role = RoleRecord::new(account(), "deployer", "AROAEXAMPLE", at(0), "{}");
        let session = SessionFacts {
            source_identity: Some("ada".to_owned()),
            federated_provider: Some("arn:aws:iam::222233334444:oidc-provider/id.test".to_owned()),
            ..facts()
        };
        let identity = Identity::role_session(&role, "ci-42", Arc::new(session));
        let expected = json!({
            "type": "AssumedRole", "principalId": "AROAEXAMPLE:ci-42",
            "arn": "arn:aws:sts::222233334444:assumed-role/deployer/ci-42",
            "accountId": "222233334444", "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {
                "sessionIssuer": { "type": "Role", "principalId": "AROAEXAMPLE",
                    "arn": "arn:aws:iam::222233334444:role/deployer",
                    "accountId": "222233334444", "userName": "deployer" },
                "webIdFederationData": {
                    "federatedProvider": "arn:aws:iam::222233334444:oidc-provider/id.test",
                    "attributes": {} },
                "attributes": {
                    "creationDate": "2026-01-02T03:00:00Z", "mfaAuthenticated": "false" },
                "sourceIdentity": "ada" },
        });
        assert_eq!(shape(&identity, "ASIAEXAMPLE", None), expected);
    }

    #[test]
    fn a_web_identity() {
        let provider = OidcProviderRecord {
            account: account(),
            url: "id.test".to_owned(),
            client_ids: ["app".to_owned()].into(),
            thumbprints: Vec::new(),
            created: at(0),
            tags: Default::default(),
            keys: None,
        };
        let identity = Identity::web_identity(&provider, "app", "repo:a");
        let arn = "arn:aws:iam::222233334444:oidc-provider/id.test";
        let expected = json!({
            "type": "WebIdentityUser", "principalId": format!("{arn}:app:repo:a"),
            "userName": "repo:a", "identityProvider": arn,
        });
        assert_eq!(shape(&identity, "", None), expected);
    }

    #[test]
    fn federated_users_and_services() {
        let federated = Identity::federated_user(&user(), "bob", Arc::new(facts()));
        let issuer = &shape(&federated, "ASIAEXAMPLE", None)["sessionContext"]["sessionIssuer"];
        assert_eq!(
            (&issuer["type"], &issuer["userName"]),
            (&json!("IAMUser"), &json!("ada"))
        );
        let service = Identity::service(account(), account(), "s3.amazonaws.com");
        assert_eq!(
            shape(&service, "AKIAEXAMPLE", None),
            json!({ "type": "AWSService", "invokedBy": "s3.amazonaws.com" })
        );
        assert_eq!(
            serde_json::to_value(UserIdentity::stranger(&service)).unwrap(),
            json!({ "type": "AWSService", "invokedBy": "s3.amazonaws.com" })
        );
        let root = Identity::root(account());
        assert_eq!(
            serde_json::to_value(UserIdentity::stranger(&root)).unwrap(),
            json!({
                "type": "AWSAccount", "principalId": account().as_str(),
                "accountId": account().as_str(),
            })
        );
        assert_eq!(
            serde_json::to_value(UserIdentity::internal("222233334444")).unwrap(),
            json!({ "accountId": "222233334444", "invokedBy": "AWS Internal" })
        );
    }
}
