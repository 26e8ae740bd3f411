//! What is not understood, not there, or not reached.

use std::process::Stdio;

use crate::Scene;
use crate::scene::complaint;

#[test]
fn what_is_not_understood_is_not_sent() {
    let scene = Scene::start();
    for (words, expected) in [
        (&["create", "--spec", "rsa"][..], "RSA_2048"),
        (&["create", "--spec", "rsa-2048"], "choose with --usage"),
        (&["create", "--usage", "x"], "SIGN_VERIFY"),
        (&["create", "--tag", "a"], "NAME=VALUE"),
        (&["create", "--alias", "a b"], "letters, digits"),
        (&["create", "--policy", "none.json"], "can't read none.json"),
        (&["list", "--state", "dead"], "PendingDeletion"),
        (&["schedule-deletion", "k", "--days", "6"], "7..=30"),
        (&["rotation", "k", "enable", "--days", "1"], "90..=2560"),
        (&["import", "k", "f"], "--expires"),
        (&["import", "k", "f", "--expires", "soon"], "2027-01-31"),
        (
            &["import", "k", "f", "--expires", "2027-01-31", "--no-expiry"],
            "cannot be used with",
        ),
        (&["tags", "k", "--set", "a"], "NAME=VALUE"),
        (&["alias", "add", "a b", "k"], "letters, digits"),
        (
            &["policy", "k", "--set", "none.json"],
            "can't read none.json",
        ),
        (&["frobnicate"], "unrecognized subcommand"),
        (&["show"], "KEY"),
    ] {
        let said = scene.err(words);
        assert!(said.contains(expected), "{words:?}: {said}");
    }
    let calls = scene.server.audit_events();
    assert!(calls.iter().all(|call| call["eventName"] != "CreateKey"));
}

#[test]
fn what_is_not_there_is_said_with_what_to_do() {
    let scene = Scene::start();
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    for words in [
        &["show", "alias/none"][..],
        &["show", id],
        &["disable", "alias/none"],
        &["policy", id],
        &["tags", id, "--set", "a=1"],
        &["alias", "add", "a", id],
        &["schedule-deletion", id, "--yes"],
        &["import", id, "f", "--no-expiry"],
    ] {
        let said = scene.err(words);
        assert!(
            said.contains("NotFoundException") && said.contains("`keystead key list`"),
            "{words:?}: {said}"
        );
    }
}

#[test]
fn a_name_that_is_taken_keeps_a_key_from_being_made() {
    let scene = Scene::start();
    let key = scene.key(&["--alias", "a"]);
    let said = scene.err(&["create", "--alias", "alias/a"]);
    assert!(
        said.contains(&key) && said.contains("no key was made"),
        "{said}"
    );
    assert_eq!(scene.json(&["list"])["Keys"].as_array().unwrap().len(), 1);
}

#[test]
fn a_server_that_is_not_reached_is_named() {
    let scene = Scene::start();
    for words in [&["list"][..], &["show", "alias/a"], &["create"]] {
        let words = [words, &["--endpoint", "http://127.0.0.1:1"]].concat();
        let said = scene.err(&words);
        assert!(
            said.contains("http://127.0.0.1:1: is it running?"),
            "{said}"
        );
    }
    let nobody = scene
        .command(&["key", "list"])
        .env_remove("AWS_ACCESS_KEY_ID")
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    assert!(complaint(&nobody).contains("--data-dir"));
    let wrong = scene
        .command(&["key", "list"])
        .env("AWS_SECRET_ACCESS_KEY", "wrong")
        .output()
        .unwrap();
    let said = complaint(&wrong);
    assert!(said.contains("secret access key the right one"), "{said}");
}

#[test]
fn each_help_teaches_with_an_example() {
    let scene = Scene::start();
    for words in [
        &[][..],
        &["create"],
        &["list"],
        &["show"],
        &["enable"],
        &["disable"],
        &["rotate"],
        &["rotation"],
        &["import"],
        &["delete-material"],
        &["policy"],
        &["grants"],
        &["tags"],
        &["alias"],
        &["schedule-deletion"],
        &["cancel-deletion"],
    ] {
        let help = scene.ok(&[words, &["--help"]].concat());
        assert!(help.contains("Example"), "{help}");
        assert!(help.contains("\n  keystead key "), "{help}");
    }
}
