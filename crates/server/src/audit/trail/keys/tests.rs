use keystead_crypto::{RootKey, SoftwareProvider, SystemRandom};
use keystead_store::SqliteStore;

use super::*;
use crate::audit::trail::testing::{region, time};

const DAYS: u32 = 365;

struct Scene {
    store: Arc<dyn Store>,
    provider: Arc<dyn Provider>,
}

impl Scene {
    fn new() -> Self {
        let root = Arc::new(RootKey::generate(&SystemRandom).unwrap());
        Self {
            store: Arc::new(SqliteStore::in_memory().unwrap()),
            provider: Arc::new(SoftwareProvider::new(root, Arc::new(SystemRandom))),
        }
    }

    async fn keys(&self) -> SigningKeys {
        let (store, provider) = (Arc::clone(&self.store), Arc::clone(&self.provider));
        SigningKeys::load(store, provider, DAYS).await.unwrap()
    }

    /// How many private halves there are.
    async fn private_halves(&self) -> usize {
        let page = self.store.range(PREFIX, None, 100).await.unwrap();
        let records = page.items.iter();
        let records = records.map(|entry| decode::<Record>(&entry.key, &entry.value).unwrap());
        records.filter(|record| record.sealed.is_some()).count()
    }
}

fn check(keys: &[PublicKey], fingerprint: &str, text: &str, signature: &[u8]) {
    let key = keys.iter().find(|key| key.fingerprint == fingerprint);
    let verifier = RsaVerifier::from_der(&key.unwrap().der).unwrap();
    let message = Message::Raw(text.as_bytes());
    verifier.verify(SIGNING, message, signature).unwrap();
}

#[tokio::test]
async fn a_region_has_one_key_at_a_time() {
    let scene = Scene::new();
    let mut keys = scene.keys().await;
    let start = time("2026-01-02T03:00:00Z");
    let (us, eu) = (region("us-east-1"), region("eu-west-1"));
    let end = start.plus_hours(1);
    let first = keys.key(&us, start, end, end).await.unwrap();
    let of_eu = keys.key(&eu, start, end, end).await.unwrap();
    assert_ne!(first, of_eu);
    assert!(keys.sign(&eu, &first, "text").is_err());
    let signature = keys.sign(&us, &first, "text").unwrap();
    check(&keys.public(), &first, "text", &signature);

    // The next run finds it, and signs alike.
    let mut keys = scene.keys().await;
    let later = start.plus_days(DAYS - 1);
    assert_eq!(keys.key(&us, end, later, later).await.unwrap(), first);
    assert_eq!(keys.sign(&us, &first, "text").unwrap(), signature);
    let public = keys.public();
    assert_eq!(public.len(), 2);
    assert!(public.iter().all(|key| key.is_current && key.from == start));
    assert_eq!(public[0].until, start.plus_days(DAYS));
}

#[tokio::test]
async fn a_key_is_replaced_and_its_private_half_destroyed() {
    let scene = Scene::new();
    let mut keys = scene.keys().await;
    let us = region("us-east-1");
    let start = time("2026-01-02T03:00:00Z");
    let first = keys.key(&us, start, start.plus_hours(1), start).await;
    let first = first.unwrap();

    // A year later, the hours that are over are still signed by the first.
    let now = start.plus_days(DAYS).plus_seconds(5);
    let end = now.start_of_hour();
    assert_eq!(keys.key(&us, start, end, now).await.unwrap(), first);
    assert_eq!(scene.private_halves().await, 2);
    let mut keys = scene.keys().await;
    assert_eq!(keys.key(&us, start, end, now).await.unwrap(), first);
    keys.sign(&us, &first, "text").unwrap();

    let next_end = end.plus_hours(1);
    let second = keys.key(&us, end, next_end, next_end).await.unwrap();
    assert_ne!(second, first);
    assert_eq!(scene.private_halves().await, 1);
    assert!(keys.sign(&us, &first, "text").is_err());
    let signature = keys.sign(&us, &second, "text").unwrap();
    let public = keys.public();
    check(&public, &second, "text", &signature);
    let [old, new] = &public[..] else {
        panic!("{public:?}")
    };
    assert_eq!((&old.fingerprint, &new.fingerprint), (&first, &second));
    assert_eq!((old.from, old.until), (start, now));
    assert!((old.is_current, new.is_current) == (false, true) && new.from == now);

    // A trail that is brought back from an older copy is behind: the second signs for the first.
    let behind = keys.key(&us, start, end, next_end).await.unwrap();
    assert_eq!(behind, second);
    assert_eq!(keys.sign(&us, &behind, "text").unwrap(), signature);
}
