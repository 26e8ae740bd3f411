//! IAM's operations, over a node in the test's own process: what they answer, whom they refuse, and
//! what holds afterwards.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access_keys;
mod account;
mod authorization;
mod groups;
mod inline_policies;
mod managed_policies;
mod oidc_providers;
mod paging;
mod races;
mod records;
mod roles;
mod service_linked_roles;
mod simulation;
mod terraform;
mod users;

use keystead_testkit::node::ACCOUNT;
use keystead_testkit::query::QueryService;
use keystead_testkit::{Answer, Credentials, NodeOptions, TestNode};
use tempfile::TempDir;

const ADMIN: &str = "root";
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// A node with an admin, and a folder for it.
struct World {
    node: TestNode,
    folder: TempDir,
}

/// The parameters of a call.
type Parameters<'a> = &'a [(&'a str, &'a str)];

impl World {
    async fn open() -> Self {
        Self::with(NodeOptions::new()).await
    }

    async fn with(options: NodeOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let node = options.admin(ADMIN).start(folder.path()).await;
        Self { node, folder }
    }

    /// Calls an operation of IAM.
    async fn call(&self, caller: &Credentials, action: &str, parameters: Parameters<'_>) -> Answer {
        self.node
            .query(QueryService::IAM, caller, action, parameters)
            .await
    }

    /// Calls an operation as the admin, which must succeed.
    async fn ok(&self, action: &str, parameters: Parameters<'_>) -> Answer {
        self.ok_as(&Credentials::of(ADMIN), action, parameters)
            .await
    }

    /// Calls an operation that must succeed.
    async fn ok_as(
        &self,
        caller: &Credentials,
        action: &str,
        parameters: Parameters<'_>,
    ) -> Answer {
        let answer = self.call(caller, action, parameters).await;
        assert_eq!(answer.status, 200, "{action}: {}", answer.text());
        answer
    }

    /// Calls an operation as the admin, which must be refused so.
    async fn refused(
        &self,
        action: &str,
        parameters: Parameters<'_>,
        (status, code, message): (u16, &str, &str),
    ) {
        let answer = self.call(&Credentials::of(ADMIN), action, parameters).await;
        let found = (answer.status, answer.xml("Code"), answer.xml("Message"));
        let expected = (status, code.to_owned(), message.to_owned());
        assert_eq!(found, expected, "{action} {parameters:?}");
    }

    /// Calls an operation that must be refused; its error's code.
    async fn code(&self, caller: &Credentials, action: &str, parameters: Parameters<'_>) -> String {
        let answer = self.call(caller, action, parameters).await;
        assert_ne!(answer.status, 200, "{action}: {}", answer.text());
        answer.xml("Code")
    }

    /// Makes an access key of a user.
    async fn key_of(&self, user: &str) -> Credentials {
        let made = self.ok("CreateAccessKey", &[("UserName", user)]).await;
        Credentials::shown_by(&made)
    }
}

/// The ARN of something of the account, such as `user/ada`.
fn arn(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

fn no_such(kind: &str, name: &str) -> String {
    format!("The {kind} with name {name} cannot be found.")
}
