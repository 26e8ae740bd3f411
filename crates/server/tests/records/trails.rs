//! The operations of Service Quotas, CloudTrail and S3.

use http::Method;
use serde_json::json;

use crate::world::{CLOUDTRAIL, SERVICE_QUOTAS, World};

const BUCKET: &str = "keystead-audit-111122223333";

pub(crate) async fn quotas(world: &World) {
    let quota = json!({"ServiceCode": "kms", "QuotaCode": "L-C2F1777E"});
    let service = json!({"ServiceCode": "kms", "MaxResults": 5});
    for (operation, input) in [
        ("GetAWSDefaultServiceQuota", &quota),
        ("GetServiceQuota", &quota),
        ("ListAWSDefaultServiceQuotas", &service),
        ("ListServiceQuotas", &service),
        ("ListServices", &json!({})),
    ] {
        world.json(SERVICE_QUOTAS, operation, input.clone()).await;
    }
}

pub(crate) async fn trail(world: &World) {
    let name = json!({"Name": "keystead"});
    let look = json!({
        "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "CreateKey"}],
        "MaxResults": 5,
    });
    for (operation, input) in [
        ("DescribeTrails", json!({"trailNameList": ["keystead"]})),
        ("GetTrail", name.clone()),
        ("GetTrailStatus", name),
        ("ListPublicKeys", json!({})),
        ("ListTrails", json!({})),
        ("LookupEvents", look),
    ] {
        world.json(CLOUDTRAIL, operation, input).await;
    }
}

pub(crate) async fn bucket(world: &World) {
    let bucket = format!("/{BUCKET}");
    world.node.clock.advance_seconds(3600);
    world
        .node
        .node
        .corridor()
        .trail
        .clone()
        .unwrap()
        .deliver()
        .await;
    world.s3("HeadBucket", Method::HEAD, &bucket).await;
    world
        .s3(
            "GetBucketLocation",
            Method::GET,
            &format!("{bucket}?location"),
        )
        .await;
    let listed = world
        .s3(
            "ListObjects",
            Method::GET,
            &format!("{bucket}?prefix=AWSLogs/&max-keys=1"),
        )
        .await;
    let key = listed.xml("Key");
    world.random(key.rsplit('/').next().unwrap(), "file");
    let object = format!("{bucket}/{key}");
    world.s3("HeadObject", Method::HEAD, &object).await;
    world.s3("GetObject", Method::GET, &object).await;
}
