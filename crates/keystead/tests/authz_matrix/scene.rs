//! What the calls of one situation are about: keys, aliases and grants of its own, so that
//! situations do not meet.

use keystead_testkit::Client;
use serde_json::{Value, json};

use crate::world::{Account, Principal};

/// What a grant can permit on a symmetric key.
pub(crate) const GRANTABLE: [&str; 9] = [
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "RetireGrant",
];

/// The keys of a scene, by their ARNs, all with the same policy.
pub(crate) struct Keys {
    /// Which most calls are about.
    pub(crate) main: String,
    /// Pending deletion.
    pub(crate) doomed: String,
    /// For calls that end a key.
    pub(crate) spare: String,
    /// For calls that disable a key, and enable it again.
    pub(crate) resting: String,
}

/// Grants on the main key that calls end.
pub(crate) struct Grants {
    pub(crate) to_retire: String,
    pub(crate) to_revoke: String,
}

/// What the calls of one situation are about.
pub(crate) struct Scene {
    /// How the aliases of the scene begin after `alias/`.
    name: String,
    owner: String,
    pub(crate) keys: Keys,
    pub(crate) grants: Grants,
    pub(crate) policy: String,
    /// A ciphertext under the main key and the context below.
    pub(crate) blob: String,
    pub(crate) context: Value,
    /// The context that grants ask for, if they do.
    asked: Option<Value>,
    /// Somebody to give grants to.
    pub(crate) bystander: String,
    pub(crate) callers_account: String,
}

/// How a scene is to be.
pub(crate) struct Plan<'a> {
    pub(crate) name: &'a str,
    /// Whose the keys are.
    pub(crate) owner: &'a Account,
    /// The statements of the key policy, beside the keeper's.
    pub(crate) statements: Vec<Value>,
    /// Who calls, if it gets a grant.
    pub(crate) grantee: Option<&'a Principal>,
    /// The encryption context that the grant asks for.
    pub(crate) asked: Option<Value>,
    /// The encryption context that calls send.
    pub(crate) context: Value,
    pub(crate) callers_account: &'a str,
}

impl<'a> Plan<'a> {
    /// A scene in an account, for callers of the same account.
    pub(crate) fn new(name: &'a str, owner: &'a Account, statements: Vec<Value>) -> Self {
        Self {
            name,
            owner,
            statements,
            grantee: None,
            asked: None,
            context: json!({"tenant": "blue"}),
            callers_account: &owner.id,
        }
    }

    pub(crate) fn set(self) -> Scene {
        let keeper = &self.owner.keeper;
        let mut statements = self.statements;
        statements.push(allow(&json!({"AWS": keeper.arn})));
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let key = || new_key(&keeper.client, &policy);
        let keys = Keys {
            main: key(),
            doomed: key(),
            spare: key(),
            resting: key(),
        };
        let done = keeper
            .client
            .ok("ScheduleKeyDeletion", &json!({"KeyId": keys.doomed}));
        assert_eq!(done["KeyState"], "PendingDeletion");
        let encrypt =
            json!({"KeyId": keys.main, "Plaintext": "aGVsbG8=", "EncryptionContext": self.context});
        let blob = &keeper.client.ok("Encrypt", &encrypt)["CiphertextBlob"];
        let bystander = keeper.arn.clone();
        let constraints = of(self.asked.as_ref());
        let grant = |grantee: &str, operations: &[&str]| {
            let grant = json!({
                "KeyId": keys.main, "GranteePrincipal": grantee, "Operations": operations,
                "Constraints": constraints,
            });
            let made = keeper.client.ok("CreateGrant", &grant);
            made["GrantId"].as_str().unwrap().to_owned()
        };
        if let Some(grantee) = self.grantee {
            grant(&grantee.arn, &GRANTABLE);
        }
        let grantee = self.grantee.map_or(&bystander, |grantee| &grantee.arn);
        let scene = Scene {
            name: self.name.replace([' ', ','], "-"),
            owner: self.owner.id.clone(),
            grants: Grants {
                to_retire: grant(grantee, &["Decrypt", "RetireGrant"]),
                to_revoke: grant(&bystander, &["Decrypt"]),
            },
            policy,
            blob: blob.as_str().unwrap().to_owned(),
            context: self.context,
            asked: self.asked,
            bystander,
            callers_account: self.callers_account.to_owned(),
            keys,
        };
        for alias in ["kept", "old"] {
            let alias = json!({"AliasName": scene.alias(alias), "TargetKeyId": scene.keys.main});
            assert_eq!(keeper.client.ok("CreateAlias", &alias), Value::Null);
        }
        scene
    }
}

impl Scene {
    pub(crate) fn alias(&self, name: &str) -> String {
        format!("alias/{}/{name}", self.name)
    }

    pub(crate) fn alias_arn(&self, name: &str) -> String {
        format!("arn:aws:kms:us-east-1:{}:{}", self.owner, self.alias(name))
    }

    /// The constraints of a grant that the caller makes: those of the caller's own.
    pub(crate) fn constraints(&self) -> Value {
        of(self.asked.as_ref().map(|_| &self.context))
    }
}

/// A statement of a key policy that allows somebody everything.
pub(crate) fn allow(principal: &Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"})
}

/// The ARN of a new key.
fn new_key(keeper: &Client, policy: &str) -> String {
    let made = keeper.ok("CreateKey", &json!({"Policy": policy}));
    made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

fn of(context: Option<&Value>) -> Value {
    context.map_or(
        Value::Null,
        |context| json!({"EncryptionContextSubset": context}),
    )
}
