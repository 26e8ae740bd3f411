//! Organizations at a running node: its tree, its policies, and what they do to calls of KMS.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod accounts;
mod attachments;
mod decisions;
mod deployment;
mod organization;
mod permissions;
mod policies;
mod simulation;
mod tags;
mod units;

use deployment::Deployment;

/// An SCP that denies everything of KMS.
const DENY_KMS: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"kms:*","Resource":"*"}}"#;
/// An SCP that allows to describe keys, and nothing else.
const ALLOW_DESCRIBE: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}}"#;
