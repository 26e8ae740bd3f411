//! Tags of the root, units, accounts and policies.

use keystead_testkit::node::OTHER_ACCOUNT;
use serde_json::json;

use crate::{DENY_KMS, Deployment};

#[tokio::test]
async fn everything_has_tags_of_its_own() {
    let deployment = Deployment::new().await;
    let root = deployment.root().await;
    let unit = deployment.unit(&root, "Unit").await;
    let policy = deployment.scp("P", DENY_KMS).await;
    for id in [root.as_str(), &unit, &policy, OTHER_ACCOUNT] {
        let list = json!({ "ResourceId": id });
        let none = deployment.ok("ListTagsForResource", list.clone()).await;
        assert_eq!(none["Tags"], json!([]), "{id}");
        let tags = json!([{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": id }]);
        let _ = deployment
            .ok("TagResource", json!({ "ResourceId": id, "Tags": tags }))
            .await;
        let found = deployment.ok("ListTagsForResource", list.clone()).await;
        assert_eq!(found["Tags"], tags, "{id}");
        let gone = json!({ "ResourceId": id, "TagKeys": ["a", "absent"] });
        let _ = deployment.ok("UntagResource", gone).await;
        let found = deployment.ok("ListTagsForResource", list).await;
        assert_eq!(found["Tags"], json!([{ "Key": "b", "Value": id }]), "{id}");
    }
}

#[tokio::test]
async fn what_is_no_tag() {
    let deployment = Deployment::new().await;
    let root = deployment.root().await;
    let tag = |key: &str| json!({ "Key": key, "Value": "" });
    let many: Vec<_> = (0..51).map(|number| tag(&number.to_string())).collect();
    for (id, tags, error) in [
        (
            root.as_str(),
            vec![tag("a"), tag("a")],
            "InvalidInputException DUPLICATE_TAG_KEY",
        ),
        (
            &root,
            vec![tag("aws:a")],
            "InvalidInputException INVALID_SYSTEM_TAGS_PARAMETER",
        ),
        (
            &root,
            many,
            "ConstraintViolationException MAX_TAG_LIMIT_EXCEEDED",
        ),
        ("123456789012", vec![tag("a")], "TargetNotFoundException"),
        ("p-12345678", vec![tag("a")], "TargetNotFoundException"),
    ] {
        let input = json!({ "ResourceId": id, "Tags": tags });
        assert_eq!(deployment.err("TagResource", input).await, error, "{id}");
    }
}
