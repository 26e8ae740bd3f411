//! `keystead key import` and `delete-material`.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::Server;
use serde_json::{Value, json};

use crate::Scene;
use crate::scene::{complaint, printed};

const EXTERNAL: [&str; 2] = ["--origin", "external"];
/// A wrapping key that is made fast: a test of the default makes one of RSA_4096.
const FAST: [&str; 2] = ["--wrapping-key-spec", "rsa-2048"];
const DAY: i64 = 24 * 60 * 60;

fn state(scene: &Scene, key: &str) -> Value {
    scene.json(&["show", key])["KeyMetadata"]["KeyState"].clone()
}

#[test]
fn symmetric_material_comes_goes_and_comes_back() {
    let scene = Scene::start();
    let said = scene.ok(&[&["create", "--alias", "a"], &EXTERNAL[..]].concat());
    assert!(said.contains("keystead key import "), "{said}");
    assert_eq!(state(&scene, "alias/a"), "PendingImport");
    let file = scene.write("a.key", [7; 32]);
    let file = file.to_str().unwrap();
    let said = scene.ok(&["import", "alias/a", file, "--no-expiry"]);
    assert!(
        said.starts_with("alias/a has the material. Its id is "),
        "{said}"
    );
    assert_eq!(state(&scene, "alias/a"), "Enabled");
    let shown = scene.ok(&["show", "alias/a"]);
    assert!(shown.contains(": current"), "{shown}");
    let client = scene.server.client();
    let encrypted = client.ok("Encrypt", &json!({"KeyId": "alias/a", "Plaintext": "aGk="}));

    let refused = scene.err(&["delete-material", "alias/a"]);
    assert!(refused.contains("--yes"), "{refused}");
    let _ = scene.ok(&["delete-material", "alias/a", "--yes"]);
    assert_eq!(state(&scene, "alias/a"), "PendingImport");
    let other = scene.write("other.key", [8; 32]);
    let other = other.to_str().unwrap();
    let wrong = scene.err(&[&["import", "alias/a", other, "--no-expiry"], &FAST[..]].concat());
    assert!(
        wrong.contains("IncorrectKeyMaterialException") && wrong.contains("--new-material"),
        "{wrong}"
    );

    // From standard input, and until a date.
    let date = instant(&scene.server, 30);
    let words = [&["import", "alias/a", "-", "--expires", &date], &FAST[..]].concat();
    let said = printed(scene.run_with(&[7; 32], &words));
    assert!(said.contains(&format!("It expires at {date};")), "{said}");
    let shown = scene.ok(&["show", "alias/a"]);
    assert!(shown.contains(&format!("Expires at  {date}\n")), "{shown}");
    let decrypted = client.ok(
        "Decrypt",
        &json!({"CiphertextBlob": encrypted["CiphertextBlob"]}),
    );
    assert_eq!(decrypted["Plaintext"], "aGk=");

    // Other material is rotated to.
    let words = ["import", "alias/a", other, "--no-expiry", "--new-material"];
    let described = ["--material-description", "second"];
    let added = scene.ok(&[&words[..], &described, &FAST].concat());
    assert!(added.contains("keystead key rotate alias/a"), "{added}");
    let shown = scene.ok(&["show", "alias/a"]);
    assert!(
        shown.contains(": next, once the key is rotated") && shown.contains("(second)"),
        "{shown}"
    );
    let _ = scene.ok(&["rotate", "alias/a"]);
    let shown = scene.ok(&["show", "alias/a"]);
    assert!(
        shown.contains(": former, current from the start to 20") && shown.contains(": current"),
        "{shown}"
    );
    let decrypted = client.ok(
        "Decrypt",
        &json!({"CiphertextBlob": encrypted["CiphertextBlob"]}),
    );
    assert_eq!(decrypted["Plaintext"], "aGk=");
}

/// So many days after the key `alias/a` was made, in words.
fn instant(server: &Server, days: i64) -> String {
    let described = server
        .client()
        .ok("DescribeKey", &json!({"KeyId": "alias/a"}));
    let made = described["KeyMetadata"]["CreationDate"].as_f64().unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "a date of this century")]
    let made = made as i64;
    keystead_core::time::Timestamp::from_millis((made + days * DAY) * 1000).to_string()
}

/// That the same file brings a key back, and another does not, shows that the whole material came.
#[test]
fn material_of_every_kind_is_taken() {
    let scene = Scene::start();
    let pem = |pair: rcgen::KeyPair| pair.serialize_pem().into_bytes();
    let ec = || pem(rcgen::KeyPair::generate().unwrap());
    let p521 = || pem(rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap());
    let ed25519 = || {
        rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519)
            .unwrap()
            .serialize_der()
    };
    let rsa = || {
        let size = rcgen::RsaKeySize::_2048;
        pem(rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, size).unwrap())
    };
    let sign = ["--usage", "sign-verify"];
    for (spec, usage, material, other) in [
        ("hmac-224", &[][..], vec![1; 28], vec![2; 28]),
        ("hmac-512", &[], vec![1; 64], vec![2; 64]),
        ("ecc-nist-p256", &sign, ec(), ec()),
        ("ecc-nist-p521", &sign, p521(), p521()),
        ("ecc-nist-edwards25519", &sign, ed25519(), ed25519()),
        ("rsa-2048", &sign, rsa(), rsa()),
    ] {
        let key = scene.key(&[&["--spec", spec], usage, &EXTERNAL].concat());
        let (first, second) = (scene.write("first", material), scene.write("second", other));
        let import = |file: &Path| {
            let file = file.to_str().unwrap();
            scene.run(&[&["import", &key, file, "--no-expiry"], &FAST[..]].concat())
        };
        let _ = printed(import(&first));
        assert_eq!(state(&scene, &key), "Enabled", "{spec}");
        let _ = scene.ok(&["delete-material", &key, "--yes"]);
        let wrong = complaint(&import(&second));
        assert!(wrong.contains("IncorrectKeyMaterialException"), "{wrong}");
        let _ = printed(import(&first));
        assert_eq!(state(&scene, &key), "Enabled", "{spec}");
    }
}

#[test]
fn algorithms_are_chosen_if_asked_for() {
    let scene = Scene::start();
    let key = scene.key(&EXTERNAL);
    let file = scene.write("k", [7; 32]);
    let import = ["import", &key, file.to_str().unwrap(), "--no-expiry"];
    let choice = [
        "--wrapping-algorithm",
        "rsaes-oaep-sha-1",
        "--wrapping-key-spec",
        "rsa-2048",
    ];
    let _ = scene.ok(&[&import[..], &choice].concat());
    let calls = scene.server.audit_events();
    let asked = calls
        .iter()
        .find(|call| call["eventName"] == "GetParametersForImport")
        .unwrap();
    assert_eq!(
        asked["requestParameters"]["wrappingAlgorithm"],
        "RSAES_OAEP_SHA_1"
    );
    assert_eq!(asked["requestParameters"]["wrappingKeySpec"], "RSA_2048");
    let choice = ["--wrapping-algorithm", "rsa-aes-key-wrap-sha-256"];
    let unfit = scene.err(&[&import[..], &choice].concat());
    assert!(unfit.contains("RSAES_OAEP_SHA_256"), "{unfit}");
}

#[test]
fn what_is_no_material_is_not_sent() {
    let scene = Scene::start();
    let own = scene.key(&[]);
    let secret = scene.key(&EXTERNAL);
    let pair = ["--spec", "ecc-nist-p256", "--usage", "sign-verify"];
    let pair = scene.key(&[&pair[..], &EXTERNAL].concat());
    let hex = "5e".repeat(32);
    let base64 = STANDARD.encode([0x5e; 32]);
    for (key, content, expected) in [
        (&own, &b"x"[..], "--origin external"),
        (
            &secret,
            b"",
            "has 0 bytes, and SYMMETRIC_DEFAULT keys have 32",
        ),
        (&secret, hex.as_bytes(), "decode it first"),
        (&secret, base64.as_bytes(), "decode it first"),
        (&pair, &[0x5e; 32], "openssl pkcs8 -topk8"),
        (
            &pair,
            b"-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n",
            "openssl pkcs8",
        ),
        (
            &pair,
            b"-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n",
            "is no PEM file",
        ),
    ] {
        let file = scene.write("k", content);
        let said = scene.err(&["import", key, file.to_str().unwrap(), "--no-expiry"]);
        assert!(said.contains(expected), "{said}");
        assert!(
            !said.contains("5e5e") && !said.contains(&base64[..8]),
            "{said}"
        );
    }
    fs::remove_file(scene.server.folder().join("k")).unwrap();
    let missing = scene.err(&["import", &secret, "k", "--no-expiry"]);
    assert!(missing.contains("can't read the material k"), "{missing}");
    let calls = scene.server.audit_events();
    assert!(
        calls
            .iter()
            .all(|call| call["eventName"] != "GetParametersForImport")
    );
}
