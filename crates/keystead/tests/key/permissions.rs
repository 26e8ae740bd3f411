//! Callers who may do some of it.

use serde_json::json;

use crate::Scene;

#[test]
fn what_may_not_be_read_is_said_in_its_place() {
    let scene = Scene::start();
    let key = scene.key(&["--alias", "a", "--tag", "b=1"]);
    let scene = scene.with_user("[\"kms:DescribeKey\", \"kms:ListResourceTags\"]");
    let shown = scene.ok(&["show", "alias/a"]);
    for line in [
        "Aliases    not permitted (kms:ListAliases)\n",
        "Tags       b=1\n",
        "Policy     not permitted (kms:GetKeyPolicy)\n",
    ] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    let object = scene.json(&["show", &key]);
    assert_eq!(object["Tags"], json!([{"TagKey": "b", "TagValue": "1"}]));
    let refused = object["Refused"]["GetKeyPolicy"].as_str().unwrap();
    assert!(refused.starts_with("AccessDeniedException: "), "{refused}");

    let denied = scene.err(&["disable", &key]);
    assert!(
        denied.contains("kms:DisableKey") && denied.contains("keystead who-can"),
        "{denied}"
    );
    let id = denied.split("request id ").nth(1).unwrap();
    let id = id.split(':').next().unwrap();
    let said = denied.lines().last().unwrap();
    assert!(said.contains(&format!("`keystead explain {id}`")), "{said}");
    let data_dir = scene.server.data_dir();
    let words = ["explain", id, "--data-dir", data_dir.to_str().unwrap()];
    let explained = scene.command(&words).output().unwrap();
    let explained = String::from_utf8(explained.stdout).unwrap();
    assert!(
        explained.starts_with("kms:DisableKey was denied\n"),
        "{explained}"
    );

    // No key is asked about this one, and who-can would not help.
    let list = scene.err(&["list"]);
    assert!(
        list.contains("kms:ListKeys") && !list.contains("who-can"),
        "{list}"
    );
}

#[test]
fn an_id_is_shown_without_the_permission_to_describe_it() {
    let scene = Scene::start();
    let key = scene.key(&["--alias", "a"]);
    let scene = scene.with_user("[\"kms:ListKeys\", \"kms:GetKeyPolicy\"]");
    let shown = scene.ok(&["show", &key]);
    assert!(shown.starts_with(&format!("Key        {key}\n")), "{shown}");
    assert!(shown.contains("About      not permitted (kms:DescribeKey)\n"));
    assert!(shown.contains("Policy     statement \"Enable IAM User Permissions\" allows arn:aws:iam::000000000000:root: kms:*"));
    let alias = scene.err(&["show", "alias/a"]);
    assert!(alias.contains("DescribeKey"), "{alias}");

    // A list leaves open what is not known, and says so beside it.
    let output = scene.run(&["list"]);
    let (said, listed) = (
        String::from_utf8(output.stderr).unwrap(),
        String::from_utf8(output.stdout).unwrap(),
    );
    assert!(output.status.success());
    assert!(
        listed.contains(&format!("-      {key}  ?     ?      ?      ?\n")),
        "{listed}"
    );
    assert!(said.contains("1 of 1 keys may not be described"), "{said}");
    assert!(said.contains("kms:ListAliases"), "{said}");
    assert!(scene.by_admin().ok(&["list"]).contains("alias/a"));
}

#[test]
fn a_key_whose_name_is_refused_is_told() {
    let scene = Scene::start().with_user("[\"kms:CreateKey\", \"kms:TagResource\"]");
    let output = scene.run(&["create", "--alias", "a"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("was made, but has no alias"), "{said}");
    assert!(said.contains("keystead key alias add alias/a "), "{said}");
    assert!(said.contains("kms:CreateAlias"), "{said}");
}
