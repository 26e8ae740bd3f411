//! `who-can`, `explain` and `check-policy`, run as people run them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use keystead_testkit::{Server, ServerOptions};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");

/// A command that sees nothing of this machine's environment.
fn keystead(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .args(words)
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

fn run(folder: &Path, words: &[&str]) -> Output {
    keystead(folder, words).output().unwrap()
}

/// What a command prints that ends well.
fn printed(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a command says that ends badly.
fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(
        said.starts_with("keystead: ") && !said.contains("panicked"),
        "{said}"
    );
    said
}

fn key(server: &Server, policy: Option<&str>) -> String {
    let made = server.client().ok("CreateKey", &json!({"Policy": policy}));
    made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

#[test]
fn who_can_lists_those_who_may() {
    let server = ServerOptions::new(BINARY).start();
    let key = key(&server, None);
    let data_dir = server.data_dir();
    let (url, data) = (server.url(), data_dir.to_str().unwrap());
    let words = [
        "who-can",
        "Decrypt",
        &key,
        "--endpoint",
        &url,
        "--data-dir",
        data,
    ];
    let text = printed(&run(server.folder(), &words));
    assert!(text.starts_with("Who may kms:Decrypt on arn:aws:kms:us-east-1:000000000000:key/"));
    assert!(
        text.contains("arn:aws:iam::000000000000:root (root user)\n  may\n"),
        "{text}"
    );
    assert!(
        text.contains("arn:aws:iam::000000000000:user/admin (user)\n  may\n  - "),
        "{text}"
    );

    let words = [&words[..], &["--json"]].concat();
    let answer: Value = serde_json::from_str(&printed(&run(server.folder(), &words))).unwrap();
    assert_eq!(answer["Action"], "kms:Decrypt");
    assert_eq!(answer["Accesses"].as_array().unwrap().len(), 2);
}

#[test]
fn who_can_over_https_trusts_the_self_made_certificate() {
    let mut server = ServerOptions::new(BINARY).start();
    let key = key(&server, None);
    assert!(server.terminate().success());
    let server = server.restart_with(ServerOptions::new(BINARY).arg("--tls-self-signed"));
    let (url, folder) = (server.url(), server.folder());
    let data_dir = server.data_dir();
    let data = data_dir.to_str().unwrap();
    let words = ["who-can", "kms:Encrypt", &key, "--endpoint", &url];
    let text = printed(&run(folder, &[&words[..], &["--data-dir", data]].concat()));
    assert!(text.contains("user/admin"), "{text}");

    // Without the data directory the environment says who calls and what to trust.
    let (id, secret) = server.credentials();
    let mut command = keystead(folder, &words);
    command
        .env("AWS_ACCESS_KEY_ID", id)
        .env("AWS_SECRET_ACCESS_KEY", secret);
    let untrusting = command.output().unwrap();
    assert!(complaint(&untrusting).contains("certificate"));
    command.env("AWS_CA_BUNDLE", data_dir.join("tls-self-signed.crt"));
    assert!(printed(&command.output().unwrap()).contains("user/admin"));
}

#[test]
fn who_can_says_what_is_wrong() {
    let server = ServerOptions::new(BINARY).start();
    let (url, folder) = (server.url(), server.folder());
    let data_dir = server.data_dir();
    let data = ["--data-dir", data_dir.to_str().unwrap()];
    let refused = |words: &[&str]| complaint(&run(folder, &[&["who-can"], words].concat()));
    let endpoint = ["--endpoint", &url];
    let missing = refused(&[&["Decrypt", "alias/none"], &endpoint[..], &data].concat());
    assert!(missing.contains("NotFoundException"), "{missing}");
    let unknown = refused(&[&["Decrpt", "alias/none"], &endpoint[..], &data].concat());
    assert!(
        unknown.contains("Decrpt is not an action of AWS KMS"),
        "{unknown}"
    );
    let nobody = refused(&[&["Decrypt", "alias/none"], &endpoint[..]].concat());
    assert!(nobody.contains("AWS_ACCESS_KEY_ID"), "{nobody}");
    let nowhere = ["Decrypt", "alias/none", "--endpoint", "http://127.0.0.1:1"];
    let nowhere = refused(&[&nowhere[..], &data].concat());
    assert!(nowhere.contains("is it running?"), "{nowhere}");
    let address = ["Decrypt", "alias/none", "--endpoint", "127.0.0.1"];
    let address = refused(&[&address[..], &data].concat());
    assert!(address.contains("http://HOST:PORT"), "{address}");
}

#[test]
fn explain_shows_how_a_call_was_decided() {
    let server = ServerOptions::new(BINARY).start();
    let client = server.client();
    let only_root = r#"{"Version":"2012-10-17","Statement":[{"Sid":"keep","Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"kms:*","Resource":"*"},{"Sid":"no","Effect":"Deny","Principal":"*","Action":"kms:Encrypt","Resource":"*"}]}"#;
    let key = key(&server, Some(only_root));
    let denied = client.call(
        "Encrypt",
        &json!({"KeyId": key, "Plaintext": "aGk=",
        "EncryptionContext": {"team": "a"}}),
    );
    assert_eq!(denied.status, 400);
    let data_dir = server.data_dir();
    let data = data_dir.to_str().unwrap();
    let explain = |id: &str, more: &[&str]| {
        let words = [&["explain", id, "--data-dir", data], more].concat();
        run(server.folder(), &words)
    };
    let text = printed(&explain(denied.request_id(), &[]));
    assert!(text.starts_with("kms:Encrypt was denied\n"), "{text}");
    for part in [
        "arn:aws:iam::000000000000:user/admin (IAMUser, access key AKIA",
        "team = a",
        "127.0.0.1",
        "kms:Encrypt on arn:aws:kms:us-east-1:000000000000:key/",
        ": denied\n  - denied by statement \"no\" of the key policy\n",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let record: Value =
        serde_json::from_str(&printed(&explain(denied.request_id(), &["--json"]))).unwrap();
    assert_eq!(record["errorCode"], "AccessDenied");
    let by_event = printed(&explain(record["eventID"].as_str().unwrap(), &[]));
    assert_eq!(by_event, text);

    let allowed = client.call("DescribeKey", &json!({"KeyId": key}));
    let text = printed(&explain(allowed.request_id(), &[]));
    assert!(text.starts_with("kms:DescribeKey succeeded\n"), "{text}");
    assert!(text.contains(": allowed\n  - "), "{text}");

    let unknown = complaint(&explain("00000000-0000-0000-0000-000000000000", &[]));
    assert!(unknown.contains("has no record"), "{unknown}");
    let elsewhere = run(server.folder(), &["explain", "1", "--data-dir", "nowhere"]);
    assert!(complaint(&elsewhere).contains("--data-dir"));
}

#[test]
fn explain_shows_what_would_have_allowed_and_where_a_call_came_in() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("keystead.toml");
    let endpoint =
        "[[vpc_endpoint]]\nid = \"vpce-app\"\nvpc = \"vpc-1\"\nlisten = \"127.0.0.1:0\"\n";
    fs::write(&config, endpoint).unwrap();
    let server = ServerOptions::new(BINARY)
        .arg("--config")
        .arg(config.to_str().unwrap())
        .start_in(folder);
    let admin = r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/admin"},"Resource":"*""#;
    let for_team = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{{admin},"Action":["kms:PutKeyPolicy","kms:DescribeKey"]}},
        {{"Sid":"team",{admin},"Action":"kms:Encrypt","Condition":{{"StringEquals":{{"kms:EncryptionContext:team":"b"}}}}}}]}}"#
    );
    let key = key(&server, Some(&for_team));
    let inside = server.client().by(server.endpoint("vpce-app"));
    let denied = inside.call(
        "Encrypt",
        &json!({"KeyId": key, "Plaintext": "c2VjcmV0LXRleHQ=", "EncryptionContext": {"team": "a"}}),
    );
    assert_eq!(denied.status, 400);
    let data_dir = server.data_dir();
    let explain = |more: &[&str]| {
        let words = [
            "explain",
            denied.request_id(),
            "--data-dir",
            data_dir.to_str().unwrap(),
        ];
        printed(&run(server.folder(), &[&words, more].concat()))
    };
    let text = explain(&[]);
    for part in [
        "127.0.0.1, through VPC endpoint vpce-app",
        "  - nearly allowed by statement \"team\" of the key policy: StringEquals wants \
         kms:EncryptionContext:team \"b\", and the request has \"a\"\n",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("c2VjcmV0LXRleHQ="), "{text}");
    let record: Value = serde_json::from_str(&explain(&["--json"])).unwrap();
    assert_eq!(record["vpcEndpointId"], "vpce-app");
    let near = &record["additionalEventData"]["authorization"][0]["nearMisses"][0];
    assert_eq!(
        (&near["wanted"], &near["found"]),
        (&json!(["b"]), &json!(["a"]))
    );
}

#[test]
fn check_policy_tells_errors_from_warnings() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let statement = |principal: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"kms:*","Resource":"*"}}]}}"#
        )
    };
    write("good.json", &statement(r#"{"AWS":"111122223333"}"#));
    write("open.json", &statement(r#""*""#));
    write("bad.json", &statement(r#"{"AWS":"nobody"}"#));
    let check = |words: &[&str]| {
        let output = run(folder.path(), &[&["check-policy"], words].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    let (code, text) = check(&["good.json"]);
    assert_eq!(
        (code, text.as_str()),
        (
            0,
            "good.json: key policy: accepted, 1 statement; principals are only checked by the server\n"
        )
    );
    let (code, text) = check(&["open.json"]);
    assert!(
        code == 0 && text.contains("open.json:1:38: warning: statement 1, Principal"),
        "{text}"
    );
    assert_eq!(check(&["--strict", "open.json"]).0, 1);
    let (code, text) = check(&["bad.json"]);
    assert!(
        code == 1 && text.contains("bad.json:1:38: error: statement 1, Principal.AWS"),
        "{text}"
    );
    assert_eq!(check(&["--kind", "identity", "good.json"]).0, 1);
    let (code, text) = check(&["--json", "open.json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &report["accepted"]), (0, &json!(true)));
    assert_eq!(report["warnings"][0]["kind"], "OpenToEveryone");

    let missing = run(folder.path(), &["check-policy", "none.json"]);
    assert!(complaint(&missing).contains("none.json"));
}

#[test]
fn check_policy_reads_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = keystead(folder.path(), &["check-policy", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"{").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("policy:1:1: error: the policy is not valid JSON"),
        "{text}"
    );
}

#[test]
fn each_help_teaches_with_an_example() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["who-can", "explain", "check-policy"] {
        let help = printed(&run(folder.path(), &[command, "--help"]));
        assert!(help.contains("Examples:\n  keystead "), "{help}");
    }
}
