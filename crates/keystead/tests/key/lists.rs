//! `keystead key list`: none, some, and more than a page.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::Scene;

#[test]
fn no_keys_are_an_answer_too() {
    let scene = Scene::start();
    assert!(scene.ok(&["list"]).contains("keystead key create"));
    assert_eq!(scene.json(&["list"]), json!({"Keys": []}));
    assert_eq!(scene.ok(&["list", "--state", "enabled"]), "No such keys.\n");
}

#[test]
fn keys_are_listed_with_their_names_and_filtered() {
    let scene = Scene::start();
    let first = scene.key(&["--alias", "first"]);
    let _ = scene.ok(&["alias", "add", "more", &first]);
    let second = scene.key(&["--spec", "rsa-2048", "--usage", "encrypt-decrypt"]);
    let _ = scene.ok(&["disable", &second]);
    let listed = scene.ok(&["list"]);
    let mut lines = listed.lines();
    let header: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["ALIAS", "ID", "SPEC", "USAGE", "STATE", "CREATED"]);
    let rows: Vec<_> = lines.collect();
    assert_eq!(rows.len(), 2);
    let row = |id: &str| rows.iter().find(|row| row.contains(id)).copied().unwrap();
    assert!(row(&first).starts_with("alias/first +1  "), "{listed}");
    assert!(row(&first).contains("  SYMMETRIC_DEFAULT  ENCRYPT_DECRYPT  Enabled   20"));
    assert!(row(&second).starts_with("-  "), "{listed}");
    assert!(row(&second).contains("  RSA_2048           ENCRYPT_DECRYPT  Disabled  20"));
    assert!(!listed.contains('\u{1b}'), "a pipe gets no colours");

    let ids = |words: &[&str]| -> Vec<Value> {
        let listed = scene.json(&[&["list"], words].concat());
        let keys = listed["Keys"].as_array().unwrap().iter();
        keys.map(|key| key["KeyId"].clone()).collect()
    };
    assert_eq!(ids(&["--state", "disabled"]), [json!(second)]);
    assert_eq!(ids(&["--spec", "SYMMETRIC_DEFAULT"]), [json!(first)]);
    assert!(ids(&["--spec", "hmac-256"]).is_empty());
    let keys = scene.json(&["list", "--state", "enabled"]);
    assert_eq!(
        keys["Keys"][0]["Aliases"],
        json!(["alias/first", "alias/more"])
    );
}

/// ListAliases answers at most 100 in a page, and so do grants.
#[test]
fn all_pages_are_listed() {
    let scene = Scene::start();
    let client = scene.server.client();
    let mut last = String::new();
    for number in 0..120 {
        if number % 40 == 0 {
            last = scene.key(&[]);
        }
        let name = format!("alias/n{number}");
        let _ = client.ok(
            "CreateAlias",
            &json!({"AliasName": name, "TargetKeyId": last}),
        );
    }
    for number in 0..110 {
        let grant = json!({"KeyId": last, "Name": format!("g{number}"), "Operations": ["Encrypt"],
            "GranteePrincipal": "arn:aws:iam::000000000000:user/admin"});
        let _ = client.ok("CreateGrant", &grant);
    }
    let lines = |words: &[&str]| scene.ok(words).lines().count();
    assert_eq!(lines(&["alias", "list"]), 121);
    assert_eq!(lines(&["alias", "list", &last]), 41);
    assert_eq!(lines(&["grants", &last]), 111);
    let listed = scene.json(&["list"]);
    let names = listed["Keys"].as_array().unwrap().iter();
    let names: usize = names
        .map(|key| key["Aliases"].as_array().unwrap().len())
        .sum();
    assert_eq!(names, 120);
}

/// As of `keystead key list | head -0`.
#[test]
fn nobody_has_to_listen() {
    let scene = Scene::start();
    let _ = scene.key(&[]);
    let mut child = scene
        .command(&["key", "list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}
