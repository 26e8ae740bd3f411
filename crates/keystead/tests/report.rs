//! `keystead report`, run as people run it, over keys that break each rule.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::process::{Command, Output, Stdio};

use keystead_testkit::{Client, Server, ServerOptions};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");
const ADMIN: &str = "arn:aws:iam::000000000000:user/admin";
const ALL: [&str; 12] = [
    "cmk-backing-key-rotation-enabled",
    "kms-cmk-not-scheduled-for-deletion",
    "kms-key-enabled",
    "kms-key-used-recently",
    "kms-key-tagged",
    "kms-key-policy-no-public-access",
    "kms-key-policy-no-cross-account-access",
    "kms-key-policy-separation-of-duties",
    "kms-grant-not-outdated",
    "kms-imported-key-material-not-expiring",
    "iam-inline-policy-blocked-kms-actions",
    "iam-customer-policy-blocked-kms-actions",
];

/// A command that sees nothing of this machine's environment, nor the data directory unasked.
fn keystead(server: &Server, words: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .args(words)
        .env_clear()
        .current_dir(server.folder())
        .envs(server.client_environment())
        .stdin(Stdio::null());
    command
}

fn run(server: &Server, words: &[&str]) -> Output {
    keystead(server, words).output().unwrap()
}

fn printed(output: Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

fn report(server: &Server, words: &[&str]) -> Value {
    let words = [&["report", "--output", "json"], words].concat();
    serde_json::from_str(&printed(run(server, &words))).unwrap()
}

fn key(client: &Client, alias: &str, input: &Value) -> String {
    let made = client.ok("CreateKey", input);
    let id = made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    let alias = json!({"AliasName": format!("alias/{alias}"), "TargetKeyId": id});
    let _ = client.ok("CreateAlias", &alias);
    id
}

/// A key policy with a statement more than the usual one.
fn policy(principal: &Value, action: &str, condition: &Value) -> String {
    let allow = |principal: &Value, action: &str, condition: &Value| {
        json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*",
            "Condition": condition})
    };
    let statements = [
        allow(&json!({"AWS": "000000000000"}), "kms:*", &json!({})),
        allow(principal, action, condition),
    ];
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn tagged() -> Value {
    json!([{"TagKey": "team", "TagValue": "a"}])
}

/// A key in which only the rules are broken that limits of no days make of any key.
fn good_key(client: &Client) -> String {
    let good = key(client, "good", &json!({"Tags": tagged()}));
    let _ = client.ok("EnableKeyRotation", &json!({"KeyId": good}));
    good
}

/// Keys that break each rule, each with a name that tells which.
fn break_all(server: &Server) {
    let client = server.client();
    let good = good_key(&client);
    let _ = client.ok("Encrypt", &json!({"KeyId": good, "Plaintext": "aGk="}));
    let grant =
        json!({"KeyId": good, "GranteePrincipal": ADMIN, "Operations": ["Decrypt"], "Name": "old"});
    let _ = client.ok("CreateGrant", &grant);
    let _ = key(&client, "plain", &json!({}));
    let going = key(&client, "going", &json!({}));
    let _ = client.ok("ScheduleKeyDeletion", &json!({"KeyId": going}));
    let off = key(&client, "off", &json!({}));
    let _ = client.ok("DisableKey", &json!({"KeyId": off}));
    let of_organization = json!({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}});
    for (alias, principal, action, condition) in [
        ("public", json!("*"), "kms:Encrypt", json!({})),
        ("shared", json!("*"), "kms:Encrypt", of_organization),
        ("both", json!({"AWS": ADMIN}), "kms:*", json!({})),
    ] {
        let policy = policy(&principal, action, &condition);
        let _ = key(&client, alias, &json!({"Policy": policy}));
    }
    let _ = key(&client, "own", &json!({"Origin": "EXTERNAL"}));
    std::fs::write(server.folder().join("own.key"), [7; 32]).unwrap();
    let import = "key import alias/own own.key --wrapping-key-spec rsa-2048 --expires";
    let words: Vec<_> = import.split(' ').collect();
    let date = date_in(server, 10);
    let _ = printed(run(server, &[&words[..], &[&date]].concat()));
    let file = server.folder().join("people.toml");
    let people = "[[users]]\nname = \"ada\"\naccess_key = \"ada.key\"\n\
        [users.policies.reads]\nVersion = \"2012-10-17\"\nStatement = [{ Effect = \"Allow\", Action = [\"kms:Decrypt\", \"kms:ListKeys\", \"kms:DescribeKey\"], Resource = \"*\" }]\n\
        [[policies]]\nname = \"wide\"\n[policies.document]\nVersion = \"2012-10-17\"\nStatement = [{ Effect = \"Allow\", Action = \"kms:ReEncrypt*\", Resource = \"arn:aws:kms:*:000000000000:key/*\" }]\n";
    std::fs::write(&file, people).unwrap();
    let applied = run(server, &["apply", "people.toml", "--yes"]);
    assert!(applied.status.success(), "{applied:?}");
}

/// A date as `key import` takes it, by the server's clock.
fn date_in(server: &Server, days: i64) -> String {
    let made = server.client().ok("CreateKey", &json!({}));
    let now = made["KeyMetadata"]["CreationDate"].as_f64().unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "a date of these years")]
    let then = now as i64 + days * 24 * 60 * 60;
    keystead_core::time::Timestamp::from_millis(then * 1000).to_string()
}

/// What is found by a rule, by the names of what it is found in.
fn found<'r>(report: &'r Value, rule: &str) -> Vec<&'r str> {
    let rules = report["Rules"].as_array().unwrap().iter();
    let rule = rules.clone().find(|one| one["Name"] == rule).unwrap();
    let findings = rule["Findings"].as_array().unwrap().iter();
    let mut names: Vec<_> = findings.map(|one| one["Name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

const STRICT_LIMITS: [&str; 4] = ["--unused-days", "0", "--grant-days", "0"];

#[test]
fn every_rule_finds_what_breaks_it_in_every_output() {
    let server = ServerOptions::new(BINARY).start();
    break_all(&server);
    let data = server.data_dir();
    let data = ["--data-dir", data.to_str().unwrap()];
    let words = [&STRICT_LIMITS[..], &data].concat();
    let json = report(&server, &words);
    for (rule, names) in [
        ("kms-cmk-not-scheduled-for-deletion", vec!["alias/going"]),
        ("kms-key-enabled", vec!["alias/off"]),
        ("kms-key-policy-no-public-access", vec!["alias/public"]),
        (
            "kms-key-policy-no-cross-account-access",
            vec!["alias/shared"],
        ),
        ("kms-key-policy-separation-of-duties", vec!["alias/both"]),
        ("kms-grant-not-outdated", vec!["alias/good"]),
        ("kms-imported-key-material-not-expiring", vec!["alias/own"]),
        (
            "iam-customer-policy-blocked-kms-actions",
            vec!["policy/wide"],
        ),
    ] {
        assert_eq!(found(&json, rule), names, "{rule}");
    }
    assert!(found(&json, "iam-inline-policy-blocked-kms-actions").contains(&"user/ada"));
    let unrotated = found(&json, "cmk-backing-key-rotation-enabled");
    assert!(unrotated.contains(&"alias/plain") && !unrotated.contains(&"alias/good"));
    assert!(!unrotated.contains(&"alias/own") && !unrotated.contains(&"alias/going"));
    let untagged = found(&json, "kms-key-tagged");
    assert!(untagged.contains(&"alias/plain") && !untagged.contains(&"alias/good"));
    assert!(found(&json, "kms-key-used-recently").contains(&"alias/plain"));
    assert_eq!(json["Unread"], json!([]));
    let uses = json["Usage"]["Uses"].as_array().unwrap();
    assert_eq!(uses.len(), 1);
    assert_eq!(uses[0]["Name"], "alias/good");
    assert_eq!(uses[0]["Principal"], ADMIN);
    assert_eq!(uses[0]["Calls"], 1);
    // Nine keys, of which one is about to go.
    assert_eq!(json["Cost"]["Keys"]["MicroDollarsPerMonth"], 8_000_000);
    assert!(
        json["Cost"]["Requests"][0]["MicroDollars"]
            .as_u64()
            .unwrap()
            > 0
    );

    let shown = |output| {
        printed(run(
            &server,
            &[&["report", "--output", output], &words[..]].concat(),
        ))
    };
    let (text, html) = (shown("text"), shown("html"));
    for rule in ALL {
        assert!(text.contains(&format!("\n{rule}: ")), "{rule}: {text}");
        assert!(html.contains(&format!("<h3>{rule}</h3>")), "{rule}: {html}");
    }
    for text in [&text, &html] {
        assert!(
            text.contains("lets everybody in who fulfils its conditions"),
            "{text}"
        );
    }
    assert!(text.contains("alias/good  user/admin  1 "), "{text}");
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
}

#[test]
fn strict_reports_fail_where_something_is_found_or_not_read() {
    let server = ServerOptions::new(BINARY).start();
    let code = |words: &[&str]| run(&server, &[&["report"], words].concat()).status.code();
    let _ = key(&server.client(), "plain", &json!({}));
    assert_eq!(code(&[]), Some(0));
    assert_eq!(code(&["--strict"]), Some(2));
    assert_eq!(code(&["--since", "soon"]), Some(1));
}

#[test]
fn what_may_not_be_read_is_counted_and_a_missing_log_is_told() {
    let server = ServerOptions::new(BINARY).start();
    break_all(&server);
    let mut command = keystead(&server, &["report", "--output", "json"]);
    let file = server.folder().join("ada.key");
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_SHARED_CREDENTIALS_FILE", file);
    let report: Value = serde_json::from_str(&printed(command.output().unwrap())).unwrap();
    assert_eq!(report["Usage"], Value::Null);
    let why = report["NoUsage"].as_str().unwrap();
    assert!(why.contains("--data-dir"), "{why}");
    let gaps = report["Unread"].as_array().unwrap();
    let gap = |action: &str| gaps.iter().find(|gap| gap["Action"] == action).unwrap();
    assert_eq!(gap("kms:GetKeyPolicy")["Code"], "AccessDeniedException");
    assert_eq!(gap("kms:GetKeyPolicy")["Count"], 9);
    assert_eq!(gap("kms:ListAliases")["Count"], 1);
    assert_eq!(
        gap("iam:GetAccountAuthorizationDetails")["Code"],
        "AccessDenied"
    );
    let rules = report["Rules"].as_array().unwrap();
    let tagged = rules.iter().find(|rule| rule["Name"] == "kms-key-tagged");
    // Of the key that is about to go it needs not be known.
    assert_eq!(tagged.unwrap()["Unknown"], 8);
    assert!(found(&report, "kms-key-enabled").len() == 1);
}
