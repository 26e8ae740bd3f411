//! sops: files of secrets, whose data keys are the server's. A program in Go.

use keystead_testkit::clients;
use serde_json::json;

use crate::machine::Machine;
use crate::server;

const SECRETS: &str = "database:\n    password: correct horse\n    port: 5432\n";

fn sops(machine: &Machine, arguments: &[&str]) -> String {
    machine.run(&clients::program("sops"), arguments).success()
}

/// The message of a file that can't be opened, without the way in which its lines are broken.
fn failure(machine: &Machine, file: &str) -> String {
    let outcome = machine.run(&clients::program("sops"), &["decrypt", file]);
    let words = outcome.failure(128);
    let words = words.split_whitespace().filter(|word| *word != "|");
    words.collect::<Vec<_>>().join(" ")
}

fn new_key(server: &keystead_testkit::Server) -> String {
    let made = server.client().ok("CreateKey", &json!({}));
    made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_outlives_the_server() {
    let server = server();
    let mut machine = Machine::of(&server);
    let key = new_key(&server);
    machine.write("secrets.yaml", SECRETS);
    let encrypt = ["encrypt", "--in-place", "--kms", &key];
    let context = ["--encryption-context", "app:shop,stage:test"];
    sops(
        &machine,
        &[&encrypt[..], &context, &["secrets.yaml"]].concat(),
    );

    let encrypted = machine.read("secrets.yaml");
    assert!(!encrypted.contains("horse") && encrypted.contains(&key));
    assert!(encrypted.contains("app: shop") && encrypted.contains("stage: test"));
    let server = server.restart();
    machine.use_server(&server);
    assert_eq!(sops(&machine, &["decrypt", "secrets.yaml"]), SECRETS);

    // The context is part of what was encrypted: nobody can say that the file is another app's.
    machine.write("other.yaml", encrypted.replace("app: shop", "app: bank"));
    let message = failure(&machine, "other.yaml");
    assert!(message.contains("InvalidCiphertextException"), "{message}");
}

#[test]
fn a_disabled_key_opens_nothing() {
    let server = server();
    let machine = Machine::of(&server);
    let key = new_key(&server);
    machine.write("secrets.yaml", SECRETS);
    sops(
        &machine,
        &["encrypt", "--in-place", "--kms", &key, "secrets.yaml"],
    );
    let _ = server.client().ok("DisableKey", &json!({ "KeyId": key }));
    let message = failure(&machine, "secrets.yaml");
    let expected = format!("DisabledException: {key} is disabled.");
    assert!(message.contains(&expected), "{message}");
    let _ = server.client().ok("EnableKey", &json!({ "KeyId": key }));
    assert_eq!(sops(&machine, &["decrypt", "secrets.yaml"]), SECRETS);
}

#[test]
fn data_keys_and_keys_are_exchanged() {
    let server = server();
    let machine = Machine::of(&server);
    let (old, new) = (new_key(&server), new_key(&server));
    let rules = |key: &str| format!("creation_rules:\n  - path_regex: secrets\n    kms: {key}\n");
    machine.write(".sops.yaml", rules(&old));
    machine.write("secrets.yaml", SECRETS);
    sops(&machine, &["encrypt", "--in-place", "secrets.yaml"]);

    // A new data key under the same key.
    let wrapped = |file: String| {
        let line = file.lines().find(|line| line.trim().starts_with("enc:"));
        line.unwrap().to_owned()
    };
    let before = wrapped(machine.read("secrets.yaml"));
    sops(&machine, &["rotate", "--in-place", "secrets.yaml"]);
    assert_ne!(wrapped(machine.read("secrets.yaml")), before);
    assert_eq!(sops(&machine, &["decrypt", "secrets.yaml"]), SECRETS);

    // The same data key under a new key, after which the old one is not needed.
    machine.write(".sops.yaml", rules(&new));
    let update = ["updatekeys", "--yes", "secrets.yaml"];
    let _ = machine.run(&clients::program("sops"), &update);
    let file = machine.read("secrets.yaml");
    assert!(file.contains(&new) && !file.contains(&old));
    let _ = server.client().ok("DisableKey", &json!({ "KeyId": old }));
    assert_eq!(sops(&machine, &["decrypt", "secrets.yaml"]), SECRETS);
}
