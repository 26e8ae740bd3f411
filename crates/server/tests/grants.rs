//! Grants at a running node: who may make, use, list, retire and revoke them, and what is refused.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "requests are written where they are made, in tables"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use keystead_server::jobs;
use keystead_store::{SqliteStore, Store as _};
use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};

const NO_RETIREMENT: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Deny","Action":"kms:RetireGrant","Resource":"*"}]}"#;
const RETIREMENT: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":["kms:RetireGrant","kms:ListRetirableGrants"],"Resource":"*"}]}"#;

/// Ada administers; eve and eva have no permission of their own; dan is forbidden to retire, ret is
/// allowed to; fay administers another account.
async fn node(folder: &tempfile::TempDir) -> TestNode {
    NodeOptions::new()
        .admin("ada")
        .user("eve", None)
        .user("eva", None)
        .user("dan", Some(NO_RETIREMENT))
        .user("ret", Some(RETIREMENT))
        .foreign_admin("fay")
        .start(folder.path())
        .await
}

fn user(name: &str) -> String {
    let account = if name == "fay" {
        OTHER_ACCOUNT
    } else {
        ACCOUNT
    };
    format!("arn:aws:iam::{account}:user/{name}")
}

fn key_arn(key: &str) -> String {
    format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}")
}

/// A request for a grant, with further members or others.
fn request(key: &str, grantee: &str, operations: &[&str], more: Value) -> Value {
    let mut request = json!({
        "KeyId": key, "GranteePrincipal": user(grantee), "Operations": operations,
    });
    let members = request.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    request
}

/// Makes a grant as ada; returns its id and its token.
async fn granted(node: &TestNode, request: &Value) -> (String, String) {
    let made = node.ok("ada", "CreateGrant", request).await;
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("GrantId"), text("GrantToken"))
}

async fn code(node: &TestNode, user: &str, operation: &str, input: &Value) -> String {
    node.err(user, operation, input).await.0
}

fn encrypt(key: &str) -> Value {
    json!({ "KeyId": key, "Plaintext": "aGk=" })
}

/// The ids of a list, page by page.
async fn listed(node: &TestNode, user: &str, operation: &str, input: &Value) -> Vec<Vec<String>> {
    let (mut input, mut pages) = (input.clone(), Vec::new());
    loop {
        let page = node.ok(user, operation, &input).await;
        let id = |grant: &Value| grant["GrantId"].as_str().unwrap().to_owned();
        pages.push(page["Grants"].as_array().unwrap().iter().map(id).collect());
        assert_eq!(page["Truncated"], page.get("NextMarker").is_some());
        match page.get("NextMarker") {
            Some(marker) => input["Marker"] = marker.clone(),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn a_grant_lets_its_grantee_do_what_it_says_until_it_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    assert_eq!(
        code(&node, "eve", "Encrypt", &encrypt(&key)).await,
        "AccessDeniedException"
    );
    let (id, _) = granted(
        &node,
        &request(&key, "eve", &["Encrypt", "DescribeKey"], json!({})),
    )
    .await;
    let blob = node.ok("eve", "Encrypt", &encrypt(&key)).await;
    let _ = node
        .ok("eve", "DescribeKey", &json!({ "KeyId": key }))
        .await;
    for (who, operation, input) in [
        ("eva", "Encrypt", encrypt(&key)),
        (
            "eve",
            "Decrypt",
            json!({ "KeyId": key, "CiphertextBlob": blob["CiphertextBlob"] }),
        ),
        ("eve", "RevokeGrant", json!({ "KeyId": key, "GrantId": id })),
        ("eve", "ListGrants", json!({ "KeyId": key })),
    ] {
        assert_eq!(
            code(&node, who, operation, &input).await,
            "AccessDeniedException",
            "{who} {operation}"
        );
    }
    let revoke = json!({ "KeyId": key_arn(&key), "GrantId": id });
    let answer = node.call("ada", "RevokeGrant", &revoke).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(
        code(&node, "eve", "Encrypt", &encrypt(&key)).await,
        "AccessDeniedException"
    );
}

#[tokio::test]
async fn constraints_bind_to_the_encryption_context() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    for (kind, who) in [
        ("EncryptionContextSubset", "eve"),
        ("EncryptionContextEquals", "eva"),
    ] {
        let constraints = json!({ "Constraints": { kind: { "app": "x" } } });
        let _ = granted(
            &node,
            &request(&key, who, &["Encrypt", "DescribeKey"], constraints),
        )
        .await;
    }
    let with =
        |context: Value| json!({ "KeyId": key, "Plaintext": "aGk=", "EncryptionContext": context });
    for (context, by_subset, by_whole) in [
        (json!({ "app": "x" }), true, true),
        (json!({ "app": "x", "more": "y" }), true, false),
        (json!({ "app": "y" }), false, false),
        (json!({ "App": "x" }), false, false),
        (json!({}), false, false),
    ] {
        for (who, allowed) in [("eve", by_subset), ("eva", by_whole)] {
            let answer = node.call(who, "Encrypt", &with(context.clone())).await;
            assert_eq!(answer.status == 200, allowed, "{who} {context}");
        }
    }
    let _ = node
        .ok("eva", "DescribeKey", &json!({ "KeyId": key }))
        .await;
}

#[tokio::test]
async fn tokens_are_of_grants_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let named = request(&key, "eve", &["Encrypt"], json!({ "Name": "n" }));
    let (id, token) = granted(&node, &named).await;
    let (again, other_token) = granted(&node, &named).await;
    assert_eq!(id, again);
    assert_ne!(token, other_token);
    let mut with_tokens = encrypt(&key);
    with_tokens["GrantTokens"] = json!([token, other_token]);
    let _ = node.ok("eve", "Encrypt", &with_tokens).await;
    let _ = node.ok("ada", "Encrypt", &with_tokens).await;
    let describe = |token: &str| json!({ "KeyId": key, "GrantTokens": [token] });
    let _ = node.ok("ada", "DescribeKey", &describe(&token)).await;
    assert_eq!(
        code(&node, "ada", "DescribeKey", &describe("none")).await,
        "InvalidGrantTokenException"
    );

    let _ = node
        .ok("ada", "RetireGrant", &json!({ "GrantToken": other_token }))
        .await;
    assert_eq!(
        code(&node, "ada", "Encrypt", &with_tokens).await,
        "InvalidGrantTokenException"
    );
    for token in [token.as_str(), "none"] {
        let retire = json!({ "GrantToken": token });
        assert_eq!(
            code(&node, "ada", "RetireGrant", &retire).await,
            "InvalidGrantTokenException"
        );
    }
    // The same request makes the grant anew; what was a token of it is none of the new one.
    node.clock.advance_days(1);
    let _ = granted(&node, &named).await;
    assert_eq!(
        code(&node, "ada", "DescribeKey", &describe(&token)).await,
        "InvalidGrantTokenException"
    );
}

#[tokio::test]
async fn a_name_makes_requests_repeatable() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let (key, other_key) = (node.key("ada", None).await, node.key("ada", None).await);
    let plain = request(&key, "eve", &["Encrypt"], json!({}));
    assert_ne!(
        granted(&node, &plain).await.0,
        granted(&node, &plain).await.0
    );

    let named = request(&key, "eve", &["Encrypt", "Decrypt"], json!({ "Name": "n" }));
    // At the same time, as when a client gives up waiting and asks again.
    let asked = tokio::join!(
        granted(&node, &named),
        granted(&node, &named),
        granted(&node, &named),
        granted(&node, &named),
    );
    let ids = BTreeSet::from([&asked.0.0, &asked.1.0, &asked.2.0, &asked.3.0]);
    assert_eq!(ids.len(), 1);
    let reordered = request(
        &key,
        "eve",
        &["Decrypt", "Encrypt", "Decrypt"],
        json!({ "Name": "n" }),
    );
    assert_eq!(&granted(&node, &reordered).await.0, &asked.0.0);
    for different in [
        request(
            &other_key,
            "eve",
            &["Encrypt", "Decrypt"],
            json!({ "Name": "n" }),
        ),
        request(&key, "eva", &["Encrypt", "Decrypt"], json!({ "Name": "n" })),
        request(&key, "eve", &["Encrypt"], json!({ "Name": "n" })),
        request(&key, "eve", &["Encrypt", "Decrypt"], json!({ "Name": "m" })),
        request(
            &key,
            "eve",
            &["Encrypt", "Decrypt"],
            json!({ "Name": "n", "RetiringPrincipal": user("eva") }),
        ),
        request(
            &key,
            "eve",
            &["Encrypt", "Decrypt"],
            json!({ "Name": "n", "Constraints": { "EncryptionContextSubset": { "a": "b" } } }),
        ),
    ] {
        assert_ne!(
            &granted(&node, &different).await.0,
            &asked.0.0,
            "{different}"
        );
    }
    let all = listed(&node, "ada", "ListGrants", &json!({ "KeyId": key })).await;
    assert_eq!(all[0].len(), 2 + 1 + 5);
}

#[tokio::test]
async fn what_no_grant_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let with = |more: Value| request(&key, "eve", &["Encrypt"], more);
    let pairs = |count: usize| -> Value {
        (0..count)
            .map(|i| (i.to_string(), json!("v")))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let subset =
        |pairs: Value| with(json!({ "Constraints": { "EncryptionContextSubset": pairs } }));
    let service = "logs.amazonaws.com";
    let source = json!({ "SourceArn": format!("arn:aws:logs:us-east-1:{ACCOUNT}:group") });
    let cases = [
        (with(json!({ "Operations": [] })), "ValidationException"),
        (
            with(json!({ "Operations": ["ListGrants"] })),
            "ValidationException",
        ),
        (
            with(json!({ "Operations": ["CreateGrant"] })),
            "ValidationException",
        ),
        (
            with(json!({ "Operations": ["Encrypt", "Sign"] })),
            "ValidationException",
        ),
        (
            with(json!({ "Operations": ["GetPublicKey"] })),
            "ValidationException",
        ),
        (
            with(json!({ "Operations": ["GenerateMac"] })),
            "ValidationException",
        ),
        (
            with(json!({ "GranteePrincipal": null })),
            "ValidationException",
        ),
        (
            with(json!({ "GranteeServicePrincipal": service })),
            "ValidationException",
        ),
        (
            with(json!({ "RetiringPrincipal": user("eva"), "RetiringServicePrincipal": service })),
            "ValidationException",
        ),
        (
            with(
                json!({ "GranteePrincipal": null, "GranteeServicePrincipal": service, "RetiringPrincipal": user("eva") }),
            ),
            "ValidationException",
        ),
        (
            with(
                json!({ "GranteePrincipal": null, "GranteeServicePrincipal": service, "Constraints": source }),
            ),
            "ValidationException",
        ),
        (
            with(json!({ "GranteePrincipal": null, "GranteeServicePrincipal": "logs" })),
            "ValidationException",
        ),
        (
            with(
                json!({ "Constraints": { "EncryptionContextSubset": { "a": "b" }, "EncryptionContextEquals": { "a": "b" } } }),
            ),
            "ValidationException",
        ),
        (
            with(json!({ "Constraints": { "SourceArn": "arn:aws:s3:::bucket-of-somebody" } })),
            "ValidationException",
        ),
        (subset(pairs(9)), "ValidationException"),
        (
            subset(json!({ "a": "é".repeat(385) })),
            "ValidationException",
        ),
        (with(json!({ "Name": "a b" })), "ValidationException"),
        (
            with(json!({ "GrantTokens": ["none"] })),
            "InvalidGrantTokenException",
        ),
        (
            with(json!({ "GranteePrincipal": user("nobody") })),
            "InvalidArnException",
        ),
        (
            with(json!({ "RetiringPrincipal": user("nobody") })),
            "InvalidArnException",
        ),
        (
            with(json!({ "GranteePrincipal": "eve" })),
            "InvalidArnException",
        ),
        (
            with(json!({ "GranteePrincipal": ACCOUNT })),
            "InvalidArnException",
        ),
        (
            with(json!({ "GranteePrincipal": format!("arn:aws:iam::{ACCOUNT}:group/g") })),
            "InvalidArnException",
        ),
        (
            with(json!({ "GranteePrincipal": "arn:aws:iam::999999999999:root" })),
            "InvalidArnException",
        ),
        (
            with(json!({ "GranteePrincipal": format!("arn:aws-cn:iam::{ACCOUNT}:root") })),
            "InvalidArnException",
        ),
        (
            with(json!({ "GranteePrincipal": service })),
            "InvalidArnException",
        ),
        (with(json!({ "KeyId": "alias/a" })), "InvalidArnException"),
        (with(json!({ "DryRun": true })), "DryRunOperationException"),
    ];
    for (input, expected) in cases {
        assert_eq!(
            code(&node, "ada", "CreateGrant", &input).await,
            expected,
            "{input}"
        );
    }
    let (_, message) = node
        .err(
            "ada",
            "CreateGrant",
            &with(json!({ "GranteePrincipal": user("nobody") })),
        )
        .await;
    assert_eq!(
        message,
        format!(
            "ARN does not refer to a valid principal: {}",
            user("nobody")
        )
    );
    assert_eq!(
        code(&node, "eve", "CreateGrant", &with(json!({}))).await,
        "AccessDeniedException"
    );
    assert_eq!(
        listed(&node, "ada", "ListGrants", &json!({ "KeyId": key })).await,
        [[""; 0]]
    );

    for fine in [
        subset(pairs(8)),
        subset(json!({ "a": "é".repeat(384) })),
        with(json!({ "GranteePrincipal": format!("arn:aws:iam::{ACCOUNT}:root") })),
        with(
            json!({ "GranteePrincipal": null, "GranteeServicePrincipal": service, "RetiringServicePrincipal": service, "Constraints": source }),
        ),
    ] {
        let _ = granted(&node, &fine).await;
    }
}

#[tokio::test]
async fn which_states_of_the_key_permit_what() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let wanted = request(&key, "eve", &["Encrypt"], json!({}));
    for (operation, refusal) in [
        ("DisableKey", "DisabledException"),
        ("ScheduleKeyDeletion", "KMSInvalidStateException"),
    ] {
        let _ = node.ok("ada", "EnableKey", &json!({ "KeyId": key })).await;
        let (revoked, _) = granted(&node, &wanted).await;
        let (_, retired) = granted(&node, &wanted).await;
        let _ = node.ok("ada", operation, &json!({ "KeyId": key })).await;
        assert_eq!(code(&node, "ada", "CreateGrant", &wanted).await, refusal);
        let all = listed(&node, "ada", "ListGrants", &json!({ "KeyId": key })).await;
        assert_eq!(all[0].len(), 2);
        let _ = node
            .ok(
                "ada",
                "RevokeGrant",
                &json!({ "KeyId": key, "GrantId": revoked }),
            )
            .await;
        let _ = node
            .ok("ada", "RetireGrant", &json!({ "GrantToken": retired }))
            .await;
    }
}

#[tokio::test]
async fn lists_come_in_pages_and_can_be_narrowed() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let (key, empty) = (node.key("ada", None).await, node.key("ada", None).await);
    let whole = json!({
        "Name": "a/name", "RetiringPrincipal": user("eva"),
        "Constraints": { "EncryptionContextEquals": { "a": "b" } },
    });
    let (first, _) = granted(&node, &request(&key, "eve", &["Decrypt", "Encrypt"], whole)).await;
    let mut ids = BTreeSet::from([first.clone()]);
    for _ in 0..4 {
        ids.insert(
            granted(&node, &request(&key, "eva", &["Encrypt"], json!({})))
                .await
                .0,
        );
    }
    let ids: Vec<String> = ids.into_iter().collect();
    let list = |more: Value| {
        let mut input = json!({ "KeyId": key });
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        input
    };
    let pages = listed(&node, "ada", "ListGrants", &list(json!({ "Limit": 2 }))).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(pages.concat(), ids);
    assert_eq!(
        listed(&node, "ada", "ListGrants", &json!({ "KeyId": empty })).await,
        [[""; 0]]
    );

    for (filter, count) in [
        (json!({ "GrantId": first }), 1),
        (json!({ "GrantId": "00".repeat(32) }), 0),
        (json!({ "GranteePrincipal": user("eva") }), 4),
        (json!({ "GranteePrincipal": user("ada") }), 0),
        (
            json!({ "GranteePrincipal": user("eve"), "GrantId": first }),
            1,
        ),
        (
            json!({ "GranteeServicePrincipal": "logs.amazonaws.com" }),
            0,
        ),
    ] {
        let found = listed(&node, "ada", "ListGrants", &list(filter.clone())).await;
        assert_eq!(found[0].len(), count, "{filter}");
    }
    for (bad, expected) in [
        (json!({ "GrantId": "nonsense" }), "InvalidGrantIdException"),
        (json!({ "Marker": "nonsense" }), "InvalidMarkerException"),
        (
            json!({ "GranteePrincipal": user("eva"), "GranteeServicePrincipal": "a.b.c" }),
            "ValidationException",
        ),
    ] {
        assert_eq!(
            code(&node, "ada", "ListGrants", &list(bad.clone())).await,
            expected,
            "{bad}"
        );
    }
    let shown = node
        .ok("ada", "ListGrants", &list(json!({ "GrantId": first })))
        .await;
    assert_eq!(
        shown["Grants"][0],
        json!({
            "KeyId": key_arn(&key), "GrantId": first, "Name": "a/name",
            "CreationDate": 1_767_323_045, "GranteePrincipal": user("eve"),
            "RetiringPrincipal": user("eva"),
            "IssuingAccount": format!("arn:aws:iam::{ACCOUNT}:root"),
            "Operations": ["Decrypt", "Encrypt"],
            "Constraints": { "EncryptionContextEquals": { "a": "b" } },
        })
    );
}

#[tokio::test]
async fn retirable_grants_are_those_of_one_principal_on_all_keys() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let mut expected = Vec::new();
    for _ in 0..2 {
        let key = node.key("ada", None).await;
        for retiring in ["eva", "eva", "eve", "fay"] {
            let wanted = request(
                &key,
                "eve",
                &["Encrypt"],
                json!({ "RetiringPrincipal": user(retiring) }),
            );
            let (id, _) = granted(&node, &wanted).await;
            expected.extend((retiring == "eva").then(|| (key.clone(), id)));
        }
    }
    expected.sort();
    let expected: Vec<String> = expected.into_iter().map(|(_, id)| id).collect();
    let of = |who: &str| json!({ "RetiringPrincipal": user(who), "Limit": 3 });
    for asker in ["ada", "ret"] {
        let pages = listed(&node, asker, "ListRetirableGrants", &of("eva")).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(pages.concat(), expected);
    }
    // The keys are another account's, the principal is fay's own.
    assert_eq!(
        listed(&node, "fay", "ListRetirableGrants", &of("fay")).await[0].len(),
        2
    );
    assert_eq!(
        listed(&node, "ada", "ListRetirableGrants", &of("ada")).await,
        [[""; 0]]
    );
    let service = json!({ "RetiringServicePrincipal": "logs.amazonaws.com" });
    for (who, input, refusal) in [
        ("eva", of("eva"), "AccessDeniedException"),
        ("fay", of("eva"), "AccessDeniedException"),
        ("ada", service, "AccessDeniedException"),
        ("ada", of("nobody"), "InvalidArnException"),
        (
            "ada",
            json!({ "RetiringPrincipal": "eva" }),
            "InvalidArnException",
        ),
        ("ada", json!({}), "ValidationException"),
        (
            "ada",
            json!({ "RetiringPrincipal": user("eva"), "Marker": "x" }),
            "InvalidMarkerException",
        ),
    ] {
        assert_eq!(
            code(&node, who, "ListRetirableGrants", &input).await,
            refusal,
            "{who} {input}"
        );
    }
}

#[tokio::test]
async fn who_may_retire_a_grant_is_for_the_grant_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    // Nobody but ada is named by the key's policy, and it says nothing of retirement.
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": user("ada") }, "Action": "kms:*", "Resource": "*" },
        { "Effect": "Deny", "Principal": "*", "Action": "kms:RetireGrant", "Resource": "*" },
        { "Effect": "Allow", "Principal": { "AWS": user("eva") }, "Action": "kms:RetireGrant", "Resource": "*" },
    ]});
    let key = node.key("ada", Some(&policy.to_string())).await;
    let retiring = |who: &str| json!({ "RetiringPrincipal": user(who) });
    let plain = request(&key, "eve", &["Encrypt"], json!({}));
    let by_grantee = request(&key, "eve", &["Encrypt", "RetireGrant"], json!({}));
    let cases = [
        // The account of the key, as far as its identity policies pass it on.
        ("ada", plain.clone(), true),
        ("ret", plain.clone(), true),
        ("eva", plain.clone(), false),
        ("fay", plain.clone(), false),
        // The grantee, if the grant says so.
        ("eve", plain.clone(), false),
        ("eve", by_grantee.clone(), true),
        ("eva", by_grantee, false),
        // The retiring principal, without a permission of its own, but not against a denial.
        (
            "eva",
            request(&key, "eve", &["Encrypt"], retiring("eva")),
            true,
        ),
        (
            "eve",
            request(&key, "eve", &["Encrypt"], retiring("eva")),
            false,
        ),
        (
            "dan",
            request(&key, "eve", &["Encrypt"], retiring("dan")),
            false,
        ),
        (
            "fay",
            request(&key, "eve", &["Encrypt"], retiring("fay")),
            true,
        ),
    ];
    for (number, (who, wanted, may)) in cases.iter().enumerate() {
        for by_token in [true, false] {
            let (id, token) = granted(&node, wanted).await;
            let retire = if by_token {
                json!({ "GrantToken": token })
            } else {
                json!({ "KeyId": key_arn(&key), "GrantId": id })
            };
            let answer = node.call(who, "RetireGrant", &retire).await;
            let refusal = if *may { "" } else { "AccessDeniedException" };
            assert_eq!(answer.error(), refusal, "{who} in case {number}");
            let left = listed(
                &node,
                "ada",
                "ListGrants",
                &json!({ "KeyId": key, "GrantId": id }),
            )
            .await;
            assert_eq!(left[0].is_empty(), *may);
        }
    }
}

#[tokio::test]
async fn a_grant_is_named_in_one_way() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let (key, other) = (node.key("ada", None).await, node.key("ada", None).await);
    let wanted = request(&key, "eve", &["Encrypt", "RetireGrant"], json!({}));
    let (id, token) = granted(&node, &wanted).await;
    let unknown = "00".repeat(32);
    let foreign = format!("arn:aws:kms:us-east-1:{OTHER_ACCOUNT}:key/{key}");
    for (who, input, refusal) in [
        ("ada", json!({}), "ValidationException"),
        ("ada", json!({ "KeyId": key }), "ValidationException"),
        ("ada", json!({ "GrantId": id }), "ValidationException"),
        (
            "ada",
            json!({ "GrantToken": token, "KeyId": key, "GrantId": id }),
            "ValidationException",
        ),
        (
            "ada",
            json!({ "KeyId": key, "GrantId": "nonsense" }),
            "InvalidGrantIdException",
        ),
        (
            "ada",
            json!({ "KeyId": key, "GrantId": unknown }),
            "NotFoundException",
        ),
        (
            "ada",
            json!({ "KeyId": other, "GrantId": id }),
            "NotFoundException",
        ),
        (
            "ada",
            json!({ "KeyId": "nonsense", "GrantId": id }),
            "NotFoundException",
        ),
        (
            "ada",
            json!({ "KeyId": foreign, "GrantId": id }),
            "AccessDeniedException",
        ),
        // Of another account's key nobody learns which grants it has.
        (
            "fay",
            json!({ "KeyId": key_arn(&key), "GrantId": unknown }),
            "AccessDeniedException",
        ),
        (
            "fay",
            json!({ "KeyId": key_arn(&key), "GrantId": id }),
            "AccessDeniedException",
        ),
        (
            "fay",
            json!({ "KeyId": key, "GrantId": id }),
            "NotFoundException",
        ),
        (
            "ada",
            json!({ "KeyId": key, "GrantId": id, "DryRun": true }),
            "DryRunOperationException",
        ),
        (
            "eva",
            json!({ "KeyId": key, "GrantId": id, "DryRun": true }),
            "AccessDeniedException",
        ),
    ] {
        assert_eq!(
            code(&node, who, "RetireGrant", &input).await,
            refusal,
            "{who} {input}"
        );
    }
    for (who, input, refusal) in [
        (
            "ada",
            json!({ "KeyId": key, "GrantId": "nonsense" }),
            "InvalidGrantIdException",
        ),
        (
            "ada",
            json!({ "KeyId": key, "GrantId": unknown }),
            "NotFoundException",
        ),
        (
            "ada",
            json!({ "KeyId": key, "GrantId": id, "DryRun": true }),
            "DryRunOperationException",
        ),
        (
            "eve",
            json!({ "KeyId": key, "GrantId": id }),
            "AccessDeniedException",
        ),
        (
            "fay",
            json!({ "KeyId": key_arn(&key), "GrantId": id }),
            "AccessDeniedException",
        ),
    ] {
        assert_eq!(
            code(&node, who, "RevokeGrant", &input).await,
            refusal,
            "{who} {input}"
        );
    }
    let (_, message) = node
        .err(
            "ada",
            "RevokeGrant",
            &json!({ "KeyId": key, "GrantId": unknown }),
        )
        .await;
    assert_eq!(message, format!("Grant ID {unknown} not found"));
    let _ = node.ok("eve", "Encrypt", &encrypt(&key)).await;
}

#[tokio::test]
async fn a_grant_made_by_a_grant_is_no_wider() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let subset = |pairs: Value| json!({ "Constraints": { "EncryptionContextSubset": pairs } });
    let equals = |pairs: Value| json!({ "Constraints": { "EncryptionContextEquals": pairs } });
    let parent = request(
        &key,
        "eve",
        &["CreateGrant", "Encrypt", "Decrypt"],
        subset(json!({ "a": "b" })),
    );
    let _ = granted(&node, &parent).await;
    for (operations, constraints, may) in [
        (vec!["Encrypt"], subset(json!({ "a": "b" })), true),
        (
            vec!["Encrypt", "Decrypt"],
            subset(json!({ "a": "b", "c": "d" })),
            true,
        ),
        (
            vec!["Encrypt", "CreateGrant"],
            equals(json!({ "a": "b", "c": "d" })),
            true,
        ),
        (vec!["Encrypt"], json!({}), false),
        (vec!["Encrypt"], subset(json!({ "a": "c" })), false),
        (vec!["Encrypt"], equals(json!({ "c": "d" })), false),
        (
            vec!["Encrypt", "DescribeKey"],
            subset(json!({ "a": "b" })),
            false,
        ),
    ] {
        let child = request(&key, "eva", &operations, constraints);
        let answer = node.call("eve", "CreateGrant", &child).await;
        assert_eq!(
            answer.error(),
            if may { "" } else { "AccessDeniedException" },
            "{child}"
        );
        if !may {
            assert_eq!(
                answer.message(),
                format!(
                    "User: {} is not authorized to perform: kms:CreateGrant on resource: {} because no resource-based policy allows the kms:CreateGrant action",
                    user("eve"),
                    key_arn(&key)
                )
            );
        }
    }
    // Another grant may be as wide as needed, and a policy binds nobody.
    let _ = granted(
        &node,
        &request(&key, "eve", &["CreateGrant", "DescribeKey"], json!({})),
    )
    .await;
    let _ = node
        .ok(
            "eve",
            "CreateGrant",
            &request(&key, "eva", &["DescribeKey"], json!({})),
        )
        .await;
    let _ = granted(
        &node,
        &request(&key, "eva", &["GenerateDataKey"], json!({})),
    )
    .await;
}

#[tokio::test]
async fn grants_work_across_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let arn = key_arn(&key);
    assert_eq!(
        code(&node, "fay", "Encrypt", &encrypt(&arn)).await,
        "AccessDeniedException"
    );
    let (id, _) = granted(
        &node,
        &request(&key, "fay", &["Encrypt", "CreateGrant"], json!({})),
    )
    .await;
    let _ = node.ok("fay", "Encrypt", &encrypt(&arn)).await;
    // What fay makes, fay's account may end.
    let made = node
        .ok(
            "fay",
            "CreateGrant",
            &request(&arn, "eve", &["Encrypt"], json!({})),
        )
        .await;
    let list = json!({ "KeyId": key, "GrantId": made["GrantId"] });
    let shown = node.ok("ada", "ListGrants", &list).await;
    assert_eq!(
        shown["Grants"][0]["IssuingAccount"],
        format!("arn:aws:iam::{OTHER_ACCOUNT}:root")
    );
    let _ = node
        .ok(
            "fay",
            "RetireGrant",
            &json!({ "KeyId": arn, "GrantId": made["GrantId"] }),
        )
        .await;
    assert_eq!(
        code(
            &node,
            "fay",
            "RetireGrant",
            &json!({ "KeyId": arn, "GrantId": id })
        )
        .await,
        "AccessDeniedException"
    );
    assert_eq!(
        code(&node, "fay", "ListGrants", &json!({ "KeyId": arn })).await,
        "AccessDeniedException"
    );

    let policy = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow",
        "Principal": { "AWS": [ACCOUNT, OTHER_ACCOUNT] }, "Action": "kms:*", "Resource": "*" } });
    let _ = node
        .ok(
            "ada",
            "PutKeyPolicy",
            &json!({ "KeyId": key, "Policy": policy.to_string() }),
        )
        .await;
    let _ = node
        .ok(
            "fay",
            "CreateGrant",
            &request(&arn, "fay", &["Decrypt"], json!({})),
        )
        .await;
    let _ = node.ok("fay", "ListGrants", &json!({ "KeyId": arn })).await;
    let _ = node
        .ok(
            "fay",
            "RevokeGrant",
            &json!({ "KeyId": arn, "GrantId": id }),
        )
        .await;
}

#[tokio::test]
async fn conditions_see_the_grant_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let condition = json!({
        "StringEquals": { "kms:GranteePrincipal": user("eva"), "kms:GrantConstraintType": "EncryptionContextSubset", "kms:EncryptionContext:a": "b" },
        "ForAllValues:StringEquals": { "kms:GrantOperations": ["Encrypt", "Decrypt"], "kms:EncryptionContextKeys": ["a"] },
    });
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": user("ada") }, "Action": "kms:*", "Resource": "*" },
        { "Effect": "Allow", "Principal": { "AWS": user("eve") }, "Action": "kms:CreateGrant", "Resource": "*", "Condition": condition },
    ]});
    let key = node.key("ada", Some(&policy.to_string())).await;
    let subset =
        |name: &str| json!({ "Constraints": { "EncryptionContextSubset": { name: "b" } } });
    for (wanted, may) in [
        (request(&key, "eva", &["Encrypt"], subset("a")), true),
        (request(&key, "eve", &["Encrypt"], subset("a")), false),
        (
            request(&key, "eva", &["Encrypt", "DescribeKey"], subset("a")),
            false,
        ),
        (request(&key, "eva", &["Encrypt"], subset("c")), false),
        (request(&key, "eva", &["Encrypt"], json!({})), false),
    ] {
        let answer = node.call("eve", "CreateGrant", &wanted).await;
        assert_eq!(
            answer.error(),
            if may { "" } else { "AccessDeniedException" },
            "{wanted}"
        );
    }
}

/// One life of a node: everything that it left running ends with it.
fn live<T>(life: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(life)
}

#[test]
fn grants_outlast_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let retiring = json!({ "RetiringPrincipal": user("eva") });
    let mut named = retiring.clone();
    named["Name"] = json!("n");
    let (key, wanted, id, token) = live(async {
        let node = node(&folder).await;
        let key = node.key("ada", None).await;
        let wanted = request(&key, "eve", &["Encrypt"], named);
        let (id, token) = granted(&node, &wanted).await;
        let (gone, _) = granted(&node, &request(&key, "eva", &["Encrypt"], json!({}))).await;
        let revoke = json!({ "KeyId": key, "GrantId": gone });
        let _ = node.ok("ada", "RevokeGrant", &revoke).await;
        node.node.stop().await.unwrap();
        (key, wanted, id, token)
    });
    live(async {
        let node = node(&folder).await;
        let _ = node.ok("eve", "Encrypt", &encrypt(&key)).await;
        let denied = "AccessDeniedException";
        assert_eq!(code(&node, "eva", "Encrypt", &encrypt(&key)).await, denied);
        assert_eq!(granted(&node, &wanted).await.0, id);
        let retirable = listed(&node, "ada", "ListRetirableGrants", &retiring).await;
        assert_eq!(retirable, [[id]]);
        let retire = json!({ "GrantToken": token });
        let _ = node.ok("eva", "RetireGrant", &retire).await;
        assert_eq!(code(&node, "eve", "Encrypt", &encrypt(&key)).await, denied);
    });
}

#[tokio::test]
async fn the_grants_of_a_destroyed_key_are_cleared_away_however_many() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let (doomed, kept) = (node.key("ada", None).await, node.key("ada", None).await);
    let retiring = json!({ "RetiringPrincipal": user("eva") });
    let wanted = request(&doomed, "eve", &["Encrypt"], retiring.clone());
    for _ in 0..105 {
        let _ = granted(&node, &wanted).await;
    }
    let (id, _) = granted(
        &node,
        &request(&kept, "eve", &["Encrypt"], retiring.clone()),
    )
    .await;
    let _ = node
        .ok(
            "ada",
            "ScheduleKeyDeletion",
            &json!({ "KeyId": doomed, "PendingWindowInDays": 7 }),
        )
        .await;
    jobs::run_once(node.node.corridor()).await;
    assert_eq!(
        listed(&node, "ada", "ListRetirableGrants", &retiring)
            .await
            .concat()
            .len(),
        106
    );
    node.clock.advance_days(7);
    jobs::run_once(node.node.corridor()).await;
    assert_eq!(
        listed(&node, "ada", "ListRetirableGrants", &retiring).await,
        [[id.as_str()]]
    );
    node.node.stop().await.unwrap();

    let store = SqliteStore::open(folder.path().join("region.sqlite")).unwrap();
    let left = store.range("/", None, 100).await.unwrap();
    let keys: Vec<_> = left.items.iter().map(|entry| entry.key.as_str()).collect();
    let prefix = format!("/r/us-east-1/a/{ACCOUNT}");
    assert_eq!(
        keys,
        [
            format!("{prefix}/grant/{kept}/{id}"),
            format!("{prefix}/key/{kept}")
        ]
    );
}

fn audit_events(folder: &Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("audit/segment-00000001.jsonl")).unwrap();
    let events = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.filter(|event| event["eventName"] == name).collect()
}

#[tokio::test]
async fn records_tell_of_grants_and_not_of_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let more = json!({
        "Name": "n", "RetiringPrincipal": user("eva"),
        "Constraints": { "EncryptionContextSubset": { "a": "b" } },
    });
    let (id, token) = granted(&node, &request(&key, "eve", &["Encrypt"], more)).await;
    let mut using = encrypt(&key);
    using["GrantTokens"] = json!([token]);
    let _ = node.ok("ada", "Encrypt", &using).await;
    let _ = node
        .ok("eva", "RetireGrant", &json!({ "GrantToken": token }))
        .await;
    let (revoked, _) = granted(&node, &request(&key, "eve", &["Encrypt"], json!({}))).await;
    let _ = node
        .ok(
            "ada",
            "RevokeGrant",
            &json!({ "KeyId": key, "GrantId": revoked }),
        )
        .await;
    node.node.stop().await.unwrap();

    let arn = key_arn(&key);
    let made = &audit_events(folder.path(), "CreateGrant")[0];
    assert_eq!(
        made["requestParameters"],
        json!({
            "keyId": key, "granteePrincipal": user("eve"), "retiringPrincipal": user("eva"),
            "operations": ["Encrypt"], "constraints": { "encryptionContextSubset": { "a": "b" } },
            "name": "n",
        })
    );
    assert_eq!(
        made["responseElements"],
        json!({ "grantId": id, "keyId": arn })
    );
    assert_eq!(
        (&made["readOnly"], &made["resources"][0]["ARN"]),
        (&json!(false), &json!(arn))
    );
    let retired = &audit_events(folder.path(), "RetireGrant")[0];
    assert_eq!(retired["requestParameters"], Value::Null);
    assert_eq!(retired["additionalEventData"]["grantId"], id);
    assert_eq!(retired["responseElements"], json!({ "keyId": arn }));
    assert_eq!(retired["resources"][0]["ARN"], arn);
    let revocation = &audit_events(folder.path(), "RevokeGrant")[0];
    assert_eq!(
        revocation["requestParameters"],
        json!({ "keyId": key, "grantId": revoked })
    );
    let log = fs::read_to_string(folder.path().join("audit/segment-00000001.jsonl")).unwrap();
    assert!(!log.contains(&token));
}
