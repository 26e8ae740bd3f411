//! `keystead audit`, run as people run it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use keystead_testkit::{Server, ServerOptions};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");
const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

/// `keystead audit` for a data directory, that sees nothing of this machine's environment.
fn audit(data_dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .arg("audit")
        .arg("--data-dir")
        .arg(data_dir)
        .args(words)
        .env_clear()
        .stdin(Stdio::null());
    command
}

fn run(data_dir: &Path, words: &[&str]) -> Output {
    audit(data_dir, words).output().unwrap()
}

/// What it prints if all is well.
fn printed(data_dir: &Path, words: &[&str]) -> String {
    let output = run(data_dir, words);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names of the operations that it finds, newest first.
fn found(data_dir: &Path, words: &[&str]) -> Vec<String> {
    let printed = printed(data_dir, &[&["--output", "json"], words].concat());
    let records = printed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let names = records.map(|record| record["eventName"].as_str().unwrap().to_owned());
    names.collect()
}

/// A server with some calls in its log, and the id of its key.
fn scene() -> (Server, String) {
    let server = ServerOptions::new(BINARY).start();
    let client = server.client();
    let made = client.ok("CreateKey", &json!({}));
    let key = made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    let alias = json!({"AliasName": "alias/app", "TargetKeyId": key});
    let _ = client.ok("CreateAlias", &alias);
    let encrypt = json!({"KeyId": "alias/app", "Plaintext": "aGk=",
        "EncryptionContext": {"tenant": "=blue"}});
    let _ = client.ok("Encrypt", &encrypt);
    let _ = client.err("DescribeKey", &json!({"KeyId": ABSENT}));
    (server, key)
}

#[test]
fn calls_are_found_while_the_server_runs_and_after() {
    let (mut server, key) = scene();
    let data_dir = server.data_dir();
    let look = || {
        for (words, expected) in [
            (
                &[][..],
                vec!["DescribeKey", "Encrypt", "CreateAlias", "CreateKey"],
            ),
            (
                &["--key", &key],
                vec!["Encrypt", "CreateAlias", "CreateKey"],
            ),
            (&["--key", "alias/app"], vec!["Encrypt", "CreateAlias"]),
            (&["--key", ABSENT, "--failed"], vec!["DescribeKey"]),
            (&["--denied"], vec![]),
            (&["--action", "kms:encrypt"], vec!["Encrypt"]),
            (&["--context", "tenant==blue"], vec!["Encrypt"]),
            (&["--context", "tenant=red"], vec![]),
            (&["--account", "111122223333"], vec![]),
            (&["--region", "us-east-1", "--until", "1h"], vec![]),
        ] {
            assert_eq!(found(&data_dir, words), expected, "{words:?}");
        }
        let output = run(&data_dir, &["--principal", "admin", "--limit", "1"]);
        assert_eq!(output.stderr, b"There are more; --limit shows them.\n");
    };
    look();
    assert!(server.terminate().success());
    look();
}

#[test]
fn an_id_leads_to_its_record() {
    let (server, _) = scene();
    let data_dir = server.data_dir();
    let record = printed(&data_dir, &["--action", "Encrypt", "--output", "json"]);
    let record: Value = serde_json::from_str(&record).unwrap();
    assert!(
        server.audit_events().contains(&record),
        "the record as it is"
    );
    for (option, member) in [("--request-id", "requestID"), ("--event-id", "eventID")] {
        let id = record[member].as_str().unwrap();
        assert_eq!(found(&data_dir, &[option, id]), ["Encrypt"]);
        assert_eq!(found(&data_dir, &[option, ABSENT]), Vec::<String>::new());
    }
}

#[test]
fn a_table_fits_on_a_terminal() {
    let (server, key) = scene();
    let table = printed(&server.data_dir(), &[]);
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("TIME "), "{table}");
    assert_eq!(lines.len(), 5, "{table}");
    assert!(
        lines.iter().all(|line| line.chars().count() <= 100),
        "{table}"
    );
    let cells: Vec<_> = lines[2].split_whitespace().collect();
    assert_eq!(cells[1..], ["ok", "admin", "kms:Encrypt", "alias/app"]);
    assert!(lines[1].contains("NotFoundExcept…"), "{table}");
    assert!(lines[4].contains(&key), "{table}");
    assert_eq!(
        printed(&server.data_dir(), &["--denied"]).lines().count(),
        1
    );
}

#[test]
fn csv_is_for_spreadsheets() {
    let (server, key) = scene();
    let printed = printed(&server.data_dir(), &["--output", "csv"]);
    let mut reader = csv::Reader::from_reader(printed.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 4);
    let cell = |row: usize, heading: &str| {
        let column = headings.iter().position(|found| found == heading).unwrap();
        records[row][column].to_owned()
    };
    assert_eq!(cell(0, "errorCode"), "NotFoundException");
    assert_eq!(cell(1, "eventName"), "Encrypt");
    assert_eq!(cell(1, "encryptionContext"), r#"{"tenant":"=blue"}"#);
    let arn = format!("arn:aws:kms:us-east-1:000000000000:key/{key}");
    assert_eq!(cell(1, "resources"), arn);
}

#[test]
fn what_comes_is_followed() {
    let (server, _) = scene();
    let words = ["--follow", "--limit", "2", "--output", "json"];
    let mut following = audit(&server.data_dir(), &words)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let mut next = || {
        let record: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        record["eventName"].as_str().unwrap().to_owned()
    };
    assert_eq!([next(), next()], ["Encrypt", "DescribeKey"]);
    for operation in ["ListKeys", "ListAliases"] {
        let _ = server.client().ok(operation, &json!({}));
        assert_eq!(next(), operation);
    }
    following.kill().unwrap();
    let _ = following.wait().unwrap();
}

#[test]
fn a_folder_without_a_log_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("is this the server's data directory?"),
        "{said}"
    );
}
