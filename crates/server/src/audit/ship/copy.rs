//! A copy of the trail's files in an object store.
//!
//! The copy is always one that can be checked: a digest is put after all log files that it names,
//! with its signature before it, and after those of earlier hours. Log files that no digest names yet
//! are put as they come. Only the newest digest of each chain is remembered, which is enough: to put
//! a file that is there already changes nothing.

mod folder;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use keystead_core::arn::AccountId;
use keystead_crypto::sha256;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions,
};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use self::folder::{Chain, File, Folder, MAX_FILE_BYTES};
use super::ShipError;
use super::cursor::Cursor;
use super::patience::Patience;
use crate::audit::behind::Behind;
use crate::audit::trail::{
    Kind, ObjectKey, PUBLIC_KEYS_FILE, SIGNATURE_ALGORITHM, SIGNATURE_SUFFIX, bucket,
};

/// What a copy is called in metrics and files.
pub(super) const KIND: &str = "copy";

/// How often it is looked for new files.
const LOOK: Duration = Duration::from_secs(5);

/// A destination of files.
pub struct CopyOptions {
    /// Its name, which the file is named by that tells how far it is: lower-case letters, digits and
    /// hyphens.
    pub name: String,
    /// Where files are put.
    pub store: Arc<dyn ObjectStore>,
    /// The folder in it.
    pub prefix: Path,
    /// What tells the store and the folder from others, such as a URL, without secrets: it is written
    /// down. When it is another one, everything is put there from the first file on.
    pub address: String,
    /// Whether objects can have metadata by the names that CloudTrail gives it, so that
    /// `aws cloudtrail validate-logs` finds the signatures of digests.
    pub has_metadata: bool,
    /// Only this account's files, laid out as in its bucket; without it those of all accounts, laid
    /// out as in the trail's folder.
    pub account: Option<AccountId>,
}

impl CopyOptions {
    /// What tells where the files go from other places.
    fn place(&self) -> String {
        match self.account {
            Some(account) => format!("{} of {account}", self.address),
            None => self.address.clone(),
        }
    }
}

/// Without the store, which has credentials.
impl fmt::Debug for CopyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyOptions")
            .field("name", &self.name)
            .field("address", &self.address)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// What is saved.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Saved {
    /// Where they were put.
    #[serde(default)]
    place: String,
    /// The newest digest that was put, of each chain by its folder.
    digests: BTreeMap<String, String>,
}

/// A copy in the making.
pub(super) struct Copier {
    options: CopyOptions,
    trail: PathBuf,
    cursor: Cursor,
    patience: Patience,
    stopped: watch::Receiver<bool>,
    saved: Saved,
    /// The log files that were put since the digest before, by chain.
    put: BTreeMap<String, BTreeSet<ObjectKey>>,
    /// The hash of the list of public keys that was put.
    keys: Option<[u8; 32]>,
}

impl Copier {
    /// # Errors
    /// [`ShipError::Disk`] and [`ShipError::Cursor`].
    pub(super) fn open(
        options: CopyOptions,
        trail: PathBuf,
        cursor: Cursor,
        patience: Patience,
        stopped: watch::Receiver<bool>,
    ) -> Result<Self, ShipError> {
        let place = options.place();
        let saved = cursor.load()?.filter(|saved: &Saved| saved.place == place);
        let anew = || Saved {
            place,
            digests: BTreeMap::new(),
        };
        Ok(Self {
            saved: saved.unwrap_or_else(anew),
            options,
            trail,
            cursor,
            patience,
            stopped,
            put: BTreeMap::new(),
            keys: None,
        })
    }

    pub(super) async fn run(mut self) {
        let mut stopped = self.stopped.clone();
        let work = async {
            loop {
                match self.round().await {
                    Ok(round) => {
                        self.patience.relieved();
                        if round == Round::Last {
                            tokio::time::sleep(LOOK).await;
                        }
                    }
                    Err(error) => self.patience.after(&error).await,
                }
            }
        };
        // Whatever it is at is done again after the next start.
        tokio::select! {
            () = work => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    }

    /// Puts what is new, or the first of it.
    async fn round(&mut self) -> Result<Round, ShipError> {
        let folder = Folder::new(self.trail.clone(), self.options.account);
        let digests = self.saved.digests.clone();
        let chains = blocking(move || folder.chains(&digests)).await?;
        let mut failed = None;
        if !chains.is_empty() {
            self.put_public_keys().await?;
        }
        self.tell(&chains);
        let mut stopped = BTreeSet::new();
        for (chain, key) in in_order(&chains) {
            if stopped.contains(&chain.name) {
                continue;
            }
            let put = match key.kind() {
                Kind::Digest => self.put_digest(chain, key).await,
                Kind::Log => self.put_log(chain, key).await,
            };
            match put {
                Ok(()) => {}
                // That is so of this chain alone.
                Err(error @ (ShipError::Differs { .. } | ShipError::Digest { .. })) => {
                    failed.get_or_insert(error);
                    stopped.insert(&chain.name);
                }
                Err(error) => return Err(error),
            }
        }
        self.tell(&chains);
        let is_last = chains.iter().all(|chain| chain.digests.is_empty());
        let round = if is_last {
            Round::Last
        } else {
            Round::OneOfMany
        };
        failed.map_or(Ok(round), Err)
    }

    /// Tells how much there still is to put, of what was listed: the oldest is in it.
    fn tell(&self, chains: &[Chain]) {
        let mut waiting = Behind::default();
        for chain in chains {
            let put = self.put.get(&chain.name);
            let newest = self.saved.digests.get(&chain.name);
            let first = newest.and_then(|newest| chain.first_log(newest));
            let digests = chain.digests.iter();
            let digests = digests.filter(|file| file.is_after(newest));
            let logs = chain.logs.iter().filter(|file| {
                file.is_after(first.as_ref()) && put.is_none_or(|put| !put.contains(&file.key))
            });
            for file in digests.chain(logs) {
                waiting.bytes += file.size;
                let oldest = waiting.oldest.unwrap_or(file.modified);
                waiting.oldest = Some(oldest.min(file.modified));
            }
        }
        self.patience.destination.waiting(waiting);
    }

    async fn put_digest(&mut self, chain: &Chain, digest: &ObjectKey) -> Result<(), ShipError> {
        let Some(file) = self.read(chain, digest).await? else {
            return Ok(());
        };
        let unreadable = || ShipError::Digest {
            object: digest.to_string(),
        };
        for log in folder::named_by(&file).ok_or_else(unreadable)? {
            self.put_log(chain, &log).await?;
        }
        let (catalogue, key) = (chain.catalogue.clone(), digest.clone());
        let path = self.path(chain, digest);
        let signature = blocking(move || catalogue.signature(&key).map_err(ShipError::disk(path)));
        let signature = signature.await?.ok_or_else(unreadable)?;
        let name = format!("{digest}{SIGNATURE_SUFFIX}");
        let bytes = signature.clone().into_bytes();
        self.put(&self.place(chain.account, &name), bytes, Attributes::new())
            .await?;
        let mut attributes = Attributes::new();
        for (name, value) in [
            ("signature", signature),
            ("signature-algorithm", SIGNATURE_ALGORITHM.to_owned()),
        ] {
            attributes.insert(Attribute::Metadata(name.into()), value.into());
        }
        let place = self.place(chain.account, digest.as_str());
        self.put(&place, file, attributes).await?;
        let newest = digest.to_string();
        // Log files that no list will show again need not be remembered.
        if let Some(put) = self.put.get_mut(&chain.name)
            && let Some(first) = chain.first_log(&newest)
        {
            put.retain(|key| *key.as_str() > *first);
        }
        self.saved.digests.insert(chain.name.clone(), newest);
        let (cursor, saved) = (self.cursor.clone(), self.saved.clone());
        blocking(move || cursor.save(&saved)).await
    }

    async fn put_log(&mut self, chain: &Chain, key: &ObjectKey) -> Result<(), ShipError> {
        let put = self.put.get(&chain.name);
        if put.is_some_and(|put| put.contains(key)) {
            return Ok(());
        }
        match self.read(chain, key).await? {
            Some(file) => {
                let place = self.place(chain.account, key.as_str());
                self.put(&place, file, Attributes::new()).await?;
            }
            // Who checks the copy will find that it is missing. All others are to be in it.
            None => tracing::error!(%key, "a file is missing in the audit trail, and in its copy"),
        }
        let put = self.put.entry(chain.name.clone()).or_default();
        put.insert(key.clone());
        Ok(())
    }

    /// Puts the list of public keys, if it is not the one that was put.
    async fn put_public_keys(&mut self) -> Result<(), ShipError> {
        let path = self.trail.join(PUBLIC_KEYS_FILE);
        let Some(list) = blocking(move || folder::read(&path)).await? else {
            return Ok(());
        };
        let hash = sha256(&list);
        if self.keys != Some(hash) {
            let place = self.options.prefix.clone().join(PUBLIC_KEYS_FILE);
            self.options.store.put(&place, list.into()).await?;
            self.keys = Some(hash);
        }
        Ok(())
    }

    async fn read(&self, chain: &Chain, key: &ObjectKey) -> Result<Option<Vec<u8>>, ShipError> {
        let (catalogue, wanted) = (chain.catalogue.clone(), key.clone());
        let path = self.path(chain, key);
        let read = move || {
            // One byte more tells that there are more.
            let file = match catalogue.read(&wanted, Some((0, MAX_FILE_BYTES + 1))) {
                Ok(Some(file)) if file.len() as u64 > MAX_FILE_BYTES => {
                    Err(io::ErrorKind::FileTooLarge.into())
                }
                read => read,
            };
            file.map_err(ShipError::disk(path))
        };
        blocking(read).await
    }

    /// Where a file is in the trail.
    fn path(&self, chain: &Chain, key: &ObjectKey) -> PathBuf {
        let folder = self.trail.join(bucket(chain.account));
        folder.join(key.as_str())
    }

    /// Where an account's object is to be.
    fn place(&self, account: AccountId, key: &str) -> Path {
        let mut place = self.options.prefix.clone();
        if self.options.account.is_none() {
            place = place.join(bucket(account));
        }
        key.split('/').fold(place, Path::join)
    }

    /// Puts an object that never changes.
    async fn put(
        &self,
        place: &Path,
        bytes: Vec<u8>,
        attributes: Attributes,
    ) -> Result<(), ShipError> {
        let store = &self.options.store;
        let mut options = PutOptions {
            mode: PutMode::Create,
            ..PutOptions::default()
        };
        if self.options.has_metadata {
            options.attributes = attributes;
        }
        match store
            .put_opts(place, bytes.clone().into(), options.clone())
            .await
        {
            Err(Error::AlreadyExists { .. }) => {
                let there = store.get(place).await?.bytes().await?;
                match there == bytes {
                    true => Ok(()),
                    false => Err(ShipError::Differs {
                        object: place.to_string(),
                    }),
                }
            }
            // A store without conditions: what is there is the same, or was changed by others.
            Err(Error::NotImplemented { .. } | Error::NotSupported { .. }) => {
                options.mode = PutMode::Overwrite;
                store.put_opts(place, bytes.into(), options).await?;
                Ok(())
            }
            other => Ok(other.map(|_| ())?),
        }
    }
}

/// What a round puts, in order: digests by their time, since log files of an hour of which other
/// chains have digests are to have one too; then log files that no digest names yet. Where there are
/// digests, most are named by one of them.
fn in_order(chains: &[Chain]) -> Vec<(&Chain, &ObjectKey)> {
    let digests = chains.iter().flat_map(|chain| keys(chain, &chain.digests));
    let mut order: Vec<_> = digests.collect();
    order.sort_by_key(|(_, key)| key.time());
    let others = chains.iter().filter(|chain| chain.digests.is_empty());
    order.extend(others.flat_map(|chain| keys(chain, &chain.logs)));
    order
}

fn keys<'a>(
    chain: &'a Chain,
    files: &'a [File],
) -> impl Iterator<Item = (&'a Chain, &'a ObjectKey)> {
    files.iter().map(move |file| (chain, &file.key))
}

/// What a round was.
#[derive(PartialEq, Eq)]
enum Round {
    /// There may be more files already.
    OneOfMany,
    /// There was nothing else.
    Last,
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ShipError> + Send + 'static,
) -> Result<T, ShipError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or(Err(ShipError::Slow))
}
