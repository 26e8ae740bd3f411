//! Custom key stores in a real token, SoftHSM2: the configuration, the binary and a stock client.
//!
//! `cargo xtask test` installs SoftHSM2.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use keystead_testkit::{Server, ServerOptions, clients};
use serde_json::{Value, json};
use tempfile::TempDir;

const CLUSTER: &str = "cluster-2a23b4cdefg";
const PIN: &str = "user-pin-1234";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/// Where distributions put the library.
const LIBRARIES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// A server with a token of its own.
struct World {
    server: Server,
    tokens: TempDir,
}

impl World {
    fn new() -> Self {
        let tokens = tempfile::tempdir().unwrap();
        fs::create_dir(tokens.path().join("tokens")).unwrap();
        let conf = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            tokens.path().join("tokens").display()
        );
        fs::write(tokens.path().join("softhsm2.conf"), conf).unwrap();
        let pins = ["--so-pin", "officer-pin", "--pin", PIN];
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", "keystead"])
            .args(pins)
            .env("SOFTHSM2_CONF", tokens.path().join("softhsm2.conf"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let library = LIBRARIES.into_iter().find(|path| Path::new(path).exists());
        let file = format!(
            "[[token]]\ncluster_id = \"{CLUSTER}\"\nmodule = \"{}\"\nlabel = \"keystead\"\ntrust_anchor = \"anchor.pem\"\n",
            library.unwrap()
        );
        fs::write(tokens.path().join("keystead.toml"), file).unwrap();
        fs::write(tokens.path().join("anchor.pem"), CERTIFICATE).unwrap();
        Self {
            server: options(tokens.path()).start(),
            tokens,
        }
    }

    fn ok(&self, operation: &str, input: &Value) -> Value {
        self.server.client().ok(operation, input)
    }

    fn create(&self, password: &str) -> Value {
        let input = json!({
            "CustomKeyStoreName": "hardware",
            "CloudHsmClusterId": CLUSTER,
            "TrustAnchorCertificate": CERTIFICATE.trim(),
            "KeyStorePassword": password,
        });
        let created = self.ok("CreateCustomKeyStore", &input);
        json!({"CustomKeyStoreId": created["CustomKeyStoreId"]})
    }

    fn until(&self, store: &Value, state: &str) -> Value {
        let begun = Instant::now();
        loop {
            let described = self.ok("DescribeCustomKeyStores", store);
            let described = described["CustomKeyStores"][0].clone();
            if described["ConnectionState"] == state {
                return described;
            }
            let log = self.server.log();
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{described} {log}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn options(tokens: &Path) -> ServerOptions {
    ServerOptions::new(env!("CARGO_BIN_EXE_keystead"))
        .arg("--config")
        .arg(tokens.join("keystead.toml").display().to_string())
        .env(
            "SOFTHSM2_CONF",
            &tokens.join("softhsm2.conf").display().to_string(),
        )
}

fn random_of(store: &Value) -> Value {
    json!({"NumberOfBytes": 32, "CustomKeyStoreId": store["CustomKeyStoreId"]})
}

#[test]
fn a_store_in_a_token_is_connected_gives_random_bytes_and_comes_back_after_a_restart() {
    let mut world = World::new();
    let store = world.create(PIN);
    world.ok("ConnectCustomKeyStore", &store);
    world.until(&store, "CONNECTED");
    let [one, other] = [(); 2].map(|()| world.ok("GenerateRandom", &random_of(&store)));
    assert_ne!(one["Plaintext"], other["Plaintext"]);

    world.server = world.server.restart_with(options(world.tokens.path()));
    let begun = Instant::now();
    // It is logged in to in the background.
    while world
        .server
        .client()
        .call("GenerateRandom", &random_of(&store))
        .status
        != 200
    {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{}",
            world.server.log()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    world.ok("DisconnectCustomKeyStore", &store);
    let refused = world
        .server
        .client()
        .err("GenerateRandom", &random_of(&store));
    assert_eq!(refused, "CustomKeyStoreInvalidStateException");
    world.ok("DeleteCustomKeyStore", &store);
}

#[test]
fn a_wrong_pin_is_tried_once_and_never_again() {
    let mut world = World::new();
    let store = world.create("wrong-pin-1234");
    world.ok("ConnectCustomKeyStore", &store);
    let failed = world.until(&store, "FAILED");
    assert_eq!(failed["ConnectionErrorCode"], "INVALID_CREDENTIALS");
    // Neither by itself nor after a restart.
    world.server = world.server.restart_with(options(world.tokens.path()));
    let failed = world.until(&store, "FAILED");
    assert_eq!(failed["ConnectionErrorCode"], "INVALID_CREDENTIALS");
    assert!(!world.server.log().contains("wrong-pin"));
}

#[test]
fn the_aws_cli_sees_the_store() {
    let world = World::new();
    let store = world.create(PIN);
    let output = Command::new(clients::program("aws"))
        .args([
            "kms",
            "describe-custom-key-stores",
            "--custom-key-store-name",
            "hardware",
        ])
        .envs(world.server.client_environment())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let described: Value = serde_json::from_slice(&output.stdout).unwrap();
    let described = &described["CustomKeyStores"][0];
    assert_eq!(described["CustomKeyStoreId"], store["CustomKeyStoreId"]);
    assert_eq!(described["CloudHsmClusterId"], CLUSTER);
    assert_eq!(described["ConnectionState"], "DISCONNECTED");
}
