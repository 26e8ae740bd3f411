//! The ARNs of principals, their policies and their providers, taken apart.
//!
//! Source: "IAM identifiers" in the IAM guide, and "Actions, resources, and condition keys" for IAM
//! and STS in the Service Authorization Reference.

use std::fmt;

use super::{AccountId, PARTITION};
use crate::identity::EntityKind;

/// In the place of an account in the ARNs of AWS's own policies.
const AWS: &str = "aws";

/// An ARN of IAM or STS, whose parts are those of the text: none has been looked at for what names
/// may consist of, but none that must be there is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IamArn<'a> {
    /// Lower-case letters, digits and hyphens.
    pub partition: &'a str,
    /// 12 digits; `aws` for a policy of AWS's own.
    pub account: &'a str,
    /// What it names in the account.
    pub resource: IamResource<'a>,
}

/// What an ARN of IAM or STS names in its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IamResource<'a> {
    /// `root`: the root user, and in a policy the whole account.
    Root,
    /// `<kind>/<path/name>`.
    Entity {
        /// A user, group, role or managed policy.
        kind: EntityKind,
        /// Begins and ends with a slash.
        path: &'a str,
        /// What stands behind the last slash.
        name: &'a str,
    },
    /// `assumed-role/<role>/<session>`, of STS.
    RoleSession {
        /// The role's name, without its path.
        role: &'a str,
        /// The session's name.
        session: &'a str,
    },
    /// `federated-user/<name>`, of STS.
    FederatedUser {
        /// The name that the user was given who asked for the session.
        name: &'a str,
    },
    /// `oidc-provider/<host/path>`.
    OidcProvider {
        /// The issuer without `https://`.
        url: &'a str,
    },
    /// `saml-provider/<name>`.
    SamlProvider {
        /// The provider's name.
        name: &'a str,
    },
}

impl<'a> IamArn<'a> {
    /// Takes an ARN of any partition apart; `None` for any other text. Allocates nothing.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (partition, rest) = text.strip_prefix("arn:")?.split_once(':')?;
        let (service, rest) = rest.split_once("::")?;
        let (account, resource) = rest.split_once(':')?;
        let resource = match service {
            "iam" => IamResource::of_iam(resource),
            "sts" => IamResource::of_sts(resource),
            _ => None,
        }?;
        let is_account = match account {
            AWS => resource.is_policy(),
            digits => digits.parse::<AccountId>().is_ok(),
        };
        (is_partition(partition) && is_account).then_some(Self {
            partition,
            account,
            resource,
        })
    }

    /// Takes an ARN apart that is of [`PARTITION`], as all that Keystead makes are.
    #[must_use]
    pub fn parse_own(text: &'a str) -> Option<Self> {
        Self::parse(text).filter(|arn| arn.partition == PARTITION)
    }

    /// The account; `None` for a policy of AWS's own.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        self.account.parse().ok()
    }

    /// The account and the name, if it names something of this kind in an account.
    #[must_use]
    pub fn entity(&self, wanted: EntityKind) -> Option<(AccountId, &'a str)> {
        match self.resource {
            IamResource::Entity { kind, name, .. } if kind == wanted => {
                Some((self.account_id()?, name))
            }
            _ => None,
        }
    }
}

impl<'a> IamResource<'a> {
    fn of_iam(text: &'a str) -> Option<Self> {
        if text == "root" {
            return Some(Self::Root);
        }
        let (kind, rest) = text.split_at_checked(text.find('/')?)?;
        let name = rest.get(1..).filter(|name| !name.is_empty())?;
        match kind {
            "oidc-provider" => Some(Self::OidcProvider { url: name }),
            "saml-provider" => Some(Self::SamlProvider { name }),
            kind => {
                let mut kinds = EntityKind::ALL.into_iter();
                let kind = kinds.find(|known| known.as_str() == kind)?;
                let (path, name) = rest.split_at_checked(rest.rfind('/')? + 1)?;
                (!name.is_empty()).then_some(Self::Entity { kind, path, name })
            }
        }
    }

    fn of_sts(text: &'a str) -> Option<Self> {
        match text.split_once('/')? {
            ("assumed-role", rest) => {
                let (role, session) = rest.split_once('/')?;
                let is_whole = !role.is_empty() && !session.is_empty();
                is_whole.then_some(Self::RoleSession { role, session })
            }
            ("federated-user", name) => (!name.is_empty()).then_some(Self::FederatedUser { name }),
            _ => None,
        }
    }

    const fn is_policy(&self) -> bool {
        matches!(
            self,
            Self::Entity {
                kind: EntityKind::Policy,
                ..
            }
        )
    }

    const fn service(&self) -> &'static str {
        match self {
            Self::RoleSession { .. } | Self::FederatedUser { .. } => "sts",
            _ => "iam",
        }
    }
}

fn is_partition(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_allowed)
}

impl fmt::Display for IamArn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            account,
            resource,
        } = self;
        let service = resource.service();
        write!(f, "arn:{partition}:{service}::{account}:{resource}")
    }
}

impl fmt::Display for IamResource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("root"),
            Self::Entity { kind, path, name } => write!(f, "{}{path}{name}", kind.as_str()),
            Self::RoleSession { role, session } => write!(f, "assumed-role/{role}/{session}"),
            Self::FederatedUser { name } => write!(f, "federated-user/{name}"),
            Self::OidcProvider { url } => write!(f, "oidc-provider/{url}"),
            Self::SamlProvider { name } => write!(f, "saml-provider/{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_an_arn_names() {
        use IamResource::{FederatedUser, OidcProvider, RoleSession, Root, SamlProvider};
        let entity = |kind, path, name| IamResource::Entity { kind, path, name };
        let cases = [
            ("iam::111122223333:root", Root),
            (
                "iam::111122223333:user/ada",
                entity(EntityKind::User, "/", "ada"),
            ),
            (
                "iam::111122223333:role/a/b/R",
                entity(EntityKind::Role, "/a/b/", "R"),
            ),
            (
                "iam::111122223333:group/g",
                entity(EntityKind::Group, "/", "g"),
            ),
            (
                "iam::aws:policy/job-function/P",
                entity(EntityKind::Policy, "/job-function/", "P"),
            ),
            (
                "sts::111122223333:assumed-role/R/s",
                RoleSession {
                    role: "R",
                    session: "s",
                },
            ),
            (
                "sts::111122223333:federated-user/bob",
                FederatedUser { name: "bob" },
            ),
            (
                "iam::111122223333:oidc-provider/id.example.com/a",
                OidcProvider {
                    url: "id.example.com/a",
                },
            ),
            (
                "iam::111122223333:saml-provider/corp",
                SamlProvider { name: "corp" },
            ),
        ];
        for (rest, expected) in cases {
            let text = format!("arn:aws-cn:{rest}");
            let arn = IamArn::parse(&text).unwrap();
            assert_eq!(
                (arn.partition, arn.resource),
                ("aws-cn", expected),
                "{text}"
            );
            assert_eq!(IamArn::parse_own(&text), None, "{text}");
            let own = format!("arn:aws:{rest}");
            assert_eq!(IamArn::parse_own(&own).unwrap().resource, expected, "{own}");
        }
    }

    #[test]
    fn entities_and_their_accounts() {
        let account: AccountId = "111122223333".parse().unwrap();
        let entity = |text, kind| IamArn::parse(text).unwrap().entity(kind);
        let role = "arn:aws:iam::111122223333:role/a/b/R";
        assert_eq!(entity(role, EntityKind::Role), Some((account, "R")));
        assert_eq!(entity(role, EntityKind::User), None);
        let policy = IamArn::parse("arn:aws:iam::aws:policy/P").unwrap();
        assert_eq!(policy.entity(EntityKind::Policy), None);
        assert_eq!((policy.account, policy.account_id()), ("aws", None));
    }

    #[test]
    fn what_is_no_arn_of_iam() {
        for text in [
            "",
            "ada",
            "111122223333",
            "arn:aws:iam::111122223333",
            "arn:aws:iam::111122223333:",
            "arn:aws:iam::111122223333:user",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:user/a/",
            "arn:aws:iam::111122223333:users/a",
            "arn:aws:iam::111122223333:root/a",
            "arn:aws:iam::1111:user/a",
            "arn:aws:iam::aws:user/a",
            "arn:aws:iam::aws:root",
            "arn:aws:iam:us-east-1:111122223333:user/a",
            "arn:aws:iam::111122223333:assumed-role/R/s",
            "arn:aws:sts::111122223333:assumed-role/R",
            "arn:aws:sts::111122223333:assumed-role//s",
            "arn:aws:sts::111122223333:user/a",
            "arn:aws:sts::111122223333:root",
            "arn:aws:kms::111122223333:key/k",
            "arn::iam::111122223333:root",
            "arn:AWS:iam::111122223333:root",
            "ARN:aws:iam::111122223333:root",
        ] {
            assert_eq!(IamArn::parse(text), None, "{text}");
        }
    }

    /// ARNs, and texts that almost are.
    const LIKE_ARNS: &str = "arn:aws(-cn)?:(iam|sts|s3)::(aws|[0-9]{12}):\
        (root|user|role|group|policy|assumed-role|federated-user|oidc-provider|saml-provider)\
        (/[a-z:é]{0,3}){0,4}";

    proptest! {
        #[test]
        fn what_is_parsed_prints_as_it_was(text in LIKE_ARNS) {
            if let Some(arn) = IamArn::parse(&text) {
                prop_assert_eq!(arn.to_string(), text);
            }
        }

        #[test]
        fn what_is_printed_parses_as_it_was(
            kind in prop::sample::select(EntityKind::ALL.to_vec()),
            path in "/([a-z]{1,4}/){0,3}",
            name in "[A-Za-z0-9_+=,.@-]{1,8}",
            digits in "[0-9]{12}",
        ) {
            let resources = [
                IamResource::Root,
                IamResource::Entity { kind, path: &path, name: &name },
                IamResource::RoleSession { role: &name, session: &digits },
                IamResource::FederatedUser { name: &name },
                IamResource::OidcProvider { url: &name },
                IamResource::SamlProvider { name: &name },
            ];
            for resource in resources {
                let arn = IamArn { partition: PARTITION, account: &digits, resource };
                let text = arn.to_string();
                prop_assert_eq!(IamArn::parse(&text), Some(arn));
            }
        }

        #[test]
        fn parsing_never_panics(text in "(arn:aws:(iam|sts)::)?.{0,60}") {
            let _ = IamArn::parse(&text);
        }
    }
}
