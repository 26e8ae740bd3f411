//! How a memory is filled from a store and kept current by its `watch`.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use keystead_store::{Change, Event, ReadError, Revision, Store, Watch, WatchError};
use tokio::task::JoinHandle;

use super::{NotCurrent, Shown};
use crate::causes::Causes;
use crate::directory::record::RecordError;

/// How many records one read of the store brings.
const PAGE: usize = 1000;

/// How long to wait before a store that could not be read is read again.
const RETRY: Duration = Duration::from_secs(1);

/// What follows a store: a Region's directory, or that of the identities.
///
/// Reading the store anew overlaps with its watch, so that a memory must pass over what is older
/// than what it shows: nobody may see a record fall back to an earlier state.
pub trait Memory: Send + Sync + 'static {
    /// Whose memory it is, for the operator.
    fn name(&self) -> String;

    /// What it shows of the store.
    fn shown(&self) -> &Shown;

    /// Takes in a record.
    ///
    /// # Errors
    /// [`RecordError`] of a record that can't be used.
    fn put(&self, path: &str, value: &[u8], revision: u64) -> Result<(), RecordError>;

    /// Removes a record that no revision after this one wrote.
    fn remove(&self, path: &str, revision: u64);

    /// Removes every record that `keep` does not name and that no revision after this one wrote.
    fn retain(&self, keep: &HashSet<String>, revision: u64);
}

/// Why a memory could not be filled, or is no longer kept current.
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
    /// The memory was cut off while it was filled.
    #[error(transparent)]
    NotCurrent {
        /// The state that it is in.
        #[from]
        source: NotCurrent,
    },
}

/// Fills a memory, then keeps it current in a task of its own until the store closes.
///
/// # Errors
/// [`FollowError`], if it can't be filled.
pub async fn follow<M: Memory>(
    memory: Arc<M>,
    store: Arc<dyn Store>,
) -> Result<JoinHandle<()>, FollowError> {
    let follower = Follower { memory, store };
    let watch = follower.load().await?;
    Ok(tokio::spawn(follower.run(watch)))
}

/// What keeps a memory current. However it ends, the memory serves nobody afterwards.
struct Follower<M: Memory> {
    memory: Arc<M>,
    store: Arc<dyn Store>,
}

impl<M: Memory> Drop for Follower<M> {
    fn drop(&mut self) {
        self.memory.shown().cut_off();
    }
}

impl<M: Memory> Follower<M> {
    async fn run(self, mut watch: Box<dyn Watch>) {
        loop {
            match self.apply_all(watch.as_mut()).await {
                FollowError::Watch {
                    source: WatchError::Closed,
                } => return,
                // What was missed is read again; until then nobody is served.
                FollowError::Watch { .. } => {
                    self.memory.shown().cut_off();
                    match self.load_at_last().await {
                        Some(fresh) => watch = fresh,
                        None => return,
                    }
                }
                error => return self.report_loss(&error),
            }
        }
    }

    /// Reads the store anew, as soon as it can be read. `None` if it is closed, or has a record that can't be used.
    async fn load_at_last(&self) -> Option<Box<dyn Watch>> {
        loop {
            match self.load().await {
                Ok(fresh) => return Some(fresh),
                Err(
                    FollowError::Read {
                        source: ReadError::Closed,
                    }
                    | FollowError::Watch {
                        source: WatchError::Closed,
                    },
                ) => return None,
                Err(error @ (FollowError::Read { .. } | FollowError::Watch { .. })) => {
                    tracing::error!(memory = self.memory.name(), error = %Causes(&error), "the directory can't follow its store: all calls that need it fail until it can, which is tried again");
                    tokio::time::sleep(RETRY).await;
                }
                Err(error) => {
                    self.report_loss(&error);
                    return None;
                }
            }
        }
    }

    fn report_loss(&self, error: &FollowError) {
        tracing::error!(memory = self.memory.name(), error = %Causes(error), "the directory has lost its store: all calls that need it fail until a restart");
    }

    async fn load(&self) -> Result<Box<dyn Watch>, FollowError> {
        let mut seen = HashSet::new();
        let mut first_revision = None;
        let mut after: Option<String> = None;
        loop {
            let page = self.store.range("/", after.as_deref(), PAGE).await?;
            first_revision.get_or_insert(page.revision);
            for entry in &page.items {
                let revision = entry.mod_revision.as_u64();
                self.memory.put(&entry.key, &entry.value, revision)?;
                seen.insert(entry.key.clone());
            }
            after = page.items.last().map(|entry| entry.key.clone());
            if !page.more {
                break;
            }
        }
        let revision = first_revision.unwrap_or(Revision::ZERO);
        self.memory.retain(&seen, revision.as_u64());
        let watch = self.store.watch(revision.next()).await?;
        self.memory.shown().show(revision.as_u64());
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
        let revision = event.revision.as_u64();
        for change in event.changes.iter() {
            match change {
                Change::Put { key, value } => self.memory.put(key, value, revision)?,
                Change::Delete { key } => self.memory.remove(key, revision),
            }
        }
        self.memory.shown().show(revision);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use bytes::Bytes;
    use keystead_core::alias::AliasRecord;
    use keystead_core::arn::{AccountId, Region};
    use keystead_core::key::{
        KeyManager, KeyRecord, KeySpec, KeyUsage, Material, MaterialId, Origin, Sealed, Stage,
    };
    use keystead_core::key_id::KeyId;
    use keystead_core::key_state::KeyState;
    use keystead_core::time::Timestamp;
    use keystead_crypto::{Binding, Purpose, RootKey, SystemRandom};
    use keystead_store::{Commit, CommitError, Entry, Page, Pending, Versioned};

    use super::*;
    use crate::directory::Directory;
    use crate::directory::memory::RegionMemory;
    use crate::directory::record::{Place, encode};

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
            purpose: Purpose::KeyMaterial(KeySpec::SymmetricDefault),
        };
        let sealed = root.seal(&SystemRandom, &binding, &[7; 32]).unwrap();
        KeyRecord {
            id: KeyId::from_random([7; 16]),
            account: account("111122223333"),
            created: Timestamp::from_millis(0),
            description: String::new(),
            spec: KeySpec::SymmetricDefault,
            usage: KeyUsage::EncryptDecrypt,
            origin: Origin::AwsKms,
            manager: KeyManager::Customer,
            state: KeyState::Enabled,
            policy: String::new(),
            policy_principals: Default::default(),
            tags: Default::default(),
            materials: vec![Material {
                id: "07".repeat(32).parse::<MaterialId>().unwrap(),
                created: Timestamp::from_millis(0),
                sealed: Some(Sealed::new(sealed.as_bytes().to_vec())),
                stage: Stage::First,
                import: None,
            }],
            rotation: None,
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
        let memory = Arc::new(RegionMemory::new(directory, root.fingerprint()));
        match follow(memory, store).await {
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
        let memory = Arc::new(RegionMemory::new(
            Arc::clone(&directory),
            root.fingerprint(),
        ));
        let task = follow(memory, store).await.unwrap();
        assert_eq!(directory.shown().check_current(), Ok(()));
        assert_eq!(directory.key_count(), 1);
        go.send(()).unwrap();
        assert!(task.await.unwrap_err().is_panic());
        assert_eq!(directory.shown().check_current(), Err(NotCurrent));
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
