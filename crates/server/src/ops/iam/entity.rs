//! What IAM's operations find of users, groups, roles and policies, and how they change it.
//!
//! Every change expects the record as it was found. Where a change rests on another record being
//! there, that record is [held]: of two calls that meet, the second decides anew.

use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::change::{Change, Expected};
use keystead_core::identity::{
    EntityKind, GroupRecord, IdentityPlace, IdentityRecord, ManagedPolicyRecord, RoleRecord,
    UserRecord, lower,
};

use super::error;
use super::pages::{Asked, Page};
use crate::fault::Fault;
use crate::identities::{AccessKey, Entry, Identities, Kept, Link, Part, secrets};
use crate::ops::management::Call;

/// A user, a group, a role or a managed policy.
pub(super) trait Entity: Kept {
    /// Which of them.
    const KIND: EntityKind;
    /// What its unique ids begin with ("IAM identifiers" in the IAM guide).
    const ID_PREFIX: &'static str;

    /// Its name.
    fn name(&self) -> &str;
    /// Its path.
    fn path(&self) -> &str;
    /// The one of a name.
    fn find(identities: &Identities, account: AccountId, name: &str) -> Option<Arc<Entry<Self>>>;
    /// Those of an account, in the order of their names.
    fn list(identities: &Identities, account: AccountId, part: Part<'_>) -> Vec<Arc<Entry<Self>>>;
}

macro_rules! entities {
    ($($record:ident: $kind:ident $prefix:literal $find:ident $list:ident;)*) => {$(
        impl Entity for $record {
            const KIND: EntityKind = EntityKind::$kind;
            const ID_PREFIX: &'static str = $prefix;

            fn name(&self) -> &str {
                &self.name
            }

            fn path(&self) -> &str {
                &self.path
            }

            fn find(
                identities: &Identities,
                account: AccountId,
                name: &str,
            ) -> Option<Arc<Entry<Self>>> {
                identities.$find(account, name)
            }

            fn list(
                identities: &Identities,
                account: AccountId,
                part: Part<'_>,
            ) -> Vec<Arc<Entry<Self>>> {
                identities.$list(account, part)
            }
        }
    )*};
}

entities! {
    UserRecord: User "AIDA" user users;
    GroupRecord: Group "AGPA" group groups;
    RoleRecord: Role "AROA" role roles;
    ManagedPolicyRecord: Policy "ANPA" own_policy own_policies;
}

/// Writes a new record.
pub(super) fn made(record: impl Into<IdentityRecord>) -> Change {
    Change::PutIdentity {
        record: Box::new(record.into()),
        expected: Expected::Absent,
    }
}

/// Writes a record again as it is, so that whoever changes or destroys it at the same time decides
/// anew.
pub(super) fn held<R: Kept>(entry: &Entry<R>) -> Change {
    entry.replaced_by(entry.record.clone())
}

impl<I> Call<'_, I> {
    /// The user, group or role of a name.
    ///
    /// # Errors
    /// `NoSuchEntity`.
    pub(super) fn find<R: Entity>(&self, name: &str) -> Result<Arc<Entry<R>>, Fault> {
        R::find(self.tools.identities, self.account, name)
            .ok_or_else(|| error::no_such(R::KIND, name))
    }

    /// All of a kind, in the order of their names.
    pub(super) fn all<R: Entity>(&self) -> Vec<Arc<Entry<R>>> {
        let everything = Part {
            after: None,
            path_prefix: "",
            limit: usize::MAX,
        };
        R::list(self.tools.identities, self.account, everything)
    }

    /// A page of all of a kind whose path begins so.
    ///
    /// # Errors
    /// [`Fault::InvalidMarker`].
    pub(super) fn page<R: Entity>(
        &self,
        asked: Asked<'_>,
        path_prefix: Option<&str>,
    ) -> Result<Page<Arc<Entry<R>>>, Fault> {
        let after = asked.after()?;
        let part = Part {
            after: after.as_deref(),
            path_prefix: path_prefix.unwrap_or_default(),
            limit: asked.one_more(),
        };
        let found = R::list(self.tools.identities, self.account, part);
        Ok(asked.cut(found, |entry| lower(entry.record.name())))
    }

    /// Refuses a new one if its name is taken, or if there are as many as there may be.
    ///
    /// # Errors
    /// `EntityAlreadyExists`, `LimitExceeded`.
    pub(super) fn check_new<R: Entity>(
        &self,
        name: &str,
        quota: &str,
        limit: usize,
    ) -> Result<(), Fault> {
        self.check_free::<R>(name)?;
        if self.all::<R>().len() < limit {
            Ok(())
        } else {
            Err(error::quota(quota, limit))
        }
    }

    fn check_free<R: Entity>(&self, name: &str) -> Result<(), Fault> {
        match R::find(self.tools.identities, self.account, name) {
            None => Ok(()),
            Some(_) => Err(error::name_taken(R::KIND, name)),
        }
    }

    /// A new unique id.
    ///
    /// # Errors
    /// The random generator's.
    pub(super) fn new_id<R: Entity>(&self) -> Result<String, Fault> {
        let random = secrets::RandomOf(self.tools.provider);
        Ok(secrets::unique_id(&random, R::ID_PREFIX)?)
    }

    /// Changes a record in a way that may give it another name.
    ///
    /// # Errors
    /// `EntityAlreadyExists`, if that name is taken.
    pub(super) fn moved<R: Entity>(
        &self,
        found: &Entry<R>,
        record: R,
    ) -> Result<Vec<Change>, Fault> {
        if lower(found.record.name()) == lower(record.name()) {
            return Ok(vec![found.replaced_by(record)]);
        }
        self.check_free::<R>(record.name())?;
        Ok(vec![found.removed(), made(record)])
    }

    /// The users in a group, in the order of their names.
    pub(super) fn members(&self, group: &str) -> Vec<Arc<Entry<UserRecord>>> {
        let link = Link::MembersOf(self.place(EntityKind::Group, group));
        let places = self.tools.identities.linked(&link, None, usize::MAX);
        let user = |place| match place {
            IdentityPlace::Entity { account, name, .. } => {
                self.tools.identities.user(account, &name)
            }
            _ => None,
        };
        places.into_iter().filter_map(user).collect()
    }

    /// The access keys of a user, in the order of their ids.
    pub(super) fn access_keys(&self, user: &str) -> Vec<Arc<AccessKey>> {
        let owner = self.place(EntityKind::User, user);
        self.tools.identities.access_keys_of(&owner)
    }

    fn place(&self, kind: EntityKind, name: &str) -> IdentityPlace {
        IdentityPlace::entity(kind, self.account, name)
    }
}

/// Whether a path begins so.
pub(super) fn is_below(path: &str, prefix: Option<&str>) -> bool {
    prefix.is_none_or(|prefix| path.starts_with(prefix))
}
