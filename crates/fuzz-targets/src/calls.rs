//! Calls of somebody who may do everything, with any input.
//!
//! The first line names the operation, such as `kms.Encrypt`, and the body follows. In the body `@sym`, `@ec`, `@hmac`
//! and `@ext` stand for the ids of keys, `@blob` for a ciphertext, and `@token` for a grant's token.

use std::cell::Cell;

use http::Request;
use keystead_server::clock::Clock as _;
use keystead_server::protocol::{SERVICES, Service, Style};
use keystead_testkit::node::REGION;
use keystead_testkit::{Credentials, NodeOptions, TestNode};
use keystead_wire::sigv4::Signer;
use serde_json::{Value, json};

use crate::node::{Kept, World, within};
use crate::operations::{self, JsonOperation};
use crate::parts::first_line;

/// After so many calls the world is made anew: they disable keys and make others.
const CALLS: u32 = 1000;

/// The texts that stand for others in a body.
type Names = Vec<(&'static str, String)>;

thread_local! {
    static WORLD: Kept<Names> = const { Kept::new(None) };
    static LEFT: Cell<u32> = const { Cell::new(CALLS) };
}

/// Whatever is asked, the answer is one of the service's, and in its form.
pub(crate) fn check(bytes: &[u8]) {
    let (line, body) = first_line(bytes);
    let operation = operations::json(line);
    if is_slow(body) {
        return;
    }
    match LEFT.get() {
        0 => {
            WORLD.take();
            LEFT.set(CALLS);
        }
        left => LEFT.set(left - 1),
    }
    within(&WORLD, start, |world| call(world, operation, body));
}

/// RSA keys take seconds to find.
fn is_slow(body: &[u8]) -> bool {
    body.windows(4)
        .any(|word| word.eq_ignore_ascii_case(b"RSA_"))
}

fn call(world: &World<Names>, operation: &JsonOperation, body: &[u8]) {
    let body = filled(&world.made, body);
    let service = SERVICES
        .into_iter()
        .find(|service| module(*service) == operation.service);
    let service = service.expect("a service");
    let Style::Json { target } = service.style() else {
        panic!("{service:?} speaks no JSON");
    };
    let request = Request::post("/")
        .header("host", "kms.test")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("{target}.{}", operation.name));
    let (mut parts, ()) = request.body(()).expect("a request").into_parts();
    let ada = Credentials::of("ada");
    let signer = Signer {
        access_key_id: &ada.access_key_id,
        secret_access_key: ada.secret.as_bytes(),
        session_token: None,
        region: REGION,
        service: service.scope_name(),
        unix_seconds: world.node.clock.now().as_seconds(),
    };
    let signed = signer.sign(&parts.method, &parts.uri, &mut parts.headers, &body);
    signed.expect("a signature");
    let answer = world.send(parts, &body);
    let text = String::from_utf8_lossy(&answer.body);
    let told: Option<Value> = serde_json::from_slice(&answer.body).ok();
    match answer.status {
        200 => assert!(answer.body.is_empty() || told.is_some(), "{text}"),
        400..500 => {
            let code = told.as_ref().and_then(|told| told.get("__type")?.as_str());
            assert!(code.is_some_and(|code| !code.is_empty()), "{text}");
        }
        status => panic!("{}: {status} {text}", operation.name),
    }
    // The input alone decides whether it can be read.
    let is_unread = ["SerializationException"];
    let code = told.as_ref().and_then(|told| told.get("__type")?.as_str());
    if (operation.decode)(&body).is_ok() {
        assert!(code.is_none_or(|code| !is_unread.contains(&code)), "{text}");
    } else {
        assert_ne!(answer.status, 200, "{}: {text}", operation.name);
    }
}

/// The module of a service's model.
const fn module(service: Service) -> &'static str {
    match service {
        Service::Kms => "kms",
        Service::Organizations => "organizations",
        Service::ServiceQuotas => "service_quotas",
        Service::CloudTrail => "cloudtrail",
        Service::Keystead => "keystead",
        Service::Iam | Service::Sts | Service::S3 => "",
    }
}

/// The body with the names replaced by what they stand for.
fn filled(names: &Names, body: &[u8]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(body) else {
        return body.to_vec();
    };
    let filled = names.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(name, value)
    });
    filled.into_bytes()
}

fn start() -> World<Names> {
    World::start(NodeOptions::new().admin("ada"), async |node, _| {
        let sym = key(node, &json!({})).await;
        let ec = json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY" });
        let hmac = json!({ "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC" });
        let alias = json!({ "AliasName": "alias/sym", "TargetKeyId": sym });
        node.ok("ada", "CreateAlias", &alias).await;
        let input = json!({ "KeyId": sym, "Plaintext": "YXR0YWNr" });
        let encrypted = node.ok("ada", "Encrypt", &input).await;
        let grant = json!({
            "KeyId": sym, "GranteePrincipal": "arn:aws:iam::111122223333:user/ada", "Operations": ["Decrypt"],
        });
        let granted = node.ok("ada", "CreateGrant", &grant).await;
        let member = |answer: &Value, name: &str| {
            let found = answer.get(name).and_then(Value::as_str);
            found.expect("a member").to_owned()
        };
        vec![
            ("@blob", member(&encrypted, "CiphertextBlob")),
            ("@token", member(&granted, "GrantToken")),
            ("@ec", key(node, &ec).await),
            ("@hmac", key(node, &hmac).await),
            ("@ext", key(node, &json!({ "Origin": "EXTERNAL" })).await),
            ("@sym", sym),
        ]
    })
}

async fn key(node: &TestNode, input: &Value) -> String {
    let made = node.ok("ada", "CreateKey", input).await;
    let id = made.pointer("/KeyMetadata/KeyId").and_then(Value::as_str);
    id.expect("a key id").to_owned()
}
