//! What the tests of the trail share: a log with lines, a signer without a store, a disk that fails.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use keystead_core::arn::Region;
use keystead_core::key::KeySpec;
use keystead_core::time::Timestamp;
use keystead_crypto::{
    Binding, Message, OpenedKey, Provider as _, Purpose, RootKey, RsaVerifier, SoftwareProvider,
    SystemRandom,
};
use tempfile::TempDir;

use super::delivery::{Delivery, Signer};
use super::digest::{SIGNING, fingerprint};
use super::disk::{Disk, Folder};
use super::keys::PublicKey;
use super::{TrailError, public_keys};
use crate::audit::log::{AuditLog, LogOptions, remove_segment};

pub(super) const ONE: &str = "111122223333";
pub(super) const TWO: &str = "444455556666";
pub(super) const REGION: &str = "us-east-1";
/// The seconds between two deliveries.
pub(super) const INTERVAL: u32 = 300;

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn region(name: &str) -> Region {
    name.parse().unwrap()
}

/// A folder with a log and a trail of it.
pub(super) struct Scene {
    folder: TempDir,
    log: AuditLog,
    pub(super) signer: TestSigner,
    lines: usize,
}

impl Scene {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::open(folder.path().join("log"), LogOptions::default()).unwrap();
        Self {
            folder,
            log,
            signer: TestSigner::default(),
            lines: 0,
        }
    }

    pub(super) fn trail(&self) -> PathBuf {
        self.folder.path().join("trail")
    }

    /// Logs a record.
    pub(super) async fn log(&mut self, account: &str, region: &str, time: &str) {
        self.lines += 1;
        let line = format!(
            r#"{{"eventID":"{}","eventTime":"{time}","awsRegion":"{region}","recipientAccountId":"{account}"}}"#,
            self.lines
        );
        self.log.append(line.into_bytes()).await.unwrap();
    }

    /// Has the next record begin a segment of the log.
    pub(super) async fn end_segment(&self) {
        self.log.end_segment().await.unwrap();
    }

    /// Removes a segment of the log.
    pub(super) fn remove_segment(&self, number: u64) {
        remove_segment(&self.folder.path().join("log"), number).unwrap();
    }

    /// How many records were logged.
    pub(super) const fn lines(&self) -> usize {
        self.lines
    }

    /// A delivery that goes on from what is in the folder.
    pub(super) fn delivery<D: Disk>(&self, disk: D) -> Delivery<D> {
        let reader = self.log.reader().unwrap();
        Delivery::open(disk, reader, &region(REGION), INTERVAL).unwrap()
    }

    pub(super) fn folder(&self) -> Folder {
        Folder::new(self.trail())
    }

    /// Delivers what is due at these times, each time by a run of its own.
    pub(super) fn deliver(&mut self, times: &[&str]) {
        for now in times {
            let mut delivery = self.delivery(self.folder());
            let signer = &mut self.signer;
            delivery.run(time(now), signer, &|| true).unwrap();
        }
        let list = public_keys::written(&self.signer.public()).unwrap();
        let mut folder = self.folder();
        folder.replace(Path::new(public_keys::FILE), &list).unwrap();
    }
}

/// Signs with one key for all Regions, and another from some time on.
#[derive(Default)]
pub(super) struct TestSigner {
    pub(super) second_from: Option<Timestamp>,
}

/// A fingerprint, a public key, and the private one.
type Pair = (String, Vec<u8>, OpenedKey);

/// The keys of all tests, which are made once.
fn keys() -> &'static [Pair; 2] {
    static KEYS: OnceLock<[Pair; 2]> = OnceLock::new();
    KEYS.get_or_init(|| {
        let root = Arc::new(RootKey::generate(&SystemRandom).unwrap());
        let provider = SoftwareProvider::new(root, Arc::new(SystemRandom));
        ["1", "2"].map(|number| {
            let binding = Binding {
                region: "",
                account: "",
                key_id: "test",
                material_id: number,
                purpose: Purpose::KeyMaterial(KeySpec::Rsa2048),
            };
            let sealed = provider.generate(&binding).unwrap();
            let opened = provider.open(&sealed, &binding).unwrap();
            let public = RsaVerifier::from_der(opened.private().unwrap().public_key()).unwrap();
            let der = public.pkcs1_der().to_vec();
            (fingerprint(&der), der, opened)
        })
    })
}

impl TestSigner {
    pub(super) fn public(&self) -> Vec<PublicKey> {
        let from = time("2026-01-01T00:00:00Z");
        let public = |(fingerprint, der, _): &Pair| PublicKey {
            region: region(REGION),
            der: der.clone(),
            fingerprint: fingerprint.clone(),
            from,
            until: from.plus_days(365),
            is_current: true,
        };
        keys().iter().map(public).collect()
    }
}

impl Signer for TestSigner {
    fn key(
        &mut self,
        _region: &Region,
        _start: Timestamp,
        end: Timestamp,
    ) -> Result<String, TrailError> {
        let second = self.second_from.is_some_and(|from| from < end);
        Ok(keys()[usize::from(second)].0.clone())
    }

    fn sign(
        &mut self,
        _region: &Region,
        fingerprint: &str,
        text: &str,
    ) -> Result<Vec<u8>, TrailError> {
        let mut all = keys().iter();
        let (_, _, key) = all.find(|(known, ..)| known == fingerprint).unwrap();
        let message = Message::Raw(text.as_bytes());
        Ok(key.private().unwrap().sign(SIGNING, message).unwrap())
    }
}

/// A folder whose process dies at a write: before it, or right after it. It does not wait for the
/// disk, since the machine lives on.
pub(super) struct DyingDisk {
    root: PathBuf,
    /// How many writes are still made.
    pub(super) left: usize,
    pub(super) last_is_made: bool,
}

impl DyingDisk {
    pub(super) const fn new(root: PathBuf, left: usize, last_is_made: bool) -> Self {
        Self {
            root,
            left,
            last_is_made,
        }
    }

    fn write(&self, path: &Path, contents: &[u8]) -> io::Result<()> {
        let path = self.root.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, contents)
    }
}

impl Disk for DyingDisk {
    fn replace(&mut self, path: &Path, contents: &[u8]) -> io::Result<()> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                self.write(path, contents)
            }
            None => {
                if std::mem::take(&mut self.last_is_made) {
                    self.write(path, contents)?;
                }
                Err(io::ErrorKind::StorageFull.into())
            }
        }
    }

    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        Folder::new(self.root.clone()).read(path)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        Folder::new(self.root.clone()).names()
    }
}
