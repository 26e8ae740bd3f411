//! Who asks.

/// The caller of a request, as the policies see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Principal<'a> {
    /// The root user of an account.
    Root {
        /// The account, 12 digits.
        account: &'a str,
        /// `arn:<partition>:iam::<account>:root`.
        arn: &'a str,
    },
    /// An IAM user.
    User {
        /// The account, 12 digits.
        account: &'a str,
        /// `arn:<partition>:iam::<account>:user/<path/name>`.
        arn: &'a str,
        /// The unique id, `AIDA…`, which outlives no user and is never given twice.
        user_id: &'a str,
    },
    /// A session of an IAM role.
    RoleSession {
        /// The account, 12 digits.
        account: &'a str,
        /// `arn:<partition>:sts::<account>:assumed-role/<role name>/<session name>`.
        arn: &'a str,
        /// `arn:<partition>:iam::<account>:role/<path/name>`.
        role_arn: &'a str,
        /// The role's unique id, `AROA…`.
        role_id: &'a str,
        /// Whether the role is a service's own, which no service control policy concerns.
        service_linked: bool,
    },
    /// A session that a user got for somebody else (`GetFederationToken`).
    FederatedUser {
        /// The account, 12 digits.
        account: &'a str,
        /// `arn:<partition>:sts::<account>:federated-user/<name>`.
        arn: &'a str,
        /// The ARN of the user, or of the root user, who asked for it.
        user_arn: &'a str,
        /// That user's unique id, or the account of a root user.
        user_id: &'a str,
    },
    /// Somebody whom an identity provider vouches for and who has no credentials yet
    /// (`AssumeRoleWithWebIdentity`).
    WebIdentity {
        /// The provider: `arn:<partition>:iam::<account>:oidc-provider/<host/path>`.
        provider: &'a str,
    },
    /// A service that acts for itself, such as background work. It belongs to no account, and its
    /// identity policies speak of what is not one key: making keys of its own, and listing them.
    Service {
        /// The service's name, such as `logs.amazonaws.com`.
        name: &'a str,
    },
}

impl<'a> Principal<'a> {
    /// What an access-denied message calls the caller: its ARN, or the name of a service.
    #[must_use]
    pub const fn arn(&self) -> &'a str {
        match *self {
            Self::Root { arn, .. }
            | Self::User { arn, .. }
            | Self::RoleSession { arn, .. }
            | Self::FederatedUser { arn, .. } => arn,
            Self::WebIdentity { provider } => provider,
            Self::Service { name } => name,
        }
    }

    /// The account the caller belongs to, 12 digits; none for a service, nor for whom only an
    /// identity provider knows.
    #[must_use]
    pub const fn account(&self) -> Option<&'a str> {
        match *self {
            Self::Root { account, .. }
            | Self::User { account, .. }
            | Self::RoleSession { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::WebIdentity { .. } | Self::Service { .. } => None,
        }
    }

    /// Whether the caller is a session of a service-linked role, which an organization's policies
    /// do not concern.
    pub(super) const fn is_service_linked(&self) -> bool {
        matches!(
            self,
            Self::RoleSession {
                service_linked: true,
                ..
            }
        )
    }

    /// Whether the caller is the root user of its account, or got its session from the root user.
    pub(super) fn acts_for_root(&self) -> bool {
        match *self {
            Self::Root { .. } => true,
            Self::FederatedUser {
                account, user_id, ..
            } => account == user_id,
            _ => false,
        }
    }

    /// Whether the caller belongs to another account than `account`.
    pub(super) fn is_foreign_to(&self, account: &str) -> bool {
        self.account().is_some_and(|own| own != account)
    }

    /// The partition of the caller's ARN.
    pub(super) fn partition(&self) -> Option<&'a str> {
        self.arn().strip_prefix("arn:")?.split(':').next()
    }
}
