//! Policies that no client should write, at every door where one comes in.

use std::sync::Arc;

use keystead_store::{Commit, SqliteStore, Store};
use keystead_testkit::query::QueryService;
use keystead_testkit::{Answer, Client, Server};
use serde_json::{Value, json};

use super::{PLAINTEXT, assert_complete, assert_serves, create_key, start};

/// An operation that takes a policy, and what its statements must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    PutKeyPolicy,
    CreateKey,
    CreatePolicy,
    PutUserPolicy,
    CreateRole,
}

const DOORS: [Door; 5] = [
    Door::PutKeyPolicy,
    Door::CreateKey,
    Door::CreatePolicy,
    Door::PutUserPolicy,
    Door::CreateRole,
];

/// How the services call what is wrong with a policy.
#[derive(Clone, Copy)]
enum Wrong {
    /// Its text.
    Text,
    /// It is longer than a quota.
    Quota,
    /// It does not fit the API model.
    Model,
}

impl Door {
    fn is_of_kms(self) -> bool {
        matches!(self, Self::PutKeyPolicy | Self::CreateKey)
    }

    /// What a good statement holds besides `Effect`.
    fn elements(self) -> &'static str {
        match self {
            Self::PutKeyPolicy | Self::CreateKey => {
                r#""Principal":"*","Action":"kms:*","Resource":"*""#
            }
            Self::CreatePolicy | Self::PutUserPolicy => r#""Action":"kms:*","Resource":"*""#,
            Self::CreateRole => r#""Principal":{"AWS":"*"},"Action":"sts:AssumeRole""#,
        }
    }

    /// A policy of one statement, with more elements.
    fn policy(self, more: &str) -> String {
        let elements = self.elements();
        format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{elements}{more}}}]}}"#)
    }

    fn send(self, client: &Client, key: &str, policy: &str) -> Answer {
        let iam = |action, name, document, more: &[(&str, &str)]| {
            let own = [(name, "of-nobody"), (document, policy)];
            client.query(QueryService::IAM, action, &[&own, more].concat())
        };
        match self {
            Self::PutKeyPolicy => {
                client.call("PutKeyPolicy", &json!({"KeyId": key, "Policy": policy}))
            }
            Self::CreateKey => client.call("CreateKey", &json!({"Policy": policy})),
            Self::CreatePolicy => iam("CreatePolicy", "PolicyName", "PolicyDocument", &[]),
            Self::PutUserPolicy => {
                let user = [("UserName", "admin")];
                iam("PutUserPolicy", "PolicyName", "PolicyDocument", &user)
            }
            Self::CreateRole => iam("CreateRole", "RoleName", "AssumeRolePolicyDocument", &[]),
        }
    }

    #[track_caller]
    fn refuses(self, client: &Client, key: &str, policy: &str, wrong: Wrong) {
        let answer = self.send(client, key, policy);
        let (found, expected) = if self.is_of_kms() {
            let code = match wrong {
                Wrong::Text => "MalformedPolicyDocumentException",
                Wrong::Quota => "LimitExceededException",
                Wrong::Model => "ValidationException",
            };
            (answer.error(), (400, code))
        } else {
            let expected = match wrong {
                Wrong::Text => (400, "MalformedPolicyDocument"),
                Wrong::Quota => (409, "LimitExceeded"),
                Wrong::Model => (400, "ValidationError"),
            };
            (answer.xml("Code"), expected)
        };
        let start: String = policy.chars().take(200).collect();
        assert_eq!(
            (answer.status, found.as_str()),
            expected,
            "{self:?} {start}"
        );
        if self.is_of_kms() {
            assert_complete(&answer);
        }
    }
}

/// Each policy at each door, and afterwards nothing has changed.
#[track_caller]
fn refused_everywhere(table: &[(Wrong, &dyn Fn(Door) -> String)]) {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let before = client.ok("GetKeyPolicy", &json!({"KeyId": key}));
    for (wrong, policy) in table {
        for door in DOORS {
            door.refuses(&client, &key, &policy(door), *wrong);
        }
    }
    assert_eq!(client.ok("GetKeyPolicy", &json!({"KeyId": key})), before);
    assert_serves(&client);
}

#[test]
fn that_are_no_policy() {
    let texts = [
        "{",
        "null",
        "[]",
        "{}",
        "\"text\"",
        "{} {}",
        "{'Statement':[]}",
        r#"{"Statement":[],}"#,
        r#"{"Statement":"x"}"#,
        r#"{"Statement":[[]]}"#,
        r#"{"Statement":[],"statement":[]}"#,
        r#"{"Version":"2026-01-01","Statement":[]}"#,
        r#"{"Version":2012,"Statement":[]}"#,
    ];
    let texts = texts.map(|text| move |_: Door| text.to_owned());
    let table = texts.each_ref();
    let table = table.map(|text| (Wrong::Text, text as &dyn Fn(Door) -> String));
    refused_everywhere(&table);
}

#[test]
fn with_statements_that_can_not_be() {
    let more = [
        r#","Effect":"Deny""#,
        r#","Action":"kms:*""#,
        r#","NotAction":"kms:*""#,
        r#","Comment":"none""#,
        r#","Sid":7"#,
        r#","Condition":[]"#,
        r#","Condition":{"StringEquals":[]}"#,
        r#","Condition":{"StringEquals":{"aws:PrincipalTag/a":{"b":"c"}}}"#,
        r#","Condition":{"StringEquals":{},"StringEquals":{}}"#,
        r#","Condition":{"StringResembles":{"aws:username":"a"}}"#,
        r#","Condition":{"ForSomeValue:StringEquals":{"aws:TagKeys":"a"}}"#,
        r#","Condition":{"NullIfExists":{"aws:username":"true"}}"#,
        r#","Condition":{"Bool":{"aws:SecureTransport":"perhaps"}}"#,
        r#","Condition":{"NumericLessThan":{"aws:EpochTime":"soon"}}"#,
        r#","Condition":{"DateLessThan":{"aws:CurrentTime":"tomorrow"}}"#,
        r#","Condition":{"IpAddress":{"aws:SourceIp":"256.0.0.1"}}"#,
        r#","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}"#,
    ];
    let more = more.map(|more| move |door: Door| door.policy(more));
    let table = more.each_ref();
    let table = table.map(|policy| (Wrong::Text, policy as &dyn Fn(Door) -> String));
    refused_everywhere(&table);
}

#[test]
fn nested_beyond_all_measure() {
    // Within the quotas of every kind, which are asked after the text.
    let brackets = |_: Door| format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let objects = |_: Door| format!("{}1{}", r#"{"Statement":"#.repeat(100), "}".repeat(100));
    let condition = |door: Door| {
        let (open, close) = (r#"{"a":"#.repeat(140), "}".repeat(140));
        door.policy(&format!(r#","Condition":{open}1{close}"#))
    };
    refused_everywhere(&[
        (Wrong::Text, &brackets),
        (Wrong::Text, &objects),
        (Wrong::Text, &condition),
    ]);
}

#[test]
fn with_characters_that_no_policy_holds() {
    let beyond =
        |door: Door| door.policy(r#","Condition":{"StringEquals":{"aws:username":"Łódź"}}"#);
    let control = |door: Door| format!("{}\u{7}", door.policy(""));
    let empty = |_: Door| String::new();
    refused_everywhere(&[
        (Wrong::Model, &beyond),
        (Wrong::Model, &control),
        (Wrong::Model, &empty),
    ]);
}

#[test]
fn in_latin_letters_are_kept_as_they_are() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let condition = r#","Condition":{"StringNotEquals":{"aws:username":"Zoë ÿ"}}"#;
    for door in DOORS {
        let policy = door.policy(condition);
        let answer = door.send(&client, &key, &policy);
        assert_eq!(answer.status, 200, "{door:?} {}", answer.text());
    }
    let kept = client.ok("GetKeyPolicy", &json!({"KeyId": key}));
    assert_eq!(kept["Policy"], Door::PutKeyPolicy.policy(condition));
}

#[test]
fn of_every_length() {
    let quota = |door: Door| match door {
        Door::PutKeyPolicy | Door::CreateKey => 32_768,
        Door::CreatePolicy => 6_144,
        Door::PutUserPolicy | Door::CreateRole => 2_048,
    };
    let padded = |door: Door, length: usize| {
        let condition = |pad: &str| {
            door.policy(&format!(
                r#","Condition":{{"StringNotEquals":{{"aws:username":"{pad}"}}}}"#
            ))
        };
        condition(&"x".repeat(length - condition("").len()))
    };
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    for door in DOORS {
        door.refuses(&client, &key, &padded(door, quota(door) + 1), Wrong::Quota);
        door.refuses(&client, &key, &padded(door, 131_072), Wrong::Quota);
        door.refuses(&client, &key, &padded(door, 131_073), Wrong::Model);
        // The admin has a policy already, and their lengths add up.
        if door != Door::PutUserPolicy {
            let longest = padded(door, quota(door));
            assert_eq!(door.send(&client, &key, &longest).status, 200, "{door:?}");
        }
    }
    assert_serves(&client);
}

#[test]
fn of_ten_thousand_statements() {
    let many = |door: Door, count: usize| {
        let statement = format!(r#"{{"Effect":"Allow",{}}}"#, door.elements());
        format!(r#"{{"Statement":[{}]}}"#, vec![statement; count].join(","))
    };
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    for door in DOORS {
        let policy = many(door, 10_000);
        if door.is_of_kms() {
            door.refuses(&client, &key, &policy, Wrong::Model);
            continue;
        }
        door.refuses(&client, &key, &many(door, 1_000), Wrong::Quota);
        // Escaped, it is longer than a form may be, or than any body.
        let answer = door.send(&client, &key, &policy);
        assert!(matches!(answer.status, 404 | 413), "{}", answer.text());
    }
    // As many as there is room for work.
    let policy = many(Door::CreateKey, 400);
    let made = client.ok("CreateKey", &json!({"Policy": policy}));
    encrypts(&client, &made["KeyMetadata"]["KeyId"], &json!({}));
    assert_serves(&client);
}

/// A pattern of very many stars is matched without trying all the ways in which it could.
#[test]
fn with_ten_thousand_stars() {
    let server = start();
    let client = server.client();
    let allowed = |statement: &Value| {
        let statements = json!([statement, {
            "Effect": "Allow", "Principal": "*", "Resource": "*",
            "Action": ["kms:PutKeyPolicy", "kms:DescribeKey"],
        }]);
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let key = client.ok("CreateKey", &json!({"Policy": policy}));
        key["KeyMetadata"]["KeyId"].clone()
    };
    let with = |name: &str, value: Value| {
        let mut statement =
            json!({"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"});
        statement[name] = value;
        statement
    };
    let like = |pattern: &str| json!({"StringLike": {"kms:EncryptionContext:a": pattern}});
    let stars = "*".repeat(10_000);
    let scattered = format!("{}b", "*a".repeat(5_000));
    let context = json!({"a": "a".repeat(1_000)});
    for statement in [
        with("Action", format!("kms:{stars}").into()),
        with("Resource", format!("arn:aws:kms:*:*:key/{stars}").into()),
        with("Condition", like(&stars)),
        with("Condition", like(&format!("{}a", "*a".repeat(900)))),
    ] {
        encrypts(&client, &allowed(&statement), &context);
    }
    for statement in [
        with("Action", format!("kms:{scattered}").into()),
        with(
            "Resource",
            format!("arn:aws:kms:*:*:key/{scattered}").into(),
        ),
        with("Condition", like(&scattered)),
    ] {
        let input = json!({
            "KeyId": allowed(&statement), "Plaintext": PLAINTEXT, "EncryptionContext": context,
        });
        assert_eq!(client.err("Encrypt", &input), "AccessDeniedException");
    }
    assert_serves(&client);
}

#[track_caller]
fn encrypts(client: &Client, key: &Value, context: &Value) {
    let input = json!({"KeyId": key, "Plaintext": PLAINTEXT, "EncryptionContext": context});
    let answer = client.call("Encrypt", &input);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// Nobody knows what a policy was to forbid that can't be read any more.
#[test]
fn that_are_damaged_in_the_store_deny_everything() {
    let mut server = start();
    let client = server.client();
    let (damaged, whole) = (create_key(&client), create_key(&client));
    assert!(server.terminate().success());
    damage(&server, &damaged);
    let server = server.restart();
    let client = server.client();
    for operation in ["DescribeKey", "GetKeyPolicy", "EnableKey", "ListGrants"] {
        let answer = client.call(operation, &json!({"KeyId": damaged}));
        let reason = format!("because no resource-based policy allows the kms:{operation} action");
        assert_eq!(answer.error(), "AccessDeniedException", "{operation}");
        assert!(answer.message().ends_with(&reason), "{}", answer.message());
    }
    encrypts(&client, &json!(whole), &json!({}));
    assert_serves(&client);
}

/// Cuts a stored key policy off.
fn damage(server: &Server, key: &str) {
    let path = server.data_dir().join("regions/us-east-1.sqlite");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path).unwrap());
        let page = store.range("/r/", None, 1_000).await.unwrap();
        let is_keys = |path: &str| path.ends_with(&format!("/key/{key}"));
        let entry = page.items.iter().find(|entry| is_keys(&entry.key)).unwrap();
        let mut record: Value = serde_json::from_slice(&entry.value).unwrap();
        let policy = &mut record["record"]["policy"];
        assert!(policy.is_string());
        *policy = r#"{"Version":"2012-10-17","#.into();
        let commit = Commit::new().put(entry.key.as_str(), record.to_string());
        let _ = store.commit(commit).await.unwrap();
        store.close().await;
    });
}
