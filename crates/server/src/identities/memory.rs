//! The directory of identities as what follows their store.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use keystead_core::identity::{AccessKeyRecord, EntityKind, IdentityPlace};
use serde::de::DeserializeOwned;

use super::entry::{Entry, Kept};
use super::table::{Link, Put, Table};
use super::{AccessKey, Identities};
use crate::audit::trail::KEYS_PREFIX as TRAIL_KEYS_PREFIX;
use crate::directory::record::{OUTBOX_PREFIX, RecordError, decode, sealed_key};
use crate::ledger::Shown;
use crate::ledger::follow::Memory;
use crate::sessions::KEYS_PREFIX;

/// What stands in the store besides identities, and is nobody's business here.
const SEAL: &str = "/seal";

impl Memory for Identities {
    fn name(&self) -> String {
        "identities".to_owned()
    }

    fn shown(&self) -> &Shown {
        Self::shown(self)
    }

    fn put(&self, path: &str, value: &[u8], revision: u64) -> Result<(), RecordError> {
        if is_passed_over(path) {
            return Ok(());
        }
        let place = IdentityPlace::parse(path).ok_or_else(|| RecordError::UnknownPlace {
            path: path.to_owned(),
        })?;
        let source = Source {
            path,
            value,
            revision,
        };
        self.take_in(&place, &source)?;
        self.next_generation();
        Ok(())
    }

    fn remove(&self, path: &str, revision: u64) {
        if let Some(place) = IdentityPlace::parse(path) {
            self.take_out(&place, revision);
            self.next_generation();
        }
    }

    fn retain(&self, keep: &HashSet<String>, revision: u64) {
        let places = self.all_places().into_iter();
        for place in places.filter(|place| !keep.contains(&place.path())) {
            self.take_out(&place, revision);
        }
        self.next_generation();
    }
}

fn is_passed_over(path: &str) -> bool {
    path == SEAL
        || [OUTBOX_PREFIX, KEYS_PREFIX, TRAIL_KEYS_PREFIX]
            .iter()
            .any(|prefix| path.starts_with(prefix))
}

/// A record of the store.
struct Source<'a> {
    path: &'a str,
    value: &'a [u8],
    revision: u64,
}

impl Source<'_> {
    /// Reads the record, which must be the one of this place.
    fn read<R: Kept + DeserializeOwned>(&self, place: &IdentityPlace) -> Result<R, RecordError> {
        let record: R = decode(self.path, self.value)?;
        let found = record.clone().into().place();
        self.check_home(found == *place).map(|()| record)
    }

    fn check_home(&self, at_home: bool) -> Result<(), RecordError> {
        if at_home {
            return Ok(());
        }
        Err(RecordError::Misplaced {
            path: self.path.to_owned(),
        })
    }
}

impl Identities {
    /// Whatever was worked out before is worked out anew. Called after a change is in place, so
    /// that nothing of before it is taken for something of after it.
    fn next_generation(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn take_in(&self, place: &IdentityPlace, source: &Source<'_>) -> Result<(), RecordError> {
        use EntityKind::{Group, Policy, Role, User};
        match place {
            IdentityPlace::AccessKey { id } => self.take_in_key(place, id, source),
            IdentityPlace::Account(account) => self.keep(&self.accounts, *account, place, source),
            IdentityPlace::Entity {
                kind,
                account,
                name,
            } => {
                let key = (*account, name.clone());
                match kind {
                    User => self.keep(&self.users, key, place, source),
                    Group => self.keep(&self.groups, key, place, source),
                    Role => self.keep(&self.roles, key, place, source),
                    Policy => self.keep(&self.policies, key, place, source),
                }
            }
            IdentityPlace::OidcProvider { account, url } => {
                let key = (*account, url.clone());
                self.keep(&self.oidc_providers, key, place, source)
            }
            IdentityPlace::Service { name } => {
                self.keep(&self.services, name.clone(), place, source)
            }
            IdentityPlace::Organization => self.keep(&self.organization, (), place, source),
            IdentityPlace::Unit { id } => self.keep(&self.units, id.clone(), place, source),
            IdentityPlace::ControlPolicy { id } => {
                self.keep(&self.control_policies, id.clone(), place, source)
            }
        }
    }

    fn keep<K: Ord + Clone, R: Kept + DeserializeOwned>(
        &self,
        table: &Table<K, R>,
        key: K,
        place: &IdentityPlace,
        source: &Source<'_>,
    ) -> Result<(), RecordError> {
        let record: R = source.read(place)?;
        let links = record.links();
        if let Put::Taken(before) = table.put(key, Entry::new(record, source.revision)) {
            self.links.replace(place, &links_of(before), links);
        }
        Ok(())
    }

    fn take_in_key(
        &self,
        place: &IdentityPlace,
        id: &str,
        source: &Source<'_>,
    ) -> Result<(), RecordError> {
        let record: AccessKeyRecord = decode(source.path, source.value)?;
        source.check_home(record.id == id)?;
        let before = self.access_key(id);
        if before
            .as_ref()
            .is_some_and(|before| before.revision >= source.revision)
        {
            return Ok(());
        }
        let key = self.open_key(source, record)?;
        let (key, links_before) = match &before {
            Some(before) => (key.succeeding(before), before.links()),
            None => (key, Vec::new()),
        };
        self.links.replace(place, &links_before, key.links());
        self.access_keys.insert(id.to_owned(), Arc::new(key));
        Ok(())
    }

    fn open_key(
        &self,
        source: &Source<'_>,
        record: AccessKeyRecord,
    ) -> Result<AccessKey, RecordError> {
        let path = || source.path.to_owned();
        let root = self.secrets.root();
        match sealed_key(&record.secret).sealed_by() {
            Some(sealed_by) if sealed_by != root => {
                return Err(RecordError::OtherRoot {
                    path: path(),
                    sealed_by,
                    root,
                });
            }
            _ => {}
        }
        let secret = self
            .secrets
            .open(&record)
            .map_err(|source| RecordError::Secret {
                path: path(),
                source,
            })?;
        Ok(AccessKey::new(record, source.revision, secret))
    }

    fn take_out(&self, place: &IdentityPlace, revision: u64) {
        use EntityKind::{Group, Policy, Role, User};
        let links = match place {
            IdentityPlace::AccessKey { id } => {
                let is_old = |_: &String, key: &Arc<AccessKey>| key.revision <= revision;
                let removed = self.access_keys.remove_if(id, is_old);
                removed.map(|(_, key)| key.links()).unwrap_or_default()
            }
            IdentityPlace::Account(account) => {
                self.controls.remove(account);
                links_of(self.accounts.remove(account, revision))
            }
            IdentityPlace::Entity {
                kind,
                account,
                name,
            } => {
                let key = (*account, name.clone());
                match kind {
                    User => links_of(self.users.remove(&key, revision)),
                    Group => links_of(self.groups.remove(&key, revision)),
                    Role => links_of(self.roles.remove(&key, revision)),
                    Policy => links_of(self.policies.remove(&key, revision)),
                }
            }
            IdentityPlace::OidcProvider { account, url } => {
                let key = (*account, url.clone());
                links_of(self.oidc_providers.remove(&key, revision))
            }
            IdentityPlace::Service { name } => links_of(self.services.remove(name, revision)),
            IdentityPlace::Organization => links_of(self.organization.remove(&(), revision)),
            IdentityPlace::Unit { id } => links_of(self.units.remove(id, revision)),
            IdentityPlace::ControlPolicy { id } => {
                links_of(self.control_policies.remove(id, revision))
            }
        };
        self.links.replace(place, &links, Vec::new());
    }

    fn all_places(&self) -> Vec<IdentityPlace> {
        fn places<K: Ord + Clone, R: Kept>(
            table: &Table<K, R>,
        ) -> impl Iterator<Item = IdentityPlace> {
            table.all().into_iter().map(|entry| entry.place())
        }
        let keys: Vec<_> = self.access_keys.iter().map(|key| key.place()).collect();
        keys.into_iter()
            .chain(places(&self.accounts))
            .chain(places(&self.users))
            .chain(places(&self.groups))
            .chain(places(&self.roles))
            .chain(places(&self.policies))
            .chain(places(&self.oidc_providers))
            .chain(places(&self.services))
            .chain(places(&self.organization))
            .chain(places(&self.units))
            .chain(places(&self.control_policies))
            .collect()
    }
}

fn links_of<R: Kept>(entry: Option<Arc<Entry<R>>>) -> Vec<Link> {
    entry.map(|entry| entry.record.links()).unwrap_or_default()
}
