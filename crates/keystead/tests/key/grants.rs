//! `keystead key grants`.

use serde_json::json;

use crate::Scene;

const ADMIN: &str = "arn:aws:iam::000000000000:user/admin";

#[test]
fn grants_are_made_listed_and_ended() {
    let scene = Scene::start();
    let key = scene.key(&["--alias", "a"]);
    assert_eq!(scene.ok(&["grants", "alias/a"]), "No grants.\n");
    let made = scene.json(&[
        "grants",
        "create",
        "alias/a",
        "--grantee",
        ADMIN,
        "--operation",
        "encrypt",
        "Decrypt",
        "--context",
        "team=orders",
        "--name",
        "mine",
        "--retiring",
        ADMIN,
    ]);
    let id = made["GrantId"].as_str().unwrap();
    let listed = scene.ok(&["grants", &key]);
    assert!(
        listed.contains(&format!(
            "{ADMIN}  Encrypt,Decrypt  team=orders  mine  {id}\n"
        )),
        "{listed}"
    );
    let listed = scene.json(&["grants", &key]);
    assert_eq!(
        listed["Grants"][0]["Constraints"],
        json!({"EncryptionContextSubset": {"team": "orders"}})
    );
    let _ = scene.ok(&["grants", "retire", "alias/a", id]);
    assert_eq!(scene.ok(&["grants", &key]), "No grants.\n");

    let make = [
        "grants",
        "create",
        &key,
        "--grantee",
        ADMIN,
        "--operation",
        "Encrypt",
    ];
    let said = scene.ok(&make);
    assert!(said.starts_with("Made grant "), "{said}");
    let listed = scene.json(&["grants", &key]);
    let id = listed["Grants"][0]["GrantId"].as_str().unwrap().to_owned();
    assert!(
        said.contains(&format!("grants revoke {key} {id}")),
        "{said}"
    );
    let _ = scene.ok(&["grants", "revoke", &key, &id]);
    assert_eq!(scene.ok(&["grants", &key]), "No grants.\n");

    let token = scene.json(&[&make[..], &["--retiring", ADMIN]].concat());
    let token = token["GrantToken"].as_str().unwrap();
    let _ = scene.ok(&["grants", "retire", "--token", token]);
    assert_eq!(scene.ok(&["grants", &key]), "No grants.\n");
}

#[test]
fn what_is_missing_is_said() {
    let scene = Scene::start();
    for (words, expected) in [
        (&["grants"][..], "KEY"),
        (
            &["grants", "create", "k", "--grantee", ADMIN],
            "--operation",
        ),
        (
            &[
                "grants",
                "create",
                "k",
                "--grantee",
                ADMIN,
                "--operation",
                "PutKeyPolicy",
            ],
            "it is none of Decrypt, Encrypt",
        ),
        (&["grants", "retire"], "KEY"),
        (&["grants", "retire", "k"], "GRANT_ID"),
        (&["grants", "revoke", "k"], "GRANT_ID"),
        (
            &["grants", "revoke", "alias/none", "1"],
            "keystead key list",
        ),
    ] {
        let said = scene.err(words);
        assert!(said.contains(expected), "{words:?}: {said}");
    }
}
