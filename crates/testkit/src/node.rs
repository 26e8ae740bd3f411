//! A node in the test's own process: no network, a clock to move, users of the test's choice.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::BodyExt as _;
use keystead_core::arn::{AccountId, Region};
use keystead_core::identity::UserRecord;
use keystead_core::time::Timestamp;
use keystead_crypto::{RootKey, SecretBytes, SoftwareProvider, SystemRandom};
use keystead_server::audit::log::{AuditLog, LogOptions};
use keystead_server::authn::Trust;
use keystead_server::clock::Clock as _;
use keystead_server::identities::{AccessKey, Identities, Member};
use keystead_server::incoming::{Incoming, Peer};
use keystead_server::node::{Node, Parts};
use keystead_store::{SqliteStore, Store};
use keystead_wire::sigv4::Signer;
use serde_json::Value;

use crate::call::Answer;
use crate::clock::ManualClock;

/// The account of every user that a test makes.
pub const ACCOUNT: &str = "111122223333";
/// The account of the users that are made with [`NodeOptions::foreign_admin`].
pub const OTHER_ACCOUNT: &str = "444455556666";
/// The Region that a test node serves.
pub const REGION: &str = "us-east-1";
/// 2026-01-02T03:04:05Z, when the clock of a test node begins.
const START: Timestamp = Timestamp::from_millis(1_767_323_045_000);
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const HOST: &str = "kms.test";

/// What a test node is made of.
#[derive(Debug, Default)]
pub struct NodeOptions {
    users: Vec<(&'static str, String, Option<String>)>,
}

impl NodeOptions {
    /// A node without users.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a user with one inline policy, or with none. Its access key's id is `AKIA` and its name
    /// in capitals.
    #[must_use]
    pub fn user(mut self, name: &str, policy: Option<&str>) -> Self {
        self.users
            .push((ACCOUNT, name.to_owned(), policy.map(str::to_owned)));
        self
    }

    /// Adds a user that may do everything.
    #[must_use]
    pub fn admin(self, name: &str) -> Self {
        self.user(name, Some(EVERYTHING))
    }

    /// Adds a user of another account that may do everything there.
    #[must_use]
    pub fn foreign_admin(mut self, name: &str) -> Self {
        self.users
            .push((OTHER_ACCOUNT, name.to_owned(), Some(EVERYTHING.to_owned())));
        self
    }

    /// Starts the node with its store and its audit log in a folder.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(self, folder: &Path) -> TestNode {
        let clock = Arc::new(ManualClock::at(START));
        let identities = Identities::new();
        identities.add_account(account(ACCOUNT));
        identities.add_account(account(OTHER_ACCOUNT));
        for (account, name, policy) in self.users {
            add_user(&identities, account, &name, policy);
        }
        let root = Arc::new(root(folder));
        let store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(folder.join("region.sqlite")).expect("a store"));
        let parts = Parts {
            clock: Arc::<ManualClock>::clone(&clock),
            root: root.fingerprint(),
            provider: Arc::new(SoftwareProvider::new(root, Arc::new(SystemRandom))),
            identities,
            trust: Trust::Signatures,
            first_region: (region(), store),
            other_regions: Vec::new(),
            log: AuditLog::open(folder.join("audit"), LogOptions::default()).expect("an audit log"),
        };
        TestNode {
            node: Node::start(parts).await.expect("a node"),
            clock,
        }
    }
}

/// A root key that a second start in the same folder finds again.
fn root(folder: &Path) -> RootKey {
    use keystead_crypto::seal::{KeyFile, Seal as _, SealRecord};
    let (key_path, record_path) = (folder.join("root.key"), folder.join("seal.json"));
    if let Ok(record) = std::fs::read(&record_path) {
        let record: SealRecord = serde_json::from_slice(&record).expect("a seal record");
        return KeyFile::read(&key_path)
            .expect("a key file")
            .unwrap_root(&record)
            .expect("a root key");
    }
    let root = RootKey::generate(&SystemRandom).expect("a root key");
    let seal = KeyFile::generate(&SystemRandom).expect("a key file");
    seal.create(&key_path).expect("a place for the key file");
    let record = seal.wrap(&root, &SystemRandom).expect("a seal record");
    let record = serde_json::to_vec(&record).expect("JSON");
    std::fs::write(record_path, record).expect("a place for the seal record");
    root
}

fn account(digits: &str) -> AccountId {
    digits.parse().expect("an account")
}

fn region() -> Region {
    REGION.parse().expect("a Region")
}

fn access_key_id(user: &str) -> String {
    format!("AKIA{}", user.to_uppercase())
}

fn secret(user: &str) -> String {
    format!("the secret of {user}, long enough")
}

fn add_user(identities: &Identities, owner: &str, name: &str, policy: Option<String>) {
    let record = UserRecord {
        account: account(owner),
        name: name.to_owned(),
        user_id: format!("AIDA{:A<17}", name.to_uppercase()),
        created: START,
        inline_policies: policy
            .map(|text| BTreeMap::from([("inline".to_owned(), text)]))
            .unwrap_or_default(),
    };
    identities.add_user(&record);
    let member = Arc::new(Member::user(&record));
    let key = AccessKey::new(SecretBytes::from(secret(name).into_bytes()), member);
    identities.add_access_key(access_key_id(name), key);
}

/// A node to call without a network.
pub struct TestNode {
    /// The node itself.
    pub node: Node,
    /// Its clock.
    pub clock: Arc<ManualClock>,
}

impl TestNode {
    /// Calls an operation as a user, signed at the node's own time.
    ///
    /// # Panics
    /// If the request can't be made.
    pub async fn call(&self, user: &str, operation: &str, input: &Value) -> Answer {
        let body = input.to_string().into_bytes();
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", HOST),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", &format!("TrentService.{operation}")),
        ] {
            let value = HeaderValue::from_str(value).expect("a header");
            headers.insert(HeaderName::from_static(name), value);
        }
        let (access_key_id, secret) = (access_key_id(user), secret(user));
        let signer = Signer {
            access_key_id: &access_key_id,
            secret_access_key: secret.as_bytes(),
            session_token: None,
            region: REGION,
            service: "kms",
            unix_seconds: self.clock.now().as_seconds(),
        };
        let uri = "/".parse().expect("a path");
        signer
            .sign(&Method::POST, &uri, &mut headers, &body)
            .expect("a signature");
        let mut request = Request::post("/").body(()).expect("a request");
        *request.headers_mut() = headers;
        let peer = Peer {
            address: IpAddr::from([127, 0, 0, 1]),
            tls: None,
            endpoint: None,
        };
        let incoming = Incoming {
            parts: request.into_parts().0,
            body: Bytes::from(body),
            peer,
        };
        let response = self.node.corridor().serve(incoming).await.into_response();
        let headers = response.headers().iter().map(|(name, value)| {
            (
                name.to_string(),
                value.to_str().unwrap_or_default().to_owned(),
            )
        });
        Answer {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: response
                .into_body()
                .collect()
                .await
                .expect("a body")
                .to_bytes()
                .to_vec(),
        }
    }

    /// Calls an operation that must succeed.
    ///
    /// # Panics
    /// If it does not.
    pub async fn ok(&self, user: &str, operation: &str, input: &Value) -> Value {
        let answer = self.call(user, operation, input).await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        answer.json()
    }

    /// Calls an operation that must fail; returns its error's code and message.
    ///
    /// # Panics
    /// If it succeeds.
    pub async fn err(&self, user: &str, operation: &str, input: &Value) -> (String, String) {
        let answer = self.call(user, operation, input).await;
        assert_ne!(answer.status, 200, "{operation}: {}", answer.text());
        (answer.error(), answer.message())
    }

    /// Makes a key as a user, with a policy or the default one; returns its id.
    ///
    /// # Panics
    /// If it can't be made.
    pub async fn key(&self, user: &str, policy: Option<&str>) -> String {
        let input = serde_json::json!({ "Policy": policy, "BypassPolicyLockoutSafetyCheck": true });
        let made = self.ok(user, "CreateKey", &input).await;
        made.pointer("/KeyMetadata/KeyId")
            .and_then(Value::as_str)
            .expect("a key id")
            .to_owned()
    }
}
