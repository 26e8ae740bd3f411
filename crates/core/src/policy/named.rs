//! The principals that a policy or a grant names, and whom they mean.
//!
//! Forms: "AWS JSON policy elements: Principal" in the IAM guide. A name is whole: the only
//! wildcard is `*` alone. Groups cannot be named.

use std::collections::BTreeMap;

use super::principal::Principal;
use crate::arn::{IamArn, IamResource};
use crate::identity::EntityKind;

/// The unique ids (`AIDA…`, `AROA…`) of the users and roles that there are, by their ARNs.
pub type PrincipalIds = BTreeMap<String, String>;

/// A principal as a policy or a grant names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NamedPrincipal {
    /// `*`: every caller, of any account.
    Everyone,
    /// `arn:<partition>:iam::<account>:root`, or the account's 12 digits alone.
    Account {
        /// The partition, where the ARN was written; 12 digits mean the caller's own.
        partition: Option<String>,
        /// 12 digits.
        account: String,
    },
    /// `arn:<partition>:iam::<account>:user/<path/name>`.
    User {
        /// The user's ARN.
        arn: String,
        /// The user's unique id, once [bound](Self::bind): then the id alone is compared.
        id: Option<String>,
    },
    /// `arn:<partition>:iam::<account>:role/<path/name>`: every session of the role.
    Role {
        /// The role's ARN.
        arn: String,
        /// The role's unique id, once [bound](Self::bind): then the id alone is compared.
        id: Option<String>,
    },
    /// `arn:<partition>:sts::<account>:assumed-role/<role>/<session>`, one session.
    RoleSession {
        /// The session's ARN.
        arn: String,
    },
    /// `arn:<partition>:sts::<account>:federated-user/<name>`.
    FederatedUser {
        /// The federated user's ARN.
        arn: String,
    },
    /// The unique id of a user (`AIDA…`) or a role (`AROA…`).
    UniqueId {
        /// The id.
        id: String,
    },
    /// A service, from `{"Service": …}`.
    Service {
        /// Its name, such as `logs.amazonaws.com`.
        name: String,
    },
    /// An identity provider, from `{"Federated": …}`.
    Federated {
        /// Its domain name, or the ARN of a SAML or OIDC provider.
        provider: String,
    },
}

/// How a name means a caller, from the closest to the farthest.
///
/// The closer the name, the less an `Allow` asks of the caller's own policies; to a `Deny` all are
/// alike. See "Policy evaluation for requests within a single account" and "Permissions boundaries
/// for IAM entities" in the IAM guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// The caller itself: the user, the one session, the federated user, the service, the identity
    /// provider. To an account's root user the account's name is its own.
    Itself,
    /// The role of which the caller is a session.
    ByRole,
    /// The user for whom the caller, a federated user, got its session.
    ByUser,
    /// `*`.
    ByEveryone,
    /// The caller's account: an `Allow` leaves the decision to the caller's identity policies, a
    /// `Deny` denies every principal of the account.
    ByAccount,
}

/// The identity providers that are named by their host alone ("Available keys for AWS web identity
/// federation" in the IAM guide).
const WELL_KNOWN_PROVIDERS: [&str; 4] = [
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

impl NamedPrincipal {
    /// Parses a value of `{"AWS": …}`.
    #[must_use]
    pub fn parse_aws(text: &str) -> Option<Self> {
        if text == "*" {
            Some(Self::Everyone)
        } else if is_account(text) {
            Some(Self::Account {
                partition: None,
                account: text.to_owned(),
            })
        } else if is_unique_id(text) {
            let id = text.to_owned();
            Some(Self::UniqueId { id })
        } else {
            Self::parse_arn(text)
        }
    }

    /// Parses a value of `{"Service": …}`.
    pub(super) fn parse_service(text: &str) -> Option<Self> {
        let name = text.to_owned();
        is_domain_name(text).then_some(Self::Service { name })
    }

    /// Parses a value of `{"Federated": …}`.
    pub(super) fn parse_federated(text: &str) -> Option<Self> {
        let is_provider_arn = IamArn::parse(text).is_some_and(|arn| match arn.resource {
            // An issuer's URL may end in a slash, and is then another one than without.
            IamResource::OidcProvider { url } => is_path(url.strip_suffix('/').unwrap_or(url)),
            IamResource::SamlProvider { name } => is_path(name),
            _ => false,
        });
        let provider = text.to_owned();
        (is_domain_name(text) || is_provider_arn).then_some(Self::Federated { provider })
    }

    fn parse_arn(text: &str) -> Option<Self> {
        let IamArn {
            partition,
            account,
            resource,
        } = IamArn::parse(text)?;
        let (arn, id) = (text.to_owned(), None);
        match resource {
            IamResource::Root => Some(Self::Account {
                partition: Some(partition.to_owned()),
                account: account.to_owned(),
            }),
            IamResource::Entity { kind, path, name } if is_in_path(path) && is_name(name) => {
                match kind {
                    EntityKind::User => Some(Self::User { arn, id }),
                    EntityKind::Role => Some(Self::Role { arn, id }),
                    EntityKind::Group | EntityKind::Policy => None,
                }
            }
            IamResource::RoleSession { role, session } if is_name(role) && is_name(session) => {
                Some(Self::RoleSession { arn })
            }
            IamResource::FederatedUser { name } if is_name(name) => {
                Some(Self::FederatedUser { arn })
            }
            _ => None,
        }
    }

    /// Binds the name of a user or role to whoever bears it now, so that one who is made again
    /// under the same name is not meant. A name that is not among `ids` stays as it is and means
    /// whoever bears it: principals of accounts that are not kept here have no ids.
    #[must_use]
    pub fn bind(self, ids: &PrincipalIds) -> Self {
        match self {
            Self::User { arn, id } => Self::User {
                id: id.or_else(|| ids.get(&arn).cloned()),
                arn,
            },
            Self::Role { arn, id } => Self::Role {
                id: id.or_else(|| ids.get(&arn).cloned()),
                arn,
            },
            other => other,
        }
    }

    /// Whether this name means `caller`, and how.
    #[must_use]
    pub fn names(&self, caller: &Principal<'_>) -> Option<Naming> {
        match self {
            Self::Everyone => Some(Naming::ByEveryone),
            Self::Account { partition, account } => {
                names_account_of(caller, partition.as_deref(), account)
            }
            Self::User { arn, id } => names_user(caller, |found_arn, found_id| {
                is_borne(arn, id.as_deref(), found_arn, found_id)
            }),
            Self::Role { arn, id } => names_role(caller, |found_arn, found_id| {
                is_borne(arn, id.as_deref(), found_arn, found_id)
            }),
            Self::UniqueId { id } => names_user(caller, |_, found| found == id)
                .or_else(|| names_role(caller, |_, found| found == id)),
            Self::RoleSession { arn: named } => match caller {
                Principal::RoleSession { arn, .. } => (arn == named).then_some(Naming::Itself),
                _ => None,
            },
            Self::FederatedUser { arn: named } => match caller {
                Principal::FederatedUser { arn, .. } => (arn == named).then_some(Naming::Itself),
                _ => None,
            },
            Self::Service { name: named } => match caller {
                Principal::Service { name } => (name == named).then_some(Naming::Itself),
                _ => None,
            },
            Self::Federated { provider: named } => match caller {
                Principal::WebIdentity { provider } => {
                    is_provider(named, provider).then_some(Naming::Itself)
                }
                _ => None,
            },
        }
    }
}

/// Whether who bears `found_arn` and `found_id` is the one that was named.
fn is_borne(arn: &str, id: Option<&str>, found_arn: &str, found_id: &str) -> bool {
    id.map_or(arn == found_arn, |id| id == found_id)
}

fn names_account_of(
    caller: &Principal<'_>,
    partition: Option<&str>,
    account: &str,
) -> Option<Naming> {
    let is_theirs = caller.account() == Some(account)
        && (partition.is_none() || partition == caller.partition());
    is_theirs.then_some(match caller {
        Principal::Root { .. } => Naming::Itself,
        _ => Naming::ByAccount,
    })
}

/// Asks of the user that the caller is, or acts for.
fn names_user(caller: &Principal<'_>, is_it: impl Fn(&str, &str) -> bool) -> Option<Naming> {
    match caller {
        Principal::User { arn, user_id, .. } => is_it(arn, user_id).then_some(Naming::Itself),
        Principal::FederatedUser {
            user_arn, user_id, ..
        } => is_it(user_arn, user_id).then_some(Naming::ByUser),
        _ => None,
    }
}

/// Asks of the role that the caller is a session of.
fn names_role(caller: &Principal<'_>, is_it: impl Fn(&str, &str) -> bool) -> Option<Naming> {
    match caller {
        Principal::RoleSession {
            role_arn, role_id, ..
        } => is_it(role_arn, role_id).then_some(Naming::ByRole),
        _ => None,
    }
}

fn is_provider(named: &str, provider: &str) -> bool {
    let is_host = || {
        let arn = IamArn::parse(provider);
        arn.is_some_and(|arn| arn.resource == IamResource::OidcProvider { url: named })
    };
    named == provider || WELL_KNOWN_PROVIDERS.contains(&named) && is_host()
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Unique ids have 16 to 128 characters (`IdType` of the IAM API).
fn is_unique_id(text: &str) -> bool {
    (text.starts_with("AIDA") || text.starts_with("AROA"))
        && (16..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A name behind a path, where a path is any printable ASCII.
fn is_path(text: &str) -> bool {
    let (path, name) = text.rsplit_once('/').unwrap_or(("", text));
    is_name(name) && is_in_path(path)
}

fn is_in_path(path: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'*' | b'?');
    path.bytes().all(is_allowed)
}

/// The characters of an IAM name.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
}

fn is_domain_name(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Principal<'_> = Principal::Root {
        account: "111122223333",
        arn: "arn:aws:iam::111122223333:root",
    };
    const ALICE: Principal<'_> = Principal::User {
        account: "111122223333",
        arn: "arn:aws:iam::111122223333:user/ops/alice",
        user_id: "AIDAALICEALICEALICEAL",
    };
    const LOGS: Principal<'_> = Principal::Service {
        name: "logs.amazonaws.com",
    };

    #[test]
    fn forms_of_an_aws_principal() {
        let shape = |text: &str| match NamedPrincipal::parse_aws(text) {
            None => "-",
            Some(NamedPrincipal::Everyone) => "everyone",
            Some(NamedPrincipal::Account { .. }) => "account",
            Some(NamedPrincipal::User { .. }) => "user",
            Some(NamedPrincipal::Role { .. }) => "role",
            Some(NamedPrincipal::RoleSession { .. }) => "session",
            Some(NamedPrincipal::FederatedUser { .. }) => "federated user",
            Some(NamedPrincipal::UniqueId { .. }) => "id",
            Some(NamedPrincipal::Service { .. } | NamedPrincipal::Federated { .. }) => "other",
        };
        let cases = [
            ("*", "everyone"),
            ("111122223333", "account"),
            ("arn:aws:iam::111122223333:root", "account"),
            ("arn:aws-us-gov:iam::111122223333:root", "account"),
            ("arn:aws:iam::111122223333:user/alice", "user"),
            ("arn:aws:iam::111122223333:user/a/b/c+=,.@-_9", "user"),
            ("arn:aws:iam::111122223333:role/service-role/R", "role"),
            ("arn:aws:sts::111122223333:assumed-role/R/S", "session"),
            (
                "arn:aws:sts::111122223333:federated-user/N",
                "federated user",
            ),
            ("AIDAALICEALICEALICEAL", "id"),
            ("AROAROLEROLEROLEROLER", "id"),
            ("", "-"),
            ("**", "-"),
            ("11112222333", "-"),
            ("1111222233334", "-"),
            ("11112222333a", "-"),
            ("arn:aws:iam::111122223333:group/g", "-"),
            ("arn:aws:iam::111122223333:user/*", "-"),
            ("arn:aws:iam::111122223333:user/al?ce", "-"),
            ("arn:aws:iam::111122223333:user/*/alice", "-"),
            ("arn:aws:iam::111122223333:user/", "-"),
            ("arn:aws:iam::111122223333:user", "-"),
            ("arn:aws:iam::111122223333:user/a b", "-"),
            ("arn:aws:iam::111122223333:user/a\u{e9}", "-"),
            ("arn:aws:iam::111122223333:root/x", "-"),
            ("arn:aws:iam::111122223333:Root", "-"),
            ("arn:aws:iam::*:root", "-"),
            ("arn:aws:iam::11112222333:root", "-"),
            ("arn:aws:iam:us-east-1:111122223333:root", "-"),
            ("arn:aws:sts::111122223333:root", "-"),
            ("arn:*:iam::111122223333:root", "-"),
            ("arn::iam::111122223333:root", "-"),
            ("ARN:aws:iam::111122223333:root", "-"),
            (" arn:aws:iam::111122223333:root", "-"),
            ("arn:aws:sts::111122223333:assumed-role/R", "-"),
            ("arn:aws:sts::111122223333:assumed-role/R/*", "-"),
            ("arn:aws:sts::111122223333:assumed-role/R/S/T", "-"),
            ("arn:aws:iam::111122223333:assumed-role/R/S", "-"),
            ("arn:aws:kms::111122223333:key/x", "-"),
            ("AIDASHORT", "-"),
            ("AIDAalicealicealiceal", "-"),
            ("AKIAALICEALICEALICEAL", "-"),
            ("alice", "-"),
        ];
        for (text, expected) in cases {
            assert_eq!(shape(text), expected, "{text}");
        }
    }

    #[test]
    fn forms_of_services_and_providers() {
        for (text, valid) in [
            ("logs.amazonaws.com", true),
            ("logs.us-east-1.amazonaws.com", true),
            ("*", false),
            ("*.amazonaws.com", false),
            ("logs", false),
            ("logs..com", false),
            (".com", false),
            ("Logs.amazonaws.com", false),
            ("", false),
        ] {
            assert_eq!(
                NamedPrincipal::parse_service(text).is_some(),
                valid,
                "{text}"
            );
        }
        for (text, valid) in [
            ("cognito-identity.amazonaws.com", true),
            ("arn:aws:iam::111122223333:saml-provider/corp", true),
            (
                "arn:aws:iam::111122223333:oidc-provider/id.example.com/a",
                true,
            ),
            (
                "arn:aws:iam::111122223333:oidc-provider/id.example.com/",
                true,
            ),
            ("arn:aws:iam::111122223333:oidc-provider/", false),
            ("arn:aws:iam::111122223333:oidc-provider//", false),
            ("arn:aws:iam::111122223333:saml-provider/corp/", false),
            ("arn:aws:iam::111122223333:user/alice", false),
            ("*", false),
        ] {
            assert_eq!(
                NamedPrincipal::parse_federated(text).is_some(),
                valid,
                "{text}"
            );
        }
    }

    #[test]
    fn whom_a_name_means() {
        use Naming::{ByAccount, ByEveryone, Itself};
        let cases = [
            ("*", [Some(ByEveryone); 3]),
            ("111122223333", [Some(Itself), Some(ByAccount), None]),
            (
                "arn:aws:iam::111122223333:root",
                [Some(Itself), Some(ByAccount), None],
            ),
            ("arn:aws-cn:iam::111122223333:root", [None; 3]),
            ("444455556666", [None; 3]),
            ("arn:aws:iam::444455556666:root", [None; 3]),
            (
                "arn:aws:iam::111122223333:user/ops/alice",
                [None, Some(Itself), None],
            ),
            ("arn:aws:iam::111122223333:user/alice", [None; 3]),
            ("arn:aws:iam::111122223333:user/ops/Alice", [None; 3]),
            ("arn:aws:iam::111122223333:role/ops/alice", [None; 3]),
            ("arn:aws:sts::111122223333:federated-user/alice", [None; 3]),
            ("AIDAALICEALICEALICEAL", [None, Some(Itself), None]),
            ("AIDAALICEALICEALICEAM", [None; 3]),
        ];
        for (text, expected) in cases {
            let named = NamedPrincipal::parse_aws(text).unwrap();
            let found = [ROOT, ALICE, LOGS].map(|caller| named.names(&caller));
            assert_eq!(found, expected, "{text}");
        }
        let service = NamedPrincipal::parse_service("logs.amazonaws.com").unwrap();
        assert_eq!(service.names(&LOGS), Some(Itself));
        assert_eq!(service.names(&ALICE), None);
        let provider = NamedPrincipal::parse_federated("logs.amazonaws.com").unwrap();
        assert_eq!(provider.names(&LOGS), None);
    }

    #[test]
    fn whom_a_name_means_among_sessions() {
        use Naming::{ByAccount, ByEveryone, ByRole, ByUser, Itself};
        let role = Principal::RoleSession {
            account: "111122223333",
            arn: "arn:aws:sts::111122223333:assumed-role/R/s",
            role_arn: "arn:aws:iam::111122223333:role/path/R",
            role_id: "AROAROLEROLEROLEROLER",
            service_linked: false,
        };
        let federated = Principal::FederatedUser {
            account: "111122223333",
            arn: "arn:aws:sts::111122223333:federated-user/f",
            user_arn: "arn:aws:iam::111122223333:user/ops/alice",
            user_id: "AIDAALICEALICEALICEAL",
        };
        let cases = [
            ("*", [Some(ByEveryone); 2]),
            ("111122223333", [Some(ByAccount); 2]),
            (
                "arn:aws:iam::111122223333:role/path/R",
                [Some(ByRole), None],
            ),
            ("arn:aws:iam::111122223333:role/R", [None; 2]),
            ("AROAROLEROLEROLEROLER", [Some(ByRole), None]),
            (
                "arn:aws:sts::111122223333:assumed-role/R/s",
                [Some(Itself), None],
            ),
            ("arn:aws:sts::111122223333:assumed-role/R/S", [None; 2]),
            (
                "arn:aws:iam::111122223333:user/ops/alice",
                [None, Some(ByUser)],
            ),
            ("AIDAALICEALICEALICEAL", [None, Some(ByUser)]),
            (
                "arn:aws:sts::111122223333:federated-user/f",
                [None, Some(Itself)],
            ),
        ];
        for (text, expected) in cases {
            let named = NamedPrincipal::parse_aws(text).unwrap();
            let found = [role, federated].map(|caller| named.names(&caller));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_provider_is_named_by_its_arn_or_if_well_known_by_its_host() {
        let arn = |host: &str| format!("arn:aws:iam::111122223333:oidc-provider/{host}");
        let (own, google) = (arn("id.example.com/a"), arn("accounts.google.com"));
        for (named, provider, expected) in [
            (own.as_str(), &own, true),
            ("id.example.com", &own, false),
            ("accounts.google.com", &google, true),
            ("accounts.google.com", &own, false),
            ("www.amazon.com", &google, false),
            (google.as_str(), &google, true),
        ] {
            let named = NamedPrincipal::parse_federated(named).unwrap();
            let found = named.names(&Principal::WebIdentity { provider });
            assert_eq!(
                found,
                expected.then_some(Naming::Itself),
                "{named:?} {provider}"
            );
        }
    }

    #[test]
    fn a_bound_name_means_one_bearer() {
        let arn = "arn:aws:iam::111122223333:user/ops/alice";
        let bound = |id: &str| {
            let ids = PrincipalIds::from([(arn.to_owned(), id.to_owned())]);
            NamedPrincipal::parse_aws(arn).unwrap().bind(&ids)
        };
        let (now, former) = (
            bound("AIDAALICEALICEALICEAL"),
            bound("AIDAFORMERFORMERFORME"),
        );
        assert_eq!(now.names(&ALICE), Some(Naming::Itself));
        assert_eq!(former.names(&ALICE), None);
        let renamed = Principal::User {
            account: "111122223333",
            arn: "arn:aws:iam::111122223333:user/ops/alicia",
            user_id: "AIDAALICEALICEALICEAL",
        };
        assert_eq!(
            now.names(&renamed),
            Some(Naming::Itself),
            "the id alone counts"
        );
        let ids = PrincipalIds::from([(arn.to_owned(), "AIDAOTHEROTHEROTHEROT".to_owned())]);
        assert_eq!(now.clone().bind(&ids), now, "bound once");
        let account = NamedPrincipal::parse_aws("111122223333").unwrap();
        assert_eq!(account.clone().bind(&ids), account);
    }
}
