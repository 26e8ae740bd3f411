//! No plaintext key material on the disk: every file that a server leaves is searched for every
//! secret that it had, in the forms in which secrets get written by mistake.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use keystead_core::arn::Region;
use keystead_core::key::KeyRecord;
use keystead_crypto::seal::{KeyFile, Seal as _, SealRecord};
use keystead_crypto::testing::danger_root_key_bytes;
use keystead_crypto::{RootKey, SealedKey};
use keystead_server::directory::key_entry::MaterialBinding;
use keystead_server::directory::record::decode;
use keystead_store::{SqliteStore, Store as _};
use keystead_testkit::{Client, Server, ServerOptions};
use serde_json::{Value, json};

/// How many bytes of a secret in a row count as found.
const WINDOW: usize = 16;
/// As many of them as base64 writes in whole groups.
const BASE64_WINDOW: usize = 15;

/// Every window of some secrets, in every form.
#[derive(Default)]
struct Search {
    needles: HashSet<Vec<u8>>,
    lengths: HashSet<usize>,
    /// The first two bytes of any needle, which most places of a file don't begin with.
    beginnings: HashSet<[u8; 2]>,
}

impl Search {
    fn of(secrets: &[Vec<u8>]) -> Self {
        let mut search = Self::default();
        for window in secrets.iter().flat_map(|secret| secret.windows(WINDOW)) {
            let hexadecimal: String = window.iter().map(|byte| format!("{byte:02x}")).collect();
            search.add(hexadecimal.to_uppercase().into_bytes());
            search.add(hexadecimal.into_bytes());
            search.add(STANDARD.encode(&window[..BASE64_WINDOW]).into_bytes());
            search.add(URL_SAFE.encode(&window[..BASE64_WINDOW]).into_bytes());
            search.add(window.to_vec());
        }
        search
    }

    fn add(&mut self, needle: Vec<u8>) {
        self.lengths.insert(needle.len());
        self.beginnings.insert([needle[0], needle[1]]);
        self.needles.insert(needle);
    }

    fn finds(&self, text: &[u8]) -> bool {
        let begins = |at: usize| self.beginnings.contains(&[text[at], text[at + 1]]);
        (0..text.len().saturating_sub(1))
            .filter(|at| begins(*at))
            .any(|at| {
                let found = |length: &usize| {
                    text.get(at..at + length)
                        .is_some_and(|window| self.needles.contains(window))
                };
                self.lengths.iter().any(found)
            })
    }
}

/// Every file below a folder, with what is in it.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push((path.clone(), fs::read(path).unwrap()));
        }
    }
    files
}

async fn root_key(data_dir: &Path) -> RootKey {
    let store = SqliteStore::open(data_dir.join("identities.sqlite")).unwrap();
    let record = store.get("/seal").await.unwrap().unwrap();
    let record: SealRecord = serde_json::from_slice(&record.value).unwrap();
    let key_file = KeyFile::read(&data_dir.join("root.key")).unwrap();
    let root = key_file.unwrap_root(&record).unwrap();
    store.close().await;
    root
}

/// The material of every key of a Region, opened as the server does it.
async fn materials(data_dir: &Path, root: &RootKey) -> Vec<Vec<u8>> {
    let region: Region = "us-east-1".parse().unwrap();
    let store = SqliteStore::open(data_dir.join("regions/us-east-1.sqlite")).unwrap();
    let page = store.range("/r/us-east-1/", None, 1000).await.unwrap();
    store.close().await;
    let mut materials = Vec::new();
    for entry in page
        .items
        .iter()
        .filter(|entry| entry.key.contains("/key/"))
    {
        let key: KeyRecord = decode(&entry.key, &entry.value).unwrap();
        for material in &key.materials {
            let binding = MaterialBinding::new(&region, &key, material.id);
            let sealed =
                SealedKey::from_bytes(material.sealed.as_ref().unwrap().as_bytes().to_vec());
            let opened = root.open(&sealed, &binding.binding()).unwrap();
            materials.push(opened.expose().to_vec());
        }
    }
    materials
}

/// Makes keys and uses them in every way, and returns the secrets that were given out.
fn use_keys(server: &Server) -> Vec<Vec<u8>> {
    let client = server.client();
    let mut given = Vec::new();
    for index in 0..10 {
        let made = client.ok("CreateKey", &json!({"Description": index.to_string()}));
        let key = made["KeyMetadata"]["KeyId"].clone();
        let data_key = client.ok(
            "GenerateDataKey",
            &json!({"KeyId": key, "KeySpec": "AES_256"}),
        );
        let bare = client.ok(
            "GenerateDataKeyWithoutPlaintext",
            &json!({"KeyId": key, "NumberOfBytes": 64}),
        );
        let opened = client.ok(
            "Decrypt",
            &json!({"CiphertextBlob": bare["CiphertextBlob"]}),
        );
        let moved = json!({"CiphertextBlob": data_key["CiphertextBlob"], "DestinationKeyId": key});
        assert_eq!(client.call("ReEncrypt", &moved).status, 200);
        let random = client.ok("GenerateRandom", &json!({"NumberOfBytes": 32}));
        for answer in [data_key, opened, random] {
            given.push(decoded(&answer["Plaintext"]));
        }
        let pair = json!({"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"});
        let pair = client.ok("GenerateDataKeyPair", &pair);
        given.push(decoded(&pair["PrivateKeyPlaintext"]));
        let changed = match index % 3 {
            0 => client.call("DisableKey", &json!({"KeyId": key})),
            1 => client.call("ScheduleKeyDeletion", &json!({"KeyId": key})),
            _ => client.call(
                "UpdateKeyDescription",
                &json!({"KeyId": key, "Description": ""}),
            ),
        };
        assert_eq!(changed.status, 200);
    }
    given.extend(use_other_keys(&client));
    given
}

/// Kinds of keys besides that of symmetric encryption.
const OTHERS: [(&str, &str); 6] = [
    ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
    ("ECC_NIST_P256", "KEY_AGREEMENT"),
    ("HMAC_256", "GENERATE_VERIFY_MAC"),
    ("ML_DSA_44", "SIGN_VERIFY"),
    ("RSA_2048", "SIGN_VERIFY"),
    ("SM2", "SIGN_VERIFY"),
];

/// Makes a key of each other kind, uses it, and returns the secrets that were given out.
fn use_other_keys(client: &Client) -> Vec<Vec<u8>> {
    let mut given = Vec::new();
    for (spec, usage) in OTHERS {
        let made = client.ok("CreateKey", &json!({"KeySpec": spec, "KeyUsage": usage}));
        let metadata = &made["KeyMetadata"];
        let key = &metadata["Arn"];
        match usage {
            "SIGN_VERIFY" => {
                let algorithm = &metadata["SigningAlgorithms"][0];
                let sign = json!({"KeyId": key, "Message": "eA==", "SigningAlgorithm": algorithm});
                assert_eq!(client.call("Sign", &sign).status, 200, "{spec}");
            }
            "KEY_AGREEMENT" => {
                let shown = client.ok("GetPublicKey", &json!({"KeyId": key}));
                let derive = json!({
                    "KeyId": key, "KeyAgreementAlgorithm": "ECDH", "PublicKey": shown["PublicKey"],
                });
                let derived = client.ok("DeriveSharedSecret", &derive);
                given.push(decoded(&derived["SharedSecret"]));
            }
            _ => {
                let generate =
                    json!({"KeyId": key, "Message": "eA==", "MacAlgorithm": "HMAC_SHA_256"});
                assert_eq!(client.call("GenerateMac", &generate).status, 200);
            }
        }
    }
    given
}

fn decoded(base64: &Value) -> Vec<u8> {
    STANDARD.decode(base64.as_str().unwrap()).unwrap()
}

async fn scan(end: impl FnOnce(&mut Server)) {
    let mut server = ServerOptions::new(env!("CARGO_BIN_EXE_keystead"))
        .env("KEYSTEAD_LOG", "trace")
        .start();
    let given = use_keys(&server);
    let admin_secret = server.credentials().1.into_bytes();
    end(&mut server);
    // As the server left them, before anybody else opens the stores.
    let mut files = files(server.folder());
    files.push(("its output".into(), server.output().into_bytes()));

    let data_dir = server.data_dir();
    let root = root_key(&data_dir).await;
    let materials = materials(&data_dir, &root).await;
    assert_eq!(materials.len(), 10 + OTHERS.len());
    let key_file = fs::read_to_string(data_dir.join("root.key")).unwrap();
    let wrapping_key = STANDARD.decode(key_file.lines().nth(1).unwrap()).unwrap()[..32].to_vec();

    let nowhere = Search::of(
        &[
            given,
            materials,
            vec![danger_root_key_bytes(&root).to_vec()],
        ]
        .concat(),
    );
    let (wrapping, admin) = (Search::of(&[wrapping_key]), Search::of(&[admin_secret]));
    let mut found = Vec::new();
    for (path, content) in &files {
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(
            !nowhere.finds(content),
            "key material in {}",
            path.display()
        );
        found.extend(
            wrapping
                .finds(content)
                .then(|| format!("wrapping key in {name}")),
        );
        found.extend(
            admin
                .finds(content)
                .then(|| format!("admin's secret in {name}")),
        );
    }
    found.sort();
    // Each in the one place where it belongs, which also shows that the search finds things.
    assert_eq!(
        found,
        [
            "admin's secret in admin.credentials",
            "wrapping key in root.key"
        ]
    );
    assert!(files.iter().any(|(path, _)| path.ends_with("stderr.log")));
    assert!(
        files
            .iter()
            .any(|(path, _)| path.ends_with("segment-00000001.jsonl"))
    );
}

#[tokio::test]
async fn after_a_stop() {
    scan(|server| assert!(server.terminate().success())).await;
}

#[tokio::test]
async fn after_a_kill() {
    scan(Server::kill).await;
}

#[test]
fn the_search_finds_every_form() {
    let secret: Vec<u8> = (0..32_u8)
        .map(|byte| byte.wrapping_mul(37) ^ 0xa5)
        .collect();
    let search = Search::of(std::slice::from_ref(&secret));
    let hexadecimal: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let noise = vec![b'.'; 1000];
    let plant = |planted: &[u8]| [noise.as_slice(), planted, &noise].concat();
    assert!(!search.finds(&noise));
    for start in 0..WINDOW {
        let window = &secret[start..start + WINDOW];
        assert!(search.finds(&plant(window)), "raw, from {start}");
        // One byte less is not found: the search is for windows, not for chance.
        assert!(!search.finds(&plant(&window[..WINDOW - 1])));
        let digits = &hexadecimal[2 * start..2 * (start + WINDOW)];
        assert!(search.finds(&plant(digits.as_bytes())));
        assert!(search.finds(&plant(digits.to_uppercase().as_bytes())));
    }
    // In base64 at every place that it may have among other bytes.
    for before in 0..3 {
        let among = [&vec![7; before], secret.as_slice(), &[9; 5]].concat();
        for encoded in [STANDARD.encode(&among), URL_SAFE.encode(&among)] {
            assert!(
                search.finds(&plant(encoded.as_bytes())),
                "{before} bytes before"
            );
        }
    }
    let other: Value = json!({"CiphertextBlob": STANDARD.encode([0x5a; 64])});
    assert!(!search.finds(other.to_string().as_bytes()));
}
