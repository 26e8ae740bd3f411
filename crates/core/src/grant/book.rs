//! The grants of one key, found by who asks for what.

mod shelf;

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

use self::shelf::{Pile, Shelf};
use super::{GrantOperation, GrantRecord};
use crate::policy::{NamedPrincipal, Naming, Principal};

/// The grants of one key, indexed so that a decision costs the same however many there are and
/// whoever their grantees are. Asking allocates nothing.
///
/// The index proposes grants; whether one permits is read from the grant itself, always.
#[derive(Debug, Default)]
pub struct GrantBook {
    grants: BTreeMap<String, Arc<Entry>>,
    /// By the grantee: a unique id where it is bound to one, the ARN of other principals, the
    /// digits of an account, the name of a service. No two of these look alike.
    shelves: HashMap<Box<str>, Shelf>,
    /// The grants that have a name, by the hash of what makes them [alike](Likeness).
    alike: HashMap<u64, Pile>,
}

/// A grant with its grantee's name, read once.
#[derive(Debug)]
struct Entry {
    grant: Arc<GrantRecord>,
    grantee: Option<NamedPrincipal>,
}

/// What a call asks of the grants.
#[derive(Debug, Clone, Copy)]
pub struct GrantRequest<'a> {
    /// Who calls.
    pub principal: &'a Principal<'a>,
    /// What for.
    pub operation: GrantOperation,
    /// The encryption context of the call; `None` where the operation takes none.
    pub encryption_context: Option<&'a BTreeMap<String, String>>,
    /// The resource that a calling service acts for.
    pub source_arn: Option<&'a str>,
}

impl GrantBook {
    /// A grant that permits the request and that `suits`, such as one that is as wide as the grant
    /// which the request is about to make: of several the one that names the caller most closely.
    pub fn permitting_and(
        &self,
        request: &GrantRequest<'_>,
        suits: impl Fn(&GrantRecord) -> bool,
    ) -> Option<&GrantRecord> {
        self.closest(request, suits).map(|(_, grant)| grant)
    }

    /// The same, with how it names the caller.
    pub(crate) fn closest(
        &self,
        request: &GrantRequest<'_>,
        suits: impl Fn(&GrantRecord) -> bool,
    ) -> Option<(Naming, &GrantRecord)> {
        let permits = |entry: &Entry| {
            let naming = entry.permits(request)?;
            suits(&entry.grant).then_some(naming)
        };
        names_of(request.principal).into_iter().find_map(|name| {
            let (naming, entry) = self.shelves.get(name?)?.find(request, &permits)?;
            Some((naming, &*entry.grant))
        })
    }

    /// The grants that name a caller, whatever they permit, the closest name first. One of several
    /// operations may come several times. For telling people of them: a decision looks where a
    /// grant must be.
    pub(crate) fn naming<'a, 'c>(
        &'a self,
        caller: &'c Principal<'c>,
    ) -> impl Iterator<Item = &'a GrantRecord> + use<'a, 'c> {
        let names = names_of(caller).into_iter().flatten();
        let shelves = names.filter_map(|name| self.shelves.get(name));
        let names_caller = move |entry: &&Arc<Entry>| {
            let grantee = entry.grantee.as_ref();
            grantee.is_some_and(|grantee| grantee.names(caller).is_some())
        };
        let entries = shelves.flat_map(Shelf::entries).filter(names_caller);
        entries.map(|entry| &*entry.grant)
    }

    /// The grant that an identical request made before: the same name, and nothing else different.
    /// Grants without a name are never found.
    #[must_use]
    pub fn find_identical(&self, wanted: &GrantRecord) -> Option<&Arc<GrantRecord>> {
        let likeness = Likeness::of(wanted)?;
        let alike = self.alike.get(&self.alike.hasher().hash_one(&likeness))?;
        let mut entries = alike.iter();
        let found = entries.find(|entry| Likeness::of(&entry.grant).as_ref() == Some(&likeness));
        found.map(|entry| &entry.grant)
    }

    /// Adds a grant, or replaces the one of its id.
    pub fn insert(&mut self, grant: Arc<GrantRecord>) {
        self.remove(&grant.id);
        let grantee = grant.grantee.named();
        let entry = Arc::new(Entry { grant, grantee });
        if let Some(name) = entry.shelf() {
            self.shelves.entry(name.into()).or_default().put(&entry);
        }
        if let Some(hash) = self.likeness_hash(&entry.grant) {
            self.alike.entry(hash).or_default().put(Arc::clone(&entry));
        }
        self.grants.insert(entry.grant.id.clone(), entry);
    }

    /// Removes a grant by its id.
    pub fn remove(&mut self, id: &str) -> Option<Arc<GrantRecord>> {
        let entry = self.grants.remove(id)?;
        if let Some(name) = entry.shelf()
            && let Slot::Occupied(mut shelf) = self.shelves.entry(name.into())
        {
            shelf.get_mut().take(&entry);
            if shelf.get().is_empty() {
                shelf.remove();
            }
        }
        if let Some(hash) = self.likeness_hash(&entry.grant)
            && let Slot::Occupied(mut pile) = self.alike.entry(hash)
        {
            pile.get_mut().take(id);
            if pile.get().is_empty() {
                pile.remove();
            }
        }
        Some(Arc::clone(&entry.grant))
    }

    fn likeness_hash(&self, grant: &GrantRecord) -> Option<u64> {
        Likeness::of(grant).map(|likeness| self.alike.hasher().hash_one(likeness))
    }

    /// A grant by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<GrantRecord>> {
        self.grants.get(id).map(|entry| &entry.grant)
    }

    /// The grants after one of them, in the order of their ids.
    pub fn after<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = &'a Arc<GrantRecord>> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = id.map_or(Unbounded, Excluded);
        self.grants
            .range::<str, _>((from, Unbounded))
            .map(|(_, entry)| &entry.grant)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grants.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grants.is_empty()
    }
}

impl Entry {
    /// Whether the grant permits the request, and how it names the caller.
    fn permits(&self, request: &GrantRequest<'_>) -> Option<Naming> {
        let is_about = self.grant.operations.contains(request.operation)
            && self.grant.constraints.hold_of(request);
        let grantee = self.grantee.as_ref().filter(|_| is_about)?;
        grantee.names(request.principal)
    }

    /// Where the grant is shelved; nowhere if its grantee is nobody whom a grant can name.
    fn shelf(&self) -> Option<&str> {
        match self.grantee.as_ref()? {
            NamedPrincipal::User { arn, id } | NamedPrincipal::Role { arn, id } => {
                Some(id.as_ref().unwrap_or(arn))
            }
            NamedPrincipal::RoleSession { arn } | NamedPrincipal::FederatedUser { arn } => {
                Some(arn)
            }
            NamedPrincipal::Account { account, .. } => Some(account),
            NamedPrincipal::Service { name } => Some(name),
            NamedPrincipal::UniqueId { id } => Some(id),
            NamedPrincipal::Everyone | NamedPrincipal::Federated { .. } => None,
        }
    }
}

/// The shelves on which a grant to the caller may be, the closest name first.
fn names_of<'a>(caller: &Principal<'a>) -> [Option<&'a str>; 4] {
    match *caller {
        Principal::Root { account, .. } => [Some(account), None, None, None],
        Principal::User {
            account,
            arn,
            user_id,
        } => [Some(user_id), Some(arn), Some(account), None],
        Principal::RoleSession {
            account,
            arn,
            role_arn,
            role_id,
            ..
        } => [Some(arn), Some(role_id), Some(role_arn), Some(account)],
        Principal::FederatedUser {
            account,
            arn,
            user_arn,
            user_id,
        } => [Some(arn), Some(user_id), Some(user_arn), Some(account)],
        Principal::Service { name } => [Some(name), None, None, None],
        Principal::WebIdentity { .. } => [None; 4],
    }
}

/// What two grants have in common that come of the same request ("Creating grants" in the KMS
/// developer guide, and `Name` of `CreateGrant`).
#[derive(PartialEq, Eq, Hash)]
struct Likeness<'a> {
    name: &'a str,
    grantee: &'a super::GrantPrincipal,
    retiring: Option<&'a super::GrantPrincipal>,
    issuing_account: &'a crate::arn::AccountId,
    operations: super::GrantOperations,
    constraints: &'a super::GrantConstraints,
}

impl<'a> Likeness<'a> {
    fn of(grant: &'a GrantRecord) -> Option<Self> {
        Some(Self {
            name: grant.name.as_deref()?,
            grantee: &grant.grantee,
            retiring: grant.retiring.as_ref(),
            issuing_account: &grant.issuing_account,
            operations: grant.operations,
            constraints: &grant.constraints,
        })
    }
}

#[cfg(test)]
mod tests;
