//! A copy of the trail's files in an object store.
//!
//! The copy is always one that can be checked: a digest is put after all log files that it names,
//! with its signature before it, and after the digest before it. Log files that no digest names yet
//! are put as they come. Only the newest digest of each chain is remembered, which is enough: to put
//! a file that is there already changes nothing.

mod folder;

use std::collections::{BTreeMap, BTreeSet};
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

use self::folder::{Chain, File, Folder};
use super::ShipError;
use super::cursor::Cursor;
use super::patience::Patience;
use super::progress::Waiting;
use crate::audit::trail::{
    Kind, ObjectKey, PUBLIC_KEYS_FILE, SIGNATURE_ALGORITHM, SIGNATURE_SUFFIX, bucket,
};

/// What a copy is called in metrics and files.
pub(super) const KIND: &str = "copy";

/// How often it is looked for new files.
const LOOK: Duration = Duration::from_secs(5);

/// A destination of files.
#[derive(Debug)]
pub struct CopyOptions {
    /// Its name, which the file is named by that tells how far it is: lower-case letters, digits and
    /// hyphens.
    pub name: String,
    /// Where files are put.
    pub store: Arc<dyn ObjectStore>,
    /// The folder in it.
    pub prefix: Path,
    /// Whether objects can have metadata by the names that CloudTrail gives it, so that
    /// `aws cloudtrail validate-logs` finds the signatures of digests.
    pub has_metadata: bool,
    /// Only this account's files, laid out as in its bucket; without it those of all accounts, laid
    /// out as in the trail's folder.
    pub account: Option<AccountId>,
}

/// What is saved.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Saved {
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
        Ok(Self {
            saved: cursor.load()?.unwrap_or_default(),
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
                    Ok(()) => {
                        self.patience.relieved();
                        tokio::time::sleep(LOOK).await;
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

    /// Puts whatever is new.
    async fn round(&mut self) -> Result<(), ShipError> {
        let folder = Folder::new(self.trail.clone(), self.options.account);
        let digests = self.saved.digests.clone();
        let chains = blocking(move || folder.chains(&digests)).await?;
        let mut failed = None;
        if !chains.is_empty() {
            self.put_public_keys().await?;
        }
        self.tell(&chains);
        for chain in &chains {
            match self.put_chain(chain).await {
                Ok(()) => {}
                // That is so of this chain alone.
                Err(error @ (ShipError::Differs { .. } | ShipError::Digest { .. })) => {
                    failed.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
            self.tell(&chains);
        }
        failed.map_or(Ok(()), Err)
    }

    /// Tells how much there still is to put.
    fn tell(&self, chains: &[Chain]) {
        let mut waiting = Waiting::default();
        for chain in chains {
            let put = self.put.get(&chain.name);
            let newest = self.saved.digests.get(&chain.name);
            for file in &chain.files {
                let is_put = match file.key.kind() {
                    Kind::Digest => {
                        newest.is_some_and(|newest| file.key.as_str() <= newest.as_str())
                    }
                    Kind::Log => put.is_some_and(|put| put.contains(&file.key)),
                };
                if !is_put {
                    waiting.bytes += file.size;
                    let oldest = waiting
                        .oldest
                        .map_or(file.modified, |o| o.min(file.modified));
                    waiting.oldest = Some(oldest);
                }
            }
        }
        self.patience.destination.waiting(waiting);
    }

    async fn put_chain(&mut self, chain: &Chain) -> Result<(), ShipError> {
        let digests = chain.files.iter().filter(|f| f.key.kind() == Kind::Digest);
        for File { key: digest, .. } in digests {
            self.put_digest(chain, digest).await?;
        }
        let logs = chain.files.iter().filter(|f| f.key.kind() == Kind::Log);
        for File { key, .. } in logs.clone() {
            self.put_log(chain, key).await?;
        }
        // Those that no list will show again need not be remembered.
        let listed: BTreeSet<_> = logs.map(|file| file.key.clone()).collect();
        if let Some(put) = self.put.get_mut(&chain.name) {
            put.retain(|key| listed.contains(key));
        }
        Ok(())
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
        let path = self.trail.join(digest.as_str());
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
        let path = self.trail.join(key.as_str());
        blocking(move || catalogue.read(&wanted, None).map_err(ShipError::disk(path))).await
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

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ShipError> + Send + 'static,
) -> Result<T, ShipError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or(Err(ShipError::Slow))
}
