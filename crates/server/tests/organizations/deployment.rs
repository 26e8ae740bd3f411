//! A node with an organization: ada administers the management account, fay a member account, and
//! a service of the management account's can call for anybody.

use keystead_core::arn::AccountId;
use keystead_core::identity::{AccountRecord, AccountStatus, JoinedBy, Membership};
use keystead_core::tag::Tags;
use keystead_server::directory::record::encode;
use keystead_store::{Commit, Expect, Revision};
use keystead_testkit::call::Answer;
use keystead_testkit::node::{ACCOUNT, JsonService, OTHER_ACCOUNT};
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// May see the organization, and do no more.
const LOOK: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"organizations:Describe*","Resource":"*"}}"#;
/// The service's name.
const SERVICE: &str = "s3.us-east-1.amazonaws.com";

pub(crate) struct Deployment {
    pub(crate) node: TestNode,
    folder: TempDir,
}

impl Deployment {
    /// A node without an organization.
    pub(crate) async fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let node = start(&folder).await;
        Self { node, folder }
    }

    /// A node whose organization has the two accounts, right below the root.
    pub(crate) async fn new() -> Self {
        let deployment = Self::bare().await;
        let _ = deployment.ok("CreateOrganization", json!({})).await;
        let root = deployment.root().await;
        deployment.join(OTHER_ACCOUNT, &root).await;
        deployment
    }

    /// The same, with both kinds of policies in force.
    pub(crate) async fn with_policies() -> Self {
        let deployment = Self::new().await;
        let root = deployment.root().await;
        for kind in ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] {
            let input = json!({ "RootId": root, "PolicyType": kind });
            let _ = deployment.ok("EnablePolicyType", input).await;
        }
        deployment
    }

    /// Stops the node and starts it again.
    pub(crate) async fn restarted(self) -> Self {
        let Self { node, folder } = self;
        node.node.stop().await.unwrap();
        let node = start(&folder).await;
        Self { node, folder }
    }

    /// Puts an account that is there already into the organization, as no operation does: only a
    /// test needs an administrator of a member account with an access key.
    async fn join(&self, account: &str, root: &str) {
        let account: AccountId = account.parse().unwrap();
        let path = format!("/iam/account/{account}");
        let store = &self.node.identity_store;
        let stored = store.get(&path).await.unwrap().unwrap();
        let record = AccountRecord {
            membership: Some(Membership {
                name: "Member".to_owned(),
                email: "member@example.com".to_owned(),
                status: AccountStatus::Active,
                joined_by: JoinedBy::Invited,
                joined: keystead_core::time::Timestamp::from_millis(0),
                parent: root.to_owned(),
                tags: Tags::default(),
            }),
            ..AccountRecord::new(account, keystead_core::time::Timestamp::from_millis(0))
        };
        let revision: Revision = stored.mod_revision;
        let commit = Commit::new()
            .expect(path.clone(), Expect::Revision(revision))
            .put(path, encode(&record).unwrap());
        store.commit(commit).await.unwrap();
        // Nothing tells when the node has followed, but the next of its own changes, which waits.
        let root = json!({ "ResourceId": root, "TagKeys": ["none"] });
        let _ = self.ok("UntagResource", root).await;
    }

    /// Calls an operation of Organizations.
    pub(crate) async fn call(&self, user: &str, operation: &str, input: Value) -> Answer {
        let service = JsonService::ORGANIZATIONS;
        self.node
            .call_json(service, user, &[], operation, &input)
            .await
    }

    /// Calls an operation of Organizations as ada; it must succeed.
    pub(crate) async fn ok(&self, operation: &str, input: Value) -> Value {
        let answer = self.call("ada", operation, input).await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        answer.json()
    }

    /// Calls an operation of Organizations as ada; it must fail. Returns the exception with its
    /// reason, if it has one.
    pub(crate) async fn err(&self, operation: &str, input: Value) -> String {
        let answer = self.call("ada", operation, input).await;
        assert_eq!(answer.status, 400, "{operation}: {}", answer.text());
        match answer.json()["Reason"].as_str() {
            Some(reason) => format!("{} {reason}", answer.error()),
            None => answer.error(),
        }
    }

    /// Calls KMS as the root user of the member account.
    pub(crate) async fn as_member_root(&self, operation: &str, input: &Value) -> Answer {
        let root = format!("arn:aws:iam::{OTHER_ACCOUNT}:root");
        let headers = [("x-keystead-on-behalf-of", root.as_str())];
        self.node
            .call_with(SERVICE, &headers, operation, input)
            .await
    }

    /// The root's id.
    pub(crate) async fn root(&self) -> String {
        let roots = self.ok("ListRoots", json!({})).await;
        text(&roots, "/Roots/0/Id")
    }

    /// Makes a unit; returns its id.
    pub(crate) async fn unit(&self, parent: &str, name: &str) -> String {
        let input = json!({ "ParentId": parent, "Name": name });
        let made = self.ok("CreateOrganizationalUnit", input).await;
        text(&made, "/OrganizationalUnit/Id")
    }

    /// Makes a service control policy; returns its id.
    pub(crate) async fn scp(&self, name: &str, content: &str) -> String {
        self.policy("SERVICE_CONTROL_POLICY", name, content).await
    }

    /// Makes a policy; returns its id.
    pub(crate) async fn policy(&self, kind: &str, name: &str, content: &str) -> String {
        let input = json!({ "Type": kind, "Name": name, "Description": "", "Content": content });
        let made = self.ok("CreatePolicy", input).await;
        text(&made, "/Policy/PolicySummary/Id")
    }

    /// Attaches a policy.
    pub(crate) async fn attach(&self, policy: &str, target: &str) {
        let input = json!({ "PolicyId": policy, "TargetId": target });
        let _ = self.ok("AttachPolicy", input).await;
    }

    /// Detaches a policy.
    pub(crate) async fn detach(&self, policy: &str, target: &str) {
        let input = json!({ "PolicyId": policy, "TargetId": target });
        let _ = self.ok("DetachPolicy", input).await;
    }

    /// Moves the member account.
    pub(crate) async fn shift(&self, source: &str, destination: &str) {
        let input = json!({
            "AccountId": OTHER_ACCOUNT, "SourceParentId": source, "DestinationParentId": destination,
        });
        let _ = self.ok("MoveAccount", input).await;
    }
}

async fn start(folder: &TempDir) -> TestNode {
    NodeOptions::new()
        .admin("ada")
        .user("bob", Some(LOOK))
        .foreign_admin("fay")
        .service(SERVICE)
        .start(folder.path())
        .await
}

/// The text at a place in an answer.
pub(crate) fn text(answer: &Value, place: &str) -> String {
    answer.pointer(place).unwrap().as_str().unwrap().to_owned()
}

/// The ids, or other texts, of all entries of a list.
pub(crate) fn all(answer: &Value, list: &str, member: &str) -> Vec<String> {
    let entries = answer[list].as_array().unwrap().iter();
    entries
        .map(|entry| entry[member].as_str().unwrap().to_owned())
        .collect()
}

/// `arn:aws:organizations::<management account>:<rest>`.
pub(crate) fn arn(rest: &str) -> String {
    format!("arn:aws:organizations::{ACCOUNT}:{rest}")
}
