//! Targets that are identities: users, groups, roles, policies, and what else IAM, STS and
//! Organizations are about. Identity policies decide, on the ARN that the name has or would have:
//! whether it is there is told only to whoever may ask, and by the operation.

use keystead_core::arn::{AccountId, IamArn, IamResource};
use keystead_core::identity::{
    EntityKind, IdentityKind, KeyOwner, OidcProviderRecord, ROOT_PATH, entity_arn,
};
use keystead_core::tag::Tags;

use super::Target;
use super::organization::{self, Parts};
use crate::audit::trail::trail_arn;
use crate::authz::Gate;
use crate::fault::Fault;
use crate::identities::Identities;

/// How an input names what it is about.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// The account as a whole.
    Account,
    /// The caller itself.
    Oneself,
    /// A user, a group, a role or a managed policy of the caller's account that may be there.
    Entity {
        /// Which of them.
        kind: EntityKind,
        /// Its name.
        name: &'a str,
    },
    /// One that is to be made.
    New {
        /// Which of them.
        kind: EntityKind,
        /// Its path; the root if none is given.
        path: Option<&'a str>,
        /// Its name.
        name: &'a str,
        /// The action that puts tags on it, if it is made with some: a permission of its own.
        tagged: Option<&'static str>,
    },
    /// One that is to get another path or another name: asked of both what it is and what it will
    /// be.
    Moved {
        /// Which of them.
        kind: EntityKind,
        /// Its name.
        name: &'a str,
        /// The path that it is to have, if another one.
        path: Option<&'a str>,
        /// The name that it is to have, if another one.
        new_name: Option<&'a str>,
    },
    /// The role that is to be made for a service.
    ServiceLinkedRole {
        /// The service's name, such as `s3.amazonaws.com`.
        service: &'a str,
    },
    /// The user whose access key has this id; the account, if there is no such key in it.
    AccessKey(&'a str),
    /// An identity provider of the caller's account that is to be made.
    OidcProvider {
        /// Its issuer without `https://`.
        url: &'a str,
        /// The action that puts tags on it, if it is made with some.
        tagged: Option<&'static str>,
    },
    /// Whatever has this ARN.
    Arn(&'a str),
    /// A trail: its ARN, or its name in the Region that is called.
    Trail(&'a str),
    /// Parts of the organization.
    Organization(Parts<'a>),
    /// Nothing, and nobody is refused.
    Anything,
}

/// Something that IAM, STS or Organizations are about. What is known of it is looked up by the
/// operation.
#[derive(Debug)]
pub struct OneIdentity;

impl Target for OneIdentity {
    type Name<'a> = Named<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn admit(name: Named<'_>, action: &'static str, gate: &mut Gate<'_>) -> Result<Self, Fault> {
        let account = gate.scope().account;
        let nothing = Tags::default();
        match name {
            Named::Anything => Ok(()),
            Named::Account => gate.ask_account(action),
            Named::Oneself => ask_oneself(action, gate),
            Named::New {
                kind,
                path,
                name,
                tagged,
            } => {
                let arn = entity_arn(kind, account, path.unwrap_or(ROOT_PATH), name);
                ask_new(&arn, action, tagged, gate)
            }
            Named::Entity { kind, name } => ask_entity(kind, name, action, gate),
            Named::Moved {
                kind,
                name,
                path,
                new_name,
            } => {
                ask_entity(kind, name, action, gate)?;
                let found = entity(gate.scope().identities, kind, account, name);
                let now = found.as_ref().map_or(ROOT_PATH, |found| &found.path);
                let path = path.unwrap_or(now);
                let arn = entity_arn(kind, account, path, new_name.unwrap_or(name));
                gate.ask_tagged(action, &arn, &nothing)
            }
            Named::ServiceLinkedRole { service } => {
                let path = format!("/aws-service-role/{service}/");
                let arn = entity_arn(EntityKind::Role, account, &path, "AWSServiceRoleFor*");
                gate.ask_tagged(action, &arn, &nothing)
            }
            Named::AccessKey(id) => match user_of_key(gate.scope().identities, account, id) {
                Some(user) => ask_entity(EntityKind::User, &user, action, gate),
                None => gate.ask_account(action),
            },
            Named::OidcProvider { url, tagged } => {
                let arn = OidcProviderRecord::arn_of(account, url);
                ask_new(&arn, action, tagged, gate)
            }
            Named::Organization(parts) => organization::ask(parts, action, gate),
            Named::Trail(arn) if arn.starts_with("arn:") => gate.ask_own(action, arn),
            Named::Trail(name) => {
                let arn = trail_arn(gate.scope().region, account, name);
                gate.ask_own(action, &arn)
            }
            Named::Arn(arn) => {
                let tags = tags_of(gate.scope().identities, account, arn).unwrap_or(nothing);
                gate.ask_tagged(action, arn, &tags)
            }
        }?;
        Ok(Self)
    }
}

/// Asks about something that is to be made, and about the tags that are to be put on it.
fn ask_new(
    arn: &str,
    action: &'static str,
    tagged: Option<&'static str>,
    gate: &mut Gate<'_>,
) -> Result<(), Fault> {
    let actions = [Some(action), tagged];
    actions
        .into_iter()
        .flatten()
        .try_for_each(|action| gate.ask_tagged(action, arn, &Tags::default()))
}

/// Asks about the caller: of a user as if its name were given, so that leaving it out gets past no
/// condition on what the user is like.
fn ask_oneself(action: &'static str, gate: &mut Gate<'_>) -> Result<(), Fault> {
    let identity = gate.caller().member().identity();
    match identity.kind() {
        IdentityKind::User { name, .. } => ask_entity(EntityKind::User, name, action, gate),
        _ => gate.ask_tagged(action, identity.principal_arn(), &Tags::default()),
    }
}

/// Asks about an entity that may be there, with the ARN, the tags and the boundary that it has or
/// would have.
fn ask_entity(
    kind: EntityKind,
    name: &str,
    action: &'static str,
    gate: &mut Gate<'_>,
) -> Result<(), Fault> {
    let account = gate.scope().account;
    match entity(gate.scope().identities, kind, account, name) {
        Some(found) => {
            let arn = entity_arn(kind, account, &found.path, &found.name);
            gate.ask_bounded(action, &arn, &found.tags, found.boundary.as_deref())
        }
        None => {
            let arn = entity_arn(kind, account, ROOT_PATH, name);
            gate.ask_tagged(action, &arn, &Tags::default())
        }
    }
}

/// What a question needs of an entity.
struct Found {
    path: String,
    name: String,
    tags: Tags,
    boundary: Option<String>,
}

fn entity(
    identities: &Identities,
    kind: EntityKind,
    account: AccountId,
    name: &str,
) -> Option<Found> {
    let found = |path: &String, name: &String, tags: &Tags, boundary: Option<&String>| Found {
        path: path.clone(),
        name: name.clone(),
        tags: tags.clone(),
        boundary: boundary.cloned(),
    };
    match kind {
        EntityKind::User => identities.user(account, name).map(|it| {
            let it = &it.record;
            found(&it.path, &it.name, &it.tags, it.boundary.as_ref())
        }),
        EntityKind::Group => identities
            .group(account, name)
            .map(|it| found(&it.record.path, &it.record.name, &Tags::default(), None)),
        EntityKind::Role => identities.role(account, name).map(|it| {
            let it = &it.record;
            found(&it.path, &it.name, &it.tags, it.boundary.as_ref())
        }),
        EntityKind::Policy => identities
            .own_policy(account, name)
            .map(|it| found(&it.record.path, &it.record.name, &it.record.tags, None)),
    }
}

/// The user of the account whose access key has this id.
fn user_of_key(identities: &Identities, account: AccountId, id: &str) -> Option<String> {
    let key = identities.access_key(id)?;
    match &key.record.owner {
        KeyOwner::User(name) if key.record.account == account => Some(name.clone()),
        _ => None,
    }
}

/// The tags of the user, role, managed policy or identity provider of an ARN, if it is the
/// account's own: whether a condition holds would tell others of theirs. AWS's policies have none.
fn tags_of(identities: &Identities, account: AccountId, arn: &str) -> Option<Tags> {
    let named = IamArn::parse_own(arn).filter(|named| named.account_id() == Some(account))?;
    match named.resource {
        IamResource::Entity { kind, name, .. } => {
            let found = entity(identities, kind, account, name)?;
            let is_it = entity_arn(kind, account, &found.path, &found.name) == arn;
            is_it.then_some(found.tags)
        }
        IamResource::OidcProvider { url } => {
            let provider = identities.oidc_provider(account, url)?;
            Some(provider.record.tags.clone())
        }
        _ => None,
    }
}
