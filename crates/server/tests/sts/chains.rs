//! What goes along a chain of sessions.

use keystead_testkit::NodeOptions;
use keystead_testkit::node::ACCOUNT;

use super::{EVERYTHING, World, as_user, refusal, root_of, statement, trust_in};

const TAGS: [(&str, &str); 5] = [
    ("Tags.member.1.Key", "Team"),
    ("Tags.member.1.Value", "blue"),
    ("Tags.member.2.Key", "stage"),
    ("Tags.member.2.Value", "prod"),
    ("TransitiveTagKeys.member.1", "Team"),
];

/// Two roles, of which the second lets sessions in that have the tag `team=blue`.
async fn world() -> World {
    let trust = trust_in(&root_of(ACCOUNT));
    let blue = statement(
        r#""Effect":"Allow","Action":"iam:ListUsers","Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue"}}"#,
    );
    let prod = statement(
        r#""Effect":"Allow","Action":"iam:ListUsers","Condition":{"StringEquals":{"aws:PrincipalTag/stage":"prod"}}"#,
    );
    let untagged = trust.replace(r#","sts:TagSession""#, "");
    let options = NodeOptions::new()
        .admin("ada")
        .role("first", &trust, Some(EVERYTHING))
        .role("blue", &trust, Some(&blue))
        .role("prod", &trust, Some(&prod))
        .role("untagged", &untagged, Some(EVERYTHING));
    World::of(options).await
}

#[tokio::test]
async fn transitive_tags_go_along_and_others_do_not() {
    let world = world().await;
    let (_, first) = world.assume(&as_user("ada"), "first", &TAGS).await;
    let (_, blue) = world.assume(&first, "blue", &[]).await;
    let (_, prod) = world.assume(&first, "prod", &[]).await;
    assert_eq!(world.list_users(&blue).await, "ok");
    assert_eq!(world.list_users(&prod).await, "AccessDenied");
    let other = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ];
    let refused = world.try_assume(&first, "blue", &other).await;
    assert_eq!(refusal(&refused).0, "ValidationError");
}

#[tokio::test]
async fn a_tag_whose_name_only_looks_alike_replaces_no_transitive_one() {
    let trust = trust_in(&root_of(ACCOUNT));
    let safe = statement(
        r#""Effect":"Allow","Action":"iam:ListUsers","Condition":{"StringEquals":{"aws:PrincipalTag/kind":"safe"}}"#,
    );
    let options = NodeOptions::new()
        .admin("ada")
        .role("first", &trust, Some(EVERYTHING))
        .role("safe", &trust, Some(&safe));
    let world = World::of(options).await;
    let kind = [
        ("Tags.member.1.Key", "kind"),
        ("Tags.member.1.Value", "risky"),
        ("TransitiveTagKeys.member.1", "kind"),
    ];
    let (_, first) = world.assume(&as_user("ada"), "first", &kind).await;
    // U+212A KELVIN SIGN is a `k` in lower case to Unicode, and not to ASCII.
    let alike = [
        ("Tags.member.1.Key", "\u{212A}ind"),
        ("Tags.member.1.Value", "safe"),
    ];
    let (_, second) = world.assume(&first, "safe", &alike).await;
    assert_eq!(world.list_users(&second).await, "AccessDenied");
}

#[tokio::test]
async fn tags_ask_for_a_permission_of_their_own() {
    let world = world().await;
    let ada = as_user("ada");
    assert_eq!(world.try_assume(&ada, "untagged", &[]).await.status, 200);
    let refused = world.try_assume(&ada, "untagged", &TAGS).await;
    assert!(refusal(&refused).1.contains("sts:TagSession"));
    let (_, first) = world.assume(&ada, "first", &TAGS).await;
    let refused = world.try_assume(&first, "untagged", &[]).await;
    assert!(refusal(&refused).1.contains("sts:TagSession"));
}

#[tokio::test]
async fn a_source_identity_stays() {
    let world = world().await;
    let said = [("SourceIdentity", "ada")];
    let (answer, first) = world.assume(&as_user("ada"), "first", &said).await;
    assert_eq!(answer.xml("SourceIdentity"), "ada");
    let (answer, _) = world.assume(&first, "blue", &[]).await;
    assert_eq!(answer.xml("SourceIdentity"), "ada");
    let refused = world
        .try_assume(&first, "blue", &[("SourceIdentity", "eve")])
        .await;
    assert_eq!(refusal(&refused).0, "AccessDenied");
}

#[tokio::test]
async fn a_chained_session_lasts_an_hour_at_most() {
    let world = world().await;
    let (_, first) = world.assume(&as_user("ada"), "first", &[]).await;
    let refused = world
        .try_assume(&first, "blue", &[("DurationSeconds", "3601")])
        .await;
    let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    assert_eq!(
        refusal(&refused),
        ("ValidationError".to_owned(), message.to_owned())
    );
}
