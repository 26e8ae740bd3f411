//! A node with keys of all kinds and states, and what there is to be named in calls.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::BodyExt as _;
use keystead_server::clock::Clock as _;
use keystead_server::incoming::{Incoming, Peer};
use keystead_testkit::node::REGION;
use keystead_testkit::{Answer, Credentials, FakeTokens, NodeOptions, TestNode};
use keystead_wire::sigv4::Signer;
use serde_json::{Value, json};

use crate::requests::{Call, Tampering};
use crate::wrapping::{Parameters, with};

/// The encryption context of the ciphertexts that there are.
pub(crate) const CONTEXT: &str = "purpose";
const BOB: &str = "arn:aws:iam::111122223333:user/bob";
/// The tokens of custom key stores; of the last one there is mostly none.
const CLUSTERS: [&str; 4] = [
    "cluster-22222222222",
    "cluster-33333333333",
    "cluster-44444444444",
    "cluster-55555555555",
];
const PASSWORD: &str = "password";
/// For whoever of the account its own policies let; and the account of `ada` besides.
const OPEN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["111122223333","444455556666"]},"Action":"kms:*","Resource":"*"}]}"#;
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}]}"#;

pub(crate) struct Scene {
    node: TestNode,
    /// Keys' ids by what they are.
    pub(crate) enabled: String,
    pub(crate) disabled: String,
    pub(crate) pending: String,
    pub(crate) external: String,
    empty: String,
    pub(crate) rsa: String,
    pub(crate) signer: String,
    pub(crate) agreeing: String,
    pub(crate) mac: String,
    /// Ids, ARNs, aliases, right and wrong.
    pub(crate) names: Vec<String>,
    /// Inputs that succeed as long as nobody changes the keys.
    pub(crate) right: Vec<(&'static str, Value)>,
    import: Value,
    /// The grants that were last made: ids and tokens.
    pub(crate) grants: RefCell<Vec<(String, String)>>,
    /// The ids of custom key stores; some were deleted.
    pub(crate) stores: RefCell<Vec<String>>,
    public: BTreeSet<String>,
}

impl Scene {
    pub(crate) async fn new(folder: &Path) -> Self {
        let options = NodeOptions::new()
            .admin("ada")
            .foreign_admin("eve")
            .user("bob", None)
            .tokens(&tokens());
        let node = options.start(folder).await;
        node.node.rest();
        let made = async |user: &str, input: Value| -> String {
            let made = node.ok(user, "CreateKey", &input).await;
            made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
        };
        let of = |spec: &str, usage: &str| json!({ "KeySpec": spec, "KeyUsage": usage });
        let enabled = made("ada", json!({})).await;
        let disabled = made("ada", json!({})).await;
        let pending = made("ada", json!({})).await;
        let external = made("ada", json!({ "Origin": "EXTERNAL" })).await;
        let empty = made("ada", json!({ "Origin": "EXTERNAL" })).await;
        let foreign = made("eve", json!({ "Policy": OPEN })).await;
        let rsa = made("ada", of("RSA_2048", "ENCRYPT_DECRYPT")).await;
        let signer = made("ada", of("ECC_NIST_P256", "SIGN_VERIFY")).await;
        let agreeing = made("ada", of("ECC_NIST_P256", "KEY_AGREEMENT")).await;
        let mac = made("ada", of("HMAC_256", "GENERATE_VERIFY_MAC")).await;
        let parameters = Parameters::get(&node, &external, "RSAES_OAEP_SHA_256").await;
        let import = parameters.import(&external, &[7; 32]);
        let arn = |id: &str| format!("arn:aws:kms:us-east-1:111122223333:key/{id}");
        let mut names = vec![
            arn(&enabled),
            arn(&pending),
            format!("arn:aws:kms:us-east-1:444455556666:key/{foreign}"),
            foreign,
            arn("00000000-0000-4000-8000-000000000000"),
            "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000".into(),
            "alias/nobody".into(),
            "alias/aws/s3".into(),
            "alias/a".into(),
            "arn:aws:kms:us-east-1:111122223333:alias/a".into(),
            "arn:aws:iam::111122223333:user/ada".into(),
        ];
        let ids = [
            &enabled, &disabled, &pending, &external, &empty, &rsa, &signer, &agreeing, &mac,
        ];
        names.extend(ids.map(Clone::clone));
        let public = names.iter().cloned().collect();
        let mut scene = Self {
            enabled,
            disabled,
            pending,
            external,
            empty,
            rsa,
            signer,
            agreeing,
            mac,
            names,
            right: Vec::new(),
            import,
            grants: RefCell::default(),
            stores: RefCell::default(),
            public,
            node,
        };
        scene.repair().await;
        scene.right = scene.cryptographic().await;
        scene.right.extend(scene.administrative());
        scene
    }

    /// Brings the keys back to what they were, and makes new grants.
    pub(crate) async fn repair(&self) {
        let call =
            async |operation: &str, input: Value| self.node.call("ada", operation, &input).await;
        let mine = [
            &self.enabled,
            &self.disabled,
            &self.pending,
            &self.external,
            &self.empty,
            &self.rsa,
        ];
        let mine = mine
            .into_iter()
            .chain([&self.signer, &self.agreeing, &self.mac]);
        for key in mine {
            let name = json!({ "KeyId": key });
            for operation in ["CancelKeyDeletion", "EnableKey"] {
                let _ = call(operation, name.clone()).await;
            }
            let policy = json!({ "KeyId": key, "Policy": POLICY });
            assert_eq!(call("PutKeyPolicy", policy).await.status, 200);
        }
        let _ = call("DisableKey", json!({ "KeyId": self.disabled })).await;
        let _ = call("ScheduleKeyDeletion", json!({ "KeyId": self.pending })).await;
        let imported = call("ImportKeyMaterial", self.import.clone()).await;
        assert_eq!(imported.status, 200, "{}", imported.text());
        let alias = json!({ "AliasName": "alias/a", "TargetKeyId": self.enabled });
        let _ = call("CreateAlias", alias.clone()).await;
        let _ = call("UpdateAlias", alias).await;
        let mut grants = Vec::new();
        for number in 0..4 {
            let input = json!({
                "KeyId": self.enabled, "GranteePrincipal": BOB, "RetiringPrincipal": BOB,
                "Operations": ["Encrypt", "Decrypt", "RetireGrant"], "Name": format!("grant{number}"),
            });
            let made = call("CreateGrant", input).await.json();
            let text = |name: &str| made[name].as_str().unwrap().to_owned();
            grants.push((text("GrantId"), text("GrantToken")));
        }
        *self.grants.borrow_mut() = grants;
        *self.stores.borrow_mut() = self.repaired_stores().await;
    }

    /// Has a custom key store in each token but the last, and one of them being connected.
    async fn repaired_stores(&self) -> Vec<String> {
        let [kept @ .., spare] = CLUSTERS;
        let call =
            async |operation: &str, input: Value| self.node.call("ada", operation, &input).await;
        let listed = call("DescribeCustomKeyStores", json!({})).await.json();
        for store in listed["CustomKeyStores"].as_array().unwrap() {
            if store["CloudHsmClusterId"] == spare {
                let named = json!({ "CustomKeyStoreId": store["CustomKeyStoreId"] });
                let _ = call("DisconnectCustomKeyStore", named.clone()).await;
                assert_eq!(call("DeleteCustomKeyStore", named).await.status, 200);
            }
        }
        for cluster in kept {
            let _ = call("CreateCustomKeyStore", new_store(cluster, cluster)).await;
        }
        let listed = call("DescribeCustomKeyStores", json!({})).await.json();
        let stores = listed["CustomKeyStores"].as_array().unwrap();
        let ids: Vec<_> = stores
            .iter()
            .map(|store| store["CustomKeyStoreId"].as_str().unwrap().to_owned())
            .collect();
        let connecting = json!({ "CustomKeyStoreId": ids[0] });
        let _ = call("ConnectCustomKeyStore", connecting).await;
        ids
    }

    /// Cryptographic operations, which work on what others gave.
    async fn cryptographic(&self) -> Vec<(&'static str, Value)> {
        let plaintext = STANDARD.encode([1; 40]);
        let message = STANDARD.encode([2; 32]);
        let ok = async |operation: &str, input: &Value| self.node.ok("ada", operation, input).await;
        let encrypt = json!({ "KeyId": self.enabled, "Plaintext": plaintext, "EncryptionContext": { CONTEXT: "test" } });
        let sealed = ok("Encrypt", &encrypt).await["CiphertextBlob"].clone();
        let asymmetric = json!({ "KeyId": self.rsa, "Plaintext": plaintext, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256" });
        let sealed_by_rsa = ok("Encrypt", &asymmetric).await["CiphertextBlob"].clone();
        let sign = json!({
            "KeyId": self.signer, "Message": message, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256",
        });
        let signature = ok("Sign", &sign).await["Signature"].clone();
        let verify = with(sign.clone(), &json!({ "Signature": signature }));
        let generate_mac =
            json!({ "KeyId": self.mac, "Message": message, "MacAlgorithm": "HMAC_SHA_256" });
        let made = ok("GenerateMac", &generate_mac).await["Mac"].clone();
        let verify_mac = with(generate_mac.clone(), &json!({ "Mac": made }));
        let public =
            ok("GetPublicKey", &json!({ "KeyId": self.agreeing })).await["PublicKey"].clone();
        let data_key = json!({ "KeyId": self.enabled, "KeySpec": "AES_256" });
        let pair = json!({ "KeyId": self.enabled, "KeyPairSpec": "ECC_NIST_P256" });
        vec![
            ("Encrypt", encrypt),
            ("Encrypt", asymmetric),
            (
                "Decrypt",
                json!({ "CiphertextBlob": sealed, "EncryptionContext": { CONTEXT: "test" } }),
            ),
            (
                "Decrypt",
                json!({
                    "CiphertextBlob": sealed_by_rsa, "KeyId": self.rsa, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256",
                }),
            ),
            (
                "ReEncrypt",
                json!({
                    "CiphertextBlob": sealed, "SourceEncryptionContext": { CONTEXT: "test" },
                    "DestinationKeyId": self.external,
                }),
            ),
            ("GenerateDataKey", data_key.clone()),
            ("GenerateDataKeyWithoutPlaintext", data_key),
            ("GenerateDataKeyPair", pair.clone()),
            ("GenerateDataKeyPairWithoutPlaintext", pair),
            ("Sign", sign),
            ("Verify", verify),
            ("GenerateMac", generate_mac),
            ("VerifyMac", verify_mac),
            (
                "DeriveSharedSecret",
                json!({
                    "KeyId": self.agreeing, "PublicKey": public, "KeyAgreementAlgorithm": "ECDH",
                }),
            ),
        ]
    }

    /// All others.
    fn administrative(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("ImportKeyMaterial", self.import.clone()),
            (
                "GetParametersForImport",
                json!({
                    "KeyId": self.external, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048",
                }),
            ),
            (
                "DeleteImportedKeyMaterial",
                json!({ "KeyId": self.external }),
            ),
            (
                "EnableKeyRotation",
                json!({ "KeyId": self.enabled, "RotationPeriodInDays": 100 }),
            ),
            ("RotateKeyOnDemand", json!({ "KeyId": self.enabled })),
            ("CancelKeyDeletion", json!({ "KeyId": self.pending })),
            ("GetPublicKey", json!({ "KeyId": self.signer })),
            ("GetKeyLastUsage", json!({ "KeyId": self.enabled })),
            (
                "PutKeyPolicy",
                json!({ "KeyId": self.enabled, "Policy": POLICY }),
            ),
            (
                "CreateGrant",
                json!({
                    "KeyId": self.enabled, "GranteePrincipal": BOB, "Operations": ["Decrypt"],
                    "Constraints": { "EncryptionContextSubset": { CONTEXT: "test" } },
                }),
            ),
            ("CreateCustomKeyStore", new_store("a store", CLUSTERS[3])),
            ("DescribeCustomKeyStores", json!({ "Limit": 2 })),
            ("ListRetirableGrants", json!({ "RetiringPrincipal": BOB })),
            ("GenerateRandom", json!({ "NumberOfBytes": 32 })),
        ]
    }

    /// Whether a text is no secret, though a call may have it in the place of one.
    pub(crate) fn is_public(&self, text: &str) -> bool {
        self.public.contains(text)
    }

    /// All that is stored of keys and identities, but for records on their way to the log.
    pub(crate) async fn stored(&self) -> Vec<(String, u64)> {
        let corridor = self.node.node.corridor();
        let mut stored = Vec::new();
        let ledgers = corridor.regions.iter().map(|room| &room.ledger);
        for ledger in ledgers.chain([&corridor.identity_ledger]) {
            let mut after: Option<String> = None;
            loop {
                let page = ledger
                    .store
                    .range("/", after.as_deref(), 1000)
                    .await
                    .unwrap();
                after = page.items.last().map(|entry| entry.key.clone());
                let entries = page
                    .items
                    .into_iter()
                    .filter(|entry| !entry.key.starts_with("/outbox/"));
                stored.extend(entries.map(|entry| (entry.key, entry.mod_revision.as_u64())));
                if !page.more {
                    break;
                }
            }
        }
        stored
    }

    /// Sends a call as it is.
    pub(crate) async fn send(&self, call: &Call) -> Answer {
        let mut headers = HeaderMap::new();
        for (name, value) in [("host", "kms.test"), ("content-type", call.content_type)] {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        if let Some(target) = &call.target {
            headers.insert("x-amz-target", HeaderValue::from_str(target).unwrap());
        }
        let mut credentials = Credentials::of(call.user);
        if call.tampering == Tampering::Stranger {
            credentials.access_key_id = "AKIANOBODY0000000000".into();
        }
        let signer = Signer {
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret.as_bytes(),
            session_token: None,
            region: REGION,
            service: "kms",
            unix_seconds: self.node.clock.now().as_seconds(),
        };
        let uri = "/".parse().unwrap();
        if call.tampering != Tampering::Unsigned {
            signer
                .sign(&Method::POST, &uri, &mut headers, &call.body)
                .unwrap();
        }
        let mut body = call.body.clone();
        if call.tampering == Tampering::Body {
            body.push(b' ');
        }
        let mut request = Request::post("/").body(()).unwrap();
        *request.headers_mut() = headers;
        let incoming = Incoming {
            parts: request.into_parts().0,
            body: Bytes::from(body),
            peer: Peer {
                address: IpAddr::from([127, 0, 0, 1]),
                tls: None,
                endpoint: None,
            },
        };
        let response = self
            .node
            .node
            .corridor()
            .serve(incoming)
            .await
            .into_response();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        Answer {
            status: response.status().as_u16(),
            headers,
            body: response
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
                .to_vec(),
        }
    }

    pub(crate) async fn stop(self) {
        self.node.node.stop().await.unwrap();
    }
}

fn tokens() -> FakeTokens {
    let tokens = CLUSTERS.into_iter();
    tokens.fold(FakeTokens::default(), |tokens, id| {
        tokens.with(id, PASSWORD)
    })
}

fn new_store(name: &str, cluster: &str) -> Value {
    json!({
        "CustomKeyStoreName": name, "CloudHsmClusterId": cluster,
        "TrustAnchorCertificate": "certificate", "KeyStorePassword": PASSWORD,
    })
}
