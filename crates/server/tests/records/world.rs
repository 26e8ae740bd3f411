//! A node that is called, and the page of the records of its calls.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;

use http::Method;
use keystead_core::identity::OidcProviderRecord;
use keystead_core::time::Timestamp;
use keystead_server::clock::Clock as _;
use keystead_server::jobs;
use keystead_testkit::node::{ACCOUNT, JsonService, REGION};
use keystead_testkit::query::QueryService;
use keystead_testkit::{Answer, Credentials, FakeTokens, NodeOptions, TestNode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::names::Names;
use crate::reference;
use crate::token_signer::TokenSigner;

/// The service that calls for others.
pub(crate) const SERVICE: &str = "s3.us-east-1.amazonaws.com";
/// The identity provider that the node starts with.
pub(crate) const ISSUER: &str = "id.example.com/a";
/// The token that custom key stores can be in.
pub(crate) const CLUSTER: (&str, &str) = ("cluster-2a23b4cdefg", "password");
/// Whom the role `app` trusts, and may be a session.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}}"#;
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// Services that speak JSON, by their name in `eventSource`.
pub(crate) const KMS: (&str, JsonService) = ("kms", JsonService::KMS);
pub(crate) const ORGANIZATIONS: (&str, JsonService) = ("organizations", JsonService::ORGANIZATIONS);
pub(crate) const SERVICE_QUOTAS: (&str, JsonService) =
    ("servicequotas", JsonService::SERVICE_QUOTAS);
pub(crate) const CLOUDTRAIL: (&str, JsonService) = ("cloudtrail", JsonService::CLOUDTRAIL);
pub(crate) const KEYSTEAD: (&str, JsonService) = ("keystead", JsonService::KEYSTEAD);
/// Services that speak Query.
pub(crate) const IAM: (&str, QueryService) = ("iam", QueryService::IAM);
pub(crate) const STS: (&str, QueryService) = ("sts", QueryService::STS);

pub(crate) struct World {
    pub(crate) node: TestNode,
    pub(crate) signer: TokenSigner,
    folder: TempDir,
    seen: RefCell<Seen>,
}

/// What was read of the log, and written of the page.
#[derive(Default)]
struct Seen {
    /// How many bytes of the log were read.
    offset: usize,
    /// Records that nobody has asked for yet.
    waiting: Vec<Value>,
    names: Names,
    page: String,
    compared: BTreeSet<String>,
}

impl World {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let signer = TokenSigner::new("k1");
        let web = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": { "Federated": provider_arn() },
        }});
        let provider = OidcProviderRecord {
            account: ACCOUNT.parse().unwrap(),
            url: ISSUER.to_owned(),
            client_ids: ["app".to_owned()].into(),
            thumbprints: Vec::new(),
            created: Timestamp::from_millis(0),
            tags: Default::default(),
            keys: Some(signer.key_set().to_string()),
        };
        let node = NodeOptions::new()
            .admin("ada")
            .role("app", TRUST, Some(EVERYTHING))
            .role("web", &web.to_string(), None)
            .record(provider.into())
            .trail()
            .tokens(&FakeTokens::default().with(CLUSTER.0, CLUSTER.1))
            .start(folder.path())
            .await;
        // Its jobs run when the test says so.
        node.node.rest();
        Self {
            node,
            signer,
            folder,
            seen: RefCell::default(),
        }
    }

    /// Calls KMS as ada, who may do everything.
    pub(crate) async fn kms(&self, operation: &str, input: Value) -> Value {
        self.json(KMS, operation, input).await
    }

    /// Calls a service that speaks JSON; compares the record, and returns the answer.
    pub(crate) async fn json(
        &self,
        (source, service): (&str, JsonService),
        operation: &str,
        input: Value,
    ) -> Value {
        let answer = self
            .node
            .call_json(service, "ada", &[], operation, &input)
            .await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        let record = self.record_of(&answer);
        common(&record, source, operation, &ada());
        let shown = match answer.text().is_empty() {
            true => Value::Null,
            false => answer.json(),
        };
        match source {
            "kms" => reference::compare(operation, &record, &shown),
            _ => reference::follows_the_rule(&record, &input, Some(&shown)),
        }
        // The number of a new account is drawn.
        if let Some(account) = shown.pointer("/CreateAccountStatus/AccountId") {
            self.random(account.as_str().unwrap(), "account");
        }
        self.write(source, operation, &record);
        shown
    }

    /// Calls an operation that does not succeed here, and compares the record of that.
    pub(crate) async fn refused(
        &self,
        (source, service): (&str, JsonService),
        operation: &str,
        input: Value,
    ) {
        let answer = self
            .node
            .call_json(service, "ada", &[], operation, &input)
            .await;
        self.failed(source, operation, &answer);
    }

    /// Compares the record of an answer that is an error.
    pub(crate) fn failed(&self, source: &str, operation: &str, answer: &Answer) {
        assert_ne!(answer.status, 200, "{operation}: {}", answer.text());
        let record = self.record_of(answer);
        common(&record, source, operation, &ada());
        assert!(record["errorCode"].is_string() && record["errorMessage"].is_string());
        assert_eq!(record["responseElements"], Value::Null);
        self.write(source, operation, &record);
    }

    /// Calls a service that speaks Query; compares the record, and returns the answer.
    pub(crate) async fn query(
        &self,
        service: (&str, QueryService),
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Answer {
        let caller = Credentials::of("ada");
        let answer = self
            .node
            .query(service.1, &caller, action, parameters)
            .await;
        assert_eq!(answer.status, 200, "{action}: {}", answer.text());
        let record = self.queried(service.0, action, parameters, &answer);
        common(&record, service.0, action, &ada());
        answer
    }

    /// Calls an operation that nobody signs, as this identity.
    pub(crate) async fn unsigned(
        &self,
        service: (&str, QueryService),
        action: &str,
        parameters: &[(&str, &str)],
        identity: &Value,
    ) {
        let answer = self
            .node
            .query_unsigned(service.1, action, parameters)
            .await;
        assert_eq!(answer.status, 200, "{action}: {}", answer.text());
        let record = self.queried(service.0, action, parameters, &answer);
        common(&record, service.0, action, identity);
    }

    fn queried(
        &self,
        source: &str,
        action: &str,
        parameters: &[(&str, &str)],
        answer: &Answer,
    ) -> Value {
        let record = self.record_of(answer);
        reference::follows_the_rule(&record, &reference::nested(parameters), None);
        for secret in ["SecretAccessKey", "WebIdentityToken"] {
            let given = parameters.iter().filter(|(name, _)| *name == secret);
            let given = given.map(|(_, value)| (*value).to_owned());
            for secret in answer.xml_all(secret).into_iter().chain(given) {
                assert!(!record.to_string().contains(&secret), "{action}");
            }
        }
        for token in answer.xml_all("SessionToken") {
            self.seen.borrow_mut().names.note(&token, "token");
        }
        self.write(source, action, &record);
        record
    }

    /// Calls S3, and compares the record.
    pub(crate) async fn s3(&self, operation: &str, method: Method, path: &str) -> Answer {
        let answer = self.node.call_s3("ada", method, path, &[]).await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        let record = self.record_of(&answer);
        let is_of_data = record["eventCategory"] == "Data";
        assert_eq!(record["managementEvent"], !is_of_data, "{operation}");
        // Of a bucket's operations, those that look at what is in it are of data too.
        assert_eq!(is_of_data, operation != "GetBucketLocation", "{operation}");
        let mut as_others = record.clone();
        as_others["eventCategory"] = "Management".into();
        as_others["managementEvent"] = true.into();
        common(&as_others, "s3", operation, &ada());
        self.write("s3", operation, &record);
        answer
    }

    /// Has what is due done, of which one event must tell, and compares it.
    pub(crate) async fn event(&self, name: &str, key: &str) {
        jobs::run_once(self.node.node.corridor()).await;
        self.event_has_come(name, key);
    }

    /// Compares the event of a call that has brought one about.
    pub(crate) fn event_has_come(&self, name: &str, key: &str) {
        let mut seen = self.seen.borrow_mut();
        self.read(&mut seen);
        let is_it =
            |record: &Value| record["eventName"] == name && record["resources"][0]["ARN"] == key;
        let found = seen.waiting.iter().position(is_it);
        let record = found.map(|index| seen.waiting.remove(index));
        drop(seen);
        let record = record.unwrap_or_else(|| panic!("no event {name}"));
        reference::compare_event(name, &record, key, &self.node.clock.now().to_string());
        self.write("kms", &format!("{name}, an event"), &record);
    }

    /// Drops the records of calls that something else made.
    pub(crate) fn pass_over(&self, operation: &str) {
        let mut seen = self.seen.borrow_mut();
        self.read(&mut seen);
        let before = seen.waiting.len();
        seen.waiting
            .retain(|record| record["eventName"] != operation);
        assert_ne!(before, seen.waiting.len(), "{operation}");
    }

    /// Notes that a text is another in each run.
    pub(crate) fn random(&self, text: &str, kind: &'static str) {
        self.seen.borrow_mut().names.note(text, kind);
    }

    /// The page, and what is on it. No record may be left that nobody asked for.
    pub(crate) async fn finish(self) -> (String, BTreeSet<String>) {
        self.node.node.stop().await.unwrap();
        let seen = self.seen.into_inner();
        assert!(seen.waiting.is_empty(), "{:?}", seen.waiting);
        (seen.page, seen.compared)
    }

    /// The one record of a call.
    fn record_of(&self, answer: &Answer) -> Value {
        let id = answer.header("x-amzn-requestid");
        let id = id.or_else(|| answer.header("x-amz-request-id")).unwrap();
        let mut seen = self.seen.borrow_mut();
        self.read(&mut seen);
        let (mut found, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut seen.waiting)
            .into_iter()
            .partition(|record| record["requestID"] == id);
        seen.waiting = waiting;
        assert_eq!(found.len(), 1, "one record for each call");
        let record = found.remove(0);
        assert_eq!(record["eventTime"], self.node.clock.now().to_string());
        record
    }

    fn read(&self, seen: &mut Seen) {
        let path = self.folder.path().join("audit/segment-00000001.jsonl");
        let log = fs::read(path).unwrap();
        let new = std::str::from_utf8(&log[seen.offset..]).unwrap();
        let records = new.lines().map(|line| serde_json::from_str(line).unwrap());
        seen.waiting.extend(records);
        seen.offset = log.len();
    }

    /// Writes down what is not alike in all records.
    fn write(&self, source: &str, operation: &str, record: &Value) {
        const SHOWN: [&str; 6] = [
            "errorCode",
            "errorMessage",
            "requestParameters",
            "responseElements",
            "additionalEventData",
            "serviceEventDetails",
        ];
        let is = if record["readOnly"] == true {
            "read"
        } else {
            "write"
        };
        let mut entry = format!("{source} {operation}  ({is})\n");
        for member in SHOWN {
            let Some(value) = record.get(member) else {
                continue;
            };
            let mut value = value.clone();
            // How a call was authorized is Keystead's own, and tested where it is made.
            if let Some(members) = value
                .as_object_mut()
                .filter(|_| member == "additionalEventData")
            {
                members.remove("authorization");
                if members.is_empty() {
                    continue;
                }
            }
            entry += &format!("    {member} {value}\n");
        }
        for resource in record["resources"].as_array().into_iter().flatten() {
            assert_eq!(resource["accountId"], ACCOUNT);
            let (kind, arn) = (&resource["type"], &resource["ARN"]);
            entry += &format!("    resource {kind} {arn}\n");
        }
        let mut seen = self.seen.borrow_mut();
        let entry = seen.names.rename(&entry);
        seen.page += &entry;
        seen.page.push('\n');
        seen.compared.insert(format!("{source} {operation}"));
    }
}

/// What every record of a call says, and that it says nothing else than what is compared elsewhere.
fn common(record: &Value, source: &str, operation: &str, identity: &Value) {
    const ELSEWHERE: [&str; 10] = [
        "additionalEventData",
        "errorCode",
        "errorMessage",
        "eventID",
        "eventTime",
        "readOnly",
        "requestID",
        "requestParameters",
        "resources",
        "responseElements",
    ];
    let members = record.as_object().unwrap();
    for always in ["readOnly", "requestParameters", "responseElements"] {
        assert!(members.contains_key(always), "{operation}: {always}");
    }
    for id in ["eventID", "requestID"] {
        assert_eq!(record[id].as_str().unwrap().len(), 36, "{operation}: {id}");
    }
    let rest = members.iter();
    let rest = rest.filter(|(name, _)| !ELSEWHERE.contains(&name.as_str()));
    let rest: serde_json::Map<String, Value> = rest
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let expected = json!({
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventSource": format!("{source}.amazonaws.com"),
        "eventName": operation,
        "awsRegion": REGION,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "",
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    });
    assert_eq!(Value::Object(rest), expected, "{operation}");
}

/// The `userIdentity` of ada.
fn ada() -> Value {
    json!({
        "type": "IAMUser", "principalId": "AIDAADAAAAAAAAAAAAAAA",
        "arn": format!("arn:aws:iam::{ACCOUNT}:user/ada"), "accountId": ACCOUNT,
        "accessKeyId": "AKIAADA", "userName": "ada",
    })
}

/// The ARN of the identity provider.
pub(crate) fn provider_arn() -> String {
    format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}")
}

/// A text in an answer.
pub(crate) fn text(answer: &Value, pointer: &str) -> String {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no {pointer} in {answer}"))
        .to_owned()
}
