//! Tokens of identity providers (JSON Web Tokens), and their keys.

use std::collections::BTreeMap;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keystead_core::identity::OidcProviderRecord;
use keystead_core::tag::Tags;
use keystead_core::time::Timestamp;
use keystead_server::identities::Kept as _;
use keystead_testkit::NodeOptions;
use keystead_testkit::node::ACCOUNT;
use keystead_testkit::query::QueryService;
use serde_json::{Value, json};

use crate::node::{Kept, World, within};
use crate::parts::{Parts, edited};

/// The instant at which a test node's clock stands, in seconds.
const NOW: i64 = 1_767_323_045;
const ISSUER: &str = "id.example.com/a";
const ROLE: &str = "arn:aws:iam::111122223333:role/web";

/// A provider's key, and a token of it that counts.
struct Provider {
    pair: EcdsaKeyPair,
    token: String,
}

thread_local! {
    static WORLD: Kept<Provider> = const { Kept::new(None) };
}

/// The first byte says what the others are: a token, changes of a good one, claims to be signed, or a key set.
pub(crate) fn check(bytes: &[u8]) {
    let mut parts = Parts::of(bytes);
    let kind = parts.byte() % 4;
    let rest = parts.rest();
    if kind == 3 {
        return key_set(rest);
    }
    within(&WORLD, start, |world| match kind {
        0 => assert!(!counts(world, rest)),
        1 => {
            let token = world.made.token.as_bytes();
            let changed = edited(token, rest);
            assert_eq!(counts(world, &changed), changed == token);
        }
        _ => {
            let token = world.made.sign(rest);
            if counts(world, token.as_bytes()) {
                are_good(rest);
            }
        }
    });
}

/// Claims that count are, to another reader, of a time, for an audience, and of a subject that the role takes.
fn are_good(claims: &[u8]) {
    let claims: Value = serde_json::from_slice(claims).expect("claims");
    let member = |name: &str| claims.get(name).cloned().unwrap_or_default();
    assert_eq!(member("sub"), "ada");
    assert!(
        member("exp")
            .as_f64()
            .is_some_and(|expires| expires > 1_767_323_045.0)
    );
    let audience = member("aud");
    let is_for_us = |one: &Value| one == "app";
    let all = audience.as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(is_for_us(&audience) || all.iter().any(is_for_us) || member("azp") == "app");
}

/// Whether a token gets its bearer credentials.
fn counts(world: &World<Provider>, token: &[u8]) -> bool {
    // A form can't hold what is no text.
    let Ok(token) = std::str::from_utf8(token) else {
        return false;
    };
    let parameters = [
        ("RoleArn", ROLE),
        ("RoleSessionName", "pod"),
        ("WebIdentityToken", token),
    ];
    let asked =
        world
            .node
            .query_unsigned(QueryService::STS, "AssumeRoleWithWebIdentity", &parameters);
    let answer = world.runtime.block_on(asked);
    assert!(
        [200, 400, 403].contains(&answer.status),
        "{}",
        answer.text()
    );
    answer.status == 200
}

/// A provider's keys are read, or not, in the same way each time.
fn key_set(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let record = provider(Some(text.to_owned()));
    let (one, other) = (record.prepare(), record.prepare());
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
    let keys = one.expect("keys that the operator gave are read");
    if keys.is_ok() {
        let json: Result<Value, _> = serde_json::from_str(text);
        assert!(json.is_ok_and(|json| json.get("keys").is_some_and(Value::is_array)));
    }
}

impl Provider {
    fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let document = document.expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref());
        let mut provider = Self {
            pair: pair.expect("a key"),
            token: String::new(),
        };
        let claims = json!({
            "iss": format!("https://{ISSUER}"), "sub": "ada", "aud": "app",
            "iat": NOW, "exp": NOW + 600,
        });
        provider.token = provider.sign(claims.to_string().as_bytes());
        provider
    }

    fn key_set(&self) -> String {
        let point = self.pair.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at(32);
        let key = json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1",
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        });
        json!({ "keys": [key] }).to_string()
    }

    fn sign(&self, claims: &[u8]) -> String {
        let header = json!({ "alg": "ES256", "kid": "k1", "typ": "JWT" }).to_string();
        let [header, claims] = [header.as_bytes(), claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        let signed = format!("{header}.{claims}");
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.expect("a signature").as_ref());
        format!("{signed}.{signature}")
    }
}

fn provider(keys: Option<String>) -> OidcProviderRecord {
    OidcProviderRecord {
        account: ACCOUNT.parse().expect("an account"),
        url: ISSUER.to_owned(),
        client_ids: ["app".to_owned()].into(),
        thumbprints: Vec::new(),
        created: Timestamp::from_millis(0),
        tags: Tags::default(),
        keys,
    }
}

fn start() -> World<Provider> {
    let signer = Provider::new();
    let record = provider(Some(signer.key_set()));
    let condition = BTreeMap::from([(format!("{ISSUER}:sub"), "ada")]);
    let trust = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow",
        "Principal": { "Federated": record.arn() },
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        "Condition": { "StringEquals": condition },
    }});
    let options = NodeOptions::new()
        .role("web", &trust.to_string(), None)
        .record(record.into());
    World::start(options, async |_, _| signer)
}
