//! What is known of a request when a policy asks: the values of its condition keys.
//!
//! Nothing is gathered beforehand: a value is looked up when a statement that otherwise applies
//! reads it. The operation knows the keys of its input ([`Requested`]), and this module those of
//! the key, the caller, the connection and the time.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::header;
use keystead_core::alias::AliasName;
use keystead_core::key::KeyRecord;
use keystead_core::last_use::days_without;
use keystead_core::policy::{ConditionKey, Context, KeyFamily, KnownKey, Values};
use keystead_core::tag::Tags;

use super::Scope;
use crate::authn::{Authenticated, Via};
use crate::identities::OrganizationPlace;
use crate::operation::Operation;

/// What an operation says of its input to whoever decides.
pub trait Requested {
    /// The values of a condition key that come from the input, for the question about an action.
    fn conditions(&self, action: &str, key: &ConditionKey) -> Values<'_>;

    /// The encryption context that grants are compared with; `None` where the operation takes none.
    fn encryption_context(&self, action: &str) -> Option<&BTreeMap<String, String>>;
}

/// The input of an operation.
pub(super) struct InputOf<'a, O: Operation>(pub(super) &'a O::Input);

impl<O: Operation> Requested for InputOf<'_, O> {
    fn conditions(&self, action: &str, key: &ConditionKey) -> Values<'_> {
        O::conditions(self.0, action, key)
    }

    fn encryption_context(&self, action: &str) -> Option<&BTreeMap<String, String>> {
        O::encryption_context(self.0, action)
    }
}

/// What a question is about.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The ARN, or `*`.
    pub(super) arn: &'a str,
    /// The account that owns it.
    pub(super) account: &'a str,
    /// The key, if it is one.
    pub(super) key: Option<&'a KeyRecord>,
    /// The alias by which the request named the key.
    pub(super) alias: Option<&'a AliasName>,
    /// The tags on it, if it can have any.
    pub(super) tags: Option<&'a Tags>,
    /// The ARN of its permissions boundary, if it is a user or a role and has one.
    pub(super) boundary: Option<&'a str>,
    /// Whether both keys of the request are this one; `None` where there is but one.
    pub(super) same_key: Option<bool>,
}

impl<'a> Subject<'a> {
    /// Something of which no more is known.
    pub(super) const fn new(arn: &'a str, account: &'a str) -> Self {
        Self {
            arn,
            account,
            key: None,
            alias: None,
            tags: None,
            boundary: None,
            same_key: None,
        }
    }
}

/// The actions on users and roles to which AWS says which boundary they have. A boundary that the
/// request itself names goes before it.
///
/// Source: "Actions, resources, and condition keys for AWS Identity and Access Management" in the
/// Service Authorization Reference.
const TO_THE_BOUNDED: [&str; 12] = [
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteUserPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
];

/// A request, as the conditions of policies see it.
pub(super) struct RequestContext<'a> {
    pub(super) call: &'a Authenticated,
    pub(super) scope: &'a Scope<'a>,
    pub(super) requested: &'a dyn Requested,
    pub(super) subject: Subject<'a>,
    pub(super) action: &'static str,
}

impl Context for RequestContext<'_> {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        self.requested
            .conditions(self.action, key)
            .or_else(|| self.of_the_subject(key))
            .or_else(|| self.of_the_caller(key))
            .or_else(|| self.of_the_request(key))
    }
}

impl<'a> RequestContext<'a> {
    fn of_the_subject(&self, key: &ConditionKey) -> Values<'_> {
        let subject = &self.subject;
        match key {
            ConditionKey::Named(KeyFamily::ResourceTag, name) => {
                subject.tags.map_or(Values::Absent, |tags| tag(tags, name))
            }
            ConditionKey::Known(KnownKey::ResourceAccount) => Values::one(subject.account),
            ConditionKey::Known(KnownKey::ResourceOrgId) => self.organization_id(subject.account),
            ConditionKey::Known(KnownKey::ResourceOrgPaths) => {
                self.organization_paths(subject.account)
            }
            ConditionKey::Known(KnownKey::ReEncryptOnSameKey) => {
                subject.same_key.map_or(Values::Absent, Values::truth)
            }
            ConditionKey::Known(KnownKey::IamPermissionsBoundary)
                if TO_THE_BOUNDED.contains(&self.action) =>
            {
                Values::maybe(subject.boundary)
            }
            ConditionKey::Known(KnownKey::RequestAlias) => {
                Values::maybe(subject.alias.map(AliasName::as_str))
            }
            ConditionKey::Known(known) => subject
                .key
                .map_or(Values::Absent, |record| self.of_the_key(*known, record)),
            _ => Values::Absent,
        }
    }

    fn of_the_key(&self, key: KnownKey, record: &'a KeyRecord) -> Values<'_> {
        match key {
            // A service belongs to no account, whoever registered it.
            KnownKey::CallerAccount => {
                Values::maybe(self.call.caller().member().principal().account())
            }
            KnownKey::ResourceAliases => Values::many(self.aliases(record)),
            KnownKey::GrantIsForAwsResource => match self.action {
                "kms:CreateGrant" | "kms:ListGrants" | "kms:RevokeGrant" => {
                    Values::truth(self.call.caller().via().is_some())
                }
                _ => Values::Absent,
            },
            KnownKey::TrailingDaysWithoutKeyUsage => match self.action {
                "kms:DisableKey" | "kms:ScheduleKeyDeletion" => {
                    Values::one(self.days_without_use(record).to_string())
                }
                _ => Values::Absent,
            },
            _ => key_property(key, record),
        }
    }

    fn days_without_use(&self, record: &KeyRecord) -> i64 {
        let last = self.scope.directory.last_use(record.id);
        days_without(last, record.created, self.call.at())
    }

    fn organization_id(&self, account: &str) -> Values<'static> {
        Values::maybe(self.place(account).map(|place| place.organization_id))
    }

    fn organization_paths(&self, account: &str) -> Values<'static> {
        self.place(account)
            .map_or(Values::Absent, |place| Values::many([place.path]))
    }

    /// Where an account stands in the organization.
    fn place(&self, account: &str) -> Option<OrganizationPlace> {
        let controls = self.scope.identities.controls(account.parse().ok()?);
        controls.place().cloned()
    }

    fn aliases(&self, record: &KeyRecord) -> Vec<Cow<'static, str>> {
        let aliases = self.scope.directory.aliases_of(record);
        let name = |alias: &std::sync::Arc<crate::directory::AliasEntry>| {
            Cow::Owned(alias.record.name.as_str().to_owned())
        };
        aliases.iter().map(name).collect()
    }

    fn of_the_caller(&self, key: &ConditionKey) -> Values<'_> {
        let caller = self.call.caller();
        if let Some(token) = caller.web_identity() {
            return token.values(key);
        }
        let via = caller.via();
        let ConditionKey::Known(known) = key else {
            return caller.member().values(key);
        };
        match known {
            KnownKey::ViaAwsService => Values::truth(via.is_some()),
            KnownKey::ViaService => match (via, self.subject.key) {
                (Some(via), Some(_)) => Values::one(via.service()),
                _ => Values::Absent,
            },
            KnownKey::CalledVia => {
                via.map_or(Values::Absent, |via| Values::many([via.principal()]))
            }
            KnownKey::CalledViaFirst | KnownKey::CalledViaLast => {
                Values::maybe(via.map(Via::principal))
            }
            KnownKey::SourceArn => Values::maybe(caller.source().arn.as_deref()),
            KnownKey::SourceAccount => Values::maybe(caller.source().account.as_deref()),
            KnownKey::SourceOrgId => self.organization_id(self.source_account()),
            KnownKey::SourceOrgPaths => self.organization_paths(self.source_account()),
            _ => caller.member().values(key),
        }
    }

    /// The account of the resource for which a service calls; empty if it calls for none.
    fn source_account(&self) -> &str {
        let source = self.call.caller().source();
        source.account.as_deref().unwrap_or_default()
    }

    fn of_the_request(&self, key: &ConditionKey) -> Values<'_> {
        let ConditionKey::Known(known) = key else {
            return Values::Absent;
        };
        let request = self.call.request();
        let sent = |name| match request.header(name) {
            "" => Values::Absent,
            text => Values::one(text),
        };
        let peer = &request.peer;
        match known {
            KnownKey::CurrentTime => Values::one(self.call.at().to_string()),
            KnownKey::EpochTime => Values::one(self.call.at().as_seconds().to_string()),
            KnownKey::SecureTransport => Values::truth(peer.tls.is_some()),
            KnownKey::UserAgent => sent(header::USER_AGENT),
            KnownKey::Referer => sent(header::REFERER),
            KnownKey::RequestedRegion => Values::one(self.call.requested_region()),
            KnownKey::SourceIp => match peer.endpoint {
                Some(_) => Values::Absent,
                None => Values::one(peer.address.to_string()),
            },
            _ => self.of_the_endpoint(*known),
        }
    }

    fn of_the_endpoint(&self, key: KnownKey) -> Values<'_> {
        let peer = &self.call.request().peer;
        let Some(endpoint) = &peer.endpoint else {
            return Values::Absent;
        };
        match key {
            KnownKey::VpcSourceIp => Values::one(peer.address.to_string()),
            KnownKey::SourceVpce => Values::one(endpoint.id.as_str()),
            KnownKey::SourceVpc => Values::one(endpoint.vpc.as_str()),
            KnownKey::VpceAccount => Values::one(endpoint.account.as_str()),
            KnownKey::VpceOrgId => self.organization_id(endpoint.account.as_str()),
            KnownKey::VpceOrgPaths => self.organization_paths(endpoint.account.as_str()),
            _ => Values::Absent,
        }
    }
}

/// The value of a property of a key: of one that is there, or of one that is to be made.
pub(crate) fn key_property(key: KnownKey, record: &KeyRecord) -> Values<'static> {
    match key {
        KnownKey::KeySpec | KnownKey::CustomerMasterKeySpec => Values::one(record.spec.as_str()),
        KnownKey::KeyUsage | KnownKey::CustomerMasterKeyUsage => Values::one(record.usage.as_str()),
        KnownKey::KeyOrigin => Values::one(record.origin.as_str()),
        KnownKey::MultiRegion => Values::truth(false),
        _ => Values::Absent,
    }
}

/// The value of a tag, whose name is matched without regard to case, as in all condition keys. Of
/// several that differ in case alone, all count.
pub(crate) fn tag<'a>(tags: &'a Tags, name: &str) -> Values<'a> {
    matching(tags.after(None), name)
}

/// The value that an encryption context has under a name. Like [`tag`].
pub(crate) fn context_value<'a>(context: &'a BTreeMap<String, String>, name: &str) -> Values<'a> {
    let pairs = context.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    matching(pairs, name)
}

/// The values that pairs have under a name, matched without regard to case.
pub(crate) fn matching<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
    name: &str,
) -> Values<'a> {
    let mut found = pairs
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value);
    match (found.next(), found.next()) {
        (None, _) => Values::Absent,
        (Some(value), None) => Values::one(value),
        (Some(first), Some(second)) => Values::many([first, second].into_iter().chain(found)),
    }
}
