//! Who becomes a role, and what a session may do.

use keystead_testkit::NodeOptions;
use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};

use super::{EVERYTHING, World, as_user, refusal, role_arn, root_of, statement, trust_in};

const DENIED: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}}"#;
const TRUST_POLICY_DENIES: &str = " with an explicit deny in the role trust policy";

#[tokio::test]
async fn a_session_is_its_role() {
    let world = World::usual().await;
    let (answer, session) = world.assume(&as_user("ada"), "app", &[]).await;
    let arn = "arn:aws:sts::111122223333:assumed-role/app/session";
    assert_eq!(answer.xml("Arn"), arn);
    assert!(answer.xml("AssumedRoleId").ends_with(":session"));
    assert!(session.access_key_id.starts_with("ASIA"));
    assert_eq!(session.secret.len(), 40);
    assert_eq!(answer.xml("Expiration"), "2026-01-02T04:04:05Z");
    assert_eq!(world.who(&session).await, arn);
    assert_eq!(world.list_users(&session).await, "ok");
}

#[tokio::test]
async fn who_is_let_in() {
    let bob = "arn:aws:iam::111122223333:user/bob";
    let condition = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{bob}"}},"Action":"sts:AssumeRole","Condition":{{"StringEquals":{{"sts:ExternalId":"42"}}}}}}}}"#
    );
    let denying = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Principal":{{"AWS":"{bob}"}},"Action":"sts:AssumeRole"}}}}"#
    );
    let options = NodeOptions::new()
        .admin("ada")
        .user("bob", None)
        .user("dan", Some(DENIED))
        .foreign_admin("eve")
        .role("account", &trust_in(&root_of("111122223333")), None)
        .role("bobs", &trust_in(bob), None)
        .role("guarded", &condition, None)
        .role("denying", &denying, None)
        .role("eves", &trust_in(&root_of(OTHER_ACCOUNT)), None);
    let world = World::of(options).await;
    for (user, role, external_id, expected) in [
        ("ada", "account", None, true),
        ("bob", "account", None, false),
        ("eve", "account", None, false),
        ("bob", "bobs", None, true),
        ("ada", "bobs", None, false),
        ("bob", "guarded", None, false),
        ("bob", "guarded", Some("41"), false),
        ("bob", "guarded", Some("42"), true),
        ("eve", "eves", None, true),
        ("ada", "eves", None, false),
        ("ada", "none", None, false),
        ("eve", "none", None, false),
        ("bob", "denying", None, false),
        ("dan", "account", None, false),
        ("dan", "none", None, false),
    ] {
        let more: Vec<_> = external_id.iter().map(|id| ("ExternalId", *id)).collect();
        let answer = world.try_assume(&as_user(user), role, &more).await;
        assert_eq!(
            answer.status == 200,
            expected,
            "{user} {role} {external_id:?}: {}",
            answer.text()
        );
        if !expected {
            // Whether the role is there does not show, unless it denies a caller of its account.
            let (account, clause) = match (user, role) {
                ("eve", _) => (OTHER_ACCOUNT, ""),
                ("bob", "denying") => (ACCOUNT, TRUST_POLICY_DENIES),
                _ => (ACCOUNT, ""),
            };
            let message = format!(
                "User: arn:aws:iam::{account}:user/{user} is not authorized to perform: sts:AssumeRole on resource: {}{clause}",
                role_arn(role)
            );
            assert_eq!(refusal(&answer), ("AccessDenied".to_owned(), message));
            assert_eq!(answer.status, 403);
        }
    }
}

#[tokio::test]
async fn session_policies_limit() {
    let world = World::usual().await;
    let only_kms = statement(r#""Effect":"Allow","Action":"kms:*""#);
    for (more, expected) in [
        (vec![], "ok"),
        (vec![("Policy", only_kms.as_str())], "AccessDenied"),
        (vec![("Policy", EVERYTHING)], "ok"),
        (
            vec![(
                "PolicyArns.member.1.arn",
                "arn:aws:iam::aws:policy/IAMReadOnlyAccess",
            )],
            "ok",
        ),
        (
            vec![(
                "PolicyArns.member.1.arn",
                "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser",
            )],
            "ok",
        ),
        (
            vec![
                ("Policy", only_kms.as_str()),
                (
                    "PolicyArns.member.1.arn",
                    "arn:aws:iam::aws:policy/IAMReadOnlyAccess",
                ),
            ],
            "ok",
        ),
    ] {
        let (answer, session) = world.assume(&as_user("ada"), "app", &more).await;
        assert_eq!(world.list_users(&session).await, expected, "{more:?}");
        assert_eq!(
            answer.xml_all("PackedPolicySize").len(),
            usize::from(!more.is_empty())
        );
    }
}

#[tokio::test]
async fn what_can_not_be_asked_for() {
    let world = World::usual().await;
    let long = format!(
        r#"{{"Version":"2012-10-17","Id":"{}","Statement":[]}}"#,
        "x".repeat(2_048)
    );
    let value = "x".repeat(256);
    let names: Vec<_> = (1..=20)
        .map(|n| {
            (
                format!("Tags.member.{n}.Key"),
                format!("Tags.member.{n}.Value"),
            )
        })
        .collect();
    let keys: Vec<_> = (1..=20).map(|n| format!("key{n}")).collect();
    let tags: Vec<_> = names
        .iter()
        .zip(&keys)
        .flat_map(|((key, of), name)| {
            [(key.as_str(), name.as_str()), (of.as_str(), value.as_str())]
        })
        .collect();
    for (more, code) in [
        (vec![("DurationSeconds", "3601")], "ValidationError"),
        (vec![("DurationSeconds", "899")], "ValidationError"),
        (vec![("Policy", "{}")], "MalformedPolicyDocument"),
        (vec![("Policy", long.as_str())], "PackedPolicyTooLarge"),
        (tags, "PackedPolicyTooLarge"),
        (
            vec![(
                "PolicyArns.member.1.arn",
                "arn:aws:iam::111122223333:policy/none",
            )],
            "ValidationError",
        ),
        (
            vec![("SerialNumber", "arn:aws:iam::111122223333:mfa/ada")],
            "AccessDenied",
        ),
        (
            vec![
                ("SerialNumber", "arn:aws:iam::111122223333:mfa/ada"),
                ("TokenCode", "123456"),
            ],
            "AccessDenied",
        ),
        (
            vec![
                ("Tags.member.1.Key", "a"),
                ("Tags.member.1.Value", "1"),
                ("Tags.member.2.Key", "A"),
                ("Tags.member.2.Value", "2"),
            ],
            "ValidationError",
        ),
        (vec![("TransitiveTagKeys.member.1", "a")], "ValidationError"),
    ] {
        let answer = world.try_assume(&as_user("ada"), "app", &more).await;
        assert_eq!(refusal(&answer).0, code, "{more:?}");
    }
}

#[tokio::test]
async fn the_record_tells_no_secret() {
    let world = World::usual().await;
    let (answer, session) = world
        .assume(&as_user("ada"), "app", &[("ExternalId", "42")])
        .await;
    assert_eq!(world.list_users(&session).await, "ok");
    let log = std::fs::read_dir(world.folder.path().join("audit")).unwrap();
    let texts: String = log
        .map(|file| {
            String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()).into_owned()
        })
        .collect();
    let records: Vec<serde_json::Value> = texts
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    for secret in [&session.secret, session.session_token.as_ref().unwrap()] {
        assert!(!texts.contains(secret.as_str()));
    }
    let find = |name: &str| {
        let found = records.iter().find(|record| record["eventName"] == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {texts}"))
            .clone()
    };
    let assumed = find("AssumeRole");
    assert_eq!(assumed["requestParameters"]["externalId"], "42");
    let made = &assumed["responseElements"];
    assert_eq!(made["credentials"]["accessKeyId"], session.access_key_id);
    assert_eq!(made["assumedRoleUser"]["arn"], answer.xml("Arn"));
    let listed = &find("ListUsers")["userIdentity"];
    assert_eq!(listed["type"], "AssumedRole");
    assert_eq!(listed["accessKeyId"], session.access_key_id);
    assert_eq!(listed["sessionContext"]["sessionIssuer"]["userName"], "app");
}
