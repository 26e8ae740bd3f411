//! STS, over a node in the test's own process: who gets credentials, what they are good for, and
//! when they end.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod assume_role;
mod chains;
mod grants;
mod own_sessions;
#[path = "../support/token_signer.rs"]
mod token_signer;
mod tokens;
mod web_identity;

use keystead_testkit::node::ACCOUNT;
use keystead_testkit::query::QueryService;
use keystead_testkit::{Answer, Credentials, NodeOptions, TestNode};
use tempfile::TempDir;

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// A node in a folder of its own.
struct World {
    node: TestNode,
    folder: TempDir,
}

impl World {
    async fn of(options: NodeOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            node: options.start(folder.path()).await,
            folder,
        }
    }

    /// An admin, a user without policies, and the role `app`, which the account may become and which
    /// may do everything.
    async fn usual() -> Self {
        let options = NodeOptions::new().admin("ada").user("bob", None).role(
            "app",
            &trust_in(&root_of(ACCOUNT)),
            Some(EVERYTHING),
        );
        Self::of(options).await
    }

    async fn sts(&self, caller: &Credentials, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.node
            .query(QueryService::STS, caller, action, parameters)
            .await
    }

    /// Becomes a role, which must succeed.
    async fn assume(
        &self,
        caller: &Credentials,
        role: &str,
        more: &[(&str, &str)],
    ) -> (Answer, Credentials) {
        let answer = self.try_assume(caller, role, more).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let credentials = Credentials::shown_by(&answer);
        (answer, credentials)
    }

    async fn try_assume(&self, caller: &Credentials, role: &str, more: &[(&str, &str)]) -> Answer {
        let arn = role_arn(role);
        let usual = [("RoleArn", arn.as_str()), ("RoleSessionName", "session")];
        let all: Vec<_> = usual.into_iter().chain(more.iter().copied()).collect();
        self.sts(caller, "AssumeRole", &all).await
    }

    /// The ARN that a caller is told to be, or the code of the error.
    async fn who(&self, caller: &Credentials) -> String {
        let answer = self.sts(caller, "GetCallerIdentity", &[]).await;
        let name = if answer.status == 200 { "Arn" } else { "Code" };
        answer.xml(name)
    }

    /// What a caller is told who asks for all users: `ok`, or the code of the error.
    async fn list_users(&self, caller: &Credentials) -> String {
        let answer = self
            .node
            .query(QueryService::IAM, caller, "ListUsers", &[])
            .await;
        if answer.status == 200 {
            return "ok".to_owned();
        }
        answer.xml("Code")
    }
}

fn as_user(name: &str) -> Credentials {
    Credentials::of(name)
}

fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

fn root_of(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

/// A trust policy that lets a principal become the role, with tags and a source identity.
fn trust_in(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}}}}"#
    )
}

/// A policy with one statement, of this effect on these actions.
fn statement(rest: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{{rest},"Resource":"*"}}}}"#)
}

/// The code and the message of an error.
fn refusal(answer: &Answer) -> (String, String) {
    assert_ne!(answer.status, 200, "{}", answer.text());
    (answer.xml("Code"), answer.xml("Message"))
}
