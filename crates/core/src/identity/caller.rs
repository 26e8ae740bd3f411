//! Who a caller is once authenticated: what policies, answers and audit records call it.

use std::sync::Arc;

use super::{OidcProviderRecord, RoleRecord, SessionFacts, UserRecord};
use crate::arn::{AccountId, PARTITION};
use crate::policy::Principal;

/// What a caller is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityKind {
    /// The root user of the account.
    Root,
    /// An IAM user.
    User {
        /// The user's name.
        name: String,
        /// The user's unique id, `AIDA…`.
        user_id: String,
    },
    /// A session of a role.
    RoleSession {
        /// The role's name.
        role_name: String,
        /// The role's ARN, with its path.
        role_arn: String,
        /// The role's unique id, `AROA…`.
        role_id: String,
        /// What the session is called.
        session_name: String,
        /// Whether the role is a service's own.
        service_linked: bool,
    },
    /// A session that a user, or the root user, got for somebody else.
    FederatedUser {
        /// What the session is called.
        name: String,
        /// The ARN of whoever asked for it.
        issuer_arn: String,
        /// The user's unique id, or the account of a root user.
        issuer_id: String,
        /// The user's name; `None` for a root user.
        issuer_name: Option<String>,
    },
    /// Somebody without credentials whom an identity provider vouches for.
    WebIdentity {
        /// The provider's ARN.
        provider: String,
        /// Whom the provider calls so.
        subject: String,
    },
    /// A service.
    Service {
        /// Its name, such as `s3.us-east-1.amazonaws.com`.
        name: String,
        /// The account that registered it.
        registered_by: AccountId,
    },
}

/// A principal that can call: what policies, answers and audit events say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    account: AccountId,
    arn: String,
    unique_id: String,
    kind: IdentityKind,
    session: Option<Arc<SessionFacts>>,
}

impl Identity {
    /// The root user of an account.
    #[must_use]
    pub fn root(account: AccountId) -> Self {
        Self {
            account,
            arn: account.root_arn(),
            unique_id: account.to_string(),
            kind: IdentityKind::Root,
            session: None,
        }
    }

    /// A user of an account.
    #[must_use]
    pub fn user(user: &UserRecord) -> Self {
        Self {
            account: user.account,
            arn: user.arn(),
            unique_id: user.user_id.clone(),
            kind: IdentityKind::User {
                name: user.name.clone(),
                user_id: user.user_id.clone(),
            },
            session: None,
        }
    }

    /// A session of a role.
    #[must_use]
    pub fn role_session(role: &RoleRecord, session_name: &str, facts: Arc<SessionFacts>) -> Self {
        Self {
            account: role.account,
            arn: role.session_arn(session_name),
            unique_id: format!("{}:{session_name}", role.role_id),
            kind: IdentityKind::RoleSession {
                role_name: role.name.clone(),
                role_arn: role.arn(),
                role_id: role.role_id.clone(),
                session_name: session_name.to_owned(),
                service_linked: role.service_linked.is_some(),
            },
            session: Some(facts),
        }
    }

    /// A session that `issuer`, a user or a root user, got for somebody of this name.
    #[must_use]
    pub fn federated_user(issuer: &Self, name: &str, facts: Arc<SessionFacts>) -> Self {
        let account = issuer.account;
        let issuer_name = match &issuer.kind {
            IdentityKind::User { name, .. } => Some(name.clone()),
            _ => None,
        };
        Self {
            account,
            arn: format!("arn:{PARTITION}:sts::{account}:federated-user/{name}"),
            unique_id: format!("{account}:{name}"),
            kind: IdentityKind::FederatedUser {
                name: name.to_owned(),
                issuer_arn: issuer.arn.clone(),
                issuer_id: issuer.unique_id.clone(),
                issuer_name,
            },
            session: Some(facts),
        }
    }

    /// Somebody whom a provider vouches for, in a token for this audience.
    #[must_use]
    pub fn web_identity(provider: &OidcProviderRecord, audience: &str, subject: &str) -> Self {
        Self {
            account: provider.account,
            arn: provider.arn(),
            unique_id: format!("{}:{audience}:{subject}", provider.arn()),
            kind: IdentityKind::WebIdentity {
                provider: provider.arn(),
                subject: subject.to_owned(),
            },
            session: None,
        }
    }

    /// A service. Policies take it for nobody of any account; in `account` are its own keys, and
    /// the one that registered it has its calls in its log.
    #[must_use]
    pub fn service(account: AccountId, registered_by: AccountId, name: &str) -> Self {
        Self {
            account,
            arn: name.to_owned(),
            unique_id: name.to_owned(),
            kind: IdentityKind::Service {
                name: name.to_owned(),
                registered_by,
            },
            session: None,
        }
    }

    /// The same user, calling with the temporary credentials of a session of its own.
    #[must_use]
    pub fn with_session(self, facts: Arc<SessionFacts>) -> Self {
        Self {
            session: Some(facts),
            ..self
        }
    }

    /// The account that it belongs to; of a service, the one in which its own keys are, and of whom
    /// only an identity provider knows, the one that trusts the provider.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The account in whose log its calls stand: its own; of a service, the one that registered it.
    #[must_use]
    pub const fn logging_account(&self) -> AccountId {
        match self.kind {
            IdentityKind::Service { registered_by, .. } => registered_by,
            _ => self.account,
        }
    }

    /// The account's digits.
    #[must_use]
    pub fn account_id(&self) -> &str {
        self.account.as_str()
    }

    /// Its ARN; the name of a service.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> &IdentityKind {
        &self.kind
    }

    /// What is known of its session; `None` with long-term credentials.
    #[must_use]
    pub fn session(&self) -> Option<&SessionFacts> {
        self.session.as_deref()
    }

    /// The `UserId` of GetCallerIdentity, `aws:userid` and `principalId` of audit events: the
    /// unique id of a user, the account number of a root user, `<role's id>:<session>`,
    /// `<account>:<federated user>`.
    #[must_use]
    pub fn unique_id(&self) -> &str {
        &self.unique_id
    }

    /// The ARN that `aws:PrincipalArn` has: a role's, not its session's.
    #[must_use]
    pub fn principal_arn(&self) -> &str {
        match &self.kind {
            IdentityKind::RoleSession { role_arn, .. } => role_arn,
            _ => &self.arn,
        }
    }

    /// The principal as policies see it.
    #[must_use]
    pub fn principal(&self) -> Principal<'_> {
        let (account, arn) = (self.account_id(), self.arn());
        match &self.kind {
            IdentityKind::Root => Principal::Root { account, arn },
            IdentityKind::User { user_id, .. } => Principal::User {
                account,
                arn,
                user_id,
            },
            IdentityKind::RoleSession {
                role_arn,
                role_id,
                service_linked,
                ..
            } => Principal::RoleSession {
                account,
                arn,
                role_arn,
                role_id,
                service_linked: *service_linked,
            },
            IdentityKind::FederatedUser {
                issuer_arn,
                issuer_id,
                ..
            } => Principal::FederatedUser {
                account,
                arn,
                user_arn: issuer_arn,
                user_id: issuer_id,
            },
            IdentityKind::WebIdentity { provider, .. } => Principal::WebIdentity { provider },
            IdentityKind::Service { name, .. } => Principal::Service { name },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn account() -> AccountId {
        "111122223333".parse().unwrap()
    }

    fn ada() -> Identity {
        let created = Timestamp::from_millis(0);
        Identity::user(&UserRecord::new(account(), "ada", "AIDAEXAMPLE", created))
    }

    fn facts() -> Arc<SessionFacts> {
        let at = Timestamp::from_millis;
        Arc::new(SessionFacts::between(at(0), at(3_600_000)))
    }

    #[test]
    fn what_callers_are_called() {
        let role = RoleRecord {
            path: "/ops/".to_owned(),
            ..RoleRecord::new(
                account(),
                "Deployer",
                "AROAEXAMPLE",
                Timestamp::from_millis(0),
                "{}",
            )
        };
        let session = Identity::role_session(&role, "ci-42", facts());
        let federated = Identity::federated_user(&ada(), "bob", facts());
        let cases = [
            (
                Identity::root(account()),
                "arn:aws:iam::111122223333:root",
                "111122223333",
            ),
            (ada(), "arn:aws:iam::111122223333:user/ada", "AIDAEXAMPLE"),
            (
                session.clone(),
                "arn:aws:sts::111122223333:assumed-role/Deployer/ci-42",
                "AROAEXAMPLE:ci-42",
            ),
            (
                federated.clone(),
                "arn:aws:sts::111122223333:federated-user/bob",
                "111122223333:bob",
            ),
            (
                Identity::service(account(), account(), "s3.amazonaws.com"),
                "s3.amazonaws.com",
                "s3.amazonaws.com",
            ),
        ];
        for (identity, arn, unique_id) in cases {
            assert_eq!((identity.arn(), identity.unique_id()), (arn, unique_id));
            assert_eq!(identity.principal().arn(), arn);
        }
        assert_eq!(
            session.principal_arn(),
            "arn:aws:iam::111122223333:role/ops/Deployer"
        );
        assert!(matches!(
            federated.principal(),
            Principal::FederatedUser {
                user_id: "AIDAEXAMPLE",
                ..
            }
        ));
    }

    #[test]
    fn a_users_own_session_is_still_the_user() {
        let session = ada().with_session(facts());
        assert_eq!(session.principal(), ada().principal());
        assert!(session.session().is_some() && ada().session().is_none());
    }
}
