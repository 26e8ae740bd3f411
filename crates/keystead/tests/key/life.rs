//! A key from its making to its deletion.

use serde_json::json;

use crate::Scene;
use crate::scene::{complaint, printed};

#[test]
fn a_key_is_made_with_all_that_it_is_to_have() {
    let scene = Scene::start();
    let policy = scene.write(
        "policy.json",
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"Mine","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"}]}"#,
    );
    let said = scene.ok(&[
        "create",
        "--alias",
        "orders",
        "--description",
        "Orders at rest",
        "--tag",
        "team=orders",
        "--tag",
        "stage=",
        "--policy",
        policy.to_str().unwrap(),
    ]);
    assert!(said.starts_with("Made key "), "{said}");
    assert!(
        said.contains(", alias/orders (SYMMETRIC_DEFAULT, ENCRYPT_DECRYPT).\narn:aws:kms:"),
        "{said}"
    );
    let shown = scene.ok(&["show", "alias/orders"]);
    for line in [
        "Description  Orders at rest\n",
        "Spec         SYMMETRIC_DEFAULT\n",
        "State        Enabled\n",
        "Aliases      alias/orders\n",
        "Tags         stage=\n             team=orders\n",
        "Policy       statement \"Mine\" allows arn:aws:iam::000000000000:root: kms:*\n",
    ] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    let object = scene.json(&["show", "alias/orders"]);
    assert_eq!(object["KeyMetadata"]["Description"], "Orders at rest");
    assert_eq!(object["Aliases"][0]["AliasName"], "alias/orders");
    assert_eq!(object["KeyPolicy"]["PolicyName"], "default");

    // Its id and both ARNs are as good.
    let (id, arn) = (
        &object["KeyMetadata"]["KeyId"],
        &object["KeyMetadata"]["Arn"],
    );
    let alias = &object["Aliases"][0]["AliasArn"];
    for name in [id, arn, alias] {
        assert_eq!(scene.ok(&["show", name.as_str().unwrap()]), shown);
    }
}

#[test]
fn keys_are_disabled_deleted_and_kept() {
    let scene = Scene::start();
    let key = scene.key(&["--alias", "a"]);
    let state = || scene.json(&["show", &key])["KeyMetadata"]["KeyState"].clone();
    assert_eq!(scene.ok(&["disable", "alias/a"]), "alias/a is disabled.\n");
    assert_eq!(state(), "Disabled");
    assert_eq!(scene.ok(&["enable", "alias/a"]), "alias/a is enabled.\n");
    assert_eq!(state(), "Enabled");

    let refused = scene.err(&["schedule-deletion", "alias/a"]);
    assert!(refused.contains("--yes"), "{refused}");
    assert_eq!(state(), "Enabled", "nobody was there to be asked");
    // An answer that is no terminal's is none.
    let piped = scene.run_with(b"y\n", &["schedule-deletion", "alias/a"]);
    assert!(complaint(&piped).contains("--yes"));
    let said = scene.ok(&["schedule-deletion", "alias/a", "--days", "7", "--yes"]);
    assert!(said.contains("cancel-deletion alias/a"), "{said}");
    assert_eq!(state(), "PendingDeletion");
    let shown = scene.ok(&["show", "alias/a"]);
    assert!(shown.contains("To be deleted  20"), "{shown}");
    let advice = scene.err(&["enable", "alias/a"]);
    assert!(
        advice.contains("KMSInvalidStateException") && advice.contains("keystead key show"),
        "{advice}"
    );
    let said = scene.ok(&["cancel-deletion", "alias/a"]);
    assert!(said.contains("keystead key enable alias/a"), "{said}");
    assert_eq!(state(), "Disabled");
    assert_eq!(
        scene.json(&["schedule-deletion", &key, "--yes"])["PendingWindowInDays"],
        30
    );
}

#[test]
fn policies_are_shown_as_they_were_written_and_replaced() {
    let scene = Scene::start();
    let key = scene.key(&[]);
    let shown = scene.ok(&["policy", &key]);
    assert!(
        shown.starts_with("{\n  \"Version\": \"2012-10-17\",\n"),
        "{shown}"
    );
    let changed = shown
        .replace("\"Sid\"", "\"Sid\" ")
        .replace("Enable", "Still enable");
    let set = scene.run_with(changed.as_bytes(), &["policy", &key, "--set", "-"]);
    assert_eq!(printed(set), format!("{key} has the new policy.\n"));
    assert!(scene.ok(&["policy", &key]).contains("Still enable"));
    assert_eq!(scene.json(&["policy", &key])["PolicyName"], "default");
    let file = scene.write("bad.json", "{");
    let bad = scene.err(&["policy", &key, "--set", file.to_str().unwrap()]);
    assert!(bad.contains("keystead check-policy FILE"), "{bad}");
    assert!(
        bad.lines().last().unwrap().starts_with("  request id "),
        "{bad}"
    );
}

#[test]
fn it_is_told_whom_a_policy_names_in_vain() {
    let scene = Scene::start();
    let key = scene.key(&[]);
    let ghost = "arn:aws:iam::000000000000:user/ghost";
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":
        {{"AWS":["000000000000","{ghost}"]}},"Action":"kms:*","Resource":"*"}}]}}"#
    );
    let file = scene.write("policy.json", policy);
    let file = file.to_str().unwrap();
    for words in [
        &["policy", &key, "--set", file][..],
        &["create", "--policy", file],
    ] {
        let said = scene.err(words);
        assert!(
            said.contains(&format!(
                ": the policy names {ghost}, and there is no such principal: "
            )),
            "{said}"
        );
        assert!(
            said.contains("Policy contains a statement with one or more invalid principals."),
            "{said}"
        );
    }
    let by_user = scene
        .with_user("[\"kms:*\"]")
        .err(&["policy", &key, "--set", file]);
    assert!(
        by_user.contains("keystead explain") && !by_user.contains(ghost),
        "{by_user}"
    );
}

#[test]
fn tags_and_aliases_come_and_go() {
    let scene = Scene::start();
    let key = scene.key(&[]);
    assert_eq!(scene.ok(&["tags", &key]), "No tags.\n");
    let _ = scene.ok(&["tags", &key, "--set", "a=1", "b=2", "--remove", "c"]);
    let _ = scene.ok(&["tags", &key, "--remove", "a"]);
    assert_eq!(scene.ok(&["tags", &key]), "NAME  VALUE\nb     2\n");
    assert_eq!(
        scene.json(&["tags", &key]),
        json!({"Tags": [{"TagKey": "b", "TagValue": "2"}]})
    );

    assert!(scene.ok(&["alias", "list"]).starts_with("No aliases"));
    let _ = scene.ok(&["alias", "add", "one", &key]);
    let taken = scene.err(&["alias", "add", "alias/one", &key]);
    assert!(taken.contains("--move"), "{taken}");
    let other = scene.key(&["--alias", "two"]);
    let _ = scene.ok(&["alias", "add", "one", &other, "--move"]);
    let listed = scene.json(&["alias", "list", "alias/two"]);
    assert_eq!(listed["Aliases"].as_array().unwrap().len(), 2);
    let _ = scene.ok(&["alias", "remove", "one"]);
    let listed = scene.ok(&["alias", "list"]);
    assert!(
        listed.contains(&format!("alias/two  {other}  ")),
        "{listed}"
    );
    assert!(!listed.contains("alias/one"), "{listed}");
}
