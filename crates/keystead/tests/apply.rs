//! `keystead apply` against a running server.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use keystead_testkit::{Server, ServerOptions};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");
const NOTHING: &str = "Nothing differs.\n";

/// A small file, in both languages.
const TOML: &str = r#"
[[groups]]
name = "developers"

[[users]]
name = "ada"
groups = ["developers"]
tags = { team = "orders" }
[users.policies.read]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "kms:ListKeys", Resource = "*" }]

[[keys]]
name = "orders"
alias = "alias/orders"
description = "Orders at rest"

[[grants]]
name = "for-ada"
key = "alias/orders"
grantee = "arn:aws:iam::{{account}}:user/ada"
operations = ["Encrypt", "Decrypt"]
"#;
const YAML: &str = r#"
groups:
- name: developers
users:
- name: ada
  groups: [developers]
  tags: { team: orders }
  policies:
    read:
      Version: "2012-10-17"
      Statement:
      - { Effect: Allow, Action: "kms:ListKeys", Resource: "*" }
keys:
- name: orders
  alias: alias/orders
  description: Orders at rest
grants:
- name: for-ada
  key: alias/orders
  grantee: "arn:aws:iam::{{account}}:user/ada"
  operations: [Encrypt, Decrypt]
"#;

/// A server, and files beside it.
struct Scene {
    server: Server,
}

impl Scene {
    fn start(options: ServerOptions) -> Self {
        let server = options.start();
        Self { server }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.server.folder().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, file: &Path, options: &[&str]) -> Output {
        Command::new(BINARY)
            .arg("apply")
            .arg(file)
            .args(options)
            .envs(self.server.client_environment())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs it, which must succeed, and returns what it prints.
    fn ok(&self, file: &Path, options: &[&str]) -> String {
        let output = self.run(file, options);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success(),
            "{complaint}\n{}",
            self.server.log()
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it dry, which must find a difference, and returns what it prints.
    fn differs(&self, file: &Path, options: &[&str]) -> String {
        let output = self.run(file, &[&["--dry-run"], options].concat());
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it, which must fail, and returns what it complains of.
    fn err(&self, file: &Path, options: &[&str]) -> String {
        let output = self.run(file, options);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    fn key(&self, alias: &str) -> Value {
        let found = self
            .server
            .client()
            .ok("DescribeKey", &json!({"KeyId": alias}));
        found["KeyMetadata"].clone()
    }
}

fn served() -> Scene {
    Scene::start(ServerOptions::new(BINARY))
}

fn developed() -> Scene {
    Scene::start(ServerOptions::new(BINARY).dev())
}

#[test]
fn what_differs_is_changed_and_nothing_else() {
    let scene = served();
    let file = scene.write("a.toml", TOML);
    let dry = scene.differs(&file, &[]);
    for line in [
        "+ create group developers",
        "+ create user ada",
        "+ tag team: \"orders\"",
        "+ create key alias/orders",
        "description: \"Orders at rest\"",
        "+ tag name: \"orders\"",
    ] {
        assert!(dry.contains(line), "{dry}");
    }
    assert!(!dry.contains("null"), "{dry}");
    assert_eq!(scene.differs(&file, &[]), dry, "a dry run changes nothing");
    let refused = scene.err(&file, &[]);
    assert!(refused.contains("--yes"), "{refused}");

    let applied = scene.ok(&file, &["--yes"]);
    assert!(applied.contains("done: create grant for-ada"), "{applied}");
    assert_eq!(
        scene.ok(&file, &["--yes"]),
        NOTHING,
        "a second run changes nothing"
    );
    assert_eq!(scene.ok(&file, &["--dry-run"]), NOTHING);
    let yaml = scene.write("a.yaml", YAML);
    assert_eq!(scene.ok(&yaml, &["--yes"]), NOTHING, "YAML says the same");
    assert_eq!(scene.key("alias/orders")["Description"], "Orders at rest");
}

#[test]
fn a_policy_that_drifted_is_put_right() {
    let scene = served();
    let with = |action: &str| {
        format!(
            "[[keys]]\nalias = \"alias/orders\"\n[keys.policy]\nVersion = \"2012-10-17\"\nStatement = [{{ Sid = \"All\", Effect = \"Allow\", Principal = {{ AWS = \"arn:aws:iam::{{{{account}}}}:root\" }}, Action = {action}, Resource = \"*\" }}]\n"
        )
    };
    let file = scene.write("a.toml", &with("\"kms:*\""));
    scene.ok(&file, &["--yes"]);
    let client = scene.server.client();
    let id = scene.key("alias/orders")["KeyId"].clone();
    let read = client.ok("GetKeyPolicy", &json!({"KeyId": id}));
    let drifted = read["Policy"]
        .as_str()
        .unwrap()
        .replace("\"All\"", "\"Drifted\"");
    let _ = client.ok("PutKeyPolicy", &json!({"KeyId": id, "Policy": drifted}));

    let shown = scene.ok(&file, &["--yes"]);
    assert!(shown.contains("~ change key alias/orders"), "{shown}");
    assert!(
        shown.contains("- policy, statement \"Drifted\", Sid: \"Drifted\""),
        "{shown}"
    );
    assert!(
        shown.contains("+ policy, statement \"All\", Sid: \"All\""),
        "{shown}"
    );
    assert_eq!(scene.ok(&file, &["--yes"]), NOTHING);
    // White space and order are no difference.
    let same = read["Policy"].as_str().unwrap().replace(',', " ,\n ");
    let _ = client.ok("PutKeyPolicy", &json!({"KeyId": id, "Policy": same}));
    assert_eq!(scene.ok(&file, &["--yes"]), NOTHING);
}

#[test]
fn it_is_told_whom_a_policy_names_in_vain() {
    let scene = served();
    let file = scene.write(
        "a.toml",
        r#"[[keys]]
alias = "alias/orders"
[keys.policy]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Principal = { AWS = ["{{account}}", "arn:aws:iam::{{account}}:user/ghost"] }, Action = "kms:*", Resource = "*" }]
"#,
    );
    let refused = scene.err(&file, &["--yes"]);
    assert!(
        refused.contains("key alias/orders: the policy names arn:aws:iam::000000000000:user/ghost, and there is no such principal"),
        "{refused}"
    );
    assert!(
        refused.contains("one or more invalid principals"),
        "{refused}"
    );
}

#[test]
fn states_tags_aliases_and_grants_are_put_right() {
    let scene = served();
    let file = scene.write("a.toml", TOML);
    scene.ok(&file, &["--yes"]);
    let client = scene.server.client();
    let id = scene.key("alias/orders")["KeyId"].clone();
    let changed = TOML
        .replace(
            "description =",
            "enabled = false\ntags = { team = \"x\" }\ndescription =",
        )
        .replace("\"Encrypt\", \"Decrypt\"", "\"Encrypt\"")
        + "[[aliases]]\nname = \"alias/more\"\nkey = \"orders\"\n";
    let file = scene.write("b.toml", &changed);
    // A grant is not made on a key that is disabled.
    let refused = scene.err(&file, &["--yes"]);
    assert!(
        refused.contains("grant for-ada") && refused.contains("run this again"),
        "{refused}"
    );
    assert_eq!(scene.key("alias/orders")["KeyState"], "Disabled");
    let file = scene.write(
        "b.toml",
        &changed.replace("enabled = false", "enabled = true"),
    );
    scene.ok(&file, &["--yes"]);
    assert_eq!(scene.ok(&file, &["--yes"]), NOTHING);
    // A tag that changes is shown with its former value, and so is one that goes.
    let retagged = changed.replace("enabled = false", "enabled = true");
    for (tags, expected) in [
        ("{ team = \"y\" }", "      tag team: \"x\" -> \"y\"\n"),
        ("{}", "      - tag team: \"y\"\n"),
    ] {
        let retagged = retagged.replace("{ team = \"x\" }", tags);
        let shown = scene.ok(&scene.write("c.toml", &retagged), &["--yes"]);
        assert!(shown.contains(expected), "{shown}");
    }
    let _ = client.ok(
        "TagResource",
        &json!({"KeyId": id, "Tags": [{"TagKey": "team", "TagValue": "x"}]}),
    );
    assert_eq!(scene.key("alias/more")["KeyId"], id);
    let grants = client.ok("ListGrants", &json!({"KeyId": id}));
    let grants = grants["Grants"].as_array().unwrap();
    assert_eq!(grants.len(), 1, "the former grant is revoked");
    assert_eq!(grants[0]["Operations"], json!(["Encrypt"]));

    // A key that waits for its deletion is kept.
    let _ = client.ok(
        "ScheduleKeyDeletion",
        &json!({"KeyId": id, "PendingWindowInDays": 7}),
    );
    scene.ok(&file, &["--yes"]);
    assert_eq!(scene.key("alias/orders")["KeyState"], "Enabled");
}

#[test]
fn only_prune_removes() {
    let scene = served();
    let file = scene.write("a.toml", TOML);
    scene.ok(&file, &["--yes"]);
    let fewer = TOML.replace("\"ada\"", "\"bob\"").replace("/ada", "/bob");
    let fewer =
        fewer.replace("for-ada", "for-bob") + "[[aliases]]\nname = \"alias/b\"\nkey = \"orders\"\n";
    let file = scene.write("b.toml", &fewer);
    let shown = scene.ok(&file, &["--yes"]);
    assert!(!shown.contains("- remove"), "{shown}");
    let shown = scene.ok(&file, &["--yes", "--prune"]);
    assert!(shown.contains("- remove user ada"), "{shown}");
    assert!(shown.contains("- remove grant for-ada"), "{shown}");
    // Neither the caller nor a key goes.
    assert!(
        !shown.contains("admin") && !shown.contains("remove key"),
        "{shown}"
    );
    assert_eq!(scene.ok(&file, &["--yes", "--prune"]), NOTHING);
}

#[test]
fn access_keys_are_shown_once_or_written_for_their_owner_alone() {
    let scene = served();
    let text = "[[users]]\nname = \"ada\"\naccess_key = true\n[[users]]\nname = \"bob\"\naccess_key = \"bob.credentials\"\n[[services]]\nname = \"s3.amazonaws.com\"\naccess_key = \"s3.credentials\"\n";
    let file = scene.write("a.toml", text);
    let shown = scene.ok(&file, &["--yes"]);
    assert_eq!(shown.matches("aws_secret_access_key").count(), 1, "{shown}");
    for name in ["bob.credentials", "s3.credentials"] {
        let path = scene.server.folder().join(name);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(
            fs::read_to_string(&path)
                .unwrap()
                .contains("aws_access_key_id = AKIA")
        );
    }
    assert_eq!(scene.ok(&file, &["--yes"]), NOTHING);
}

#[test]
fn an_access_key_overwrites_no_file() {
    let scene = served();
    let text = "[[users]]\nname = \"ada\"\naccess_key = \"ada.credentials\"\n";
    let file = scene.write("a.toml", text);
    let shown = scene.differs(&file, &[]);
    let path = scene.server.folder().join("ada.credentials");
    let line = format!("+ access key, written to {}", path.display());
    assert!(shown.contains(&line), "{shown}");
    scene.write("ada.credentials", "mine");
    let complaint = scene.err(&file, &["--yes"]);
    assert!(
        complaint.contains("user ada") && complaint.contains("exists: move it away"),
        "{complaint}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    fs::remove_file(&path).unwrap();

    // Where the file can't be made, no key is.
    let nowhere = scene.write("b.toml", &text.replace("ada.c", "none/ada.c"));
    let complaint = scene.err(&nowhere, &["--yes"]);
    assert!(complaint.contains("can't be made"), "{complaint}");
    scene.ok(&file, &["--yes"]);
    assert!(fs::read_to_string(&path).unwrap().contains("AKIA"));
}

#[test]
fn keys_that_the_caller_may_not_read_are_passed_over_and_told() {
    let scene = served();
    let client = scene.server.client();
    // Each allows the account one half of what it takes to recognize it.
    let ids = ["DescribeKey", "ListResourceTags"].map(|allowed| {
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
            "Action": format!("kms:{allowed}"),
            "Resource": "*",
        }]});
        let made = client.ok(
            "CreateKey",
            &json!({
                "Policy": policy.to_string(),
                "BypassPolicyLockoutSafetyCheck": true,
                "Tags": [{"TagKey": "name", "TagValue": "orders"}],
            }),
        );
        made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    });
    let file = scene.write("a.toml", "[[keys]]\nname = \"orders\"\n");
    let output = scene.run(&file, &["--yes"]);
    let warning = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{warning}");
    assert_eq!(warning.lines().count(), 1, "{warning}");
    assert!(ids.iter().all(|id| warning.contains(id)), "{warning}");
    assert_eq!(scene.ok(&file, &["--yes"]), NOTHING);
}

#[test]
fn a_bad_command_line_is_no_difference() {
    let output = Command::new(BINARY)
        .args(["apply", "--dry-run", "--no-such-option"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_difference_as_json() {
    let scene = served();
    let file = scene.write("a.toml", TOML);
    let shown: Value = serde_json::from_str(&scene.differs(&file, &["--json"])).unwrap();
    let steps = shown["steps"].as_array().unwrap();
    assert_eq!(steps[0]["item"], "group developers");
    assert_eq!(steps[0]["change"], "create");
}

#[test]
fn bad_files_say_what_is_wrong_and_where() {
    let scene = served();
    let cases = [
        ("[[users]]\nname = \"a\"\nnmae = 1\n", "nmae"),
        (
            "[[users]]\nname = \"a\"\n[[users]]\nname = \"A\"\n",
            "twice",
        ),
        (
            "[[users]]\nname = \"a\"\nmanaged = [\"none\"]\n",
            "policy none",
        ),
        (
            "[[users]]\nname = \"a\"\naccount = \"none\"\n",
            "account none",
        ),
        (
            "[[aliases]]\nname = \"alias/a\"\nkey = \"none\"\n",
            "key none",
        ),
        (
            "[[keys]]\nname = \"a\"\npolicy = { file = \"none.json\" }\n",
            "none.json",
        ),
        ("[[keys]]\nname = \"a\"\npolicy = \"{\"\n", "not JSON"),
        ("[[keys]]\nname = \"a\"\nid = \"b\"\n", "material_hex"),
        (
            "[[users]]\nname = \"a\"\n[users.policies]\np = { A = \"{{account b}}\" }\n",
            "{{account b}}",
        ),
    ];
    for (text, expected) in cases {
        let file = scene.write("bad.toml", text);
        let complaint = scene.err(&file, &["--yes"]);
        assert!(complaint.contains(expected), "{text}: {complaint}");
    }
    let folder = scene.server.folder().to_owned();
    assert!(scene.err(&folder, &["--yes"]).contains("can't read"));
    assert!(
        scene
            .err(&folder.join("none.toml"), &["--yes"])
            .contains("none.toml")
    );
    // What only the server can tell: the principal does not exist.
    let unknown = "[[roles]]\nname = \"r\"\n[roles.trust]\nVersion = \"2012-10-17\"\nStatement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { AWS = \"arn:aws:iam::{{account}}:user/nobody\" } }]\n";
    let file = scene.write("unknown.toml", unknown);
    let complaint = scene.err(&file, &["--yes"]);
    assert!(
        complaint.contains("role r") && complaint.contains("nobody"),
        "{complaint}"
    );
}

#[test]
fn members_register_no_services() {
    let scene = served();
    let text = "[[accounts]]\nname = \"payments\"\nemail = \"p@example.com\"\n[[services]]\nname = \"s3.amazonaws.com\"\naccount = \"payments\"\n";
    let file = scene.write("a.toml", text);
    let complaint = scene.err(&file, &["--yes"]);
    assert!(complaint.contains("management account"), "{complaint}");
}

const SEED: &str = "[[keys]]\nid = \"1234abcd-12ab-34cd-56ef-1234567890ab\"\nmaterial_hex = \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\nalias = \"alias/seeded\"\n";

#[test]
fn seeded_keys_decrypt_what_another_server_encrypted() {
    let (one, two) = (developed(), developed());
    for scene in [&one, &two] {
        let file = scene.write("seed.toml", SEED);
        scene.ok(&file, &["--yes"]);
        assert_eq!(scene.ok(&file, &["--yes"]), NOTHING);
    }
    let input = json!({"KeyId": "alias/seeded", "Plaintext": "aGVsbG8="});
    let blob = one.server.client().ok("Encrypt", &input);
    let input = json!({"CiphertextBlob": blob["CiphertextBlob"]});
    let opened = two.server.client().ok("Decrypt", &input);
    assert_eq!(opened["Plaintext"], "aGVsbG8=");
}

#[test]
fn only_development_mode_seeds_keys() {
    let scene = served();
    let file = scene.write("seed.toml", SEED);
    let complaint = scene.err(&file, &["--yes"]);
    assert!(complaint.contains("development mode"), "{complaint}");
}

#[test]
fn the_manuals_example_works() {
    let manual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/apply.md");
    let manual = fs::read_to_string(manual).unwrap();
    let (_, example) = manual.split_once("```toml example\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let scene = served();
    let file = scene.write("example.toml", example);
    let shown = scene.ok(&file, &["--yes"]);
    assert!(shown.contains("+ create account payments"), "{shown}");
    assert_eq!(scene.ok(&file, &["--yes"]), NOTHING);
    assert!(scene.server.folder().join("ada.credentials").exists());
    let (_, yaml) = manual.split_once("```yaml\n").unwrap();
    let (yaml, _) = yaml.split_once("```").unwrap();
    let file = scene.write("example.yaml", yaml);
    assert_eq!(scene.ok(&file, &["--yes"]), NOTHING, "YAML says the same");
}
