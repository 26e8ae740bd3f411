//! Very many keys, written into the store of a data directory that no server has open.
//!
//! A server makes each key in a commit of its own, which is on the disk before it answers: a million of them take
//! longer than all that is measured. Here they are made with the product's own crates, each with material of its own,
//! as copies of one that the server made.

use std::path::Path;
use std::sync::Arc;

use keystead_core::arn::Region;
use keystead_core::key::{KeyRecord, Material, MaterialId, Sealed};
use keystead_core::key_id::KeyId;
use keystead_crypto::seal::{KeyFile, Seal as _, SealRecord};
use keystead_crypto::{Provider, SoftwareProvider, SystemRandom};
use keystead_server::directory::key_entry::MaterialBinding;
use keystead_server::directory::record::{Place, decode, encode};
use keystead_store::{Commit, MAX_COMMIT_KEYS, SqliteStore, Store};
use tokio::task::JoinSet;

use super::client::REGION;

/// Commits that wait for the disk together.
const TOGETHER: usize = 256;

/// Why a store could not be filled.
#[derive(Debug, thiserror::Error)]
#[error("the store of {what} can't be filled: {source}")]
pub(crate) struct FillError {
    what: &'static str,
    source: Box<dyn std::error::Error + Send + Sync>,
}

fn failed<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    what: &'static str,
) -> impl Fn(E) -> FillError {
    move |source| FillError {
        what,
        source: source.into(),
    }
}

/// What is said where a record was to be.
const ABSENT: &str = "a record is missing";

/// Brings the keys in this data directory to `count`, all like the one with the id `template`, and returns their ids.
pub(super) async fn fill(
    data: &Path,
    template: &str,
    count: u32,
) -> Result<Vec<String>, FillError> {
    let provider = provider(data).await?;
    let path = data.join("regions").join(format!("{REGION}.sqlite"));
    let store = SqliteStore::open(path).map_err(failed("keys"))?;
    let store: Arc<dyn Store> = Arc::new(store);
    let region: Region = REGION.parse().map_err(failed("keys"))?;
    let mut copier = Copier {
        record: original(store.as_ref(), &region, template).await?,
        provider,
        region,
    };
    let mut ids = vec![template.to_owned()];
    let total = usize::try_from(count).unwrap_or(usize::MAX);
    while ids.len() < total {
        let mut commits = JoinSet::new();
        while commits.len() < TOGETHER && ids.len() < total {
            let mut commit = Commit::new();
            for _ in 0..MAX_COMMIT_KEYS.min(total - ids.len()) {
                let (path, value) = copier.next().map_err(failed("keys"))?;
                commit = commit.put(path, value);
                ids.push(copier.record.id.to_string());
            }
            let store = Arc::clone(&store);
            commits.spawn(async move { store.commit(commit).await });
        }
        while let Some(committed) = commits.join_next().await {
            committed.map_err(failed("keys"))?.map_err(failed("keys"))?;
        }
    }
    store.close().await;
    Ok(ids)
}

/// What seals under the root key of a data directory.
async fn provider(data: &Path) -> Result<SoftwareProvider, FillError> {
    let store = SqliteStore::open(data.join("identities.sqlite")).map_err(failed("identities"))?;
    let stored = store.get("/seal").await.map_err(failed("identities"))?;
    store.close().await;
    let stored = stored.ok_or(ABSENT).map_err(failed("identities"))?;
    let record: SealRecord = serde_json::from_slice(&stored.value).map_err(failed("identities"))?;
    let file = KeyFile::read(&data.join("root.key")).map_err(failed("identities"))?;
    let root = file.unwrap_root(&record).map_err(failed("identities"))?;
    Ok(SoftwareProvider::new(
        Arc::new(root),
        Arc::new(SystemRandom),
    ))
}

/// The record of the key with this id, whichever account has it.
async fn original(store: &dyn Store, region: &Region, id: &str) -> Result<KeyRecord, FillError> {
    let entries = store
        .range("/r/", None, 1000)
        .await
        .map_err(failed("keys"))?;
    let entry = entries
        .items
        .iter()
        .find(|entry| entry.key.ends_with(&format!("/key/{id}")));
    let entry = entry.ok_or(ABSENT).map_err(failed("keys"))?;
    let is_key = matches!(Place::parse(&entry.key, region), Some(Place::Key { .. }));
    let entry = is_key
        .then_some(entry)
        .ok_or(ABSENT)
        .map_err(failed("keys"))?;
    decode(&entry.key, &entry.value).map_err(failed("keys"))
}

/// Makes one key after the other.
struct Copier {
    record: KeyRecord,
    provider: SoftwareProvider,
    region: Region,
}

impl Copier {
    /// Where the next key stands in the store, and its record there.
    fn next(&mut self) -> Result<(String, Vec<u8>), Box<dyn std::error::Error + Send + Sync>> {
        let (mut id, mut material) = ([0; 16], [0; 32]);
        self.provider.fill_random(&mut id)?;
        self.provider.fill_random(&mut material)?;
        self.record.id = KeyId::from_random(id);
        let id = MaterialId::from_bytes(material);
        let binding = MaterialBinding::new(&self.region, &self.record, id);
        let sealed = self.provider.generate(&binding.binding())?;
        let sealed = Some(Sealed::new(sealed.as_bytes().to_vec()));
        let first = self.record.materials.first().ok_or(ABSENT)?;
        let material = Material {
            id,
            sealed,
            ..first.clone()
        };
        self.record.materials = vec![material];
        let place = Place::Key {
            account: self.record.account,
            id: self.record.id,
        };
        Ok((place.path(&self.region), encode(&self.record)?))
    }
}
