//! The AWS CLI: sessions as people type them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::{Server, ServerOptions, clients};
use serde_json::{Value, json};

use crate::machine::Machine;
use crate::server;

const PREFIX: &str = "arn:aws:kms:us-east-1:000000000000";

/// A shell in which somebody types `aws …`.
struct Shell {
    machine: Machine,
    server: Server,
}

impl Shell {
    fn open() -> Self {
        let server = server();
        Self {
            machine: Machine::of(&server),
            server,
        }
    }

    /// Runs a command of words without spaces, and returns what it prints.
    fn aws(&self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.machine.run(&clients::program("aws"), &words).success()
    }

    /// Runs a command that prints JSON.
    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.aws(line)).unwrap()
    }

    /// Runs a command with `--query`, and returns the text that is asked for.
    fn text(&self, line: &str, query: &str) -> String {
        let line = format!("{line} --output text --query {query}");
        self.aws(&line).trim_end().to_owned()
    }

    /// Runs a command that has nothing to say.
    fn quietly(&self, line: &str) {
        assert_eq!(self.aws(line), "");
    }

    /// Runs a command that the server refuses, and returns the CLI's message.
    fn refused(&self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let outcome = self.machine.run(&clients::program("aws"), &words);
        // How version 1 of the CLI ends when the service answers with an error.
        outcome.failure(255).trim().to_owned()
    }

    /// Makes a key; without the CLI, which takes its time to start.
    fn key(&self) -> String {
        let made = self.server.client().ok("CreateKey", &json!({}));
        made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    }

    fn state(&self, key: &str) -> String {
        let query = "KeyMetadata.[KeyState,Enabled]";
        self.text(&format!("kms describe-key --key-id {key}"), query)
    }
}

fn refusal(code: &str, operation: &str, message: &str) -> String {
    format!("An error occurred ({code}) when calling the {operation} operation: {message}")
}

#[test]
fn who_am_i() {
    let shell = Shell::open();
    let me = shell.json("sts get-caller-identity");
    assert_eq!(me["Account"], "000000000000");
    assert_eq!(me["Arn"], "arn:aws:iam::000000000000:user/admin");
    let id = me["UserId"].as_str().unwrap();
    assert!(id.starts_with("AIDA") && id.len() == 21, "{id}");
}

#[test]
fn https_with_a_self_made_certificate() {
    let options = ServerOptions::new(env!("CARGO_BIN_EXE_keystead"));
    let server = options.arg("--tls-self-signed").start();
    assert!(server.url().starts_with("https://"));
    let mut shell = Shell {
        machine: Machine::of(&server),
        server,
    };
    // A certificate that nobody vouches for is not trusted by itself.
    let aws = clients::program("aws");
    let untrusting = shell.machine.run(&aws, &["sts", "get-caller-identity"]);
    let complaint = untrusting.failure(255);
    assert!(complaint.contains("SSL validation failed"), "{complaint}");
    let certificate = shell.server.data_dir().join("tls-self-signed.crt");
    shell
        .machine
        .set("AWS_CA_BUNDLE", certificate.to_str().unwrap());
    assert_eq!(
        shell.text("sts get-caller-identity", "Account"),
        "000000000000"
    );
}

#[test]
fn a_key_from_its_creation_to_its_end() {
    let shell = Shell::open();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"all","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"}]}"#;
    let made = shell.json(&format!(
        "kms create-key --description invoices --tags TagKey=team,TagValue=billing --policy {policy}"
    ));
    let metadata = &made["KeyMetadata"];
    let id = metadata["KeyId"].as_str().unwrap();
    let arn = format!("{PREFIX}:key/{id}");
    assert_eq!(metadata["Arn"], arn);
    assert_eq!(metadata["Description"], "invoices");
    assert_eq!(
        shell.text(
            &format!("kms get-key-policy --key-id {id} --policy-name default"),
            "Policy"
        ),
        policy
    );

    shell.quietly(&format!(
        "kms create-alias --alias-name alias/invoices --target-key-id {id}"
    ));
    let alias_arn = format!("{PREFIX}:alias/invoices");
    for name in [id, &arn, "alias/invoices", &alias_arn] {
        assert_eq!(
            shell.json(&format!("kms describe-key --key-id {name}")),
            made,
            "{name}"
        );
    }

    shell.quietly(&format!("kms disable-key --key-id {id}"));
    assert_eq!(shell.state(id), "Disabled\tFalse");
    shell.quietly(&format!("kms enable-key --key-id {id}"));
    assert_eq!(shell.state(id), "Enabled\tTrue");
    let scheduled = shell.json(&format!(
        "kms schedule-key-deletion --key-id {id} --pending-window-in-days 7"
    ));
    assert_eq!(scheduled["KeyId"], arn);
    assert_eq!(scheduled["KeyState"], "PendingDeletion");
    assert_eq!(scheduled["PendingWindowInDays"], 7);
    assert_eq!(shell.state(id), "PendingDeletion\tFalse");
    assert_eq!(
        shell.json(&format!("kms cancel-key-deletion --key-id {id}")),
        json!({ "KeyId": arn })
    );
    assert_eq!(shell.state(id), "Disabled\tFalse");
}

#[test]
fn encryption() {
    let shell = Shell::open();
    let (key, other) = (shell.key(), shell.key());
    let arn = format!("{PREFIX}:key/{key}");
    shell.machine.write("plain", "attack at dawn");
    let encrypted = shell.json(&format!(
        "kms encrypt --key-id {key} --plaintext fileb://plain --encryption-context army=7,unit=3"
    ));
    assert_eq!(encrypted["KeyId"], arn);
    assert_eq!(encrypted["EncryptionAlgorithm"], "SYMMETRIC_DEFAULT");
    let blob = decoded(&encrypted["CiphertextBlob"]);
    shell.machine.write("blob", &blob);

    let decrypted =
        shell.json("kms decrypt --ciphertext-blob fileb://blob --encryption-context unit=3,army=7");
    assert_eq!(decrypted["KeyId"], arn);
    assert_eq!(decoded(&decrypted["Plaintext"]), b"attack at dawn");
    assert_eq!(
        shell.refused("kms decrypt --ciphertext-blob fileb://blob --encryption-context army=7"),
        refusal("InvalidCiphertextException", "Decrypt", "").trim_end()
    );

    let again = shell.json(&format!(
        "kms re-encrypt --ciphertext-blob fileb://blob --source-encryption-context army=7,unit=3 \
         --destination-key-id {other} --destination-encryption-context place=archive"
    ));
    assert_eq!(again["SourceKeyId"], arn);
    assert_eq!(again["KeyId"], format!("{PREFIX}:key/{other}"));
    shell
        .machine
        .write("archived", decoded(&again["CiphertextBlob"]));
    let decrypted = shell.json(&format!(
        "kms decrypt --key-id {other} --ciphertext-blob fileb://archived --encryption-context place=archive"
    ));
    assert_eq!(decoded(&decrypted["Plaintext"]), b"attack at dawn");
}

#[test]
fn data_keys_and_random_bytes() {
    let shell = Shell::open();
    let key = shell.key();
    let made = shell.json(&format!(
        "kms generate-data-key --key-id {key} --key-spec AES_256 --encryption-context f=1"
    ));
    assert_eq!(decoded(&made["Plaintext"]).len(), 32);
    shell
        .machine
        .write("wrapped", decoded(&made["CiphertextBlob"]));
    let opened =
        shell.json("kms decrypt --ciphertext-blob fileb://wrapped --encryption-context f=1");
    assert_eq!(opened["Plaintext"], made["Plaintext"]);

    let made = shell.json(&format!(
        "kms generate-data-key-without-plaintext --key-id {key} --number-of-bytes 64"
    ));
    assert!(made.get("Plaintext").is_none());
    shell
        .machine
        .write("wrapped", decoded(&made["CiphertextBlob"]));
    let opened = shell.json("kms decrypt --ciphertext-blob fileb://wrapped");
    assert_eq!(decoded(&opened["Plaintext"]).len(), 64);

    let random = shell.json("kms generate-random --number-of-bytes 1024");
    assert_eq!(decoded(&random["Plaintext"]).len(), 1024);
}

#[test]
fn aliases() {
    let shell = Shell::open();
    let (key, other) = (shell.key(), shell.key());
    shell.quietly(&format!(
        "kms create-alias --alias-name alias/a --target-key-id {key}"
    ));
    shell.quietly(&format!(
        "kms create-alias --alias-name alias/b --target-key-id {key}"
    ));
    let targets = || shell.text("kms list-aliases", "Aliases[].[AliasName,TargetKeyId]");
    assert_eq!(targets(), format!("alias/a\t{key}\nalias/b\t{key}"));
    assert_eq!(
        shell.refused(&format!(
            "kms create-alias --alias-name alias/a --target-key-id {other}"
        )),
        refusal(
            "AlreadyExistsException",
            "CreateAlias",
            &format!("An alias with the name {PREFIX}:alias/a already exists")
        )
    );

    shell.quietly(&format!(
        "kms update-alias --alias-name alias/a --target-key-id {other}"
    ));
    assert_eq!(targets(), format!("alias/a\t{other}\nalias/b\t{key}"));
    shell.quietly("kms delete-alias --alias-name alias/b");
    assert_eq!(targets(), format!("alias/a\t{other}"));
    assert_eq!(
        shell.json(&format!("kms list-aliases --key-id {key}")),
        json!({ "Aliases": [] })
    );
}

#[test]
fn tags_and_descriptions() {
    let shell = Shell::open();
    let key = shell.key();
    shell.quietly(&format!(
        "kms tag-resource --key-id {key} --tags TagKey=a,TagValue=1 TagKey=b,TagValue=2"
    ));
    shell.quietly(&format!("kms untag-resource --key-id {key} --tag-keys a"));
    assert_eq!(
        shell.json(&format!("kms list-resource-tags --key-id {key}")),
        json!({ "Tags": [{ "TagKey": "b", "TagValue": "2" }] })
    );
    shell.quietly(&format!(
        "kms update-key-description --key-id {key} --description changed"
    ));
    assert_eq!(
        shell.text(
            &format!("kms describe-key --key-id {key}"),
            "KeyMetadata.Description"
        ),
        "changed"
    );
}

#[test]
fn policies() {
    let shell = Shell::open();
    let key = shell.key();
    assert_eq!(
        shell.json(&format!("kms list-key-policies --key-id {key}"))["PolicyNames"],
        json!(["default"])
    );
    let shown = format!("kms get-key-policy --key-id {key} --policy-name default");
    let mut policy: Value = serde_json::from_str(&shell.text(&shown, "Policy")).unwrap();
    assert_eq!(policy["Statement"].as_array().unwrap().len(), 1);

    let deny =
        json!({ "Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*" });
    policy["Statement"].as_array_mut().unwrap().push(deny);
    shell.machine.write("policy.json", policy.to_string());
    shell.quietly(&format!(
        "kms put-key-policy --key-id {key} --policy-name default --policy file://policy.json"
    ));
    assert_eq!(shell.text(&shown, "Policy"), policy.to_string());
    assert_eq!(
        shell.refused(&format!("kms encrypt --key-id {key} --plaintext x")),
        refusal(
            "AccessDeniedException",
            "Encrypt",
            &format!(
                "User: arn:aws:iam::000000000000:user/admin is not authorized to perform: \
                 kms:Encrypt on resource: {PREFIX}:key/{key} with an explicit deny in a \
                 resource-based policy"
            )
        )
    );
}

#[test]
fn pages_of_keys() {
    let shell = Shell::open();
    let mut keys: Vec<String> = (0..3).map(|_| shell.key()).collect();
    keys.sort();
    // The CLI follows the markers by itself, whatever the size of a page.
    assert_eq!(
        shell.text("kms list-keys --page-size 1", "Keys[].[KeyId]"),
        keys.join("\n")
    );
    let first = shell.json("kms list-keys --page-size 1 --max-items 2");
    assert_eq!(first["Keys"][0]["KeyId"], keys[0]);
    assert_eq!(first["Keys"][1]["KeyId"], keys[1]);
    let token = first["NextToken"].as_str().unwrap();
    let rest = shell.json(&format!("kms list-keys --starting-token {token}"));
    assert_eq!(rest["Keys"].as_array().unwrap().len(), 1);
    assert_eq!(
        rest["Keys"][0]["KeyArn"],
        format!("{PREFIX}:key/{}", keys[2])
    );
}

#[test]
fn errors_as_the_cli_prints_them() {
    let shell = Shell::open();
    let absent = "00000000-0000-4000-8000-000000000000";
    assert_eq!(
        shell.refused(&format!("kms describe-key --key-id {absent}")),
        refusal(
            "NotFoundException",
            "DescribeKey",
            &format!("Key '{PREFIX}:key/{absent}' does not exist")
        )
    );
    let key = shell.key();
    shell.quietly(&format!("kms disable-key --key-id {key}"));
    assert_eq!(
        shell.refused(&format!("kms encrypt --key-id {key} --plaintext x")),
        refusal(
            "DisabledException",
            "Encrypt",
            &format!("{PREFIX}:key/{key} is disabled.")
        )
    );
}

#[test]
fn a_wrong_secret() {
    let mut shell = Shell::open();
    shell.machine.set("AWS_SECRET_ACCESS_KEY", "not-the-secret");
    let message = "The request signature we calculated does not match the signature you provided. \
                   Check your AWS Secret Access Key and signing method. Consult the service \
                   documentation for details.";
    assert_eq!(
        shell.refused("kms list-keys"),
        refusal("InvalidSignatureException", "ListKeys", message)
    );
    assert!(
        shell
            .refused("sts get-caller-identity")
            .contains("(SignatureDoesNotMatch) when calling the GetCallerIdentity operation")
    );
}

fn decoded(base64: &Value) -> Vec<u8> {
    STANDARD.decode(base64.as_str().unwrap()).unwrap()
}
