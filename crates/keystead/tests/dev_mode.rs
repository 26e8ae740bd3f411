//! Development mode: anybody, in any account, and nothing on the disk.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use http::{HeaderMap, HeaderValue, Method};
use keystead_testkit::{Client, Server, ServerOptions};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");
const PLAINTEXT: &str = "aGVsbG8=";
const ONE: &str = "111122223333";
const OTHER: &str = "444455556666";

fn start() -> Server {
    ServerOptions::new(BINARY).dev().start()
}

fn create_key(client: &Client) -> String {
    let made = client.ok("CreateKey", &json!({}));
    made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

fn who(client: &Client) -> String {
    let mut client = client.clone();
    "sts".clone_into(&mut client.service);
    let body = b"Action=GetCallerIdentity&Version=2011-06-15";
    let mut headers = HeaderMap::new();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert("content-type", form);
    client.sign(&Method::POST, "/", &mut headers, body);
    client.exchange(&Method::POST, "/", &headers, body).text()
}

#[test]
fn anybody_is_somebody() {
    let server = start();
    for (access_key_id, account) in [
        (ONE, ONE),
        ("AKIAIOSFODNN7EXAMPLE", "000000000000"),
        ("test", "000000000000"),
        ("1234", "000000000000"),
    ] {
        let client = server.client().with_credentials(access_key_id, "whatever");
        let expected = format!("<Arn>arn:aws:iam::{account}:root</Arn>");
        assert!(who(&client).contains(&expected), "{access_key_id}");
        let arn = create_key(&client);
        assert!(
            arn.starts_with(&format!("arn:aws:kms:us-east-1:{account}:key/")),
            "{arn}"
        );
    }
    let mut late = server.client();
    late.skew_seconds = -1_000_000;
    late.session_token = Some("any".to_owned());
    assert_eq!(late.call("ListKeys", &json!({})).status, 200);
    let mut request = late.request("ListKeys", b"{}");
    request.headers_mut().remove("authorization");
    let unsigned = late.exchange(&Method::POST, "/", request.headers(), b"{}");
    assert_eq!(unsigned.error(), "MissingAuthenticationTokenException");
}

#[test]
fn the_account_of_everybody_else_can_be_given() {
    let server = ServerOptions::new(BINARY)
        .dev()
        .arg("--account")
        .arg(OTHER)
        .start();
    let client = server.client().with_credentials("test", "test");
    assert!(who(&client).contains(&format!("arn:aws:iam::{OTHER}:root")));
}

#[test]
fn accounts_are_apart_until_a_policy_joins_them() {
    let server = start();
    let one = server.client().with_credentials(ONE, "x");
    let other = server.client().with_credentials(OTHER, "x");
    let key = create_key(&one);
    let id = key.rsplit('/').next().unwrap();
    let input = json!({"KeyId": key, "Plaintext": PLAINTEXT});

    assert_eq!(other.ok("ListKeys", &json!({}))["Keys"], json!([]));
    let by_id = other.err("Encrypt", &json!({"KeyId": id, "Plaintext": PLAINTEXT}));
    assert_eq!(by_id, "NotFoundException");
    let denied = other.call("Encrypt", &input);
    let absent = key.replace(id, "00000000-0000-4000-8000-000000000000");
    let not_there = other.call("Encrypt", &json!({"KeyId": absent, "Plaintext": PLAINTEXT}));
    let expected = format!(
        "User: arn:aws:iam::{OTHER}:root is not authorized to perform: kms:Encrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
    );
    for answer in [denied, not_there] {
        // Whether there is such a key is not to be told apart.
        assert_eq!(
            answer.json(),
            json!({"__type": "AccessDeniedException", "Message": expected})
        );
    }

    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ONE}:root")}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{OTHER}:root")}, "Action": ["kms:Encrypt", "kms:Decrypt", "kms:DisableKey"], "Resource": "*"},
    ]});
    let put = json!({"KeyId": key, "Policy": policy.to_string()});
    assert_eq!(one.ok("PutKeyPolicy", &put), Value::Null);
    let encrypted = other.ok("Encrypt", &input);
    assert_eq!(encrypted["KeyId"], key);
    let ciphertext = json!({"CiphertextBlob": encrypted["CiphertextBlob"]});
    for client in [&one, &other] {
        assert_eq!(client.ok("Decrypt", &ciphertext)["Plaintext"], PLAINTEXT);
    }
    // No policy can give another account what works within one only.
    assert_eq!(
        other.err("DisableKey", &json!({"KeyId": key})),
        "AccessDeniedException"
    );
    assert_eq!(
        other.err("DescribeKey", &json!({"KeyId": key})),
        "AccessDeniedException"
    );
    let third = server.client().with_credentials("777788889999", "x");
    assert_eq!(third.err("Encrypt", &input), "AccessDeniedException");
    assert_eq!(third.err("Decrypt", &ciphertext), "AccessDeniedException");
}

#[test]
fn it_says_so_loudly_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(BINARY)
        .args(["--dev", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env("TMPDIR", folder.path())
        .env("HOME", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let url = lines.next().unwrap();
    let address = url.rsplit("//").next().unwrap().parse().unwrap();
    let banner = lines
        .find(|line| line.contains("DEVELOPMENT MODE"))
        .unwrap();
    assert!(banner.contains("any credentials are accepted"), "{banner}");
    assert!(
        banner.contains("every key is gone when this stops"),
        "{banner}"
    );
    let export = lines
        .find(|line| line.contains("export AWS_ENDPOINT_URL="))
        .unwrap();
    assert!(
        export.contains("AWS_ACCESS_KEY_ID=000000000000"),
        "{export}"
    );

    let client = Client::new(address, ONE.to_owned(), "x".to_owned());
    let key = create_key(&client);
    assert_eq!(
        client
            .call("Encrypt", &json!({"KeyId": key, "Plaintext": PLAINTEXT}))
            .status,
        200
    );
    let left = || fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left(), 0);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(left(), 0);
}

#[test]
fn it_is_gone_when_it_stops() {
    let server = start();
    let _ = create_key(&server.client());
    let server = server.restart();
    assert_eq!(
        server.client().ok("ListKeys", &json!({}))["Keys"],
        json!([])
    );
}

#[test]
fn what_is_to_be_kept_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    // This also gives it a --data-dir.
    let with_directory = ServerOptions::new(BINARY).arg("--dev");
    let said = with_directory.must_not_start(&data_dir);
    assert!(
        said.contains("--dev keeps everything in memory: leave out --data-dir"),
        "{said}"
    );
    let directory = data_dir.to_str().unwrap();
    let from_environment = ServerOptions::new(BINARY)
        .dev()
        .env("KEYSTEAD_DATA_DIR", directory);
    let said = from_environment.must_not_start(&data_dir);
    assert!(said.contains("leave out --data-dir"), "{said}");
    for option in [
        "--tls-self-signed",
        "--seal=passphrase",
        "--seal-key-file=x",
    ] {
        let said = ServerOptions::new(BINARY)
            .dev()
            .arg(option)
            .must_not_start(&data_dir);
        assert!(said.contains("leave out --"), "{said}");
    }
    assert!(!data_dir.exists());
}
