//! Where the records of identities stand in their store, which all Regions share.

use super::name::{EntityKind, lower};
use crate::arn::AccountId;

const ACCOUNT: &str = "/iam/account/";
const ACCESS_KEY: &str = "/iam/access-key/";
const OIDC_PROVIDER: &str = "/iam/oidc-provider/";
const SERVICE: &str = "/iam/service/";
const ORGANIZATION: &str = "/org/organization";
const UNIT: &str = "/org/unit/";
const CONTROL_POLICY: &str = "/org/policy/";

/// Where a record of the identities stands. Names of users, groups, roles and policies are in lower
/// case here, so that two that differ in nothing else can't both be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentityPlace {
    /// An account.
    Account(AccountId),
    /// A user, a group, a role or a managed policy; see [`entity`](Self::entity).
    Entity {
        /// Which of them.
        kind: EntityKind,
        /// The account.
        account: AccountId,
        /// The name in lower case.
        name: String,
    },
    /// An access key.
    AccessKey {
        /// Its id.
        id: String,
    },
    /// An identity provider.
    OidcProvider {
        /// The account that trusts it.
        account: AccountId,
        /// Its issuer without `https://`.
        url: String,
    },
    /// A service.
    Service {
        /// Its name.
        name: String,
    },
    /// The organization.
    Organization,
    /// A unit of the organization.
    Unit {
        /// `ou-…`.
        id: String,
    },
    /// A policy of the organization.
    ControlPolicy {
        /// `p-…`.
        id: String,
    },
}

impl IdentityPlace {
    /// The place of a user, a group, a role or a managed policy.
    #[must_use]
    pub fn entity(kind: EntityKind, account: AccountId, name: &str) -> Self {
        let name = lower(name);
        Self::Entity {
            kind,
            account,
            name,
        }
    }

    /// The store's key of this place.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Account(account) => format!("{ACCOUNT}{account}"),
            Self::Entity {
                kind,
                account,
                name,
            } => format!("/iam/{}/{account}/{name}", kind.as_str()),
            Self::AccessKey { id } => format!("{ACCESS_KEY}{id}"),
            Self::OidcProvider { account, url } => format!("{OIDC_PROVIDER}{account}/{url}"),
            Self::Service { name } => format!("{SERVICE}{name}"),
            Self::Organization => ORGANIZATION.to_owned(),
            Self::Unit { id } => format!("{UNIT}{id}"),
            Self::ControlPolicy { id } => format!("{CONTROL_POLICY}{id}"),
        }
    }

    /// The place of a store's key; `None` if nothing of identities stands there.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let after = |prefix| {
            path.strip_prefix(prefix)
                .filter(|rest: &&str| !rest.is_empty())
        };
        if path == ORGANIZATION {
            Some(Self::Organization)
        } else if let Some(account) = after(ACCOUNT) {
            account.parse().ok().map(Self::Account)
        } else if let Some(id) = after(ACCESS_KEY) {
            Some(Self::AccessKey { id: id.to_owned() })
        } else if let Some(rest) = after(OIDC_PROVIDER) {
            let (account, url) = in_account(rest)?;
            Some(Self::OidcProvider { account, url })
        } else if let Some(name) = after(SERVICE) {
            let name = name.to_owned();
            Some(Self::Service { name })
        } else if let Some(id) = after(UNIT) {
            Some(Self::Unit { id: id.to_owned() })
        } else if let Some(id) = after(CONTROL_POLICY) {
            Some(Self::ControlPolicy { id: id.to_owned() })
        } else {
            parse_entity(path)
        }
    }
}

fn parse_entity(path: &str) -> Option<IdentityPlace> {
    let (kind, rest) = path.strip_prefix("/iam/")?.split_once('/')?;
    let kind = EntityKind::ALL
        .into_iter()
        .find(|known| known.as_str() == kind)?;
    let (account, name) = in_account(rest)?;
    let is_lower = !name.contains('/') && !name.bytes().any(|byte| byte.is_ascii_uppercase());
    is_lower.then_some(IdentityPlace::Entity {
        kind,
        account,
        name,
    })
}

fn in_account(rest: &str) -> Option<(AccountId, String)> {
    let (account, name) = rest.split_once('/')?;
    let account = account.parse().ok()?;
    (!name.is_empty()).then(|| (account, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places_round_trip() {
        let account: AccountId = "111122223333".parse().unwrap();
        let entities =
            EntityKind::ALL.map(|kind| IdentityPlace::entity(kind, account, "Ada+=,.@-"));
        let others = [
            IdentityPlace::Account(account),
            IdentityPlace::AccessKey {
                id: "AKIAEXAMPLE".into(),
            },
            IdentityPlace::OidcProvider {
                account,
                url: "id.example.com/a/B".into(),
            },
            IdentityPlace::Service {
                name: "s3.amazonaws.com".into(),
            },
            IdentityPlace::Organization,
            IdentityPlace::Unit {
                id: "ou-abcd-12345678".into(),
            },
            IdentityPlace::ControlPolicy {
                id: "p-FullAWSAccess".into(),
            },
        ];
        for place in entities.into_iter().chain(others) {
            assert_eq!(IdentityPlace::parse(&place.path()), Some(place));
        }
    }

    #[test]
    fn names_that_differ_in_case_share_a_place() {
        let account: AccountId = "111122223333".parse().unwrap();
        let place = |name| IdentityPlace::entity(EntityKind::User, account, name);
        assert_eq!(place("Ada"), place("aDA"));
        assert_eq!(place("Ada").path(), "/iam/user/111122223333/ada");
    }

    #[test]
    fn what_is_no_place() {
        for path in [
            "",
            "/",
            "/seal",
            "/outbox/e",
            "/iam/account/",
            "/iam/account/1",
            "/iam/user/111122223333",
            "/iam/user/111122223333/",
            "/iam/user/111122223333/Ada",
            "/iam/user/111122223333/a/b",
            "/iam/user/1/ada",
            "/iam/robot/111122223333/ada",
            "/iam/access-key/",
            "/iam/oidc-provider/111122223333/",
            "/org/organization/x",
            "/org/unit/",
            "/r/us-east-1/a/111122223333/key/x",
        ] {
            assert_eq!(IdentityPlace::parse(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn what_parses_is_the_place_of_its_path(path in "/(iam|org)/(user|group|role|policy|unit|account|access-key|oidc-provider|service)/[a-cA-C0-9/]{0,20}") {
            if let Some(place) = IdentityPlace::parse(&path) {
                prop_assert_eq!(place.path(), path);
            }
        }
    }
}
