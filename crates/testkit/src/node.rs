//! A node in the test's own process: no network, a clock to move, users of the test's choice.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::BodyExt as _;
use keystead_core::arn::{AccountId, Region};
use keystead_core::identity::{IdentityRecord, UserRecord};
use keystead_core::quota::Quotas;
use keystead_core::time::Timestamp;
use keystead_crypto::{RootKey, SoftwareProvider, SystemRandom};
use keystead_server::audit::log::{AuditLog, LogOptions};
use keystead_server::audit::retention::Retention;
use keystead_server::audit::trail::TrailOptions;
use keystead_server::authn::Trust;
use keystead_server::clock::Clock as _;
use keystead_server::http::{Entrance, HttpServer, Limits, Reserved};
use keystead_server::identities::Secrets;
use keystead_server::incoming::{Incoming, Peer};
use keystead_server::node::{Node, Parts};
use keystead_server::sessions::web_identity::Outbound;
use keystead_server::spans::Spans;
use keystead_store::{SqliteStore, Store};
use keystead_wire::sigv4::Signer;
use serde_json::Value;

use crate::call::Answer;
use crate::clock::ManualClock;
use crate::fake_tokens::FakeTokens;
use crate::faulty_store::FaultyStore;
use crate::identities::{self, Population};
use crate::query::Credentials;

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
pub(crate) const HOST: &str = "kms.test";

/// What a test node is made of.
#[derive(Debug, Default)]
pub struct NodeOptions {
    population: Population,
    now: Option<Timestamp>,
    quotas: Quotas,
    retention_days: Option<u32>,
    has_trail: bool,
    tokens: FakeTokens,
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
    pub fn user(self, name: &str, policy: Option<&str>) -> Self {
        self.user_record(identities::user(account(ACCOUNT), name, policy, START))
    }

    /// Adds a user as a test describes it, with an access key.
    #[must_use]
    pub fn user_record(mut self, user: UserRecord) -> Self {
        self.population.user(user);
        self
    }

    /// Adds a role with this trust policy, and one inline policy or none.
    #[must_use]
    pub fn role(self, name: &str, trust: &str, policy: Option<&str>) -> Self {
        let role = identities::role(account(ACCOUNT), name, trust, policy, START);
        self.record(role.into())
    }

    /// Adds a group with one inline policy, or with none, and a user in it who has none.
    #[must_use]
    pub fn group(self, name: &str, policy: Option<&str>, member: &str) -> Self {
        let mut user = identities::user(account(ACCOUNT), member, None, START);
        user.groups.insert(name.to_owned());
        let group = identities::group(account(ACCOUNT), name, policy, START);
        self.record(group.into()).user_record(user)
    }

    /// Adds a service that [`ACCOUNT`] registered, with an access key.
    #[must_use]
    pub fn service(mut self, name: &str) -> Self {
        self.population.service(account(ACCOUNT), name, START);
        self
    }

    /// Adds any record.
    #[must_use]
    pub fn record(mut self, record: IdentityRecord) -> Self {
        self.population.record(record);
        self
    }

    /// Sets quotas of every account, by their settings' names.
    ///
    /// # Panics
    /// If there is no such quota, or it can't have such a value.
    #[must_use]
    pub fn quotas(mut self, quotas: &[(&str, &str)]) -> Self {
        self.quotas = Quotas::new(quotas.iter().copied(), []).expect("quotas");
        self
    }

    /// Has the audit log kept for so many days, and not for ever.
    #[must_use]
    pub fn retention_days(mut self, days: u32) -> Self {
        self.retention_days = Some(days);
        self
    }

    /// Has these tokens for custom key stores.
    #[must_use]
    pub fn tokens(mut self, tokens: &FakeTokens) -> Self {
        self.tokens = tokens.clone();
        self
    }

    /// Adds a user that may do everything.
    #[must_use]
    pub fn admin(self, name: &str) -> Self {
        self.user(name, Some(EVERYTHING))
    }

    /// Adds a user of another account that may do everything there.
    #[must_use]
    pub fn foreign_admin(self, name: &str) -> Self {
        let owner = account(OTHER_ACCOUNT);
        self.user_record(identities::user(owner, name, Some(EVERYTHING), START))
    }

    /// Has the audit log delivered, into `audit/trail` of the folder, with a new key every day. The node
    /// does so by itself, and at once when it is told to by `Trail::deliver`.
    #[must_use]
    pub const fn trail(mut self) -> Self {
        self.has_trail = true;
        self
    }

    /// Has the clock begin at another instant: after a restart, where it stood before.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.now = Some(now);
        self
    }

    /// Starts the node with its store and its audit log in a folder.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(self, folder: &Path) -> TestNode {
        let shared = self.open(folder).await;
        shared.node(folder.join("audit")).await
    }

    /// As [`start`](Self::start), on stores that a test has fail: that of the identities, and that of the Region.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_faulty(self, folder: &Path) -> (TestNode, [Arc<FaultyStore>; 2]) {
        let mut shared = self.open(folder).await;
        let identities = FaultyStore::around(Arc::clone(&shared.identity_store));
        let region = FaultyStore::around(Arc::clone(&shared.store));
        shared.identity_store = Arc::<FaultyStore>::clone(&identities);
        shared.store = Arc::<FaultyStore>::clone(&region);
        (
            shared.node(folder.join("audit")).await,
            [identities, region],
        )
    }

    /// Starts two nodes that share stores and clock, each with an audit log of its own, `audit` and
    /// `audit-2`. They rest: their jobs run when the test says so. Stopping one closes the stores of
    /// both.
    ///
    /// # Panics
    /// If they do not start.
    pub async fn start_two(self, folder: &Path) -> [TestNode; 2] {
        let shared = self.open(folder).await;
        let one = shared.node(folder.join("audit")).await;
        one.node.rest();
        let other = shared.node(folder.join("audit-2")).await;
        other.node.rest();
        [one, other]
    }

    /// Opens the stores in a folder, with everybody who is to be there.
    async fn open(mut self, folder: &Path) -> Shared {
        self.population.account(account(ACCOUNT), START);
        self.population.account(account(OTHER_ACCOUNT), START);
        let root = Arc::new(root(folder));
        let identity_store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(folder.join("identities.sqlite")).expect("a store"));
        let secrets = Secrets::new(Arc::clone(&root));
        self.population
            .write(identity_store.as_ref(), &secrets, START)
            .await;
        Shared {
            clock: Arc::new(ManualClock::at(self.now.unwrap_or(START))),
            root,
            identity_store,
            store: Arc::new(SqliteStore::open(folder.join("region.sqlite")).expect("a store")),
            quotas: self.quotas,
            retention: self
                .retention_days
                .map_or(Retention::Forever, Retention::Days),
            has_trail: self.has_trail,
            tokens: self.tokens,
        }
    }
}

/// What nodes have in common.
struct Shared {
    clock: Arc<ManualClock>,
    root: Arc<RootKey>,
    identity_store: Arc<dyn Store>,
    store: Arc<dyn Store>,
    quotas: Quotas,
    retention: Retention,
    has_trail: bool,
    tokens: FakeTokens,
}

impl Shared {
    async fn node(&self, audit: PathBuf) -> TestNode {
        let root = Arc::clone(&self.root);
        let parts = Parts {
            clock: Arc::<ManualClock>::clone(&self.clock),
            root: Arc::clone(&root),
            provider: Arc::new(SoftwareProvider::new(root, Arc::new(SystemRandom))),
            tokens: Arc::new(self.tokens.clone()),
            identity_store: Arc::clone(&self.identity_store),
            trust: Trust::Signatures,
            outbound: Outbound {
                tls: None,
                plain_loopback: true,
            },
            first_region: (region(), Arc::clone(&self.store)),
            other_regions: Vec::new(),
            log: AuditLog::open(&audit, LogOptions::default()).expect("an audit log"),
            trail: self.has_trail.then(|| TrailOptions {
                key_rotation_days: 1,
                ..TrailOptions::new(audit.join("trail"))
            }),
            shipping: None,
            retention: self.retention,
            quotas: self.quotas.clone(),
            spans: Spans::none(),
        };
        TestNode {
            node: Node::start(parts).await.expect("a node"),
            clock: Arc::clone(&self.clock),
            identity_store: Arc::clone(&self.identity_store),
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

/// A service that speaks JSON.
#[derive(Debug, Clone, Copy)]
pub struct JsonService {
    /// What stands before the operation's name in `X-Amz-Target`.
    pub(crate) target: &'static str,
    /// The name in a signature's scope.
    pub(crate) scope: &'static str,
}

impl JsonService {
    /// KMS.
    pub const KMS: Self = Self {
        target: "TrentService",
        scope: "kms",
    };
    /// Organizations.
    pub const ORGANIZATIONS: Self = Self {
        target: "AWSOrganizationsV20161128",
        scope: "organizations",
    };
    /// Service Quotas.
    pub const SERVICE_QUOTAS: Self = Self {
        target: "ServiceQuotasV20190624",
        scope: "servicequotas",
    };
    /// CloudTrail.
    pub const CLOUDTRAIL: Self = Self {
        target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
        scope: "cloudtrail",
    };
    /// Keystead's own.
    pub const KEYSTEAD: Self = Self {
        target: "Keystead",
        scope: "keystead",
    };
}

/// A node to call without a network.
pub struct TestNode {
    /// The node itself.
    pub node: Node,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// Its store of identities, for what happens on another node.
    pub identity_store: Arc<dyn Store>,
}

impl TestNode {
    /// Waits until this node shows all that was committed so far, on whatever node.
    ///
    /// # Panics
    /// If it has lost a store.
    pub async fn catch_up(&self) {
        let corridor = self.node.corridor();
        let ledgers = corridor.regions.iter().map(|room| &room.ledger);
        for ledger in ledgers.chain([&corridor.identity_ledger]) {
            let page = ledger.store.range("/", None, 1).await;
            let head = page.expect("a store").revision.as_u64();
            ledger.shown.caught_up(head).await.expect("a current node");
        }
    }

    /// Serves the node by HTTP on a port of the loopback interface, until the answer is dropped. The
    /// runtime must go on while clients call.
    ///
    /// # Panics
    /// If it can't listen.
    #[must_use]
    pub fn listen(&self) -> HttpServer {
        let entrance = Entrance {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            endpoint: None,
        };
        let entrances = Reserved::bind(vec![entrance]).expect("a port");
        HttpServer::start(self.node.corridor(), entrances, None, Limits::default(), 1)
            .expect("a server")
    }

    /// Calls an operation as a user, signed at the node's own time.
    ///
    /// # Panics
    /// If the request can't be made.
    pub async fn call(&self, user: &str, operation: &str, input: &Value) -> Answer {
        self.call_with(user, &[], operation, input).await
    }

    /// Calls an operation as a user or a service, with more headers, which are signed.
    ///
    /// # Panics
    /// If the request can't be made.
    pub async fn call_with(
        &self,
        user: &str,
        more: &[(&'static str, &str)],
        operation: &str,
        input: &Value,
    ) -> Answer {
        self.call_json(JsonService::KMS, user, more, operation, input)
            .await
    }

    /// Calls an operation of any service that speaks JSON, with more headers, which are signed.
    ///
    /// # Panics
    /// If the request can't be made.
    pub async fn call_json(
        &self,
        service: JsonService,
        user: &str,
        more: &[(&'static str, &str)],
        operation: &str,
        input: &Value,
    ) -> Answer {
        let body = input.to_string().into_bytes();
        let mut headers = HeaderMap::new();
        let target = format!("{}.{operation}", service.target);
        let usual = [
            ("host", HOST),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", &target),
        ];
        for (name, value) in usual.into_iter().chain(more.iter().copied()) {
            let value = HeaderValue::from_str(value).expect("a header");
            headers.insert(HeaderName::from_static(name), value);
        }
        let credentials = Credentials::of(user);
        self.send(&credentials, service.scope, headers, body).await
    }

    /// Signs a request at the node's own time, and sends it.
    pub(crate) async fn send(
        &self,
        credentials: &Credentials,
        service: &str,
        mut headers: HeaderMap,
        body: Vec<u8>,
    ) -> Answer {
        let signer = Signer {
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret.as_bytes(),
            session_token: credentials.session_token.as_deref(),
            region: REGION,
            service,
            unix_seconds: self.clock.now().as_seconds(),
        };
        let uri = "/".parse().expect("a path");
        signer
            .sign(&Method::POST, &uri, &mut headers, &body)
            .expect("a signature");
        self.send_unsigned(headers, body).await
    }

    /// Sends a request to S3 as a user, with more headers, which are signed.
    ///
    /// # Panics
    /// If the request can't be made.
    pub async fn call_s3(
        &self,
        user: &str,
        method: Method,
        path: &str,
        more: &[(&'static str, &str)],
    ) -> Answer {
        let credentials = Credentials::of(user);
        let mut headers = HeaderMap::new();
        for (name, value) in [("host", HOST)].iter().chain(more) {
            let value = HeaderValue::from_str(value).expect("a header");
            headers.insert(HeaderName::from_static(name), value);
        }
        let signer = Signer {
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret.as_bytes(),
            session_token: credentials.session_token.as_deref(),
            region: REGION,
            service: "s3",
            unix_seconds: self.clock.now().as_seconds(),
        };
        let uri = path.parse().expect("a path");
        signer
            .sign(&method, &uri, &mut headers, b"")
            .expect("a signature");
        let mut request = Request::new(());
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        self.send_request(request, Vec::new()).await
    }

    /// Sends a request as it is.
    pub(crate) async fn send_unsigned(&self, headers: HeaderMap, body: Vec<u8>) -> Answer {
        let mut request = Request::post("/").body(()).expect("a request");
        *request.headers_mut() = headers;
        self.send_request(request, body).await
    }

    async fn send_request(&self, request: Request<()>, body: Vec<u8>) -> Answer {
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
