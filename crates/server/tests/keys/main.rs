//! Keys of every kind at a running node: what each can do, and what is said to whom asks for more.
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

mod agreement;
mod aliases;
mod conditions;
mod encryption;
mod grants;
mod kinds;
mod macs;
mod pairs;
mod public_keys;
mod signing;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::node::ACCOUNT;
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};
use tempfile::TempDir;

const DRY_RUN: &str = "The request would have succeeded, but the DryRun option is set.";

/// A node, and the folder that it lives in.
struct Place {
    node: TestNode,
    _folder: TempDir,
}

impl Place {
    /// Ada administers, eve has no permission of her own, fay administers another account.
    async fn new() -> Self {
        Self::with(NodeOptions::new()).await
    }

    async fn with(options: NodeOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = options.admin("ada").user("eve", None).foreign_admin("fay");
        Self {
            node: options.start(folder.path()).await,
            _folder: folder,
        }
    }

    /// Makes a key as ada; returns its ARN.
    async fn key(&self, spec: &str, usage: &str) -> String {
        let made = self.ok("CreateKey", kind(spec, usage)).await;
        made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
    }

    async fn ok(&self, operation: &str, input: Value) -> Value {
        self.node.ok("ada", operation, &input).await
    }

    async fn err(&self, operation: &str, input: Value) -> (String, String) {
        self.node.err("ada", operation, &input).await
    }

    /// Calls that must be refused like this, each.
    async fn refused<'a>(
        &self,
        cases: impl IntoIterator<Item = (&'a str, Value, &'a str, String)>,
    ) {
        for (operation, input, code, message) in cases {
            let found = self.err(operation, input.clone()).await;
            assert_eq!(found, (code.to_owned(), message), "{operation} {input}");
        }
    }

    /// Checks that a dry run of a call that succeeds says so.
    async fn dry(&self, operation: &str, input: &Value) {
        let found = self
            .err(operation, with(input, "DryRun", json!(true)))
            .await;
        let expected = ("DryRunOperationException".to_owned(), DRY_RUN.to_owned());
        assert_eq!(found, expected, "{operation}");
    }
}

fn kind(spec: &str, usage: &str) -> Value {
    json!({"KeySpec": spec, "KeyUsage": usage})
}

/// The input with a member more, or with another value of one.
fn with(input: &Value, member: &str, value: Value) -> Value {
    let mut input = input.clone();
    input[member] = value;
    input
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn bytes(base64: &Value) -> Vec<u8> {
    STANDARD.decode(base64.as_str().unwrap()).unwrap()
}

/// The same bytes but for the last bit.
fn altered(base64: &Value) -> Value {
    let mut bytes = bytes(base64);
    *bytes.last_mut().unwrap() ^= 1;
    self::base64(&bytes).into()
}

fn user(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

fn disabled(arn: &str) -> String {
    format!("{arn} is disabled.")
}

fn unfit(algorithm: &str, spec: &str) -> String {
    format!("Algorithm {algorithm} is incompatible with key spec {spec}.")
}

fn misused(arn: &str, usage: &str, operation: &str) -> String {
    format!("{arn} key usage is {usage} which is not valid for {operation}.")
}
