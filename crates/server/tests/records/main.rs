//! The audit record of every operation that is served, and of what happens without a call: compared member by
//! member with what the CloudTrail reference says, and committed as a page so that each change of one shows.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod iam;
mod keystead;
mod kms;
mod names;
mod organizations;
mod reference;
mod sts;
#[path = "../support/token_signer.rs"]
mod token_signer;
mod trails;
mod world;
#[path = "../support/wrapping.rs"]
mod wrapping;

use std::collections::BTreeSet;
use std::path::Path;

use keystead_server::router::{self, Route};
use keystead_testkit::committed;

use crate::world::World;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/records.txt");

/// The operations of each service, and the service's name in `eventSource`.
const SERVED: [(&str, &[Route]); 8] = [
    ("kms", router::KMS),
    ("sts", router::STS),
    ("iam", router::IAM),
    ("organizations", router::ORGANIZATIONS),
    ("servicequotas", router::SERVICE_QUOTAS),
    ("cloudtrail", router::CLOUDTRAIL),
    ("s3", router::S3),
    ("keystead", router::KEYSTEAD),
];

/// What happens without a call.
const EVENTS: [&str; 3] = ["DeleteExpiredKeyMaterial", "DeleteKey", "RotateKey"];

#[tokio::test]
async fn every_record_is_as_it_is_written_down() {
    let world = World::open().await;
    kms::keys(&world).await;
    kms::uses(&world).await;
    kms::other_uses(&world).await;
    kms::grants(&world).await;
    kms::rotations(&world).await;
    kms::imports(&world).await;
    kms::deletion(&world).await;
    kms::custom_key_stores(&world).await;
    iam::users(&world).await;
    iam::groups(&world).await;
    iam::roles(&world).await;
    iam::policies(&world).await;
    iam::providers(&world).await;
    iam::account(&world).await;
    sts::sessions(&world).await;
    keystead::others(&world).await;
    trails::quotas(&world).await;
    trails::trail(&world).await;
    trails::bucket(&world).await;
    // Last, since an organization changes what is allowed. Only who manages one registers services.
    organizations::accounts(&world).await;
    keystead::services(&world).await;
    organizations::policies(&world).await;
    let (page, compared) = world.finish().await;

    let routes = SERVED.iter().flat_map(|(service, routes)| {
        let named = move |route: &Route| format!("{service} {}", route.name);
        routes.iter().map(named)
    });
    let events = EVENTS.map(|event| format!("kms {event}, an event"));
    let all: BTreeSet<String> = routes.chain(events).collect();
    let missing: Vec<_> = all.difference(&compared).collect();
    assert!(missing.is_empty(), "without a record: {missing:?}");
    committed::check(Path::new(FILE), &page);
}
