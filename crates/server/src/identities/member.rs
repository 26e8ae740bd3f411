//! A caller with everything that a decision needs to know of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use keystead_core::identity::{Identity, IdentityKind, lower};
use keystead_core::policy::{
    AttachedPolicy, CallerPolicies, ConditionKey, KeyFamily, KnownKey, Principal, Values,
};
use keystead_core::time::Timestamp;

use super::organization::AccountControls;

/// A principal, the policies that it has and that limit it, and its tags. It is worked out from the
/// identities as they were at one moment, and anew once any of them has changed.
#[derive(Debug)]
pub struct Member {
    identity: Identity,
    policies: Vec<AttachedPolicy>,
    boundary: Option<AttachedPolicy>,
    session_policies: Option<Arc<[AttachedPolicy]>>,
    controls: Arc<AccountControls>,
    /// By their names in lower case, as [`lower`] has it: by the case that makes names unique.
    tags: BTreeMap<String, String>,
}

/// What [`Member`] is made of, besides who it is.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) policies: Vec<AttachedPolicy>,
    pub(super) boundary: Option<AttachedPolicy>,
    pub(super) session_policies: Option<Arc<[AttachedPolicy]>>,
    pub(super) controls: Arc<AccountControls>,
    pub(super) tags: BTreeMap<String, String>,
}

impl Member {
    pub(super) fn new(identity: Identity, parts: Parts) -> Self {
        let mut tags = parts.tags;
        let session_tags = identity.session().into_iter().flat_map(|facts| &facts.tags);
        // A session's tag takes the place of its role's or user's of the same name.
        tags.extend(session_tags.map(|(name, value)| (lower(name), value.clone())));
        Self {
            identity,
            policies: parts.policies,
            boundary: parts.boundary,
            session_policies: parts.session_policies,
            controls: parts.controls,
            tags,
        }
    }

    /// Who it is.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The principal as policies see it.
    #[must_use]
    pub fn principal(&self) -> Principal<'_> {
        self.identity.principal()
    }

    /// Its policies, and those that limit it.
    #[must_use]
    pub fn policies(&self) -> CallerPolicies<'_> {
        CallerPolicies {
            identity: &self.policies,
            boundary: self.boundary.as_ref(),
            session: self.session_policies.as_deref(),
            service_controls: self.controls.service(),
        }
    }

    /// When its credentials end; `None` with long-term ones.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.identity.session().map(|facts| facts.expires)
    }

    /// The values of the condition keys that are about the principal.
    #[must_use]
    pub fn values(&self, key: &ConditionKey) -> Values<'_> {
        match key {
            ConditionKey::Known(known) => self.of_the_identity(*known).or_else(|| {
                self.of_the_session(*known)
                    .or_else(|| self.of_the_organization(*known))
            }),
            ConditionKey::Named(KeyFamily::PrincipalTag, name) => {
                Values::maybe(self.tags.get(&lower(name)).map(String::as_str))
            }
            _ => Values::Absent,
        }
    }

    fn of_the_identity(&self, key: KnownKey) -> Values<'_> {
        let identity = &self.identity;
        if let IdentityKind::Service { name, .. } = identity.kind() {
            return of_a_service(name, key);
        }
        match (key, identity.kind()) {
            (KnownKey::PrincipalIsAwsService, _) => Values::truth(false),
            (KnownKey::UserId, _) => Values::one(identity.unique_id()),
            (KnownKey::UserName, IdentityKind::User { name, .. }) => Values::one(name.as_str()),
            // Who has no credentials yet is known by its provider alone.
            (KnownKey::FederatedProvider, IdentityKind::WebIdentity { provider, .. }) => {
                Values::one(provider.as_str())
            }
            (_, IdentityKind::WebIdentity { .. }) => Values::Absent,
            (KnownKey::PrincipalArn, _) => Values::one(identity.principal_arn()),
            (KnownKey::PrincipalAccount, _) => Values::one(identity.account_id()),
            (KnownKey::PrincipalType, kind) => Values::maybe(principal_type(kind)),
            _ => Values::Absent,
        }
    }

    fn of_the_session(&self, key: KnownKey) -> Values<'_> {
        let Some(facts) = self.identity.session() else {
            return Values::Absent;
        };
        match key {
            KnownKey::TokenIssueTime => Values::one(facts.issued.to_string()),
            // There are no devices here that could show a second factor, so that there is no
            // `aws:MultiFactorAuthAge` either.
            KnownKey::MultiFactorAuthPresent => Values::truth(false),
            KnownKey::SourceIdentity => Values::maybe(facts.source_identity.as_deref()),
            KnownKey::FederatedProvider => Values::maybe(facts.federated_provider.as_deref()),
            _ => Values::Absent,
        }
    }

    fn of_the_organization(&self, key: KnownKey) -> Values<'_> {
        let is_in_account = !matches!(
            self.identity.kind(),
            IdentityKind::Service { .. } | IdentityKind::WebIdentity { .. }
        );
        match (key, self.controls.place()) {
            (KnownKey::PrincipalOrgId, Some(place)) if is_in_account => {
                Values::one(place.organization_id.as_str())
            }
            (KnownKey::PrincipalOrgPaths, Some(place)) if is_in_account => {
                Values::many([place.path.as_str()])
            }
            _ => Values::Absent,
        }
    }
}

fn of_a_service(name: &str, key: KnownKey) -> Values<'_> {
    match key {
        KnownKey::PrincipalIsAwsService => Values::truth(true),
        KnownKey::PrincipalServiceName => Values::one(name),
        KnownKey::PrincipalServiceNamesList => Values::many([name]),
        _ => Values::Absent,
    }
}

/// `aws:PrincipalType` ("AWS global condition context keys" in the IAM guide).
const fn principal_type(kind: &IdentityKind) -> Option<&'static str> {
    match kind {
        IdentityKind::Root => Some("Account"),
        IdentityKind::User { .. } => Some("User"),
        IdentityKind::RoleSession { .. } => Some("AssumedRole"),
        IdentityKind::FederatedUser { .. } => Some("FederatedUser"),
        IdentityKind::WebIdentity { .. } | IdentityKind::Service { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use keystead_core::arn::AccountId;
    use keystead_core::identity::{RoleRecord, SessionFacts, UserRecord};

    use super::*;
    use crate::identities::organization::OrganizationPlace;

    fn account() -> AccountId {
        "111122223333".parse().unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn shown(member: &Member, key: &str) -> String {
        match member.values(&ConditionKey::parse(key)) {
            Values::Absent => "-".to_owned(),
            values => values.as_slice().join(","),
        }
    }

    fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(own).collect()
    }

    fn session() -> Member {
        let role = RoleRecord::new(account(), "Deployer", "AROAEXAMPLE", at(0), "{}");
        let facts = SessionFacts {
            source_identity: Some("ada".to_owned()),
            tags: tags(&[("Team", "session")]),
            ..SessionFacts::between(at(100), at(3700))
        };
        let place = OrganizationPlace {
            organization_id: "o-exampleorgid".to_owned(),
            path: "o-exampleorgid/r-ab12/ou-ab12-11111111/".to_owned(),
        };
        Member::new(
            Identity::role_session(&role, "ci", Arc::new(facts)),
            Parts {
                tags: tags(&[("team", "role"), ("stage", "prod")]),
                controls: Arc::new(AccountControls::of_place(place)),
                ..Parts::default()
            },
        )
    }

    #[test]
    fn what_conditions_see_of_a_role_session() {
        let session = session();
        for (key, expected) in [
            (
                "aws:PrincipalArn",
                "arn:aws:iam::111122223333:role/Deployer",
            ),
            ("aws:PrincipalAccount", "111122223333"),
            ("aws:PrincipalType", "AssumedRole"),
            ("aws:PrincipalIsAWSService", "false"),
            ("aws:userid", "AROAEXAMPLE:ci"),
            ("aws:username", "-"),
            ("aws:TokenIssueTime", "1970-01-01T00:01:40Z"),
            ("aws:MultiFactorAuthPresent", "false"),
            ("aws:MultiFactorAuthAge", "-"),
            ("aws:SourceIdentity", "ada"),
            ("aws:FederatedProvider", "-"),
            ("aws:PrincipalOrgID", "o-exampleorgid"),
            (
                "aws:PrincipalOrgPaths",
                "o-exampleorgid/r-ab12/ou-ab12-11111111/",
            ),
            ("aws:PrincipalTag/TEAM", "session"),
            ("aws:PrincipalTag/stage", "prod"),
            ("aws:PrincipalTag/other", "-"),
            ("aws:SourceIp", "-"),
        ] {
            assert_eq!(shown(&session, key), expected, "{key}");
        }
        assert_eq!(session.expires(), Some(at(3700)));
    }

    #[test]
    fn what_conditions_see_of_a_user_and_of_a_service() {
        let user = UserRecord::new(account(), "ada", "AIDAEXAMPLE", at(0));
        let user = Member::new(Identity::user(&user), Parts::default());
        let service = Identity::service(account(), account(), "s3.amazonaws.com");
        let service = Member::new(service, Parts::default());
        for (key, of_user, of_service) in [
            (
                "aws:PrincipalArn",
                "arn:aws:iam::111122223333:user/ada",
                "-",
            ),
            ("aws:PrincipalAccount", "111122223333", "-"),
            ("aws:PrincipalType", "User", "-"),
            ("aws:PrincipalIsAWSService", "false", "true"),
            ("aws:PrincipalServiceName", "-", "s3.amazonaws.com"),
            ("aws:userid", "AIDAEXAMPLE", "-"),
            ("aws:username", "ada", "-"),
            ("aws:TokenIssueTime", "-", "-"),
            ("aws:MultiFactorAuthPresent", "-", "-"),
            ("aws:PrincipalOrgID", "-", "-"),
        ] {
            assert_eq!(shown(&user, key), of_user, "{key}");
            assert_eq!(shown(&service, key), of_service, "{key}");
        }
    }
}
