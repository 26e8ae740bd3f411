//! Import: what a key takes from its owner, what it refuses, and what happens when it goes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/wrapping.rs"]
mod wrapping;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_server::clock::Clock as _;
use keystead_server::jobs;
use keystead_store::{SqliteStore, Store as _};
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};

use crate::wrapping::{Parameters, with};

const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/";
const OAEP: &str = "RSAES_OAEP_SHA_256";
const FIRST: [u8; 32] = [1; 32];
const SECOND: [u8; 32] = [2; 32];
const THIRD: [u8; 32] = [3; 32];

struct Scene {
    node: TestNode,
    key: String,
    parameters: Parameters,
}

impl Scene {
    async fn new(folder: &Path) -> Self {
        let node = NodeOptions::new().admin("ada").start(folder).await;
        node.node.rest();
        let key = external(&node, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
        let parameters = Parameters::get(&node, &key, OAEP).await;
        Self {
            node,
            key,
            parameters,
        }
    }

    fn input(&self, material: &[u8], more: &Value) -> Value {
        with(self.parameters.import(&self.key, material), more)
    }

    async fn import(&self, material: &[u8], more: &Value) -> Value {
        let input = self.input(material, more);
        self.node.ok("ada", "ImportKeyMaterial", &input).await
    }

    async fn refused(&self, input: &Value) -> (String, String) {
        self.node.err("ada", "ImportKeyMaterial", input).await
    }

    async fn metadata(&self) -> Value {
        let input = json!({ "KeyId": self.key });
        let answer = self.node.ok("ada", "DescribeKey", &input).await;
        answer["KeyMetadata"].clone()
    }

    async fn delete(&self, material: &Value) -> Value {
        let input = json!({ "KeyId": self.key, "KeyMaterialId": material });
        let operation = "DeleteImportedKeyMaterial";
        self.node.ok("ada", operation, &input).await
    }

    async fn rotate(&self) -> Value {
        let input = json!({ "KeyId": self.key });
        let answer = self.node.call("ada", "RotateKeyOnDemand", &input).await;
        answer.json()
    }

    async fn materials(&self) -> Value {
        let input = json!({ "KeyId": self.key, "IncludeKeyMaterial": "ALL_KEY_MATERIAL" });
        let listed = self.node.ok("ada", "ListKeyRotations", &input).await;
        listed["Rotations"].clone()
    }

    async fn encrypt(&self) -> Result<Value, String> {
        let input = json!({ "KeyId": self.key, "Plaintext": "aGk=" });
        let answer = self.node.call("ada", "Encrypt", &input).await;
        if answer.status == 200 {
            Ok(answer.json()["CiphertextBlob"].clone())
        } else {
            Err(answer.error())
        }
    }

    async fn decrypt(&self, blob: &Value) -> String {
        let input = json!({ "CiphertextBlob": blob });
        let answer = self.node.call("ada", "Decrypt", &input).await;
        if answer.status == 200 {
            answer.json()["Plaintext"].as_str().unwrap().to_owned()
        } else {
            answer.error()
        }
    }

    async fn run_jobs(&self) {
        jobs::run_once(self.node.node.corridor()).await;
    }
}

async fn external(node: &TestNode, spec: &str, usage: &str) -> String {
    let input = json!({ "Origin": "EXTERNAL", "KeySpec": spec, "KeyUsage": usage });
    let made = node.ok("ada", "CreateKey", &input).await;
    made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

async fn stored(folder: &Path) -> Vec<(String, String)> {
    let store = SqliteStore::open(folder.join("region.sqlite")).unwrap();
    let all = store.range("/r/", None, 1000).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let entries = all.items.iter();
    entries.map(|e| (e.key.clone(), text(&e.value))).collect()
}

#[tokio::test]
async fn a_key_lives_from_import_to_import() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::new(folder.path()).await;
    assert_eq!(
        scene.encrypt().await,
        Err("KMSInvalidStateException".into())
    );
    let metadata = scene.metadata().await;
    assert_eq!(metadata["KeyState"], "PendingImport");
    assert_eq!(metadata.get("CurrentKeyMaterialId"), None);

    let imported = scene.import(&FIRST, &json!({})).await;
    assert_eq!(imported["KeyId"], format!("{ARN}{}", scene.key));
    let metadata = scene.metadata().await;
    assert_eq!(metadata["KeyState"], "Enabled");
    assert_eq!(metadata["ExpirationModel"], "KEY_MATERIAL_DOES_NOT_EXPIRE");
    assert_eq!(metadata["CurrentKeyMaterialId"], imported["KeyMaterialId"]);
    let blob = scene.encrypt().await.unwrap();

    let deleted = scene.delete(&Value::Null).await;
    assert_eq!(deleted, imported);
    let metadata = scene.metadata().await;
    assert_eq!(metadata["KeyState"], "PendingImport");
    assert_eq!(metadata.get("ExpirationModel"), None);
    assert_eq!(metadata["CurrentKeyMaterialId"], imported["KeyMaterialId"]);
    assert_eq!(scene.decrypt(&blob).await, "KMSInvalidStateException");
    // Once more does nothing.
    assert_eq!(scene.delete(&Value::Null).await, imported);

    let other = scene.refused(&scene.input(&SECOND, &json!({}))).await;
    assert_eq!(other.0, "IncorrectKeyMaterialException");
    assert_eq!(scene.import(&FIRST, &json!({})).await, imported);
    assert_eq!(scene.decrypt(&blob).await, "aGk=");

    let key = scene.key.clone();
    scene.node.node.stop().await.unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    let input = json!({ "CiphertextBlob": blob, "KeyId": key });
    assert_eq!(node.ok("ada", "Decrypt", &input).await["Plaintext"], "aGk=");
}

#[tokio::test]
async fn deleted_material_is_gone_from_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::new(folder.path()).await;
    let _ = scene.import(&FIRST, &json!({})).await;
    let _ = scene.delete(&Value::Null).await;
    scene.node.node.stop().await.unwrap();
    let key = stored(folder.path()).await;
    let (_, record) = key.iter().find(|(path, _)| path.contains("/key/")).unwrap();
    let record: Value = serde_json::from_str(record).unwrap();
    let material = &record["record"]["materials"][0];
    assert_eq!(material["sealed"], Value::Null);
    assert_eq!(record["record"]["state"], "PendingImport");
}

#[tokio::test]
async fn imported_keys_rotate_to_what_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::new(folder.path()).await;
    let key = &scene.key;
    let rotated = scene.rotate().await;
    assert_eq!(rotated["message"], format!("{ARN}{key} is pending import."));
    let first = scene.import(&FIRST, &json!({})).await;
    let old = scene.encrypt().await.unwrap();
    let rotated = scene.rotate().await;
    assert_eq!(rotated["__type"], "KMSInvalidStateException");
    let message = format!("No available key material pending rotation for the key: {ARN}{key}.");
    assert_eq!(rotated["message"], message);

    let new = json!({ "ImportType": "NEW_KEY_MATERIAL", "KeyMaterialDescription": "second" });
    let second = scene.import(&SECOND, &new).await;
    let (first, second) = (&first["KeyMaterialId"], &second["KeyMaterialId"]);
    assert_eq!(scene.metadata().await["CurrentKeyMaterialId"], *first);
    let third = scene.refused(&scene.input(&THIRD, &new)).await;
    assert_eq!(third.0, "KMSInvalidStateException");
    let message = format!(
        "cannot be imported into KMS key {ARN}{key}, because another key material (id: {}) is pending rotation.",
        second.as_str().unwrap()
    );
    assert!(third.1.starts_with("New key material (id: "), "{}", third.1);
    assert!(third.1.ends_with(&message), "{}", third.1);

    // Pending material is forgotten when it is deleted, and the key is none the worse.
    let _ = scene.delete(second).await;
    assert_eq!(scene.metadata().await["KeyState"], "Enabled");
    let existing = json!({ "ImportType": "EXISTING_KEY_MATERIAL" });
    let gone = scene.refused(&scene.input(&SECOND, &existing)).await;
    assert_eq!(gone.0, "IncorrectKeyMaterialException");

    let _ = scene.import(&SECOND, &new).await;
    let _ = scene.rotate().await;
    let date = scene.node.clock.now().as_seconds();
    let expected = json!([
        { "KeyId": key, "KeyMaterialId": first, "KeyMaterialState": "NON_CURRENT",
          "ImportState": "IMPORTED", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE" },
        { "KeyId": key, "KeyMaterialId": second, "KeyMaterialState": "CURRENT",
          "KeyMaterialDescription": "second", "ImportState": "IMPORTED",
          "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
          "RotationDate": date, "RotationType": "ON_DEMAND" },
    ]);
    assert_eq!(scene.materials().await, expected);
    let new = scene.encrypt().await.unwrap();
    assert_eq!(scene.decrypt(&old).await, "aGk=");

    // Without an old material, nothing works; with it back, everything.
    let _ = scene.delete(first).await;
    assert_eq!(scene.decrypt(&new).await, "KMSInvalidStateException");
    assert_eq!(scene.materials().await[0]["ImportState"], "PENDING_IMPORT");
    let expecting = |id: &Value| json!({ "KeyMaterialId": id });
    let wrong = scene
        .refused(&scene.input(&FIRST, &expecting(second)))
        .await;
    assert_eq!(wrong.0, "IncorrectKeyMaterialException");
    let _ = scene.import(&FIRST, &expecting(first)).await;
    assert_eq!(scene.decrypt(&old).await, "aGk=");
    assert_eq!(scene.decrypt(&new).await, "aGk=");
}

#[tokio::test]
async fn material_ends_at_its_date_whether_the_job_came_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::new(folder.path()).await;
    let date = scene.node.clock.now().plus_days(1).as_seconds() - 60;
    let until = json!({ "ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": date });
    let _ = scene.import(&FIRST, &until).await;
    let metadata = scene.metadata().await;
    assert_eq!(metadata["ValidTo"], date);
    assert_eq!(metadata["ExpirationModel"], "KEY_MATERIAL_EXPIRES");
    let blob = scene.encrypt().await.unwrap();
    let new = json!({ "ImportType": "NEW_KEY_MATERIAL" });
    let _ = scene.import(&SECOND, &with(new, &until)).await;

    scene.node.clock.advance_seconds(24 * 60 * 60 - 61);
    assert_eq!(scene.decrypt(&blob).await, "aGk=");
    scene.node.clock.advance_seconds(1);
    for job in [false, true] {
        if job {
            scene.run_jobs().await;
        }
        assert_eq!(scene.decrypt(&blob).await, "KMSInvalidStateException");
        let metadata = scene.metadata().await;
        assert_eq!(metadata["KeyState"], "PendingImport", "{job}");
        assert_eq!(metadata.get("ValidTo"), None);
        // The one that was pending is forgotten.
        assert_eq!(scene.materials().await.as_array().unwrap().len(), 1);
        let enabled = json!({ "KeyId": scene.key });
        let refused = scene.node.err("ada", "EnableKey", &enabled).await;
        assert_eq!(refused.0, "KMSInvalidStateException");
    }
    let _ = scene.import(&FIRST, &json!({})).await;
    assert_eq!(scene.decrypt(&blob).await, "aGk=");

    let node = scene.node;
    node.node.stop().await.unwrap();
    let audit = std::fs::read_to_string(folder.path().join("audit/segment-00000001.jsonl"));
    let events: Vec<Value> = audit
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|event: &Value| event["eventName"] == "DeleteExpiredKeyMaterial")
        .collect();
    assert_eq!(events.len(), 1);
    assert_eq!(
        events[0]["serviceEventDetails"],
        json!({ "keyId": scene.key })
    );
}

#[tokio::test]
async fn tokens_are_of_one_key_and_one_day() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::new(folder.path()).await;
    let good = scene.input(&FIRST, &json!({}));
    let altered = |position: usize| {
        let mut token = STANDARD
            .decode(scene.parameters.token.as_str().unwrap())
            .unwrap();
        token[position] ^= 1;
        with(
            good.clone(),
            &json!({ "ImportToken": STANDARD.encode(token) }),
        )
    };
    let other = external(&scene.node, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let foreign = with(good.clone(), &json!({ "KeyId": other }));
    let nonsense = with(good.clone(), &json!({ "ImportToken": "AAAA" }));
    for bad in [altered(0), altered(5), altered(24), foreign, nonsense] {
        let refused = scene.refused(&bad).await;
        assert_eq!(refused.0, "InvalidImportTokenException", "{bad}");
    }
    let garbage = with(good.clone(), &json!({ "EncryptedKeyMaterial": "AAAA" }));
    assert_eq!(
        scene.refused(&garbage).await.0,
        "InvalidCiphertextException"
    );
    let crossed = Parameters::get(&scene.node, &scene.key, OAEP).await;
    let crossed = with(good.clone(), &json!({ "ImportToken": crossed.token }));
    assert_eq!(
        scene.refused(&crossed).await.0,
        "InvalidCiphertextException"
    );
    for length in [0, 16, 31, 33] {
        let refused = scene
            .refused(&scene.input(&vec![1; length], &json!({})))
            .await;
        assert_eq!(refused.0, "IncorrectKeyMaterialException", "{length}");
    }

    scene.node.clock.advance_days(1);
    for job in [false, true] {
        if job {
            scene.run_jobs().await;
        }
        let refused = scene.refused(&good).await;
        assert_eq!(refused.0, "ExpiredImportTokenException", "{job}");
    }
    scene.node.node.stop().await.unwrap();
    let left = stored(folder.path()).await;
    assert!(left.iter().all(|(path, _)| !path.contains("/import/")));
}

#[tokio::test]
async fn a_destroyed_key_leaves_no_wrapping_key() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::new(folder.path()).await;
    let _ = scene.import(&FIRST, &json!({})).await;
    let new = json!({ "ImportType": "NEW_KEY_MATERIAL" });
    let _ = scene.import(&SECOND, &new).await;
    let schedule = json!({ "KeyId": scene.key, "PendingWindowInDays": 7 });
    let node = &scene.node;
    let _ = node.ok("ada", "ScheduleKeyDeletion", &schedule).await;
    let refused = scene.refused(&scene.input(&FIRST, &json!({}))).await;
    assert_eq!(refused.0, "KMSInvalidStateException");
    // What waits for its deletion can lose its material before, and waits on.
    let _ = scene.delete(&Value::Null).await;
    assert_eq!(scene.metadata().await["KeyState"], "PendingDeletion");
    let cancel = json!({ "KeyId": scene.key });
    let _ = node.ok("ada", "CancelKeyDeletion", &cancel).await;
    assert_eq!(scene.metadata().await["KeyState"], "PendingImport");
    let _ = node.ok("ada", "ScheduleKeyDeletion", &schedule).await;
    node.clock.advance_days(7);
    let _ = external(node, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    scene.run_jobs().await;
    scene.node.node.stop().await.unwrap();
    let left = stored(folder.path()).await;
    assert_eq!(left.len(), 1, "{left:?}");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::new(folder.path()).await;
    let node = &scene.node;
    let made = node.key("ada", None).await;
    let p521 = external(node, "ECC_NIST_P521", "SIGN_VERIFY").await;
    for (key, algorithm, spec) in [
        (&scene.key, "RSAES_PKCS1_V1_5", "RSA_2048"),
        (&scene.key, "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048"),
        (&scene.key, "SM2PKE", "SM2"),
        (&scene.key, "RSAES_OAEP_SHA_256", "SM2"),
        (&p521, "RSAES_OAEP_SHA_256", "RSA_2048"),
        (&made, "RSAES_OAEP_SHA_256", "RSA_2048"),
    ] {
        let input = json!({
            "KeyId": key, "WrappingAlgorithm": algorithm, "WrappingKeySpec": spec,
        });
        let refused = node.err("ada", "GetParametersForImport", &input).await;
        assert_eq!(
            refused.0, "UnsupportedOperationException",
            "{algorithm} {spec}"
        );
    }
    let input = json!({ "KeyId": made });
    let refused = node.err("ada", "DeleteImportedKeyMaterial", &input).await;
    let message = format!("{ARN}{made} origin is AWS_KMS which is not valid for this operation.");
    assert_eq!(refused, ("UnsupportedOperationException".into(), message));
    let input = json!({ "KeyId": scene.key, "KeyMaterialId": "0".repeat(64) });
    let refused = node.err("ada", "DeleteImportedKeyMaterial", &input).await;
    assert_eq!(refused.0, "NotFoundException");
    let input = json!({ "KeyId": scene.key });
    let deleted = node.ok("ada", "DeleteImportedKeyMaterial", &input).await;
    assert_eq!(deleted, json!({ "KeyId": format!("{ARN}{}", scene.key) }));
}

#[tokio::test]
async fn an_hmac_key_has_one_material_and_no_words_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    let key = external(&node, "HMAC_256", "GENERATE_VERIFY_MAC").await;
    let parameters = Parameters::get(&node, &key, "RSAES_OAEP_SHA_1").await;
    let input = parameters.import(&key, &FIRST);
    for more in [
        json!({ "ImportType": "NEW_KEY_MATERIAL" }),
        json!({ "KeyMaterialDescription": "mine" }),
        json!({ "KeyMaterialId": "0".repeat(64) }),
    ] {
        let refused = node
            .err("ada", "ImportKeyMaterial", &with(input.clone(), &more))
            .await;
        assert_eq!(refused.0, "UnsupportedOperationException", "{more}");
    }
    let arn = json!({ "KeyId": format!("{ARN}{key}") });
    assert_eq!(node.ok("ada", "ImportKeyMaterial", &input).await, arn);
    let other = parameters.import(&key, &SECOND);
    let refused = node.err("ada", "ImportKeyMaterial", &other).await;
    assert_eq!(refused.0, "IncorrectKeyMaterialException");
}

#[tokio::test]
async fn who_may_not_import_waits_for_no_thread() {
    let folder = tempfile::tempdir().unwrap();
    let options = NodeOptions::new().admin("ada").user("eve", None);
    let node = options.start(folder.path()).await;
    let key = external(&node, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let parameters = Parameters::get(&node, &key, OAEP).await;
    // Others have all threads, and keep them.
    let lane = &node.node.corridor().slow;
    let other = "444455556666".parse().unwrap();
    let turns = [lane.turn(other).await, lane.turn(other).await];
    let input = parameters.import(&key, &FIRST);
    let (code, _) = node.err("eve", "ImportKeyMaterial", &input).await;
    assert_eq!(code, "AccessDeniedException");
    // Who may import waits for its turn.
    let import = node.ok("ada", "ImportKeyMaterial", &input);
    let free = async {
        tokio::task::yield_now().await;
        drop(turns);
    };
    let (imported, ()) = tokio::join!(import, free);
    assert_eq!(imported["KeyId"], format!("{ARN}{key}"));
}

/// The same bytes, imported for encryption and for MACs: whoever may have MACs made must not get the
/// keys that ciphertexts are encrypted under.
#[tokio::test]
async fn no_mac_tells_the_key_of_a_ciphertext() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::new(folder.path()).await;
    let _ = scene.import(&FIRST, &json!({})).await;
    let blob = scene.encrypt().await.unwrap();
    let blob = STANDARD.decode(blob.as_str().unwrap()).unwrap();
    let node = &scene.node;
    let key = external(node, "HMAC_256", "GENERATE_VERIFY_MAC").await;
    let parameters = Parameters::get(node, &key, OAEP).await;
    let input = parameters.import(&key, &FIRST);
    let _ = node.ok("ada", "ImportKeyMaterial", &input).await;
    let mac = |message: &[u8]| {
        let message = STANDARD.encode(message);
        json!({ "KeyId": key, "Message": message, "MacAlgorithm": "HMAC_SHA_256" })
    };
    // As docs/ciphertext-format.md has it: the counter, the label, 0x00, the salt, 256 bits.
    let salt = &blob[50..66];
    let derivation = [&b"\0\0\0\x01keystead blob v1\0"[..], salt, b"\0\0\x01\0"].concat();
    let (code, message) = node.err("ada", "GenerateMac", &mac(&derivation)).await;
    assert_eq!(code, "ValidationException", "{message}");
    let guess = with(
        mac(&derivation),
        &json!({ "Mac": STANDARD.encode([0; 32]) }),
    );
    let (code, _) = node.err("ada", "VerifyMac", &guess).await;
    assert_eq!(code, "ValidationException");
    let _ = node.ok("ada", "GenerateMac", &mac(&derivation[4..])).await;
}

#[tokio::test]
async fn the_audit_log_tells_of_imports_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::new(folder.path()).await;
    let date = scene.node.clock.now().plus_days(2).as_seconds();
    let more = json!({
        "ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": date,
        "KeyMaterialDescription": "mine", "ImportType": "NEW_KEY_MATERIAL",
    });
    let input = scene.input(&FIRST, &more);
    let imported = scene.node.ok("ada", "ImportKeyMaterial", &input).await;
    scene.node.node.stop().await.unwrap();
    let audit = std::fs::read_to_string(folder.path().join("audit/segment-00000001.jsonl"));
    let audit = audit.unwrap();
    for secret in ["ImportToken", "EncryptedKeyMaterial"] {
        let value = input[secret].as_str().unwrap();
        assert!(!audit.contains(value), "{secret}");
    }
    let events: Vec<Value> = audit
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let event = |name: &str| events.iter().find(|e| e["eventName"] == name).unwrap();
    let asked = &event("GetParametersForImport");
    assert_eq!(asked["readOnly"], true);
    assert_eq!(asked["responseElements"], Value::Null);
    let parameters = json!({
        "keyId": scene.key, "wrappingAlgorithm": OAEP, "wrappingKeySpec": "RSA_2048",
    });
    assert_eq!(asked["requestParameters"], parameters);
    let import = &event("ImportKeyMaterial");
    let parameters = json!({
        "keyId": scene.key, "validTo": "Jan 4, 2026, 3:04:05 AM",
        "expirationModel": "KEY_MATERIAL_EXPIRES", "importType": "NEW_KEY_MATERIAL",
        "keyMaterialDescription": "mine",
    });
    assert_eq!(import["requestParameters"], parameters);
    let response = json!({
        "keyId": format!("{ARN}{}", scene.key), "keyMaterialId": imported["KeyMaterialId"],
    });
    assert_eq!(import["responseElements"], response);
}

#[tokio::test]
async fn policies_may_ask_how_material_is_wrapped_and_when_it_expires() {
    let folder = tempfile::tempdir().unwrap();
    let deny = |action: &str, operator: &str, name: &str, value: &str| {
        json!({ "Effect": "Deny", "Action": action, "Resource": "*",
                "Condition": { operator: { name: value } } })
    };
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "kms:*", "Resource": "*" },
        deny("kms:GetParametersForImport", "StringEquals", "kms:WrappingAlgorithm", "RSAES_OAEP_SHA_1"),
        deny("kms:GetParametersForImport", "StringEquals", "kms:WrappingKeySpec", "RSA_4096"),
        deny("kms:ImportKeyMaterial", "StringEquals", "kms:ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE"),
        deny("kms:ImportKeyMaterial", "NumericGreaterThan", "kms:ValidTo", "1767427200"),
    ]});
    let node = NodeOptions::new()
        .admin("ada")
        .user("bo", Some(&policy.to_string()))
        .start(folder.path())
        .await;
    let key = external(&node, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    for (algorithm, spec, allowed) in [
        (OAEP, "RSA_2048", true),
        ("RSAES_OAEP_SHA_1", "RSA_2048", false),
        (OAEP, "RSA_4096", false),
    ] {
        let input = json!({
            "KeyId": key, "WrappingAlgorithm": algorithm, "WrappingKeySpec": spec,
        });
        let answer = node.call("bo", "GetParametersForImport", &input).await;
        assert_eq!(answer.status == 200, allowed, "{}", answer.text());
    }
    let parameters = Parameters::get(&node, &key, OAEP).await;
    let input = parameters.import(&key, &FIRST);
    // 2026-01-03T08:00:00Z is the last that is allowed.
    for (more, allowed) in [
        (json!({}), false),
        (
            json!({ "ExpirationModel": null, "ValidTo": 1_767_427_201 }),
            false,
        ),
        (
            json!({ "ExpirationModel": null, "ValidTo": 1_767_427_200 }),
            true,
        ),
    ] {
        let input = with(input.clone(), &more);
        let answer = node.call("bo", "ImportKeyMaterial", &input).await;
        assert_eq!(answer.status == 200, allowed, "{more} {}", answer.text());
    }
}

#[tokio::test]
async fn the_hundred_and_first_wrapping_key_replaces_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    let key = external(&node, "SM2", "SIGN_VERIFY").await;
    // Those of SM2 are quick to make.
    let get = async || {
        let input = json!({
            "KeyId": key, "WrappingAlgorithm": "SM2PKE", "WrappingKeySpec": "SM2",
        });
        node.clock.advance_seconds(1);
        let answer = node.ok("ada", "GetParametersForImport", &input).await;
        answer["ImportToken"].clone()
    };
    let mut tokens = Vec::new();
    for _ in 0..101 {
        tokens.push(get().await);
    }
    for (token, expected) in [
        (&tokens[0], "InvalidImportTokenException"),
        (&tokens[1], "InvalidCiphertextException"),
        (&tokens[100], "InvalidCiphertextException"),
    ] {
        let input = json!({
            "KeyId": key, "ImportToken": token, "EncryptedKeyMaterial": "AAAA",
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
        });
        let refused = node.err("ada", "ImportKeyMaterial", &input).await;
        assert_eq!(refused.0, expected);
    }
}
