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
    /// A service that acts for itself, such as background work. It belongs to no account, and no
    /// identity policy is attached to it.
    Service {
        /// The service's name, such as `logs.amazonaws.com`.
        name: &'a str,
    },
}

impl<'a> Principal<'a> {
    /// What an access-denied message calls the caller: its ARN, or the name of a service.
    #[must_use]
    pub fn arn(&self) -> &'a str {
        match *self {
            Self::Root { arn, .. } | Self::User { arn, .. } => arn,
            Self::Service { name } => name,
        }
    }

    /// The account the caller belongs to, 12 digits; none for a service.
    #[must_use]
    pub fn account(&self) -> Option<&'a str> {
        match *self {
            Self::Root { account, .. } | Self::User { account, .. } => Some(account),
            Self::Service { .. } => None,
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
