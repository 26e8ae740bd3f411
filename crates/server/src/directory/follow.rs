//! How a directory is filled from the store and kept current by its `watch`.

use std::collections::HashSet;
use std::sync::Arc;

use keystead_core::key::KeyRecord;
use keystead_crypto::KeyFingerprint;
use keystead_store::{Change, Event, ReadError, Revision, Store, Watch, WatchError};
use tokio::task::JoinHandle;

use super::record::{Place, Record, RecordError, sealed_key};
use super::{Directory, NotCurrent};

/// How many records one read of the store brings.
const PAGE: usize = 1000;

/// Why a directory could not be filled, or is no longer kept current.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The store can't be read.
    #[error("the store can't be read")]
    Read {
        /// What the store says.
        #[from]
        source: ReadError,
    },
    /// The store can't be watched.
    #[error("the store can't be watched")]
    Watch {
        /// What the store says.
        #[from]
        source: WatchError,
    },
    /// A record of the store can't be used.
    #[error(transparent)]
    Record {
        /// Which, and why.
        #[from]
        source: RecordError,
    },
    /// The directory was cut off while it was filled.
    #[error(transparent)]
    NotCurrent {
        /// The state that it is in.
        #[from]
        source: NotCurrent,
    },
}

/// Fills the directory, then keeps it current in a task of its own until the store closes. Every
/// material must be sealed under this root key, or by a provider that does not say under which.
///
/// # Errors
/// [`FollowError`], if the directory can't be filled.
pub async fn follow(
    directory: Arc<Directory>,
    store: Arc<dyn Store>,
    root: KeyFingerprint,
) -> Result<JoinHandle<()>, FollowError> {
    let follower = Follower {
        directory,
        store,
        root,
    };
    let watch = follower.load().await?;
    Ok(tokio::spawn(follower.run(watch)))
}

/// What keeps a directory current. However it ends, the directory serves nobody afterwards.
struct Follower {
    directory: Arc<Directory>,
    store: Arc<dyn Store>,
    root: KeyFingerprint,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.directory.cut_off();
    }
}

impl Follower {
    async fn run(self, mut watch: Box<dyn Watch>) {
        loop {
            match self.apply_all(watch.as_mut()).await {
                FollowError::Watch {
                    source: WatchError::Closed,
                } => return,
                // The history is gone, so what was missed is read again; until then nobody is served.
                FollowError::Watch {
                    source: WatchError::Compacted { .. },
                } => {
                    self.directory.cut_off();
                    match self.load().await {
                        Ok(fresh) => watch = fresh,
                        Err(error) => return self.report_loss(&error),
                    }
                }
                error => return self.report_loss(&error),
            }
        }
    }

    fn report_loss(&self, error: &FollowError) {
        tracing::error!(region = %self.directory.region(), %error, "the directory has lost its store: all calls in this Region fail until a restart");
    }

    async fn load(&self) -> Result<Box<dyn Watch>, FollowError> {
        let mut seen = HashSet::new();
        let mut first_revision = None;
        let mut after: Option<String> = None;
        loop {
            let page = self.store.range("/", after.as_deref(), PAGE).await?;
            first_revision.get_or_insert(page.revision);
            for entry in &page.items {
                self.put(&entry.key, &entry.value, entry.mod_revision)?;
                seen.insert(entry.key.clone());
            }
            after = page.items.last().map(|entry| entry.key.clone());
            if !page.more {
                break;
            }
        }
        let revision = first_revision.unwrap_or(Revision::ZERO);
        self.directory.retain(revision.as_u64(), |place| {
            seen.contains(&place.path(self.directory.region()))
        });
        let watch = self.store.watch(revision.next()).await?;
        self.directory.show(revision.as_u64());
        Ok(watch)
    }

    async fn apply_all(&self, watch: &mut dyn Watch) -> FollowError {
        loop {
            let applied = match watch.next().await {
                Ok(event) => self.apply(&event),
                Err(source) => return source.into(),
            };
            if let Err(source) = applied {
                return source.into();
            }
        }
    }

    fn apply(&self, event: &Event) -> Result<(), RecordError> {
        for change in event.changes.iter() {
            match change {
                Change::Put { key, value } => self.put(key, value, event.revision)?,
                Change::Delete { key } => {
                    if let Some(place) = Place::parse(key, self.directory.region()) {
                        self.directory.remove(&place, event.revision.as_u64());
                    }
                }
            }
        }
        self.directory.show(event.revision.as_u64());
        Ok(())
    }

    fn put(&self, path: &str, value: &[u8], revision: Revision) -> Result<(), RecordError> {
        let place = Place::parse(path, self.directory.region()).ok_or_else(|| {
            RecordError::UnknownPlace {
                path: path.to_owned(),
            }
        })?;
        match Record::decode(&place, path, value)? {
            Record::Key(record) => {
                check_root(path, &record, self.root)?;
                self.directory.put_key(*record, revision.as_u64());
            }
            Record::Alias(record) => self.directory.put_alias(record, revision.as_u64()),
            Record::Outbox => {}
        }
        Ok(())
    }
}

/// Refuses a key of another root key now: its first use would fail, and whoever mixed up the files
/// would hear of it from their callers.
fn check_root(path: &str, record: &KeyRecord, root: KeyFingerprint) -> Result<(), RecordError> {
    let mut sealed_by = record
        .materials
        .iter()
        .filter_map(|material| sealed_key(&material.sealed).sealed_by());
    match sealed_by.find(|sealed_by| *sealed_by != root) {
        Some(sealed_by) => Err(RecordError::OtherRoot {
            path: path.to_owned(),
            sealed_by,
            root,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use bytes::Bytes;
    use keystead_core::alias::AliasRecord;
    use keystead_core::arn::{AccountId, Region};
    use keystead_core::key::{KeySpec, KeyUsage, Material, MaterialId, Sealed};
    use keystead_core::key_id::KeyId;
    use keystead_core::key_state::KeyState;
    use keystead_core::time::Timestamp;
    use keystead_crypto::{Binding, MaterialSpec, Purpose, RootKey, SystemRandom};
    use keystead_store::{Commit, CommitError, Entry, Page, Pending, Versioned};

    use super::*;
    use crate::directory::record::encode;

    /// A store of these entries whose watch says nothing, then panics.
    struct Panicking {
        entries: Vec<Entry>,
        go: Mutex<Option<tokio::sync::oneshot::Receiver<()>>>,
    }

    impl Panicking {
        fn holding(entries: &[(String, Vec<u8>)]) -> (Arc<Self>, tokio::sync::oneshot::Sender<()>) {
            let (sender, receiver) = tokio::sync::oneshot::channel();
            let entries = entries.iter().map(|(key, value)| Entry {
                key: key.clone(),
                value: Bytes::from(value.clone()),
                mod_revision: Revision::new(1),
            });
            let store = Self {
                entries: entries.collect(),
                go: Mutex::new(Some(receiver)),
            };
            (Arc::new(store), sender)
        }
    }

    impl Store for Panicking {
        fn get<'a>(&'a self, _: &'a str) -> Pending<'a, Result<Option<Versioned>, ReadError>> {
            Box::pin(async { Err(ReadError::Closed) })
        }

        fn range<'a>(
            &'a self,
            _: &'a str,
            _: Option<&'a str>,
            _: usize,
        ) -> Pending<'a, Result<Page, ReadError>> {
            let items = self.entries.clone();
            Box::pin(async {
                Ok(Page {
                    items,
                    more: false,
                    revision: Revision::new(1),
                })
            })
        }

        fn commit(&self, _: Commit) -> Pending<'_, Result<Revision, CommitError>> {
            Box::pin(async { Err(CommitError::Closed) })
        }

        fn watch(&self, _: Revision) -> Pending<'_, Result<Box<dyn Watch>, WatchError>> {
            let go = self.go.lock().unwrap().take();
            Box::pin(async { Ok(Box::new(PanickingWatch(go)) as Box<dyn Watch>) })
        }

        fn close(&self) -> Pending<'_, ()> {
            Box::pin(async {})
        }
    }

    struct PanickingWatch(Option<tokio::sync::oneshot::Receiver<()>>);

    impl Watch for PanickingWatch {
        fn next(&mut self) -> Pending<'_, Result<Event, WatchError>> {
            let go = self.0.take();
            Box::pin(async {
                let _ = go.unwrap().await;
                panic!("the watch fails as none should");
            })
        }
    }

    fn region() -> Region {
        "us-east-1".parse().unwrap()
    }

    fn account(text: &str) -> AccountId {
        text.parse().unwrap()
    }

    fn root() -> RootKey {
        RootKey::generate(&SystemRandom).unwrap()
    }

    fn key(root: &RootKey) -> KeyRecord {
        let binding = Binding {
            region: "us-east-1",
            account: "111122223333",
            key_id: "key",
            material_id: "material",
            purpose: Purpose::KeyMaterial(MaterialSpec::Symmetric256),
        };
        let sealed = root.seal(&SystemRandom, &binding, &[7; 32]).unwrap();
        KeyRecord {
            id: KeyId::from_random([7; 16]),
            account: account("111122223333"),
            created: Timestamp::from_millis(0),
            description: String::new(),
            spec: KeySpec::SymmetricDefault,
            usage: KeyUsage::EncryptDecrypt,
            state: KeyState::Enabled,
            policy: String::new(),
            tags: Default::default(),
            materials: vec![Material {
                id: "07".repeat(32).parse::<MaterialId>().unwrap(),
                created: Timestamp::from_millis(0),
                sealed: Sealed::new(sealed.as_bytes().to_vec()),
            }],
        }
    }

    fn place_of(key: &KeyRecord) -> Place {
        Place::Key {
            account: key.account,
            id: key.id,
        }
    }

    async fn refusal(root: &RootKey, place: &Place, value: Vec<u8>) -> RecordError {
        let (store, _go) = Panicking::holding(&[(place.path(&region()), value)]);
        let directory = Arc::new(Directory::new(region()));
        match follow(directory, store, root.fingerprint()).await {
            Err(FollowError::Record { source }) => source,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("the record was taken"),
        }
    }

    #[tokio::test]
    async fn a_follower_that_panics_leaves_a_directory_that_serves_nobody() {
        let root = root();
        let key = key(&root);
        let entry = (place_of(&key).path(&region()), encode(&key).unwrap());
        let (store, go) = Panicking::holding(&[entry]);
        let directory = Arc::new(Directory::new(region()));
        let task = follow(Arc::clone(&directory), store, root.fingerprint());
        let task = task.await.unwrap();
        assert_eq!(directory.check_current(), Ok(()));
        assert_eq!(directory.key_count(), 1);
        go.send(()).unwrap();
        assert!(task.await.unwrap_err().is_panic());
        assert_eq!(directory.check_current(), Err(NotCurrent));
    }

    #[tokio::test]
    async fn a_key_of_another_root_key_is_refused() {
        let (ours, theirs) = (root(), root());
        let key = key(&theirs);
        let error = refusal(&ours, &place_of(&key), encode(&key).unwrap()).await;
        let RecordError::OtherRoot {
            sealed_by, root, ..
        } = error
        else {
            panic!("{error}")
        };
        assert_eq!(
            (sealed_by, root),
            (theirs.fingerprint(), ours.fingerprint())
        );
    }

    #[tokio::test]
    async fn a_record_in_anothers_place_is_refused() {
        let root = root();
        let key = key(&root);
        let alias = AliasRecord {
            name: "alias/app".parse().unwrap(),
            account: key.account,
            target: key.id,
            created: key.created,
            updated: key.created,
        };
        let other = account("444455556666");
        let (key_value, alias_value) = (encode(&key).unwrap(), encode(&alias).unwrap());
        for (place, value) in [
            (
                Place::Key {
                    account: other,
                    id: key.id,
                },
                &key_value,
            ),
            (
                Place::Key {
                    account: key.account,
                    id: KeyId::from_random([8; 16]),
                },
                &key_value,
            ),
            (
                Place::Alias {
                    account: other,
                    name: alias.name.clone(),
                },
                &alias_value,
            ),
            (
                Place::Alias {
                    account: key.account,
                    name: "alias/prod".parse().unwrap(),
                },
                &alias_value,
            ),
        ] {
            let error = refusal(&root, &place, value.clone()).await;
            assert!(matches!(error, RecordError::Misplaced { .. }), "{error}");
        }
    }
}
