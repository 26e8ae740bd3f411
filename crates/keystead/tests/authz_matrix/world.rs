//! A deployment with an organization, and the principals that a situation asks for.

use std::fs;

use keystead_testkit::node::JsonService;
use keystead_testkit::query::QueryService;
use keystead_testkit::{Client, Credentials, Server, ServerOptions};
use serde_json::{Value, json};

/// The role by which the management account gets into a member account.
const WAY_IN: &str = "OrganizationAccountAccessRole";
/// A service that calls for others.
const SERVICE: &str = "s3.us-east-1.amazonaws.com";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const ENDPOINTS: &str = r#"
[[vpc_endpoint]]
id = "vpce-denying"
vpc = "vpc-1"
listen = "127.0.0.1:0"
policy = "denying.json"

[[vpc_endpoint]]
id = "vpce-silent"
vpc = "vpc-1"
listen = "127.0.0.1:0"
policy = "silent.json"
"#;

/// The server, and the accounts that all situations share.
pub(crate) struct World {
    server: Server,
    /// The account that manages the organization, which no service control policy touches.
    pub(crate) home: Account,
    /// A member account.
    pub(crate) away: Account,
}

/// An account, and who prepares things in it.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) id: String,
    /// May do everything, by every key policy too.
    pub(crate) keeper: Principal,
}

/// Somebody who calls.
#[derive(Clone)]
pub(crate) struct Principal {
    /// What a key policy or a grant names it by.
    pub(crate) arn: String,
    pub(crate) client: Client,
}

/// One statement, in a policy without principals.
pub(crate) fn policy(statement: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

/// Allows everything.
pub(crate) fn everything() -> Value {
    json!({"Effect": "Allow", "Action": "*", "Resource": "*"})
}

/// Denies all of KMS.
pub(crate) fn denial() -> Value {
    json!({"Effect": "Deny", "Action": "kms:*", "Resource": "*"})
}

/// Allows everything but KMS.
pub(crate) fn silence() -> Value {
    json!({"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"})
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let for_everyone = |statements: [Value; 2]| {
            let name = |mut statement: Value| {
                statement["Principal"] = "*".into();
                statement
            };
            policy(&json!(statements.map(name)))
        };
        write("keystead.toml", ENDPOINTS);
        write("denying.json", &for_everyone([everything(), denial()]));
        write("silent.json", &for_everyone([silence(), silence()]));
        let config = folder.path().join("keystead.toml");
        let server = ServerOptions::new(env!("CARGO_BIN_EXE_keystead"))
            .arg("--config")
            .arg(config.to_str().unwrap())
            .start_in(folder);
        let admin = server.client();
        let own = admin.query_ok(QueryService::STS, "GetCallerIdentity", &[]);
        let home = Account {
            id: own.xml("Account"),
            keeper: Principal {
                arn: own.xml("Arn"),
                client: admin,
            },
        };
        let made = home.organizations("CreateOrganization", &json!({"FeatureSet": "ALL"}));
        assert_eq!(made["Organization"]["MasterAccountId"], home.id.as_str());
        let root = home.organizations("ListRoots", &json!({}));
        let root = &root["Roots"][0]["Id"];
        for kind in ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] {
            home.organizations(
                "EnablePolicyType",
                &json!({"RootId": root, "PolicyType": kind}),
            );
        }
        let away = home.member("away");
        Self { server, home, away }
    }

    /// A client that comes in by a VPC endpoint.
    pub(crate) fn by_endpoint(&self, id: &str, client: &Client) -> Client {
        client.by(self.server.endpoint(id))
    }

    /// The root user of the home account, who has no access key: a service calls on its behalf.
    pub(crate) fn root(&self) -> Principal {
        let keeper = &self.home.keeper.client;
        let name = json!({"ServiceName": SERVICE});
        let _ = keeper.json_ok(JsonService::KEYSTEAD, "PutService", &name);
        let made = keeper.json_ok(JsonService::KEYSTEAD, "CreateServiceAccessKey", &name);
        let value = |name: &str| made["AccessKey"][name].as_str().unwrap().to_owned();
        let mut client = keeper.with_credentials(&value("AccessKeyId"), &value("SecretAccessKey"));
        let arn = format!("arn:aws:iam::{}:root", self.home.id);
        client.more_headers = vec![("x-keystead-on-behalf-of", arn.clone())];
        Principal { arn, client }
    }
}

impl Account {
    /// Calls an operation of Organizations, which must succeed.
    pub(crate) fn organizations(&self, operation: &str, input: &Value) -> Value {
        let service = JsonService::ORGANIZATIONS;
        self.keeper.client.json_ok(service, operation, input)
    }

    /// Makes a member account.
    pub(crate) fn member(&self, name: &str) -> Self {
        let input = json!({"AccountName": name, "Email": format!("{name}@example.com")});
        let made = self.organizations("CreateAccount", &input);
        let id = made["CreateAccountStatus"]["AccountId"].as_str().unwrap();
        let role = format!("arn:aws:iam::{id}:role/{WAY_IN}");
        Self {
            id: id.to_owned(),
            keeper: self.assumed(&role, None),
        }
    }

    /// Puts a control policy on an account.
    pub(crate) fn control(&self, account: &Self, kind: &str, statement: &Value) {
        let input = json!({
            "Name": format!("of-{}", account.id), "Description": "", "Type": kind,
            "Content": policy(statement),
        });
        let made = self.organizations("CreatePolicy", &input);
        let id = &made["Policy"]["PolicySummary"]["Id"];
        let target = json!({"PolicyId": id, "TargetId": account.id});
        self.organizations("AttachPolicy", &target);
    }

    /// Takes the policy away from an account that allows everything.
    pub(crate) fn without_full_access(&self, account: &Self) {
        let target = json!({"PolicyId": "p-FullAWSAccess", "TargetId": account.id});
        self.organizations("DetachPolicy", &target);
    }

    /// Makes a user, with an inline policy or none.
    pub(crate) fn user(&self, name: &str, statement: Option<&Value>) -> Principal {
        let made = self.iam("CreateUser", &[("UserName", name)]);
        if let Some(statement) = statement {
            let text = policy(statement);
            let inline = [
                ("UserName", name),
                ("PolicyName", "inline"),
                ("PolicyDocument", &text),
            ];
            self.iam("PutUserPolicy", &inline);
        }
        let key = self.iam("CreateAccessKey", &[("UserName", name)]);
        Principal {
            arn: made.xml("Arn"),
            client: self.keeper.client.with(&Credentials::shown_by(&key)),
        }
    }

    /// Makes a user to whom `AdministratorAccess` is attached.
    pub(crate) fn administrator(&self, name: &str) -> Principal {
        let user = self.user(name, None);
        let attached = [("UserName", name), ("PolicyArn", ADMINISTRATOR)];
        self.iam("AttachUserPolicy", &attached);
        user
    }

    /// Makes a role that the account's keeper may become and to which `AdministratorAccess` is
    /// attached; returns its ARN.
    pub(crate) fn role(&self, name: &str) -> String {
        let trust = policy(&json!({
            "Effect": "Allow", "Principal": {"AWS": self.id}, "Action": "sts:AssumeRole",
        }));
        let role = [
            ("RoleName", name),
            ("AssumeRolePolicyDocument", trust.as_str()),
        ];
        let made = self.iam("CreateRole", &role);
        let attached = [("RoleName", name), ("PolicyArn", ADMINISTRATOR)];
        self.iam("AttachRolePolicy", &attached);
        made.xml("Arn")
    }

    /// A session of a role, with a session policy or none.
    pub(crate) fn assumed(&self, role: &str, session_policy: Option<&Value>) -> Principal {
        let text = session_policy.map(policy);
        let mut parameters = vec![("RoleArn", role), ("RoleSessionName", "session")];
        parameters.extend(text.as_deref().map(|text| ("Policy", text)));
        let client = &self.keeper.client;
        let answer = client.query_ok(QueryService::STS, "AssumeRole", &parameters);
        Principal {
            arn: answer.xml("Arn"),
            client: client.with(&Credentials::shown_by(&answer)),
        }
    }

    /// Gives a user or a role (`User`, `Role`) a permissions boundary.
    pub(crate) fn bound(&self, kind: &str, name: &str, statement: &Value) {
        let boundary = format!("boundary-of-{name}");
        let text = policy(statement);
        let made = [("PolicyName", boundary.as_str()), ("PolicyDocument", &text)];
        let arn = self.iam("CreatePolicy", &made).xml("Arn");
        let (action, member) = (
            format!("Put{kind}PermissionsBoundary"),
            format!("{kind}Name"),
        );
        self.iam(&action, &[(&member, name), ("PermissionsBoundary", &arn)]);
    }

    fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> keystead_testkit::Answer {
        let client = &self.keeper.client;
        client.query_ok(QueryService::IAM, action, parameters)
    }
}
