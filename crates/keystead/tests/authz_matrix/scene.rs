//! What the calls of one situation are about: keys, aliases and grants of its own, so that
//! situations do not meet.

use keystead_testkit::Client;
use serde_json::{Value, json};

use crate::world::{Account, Principal};

/// What a grant can permit, by what the key is for: encryption, signatures, secrets, MACs.
pub(crate) const GRANTABLE: [&[&str]; 4] = [
    &[
        "CreateGrant",
        "Decrypt",
        "DescribeKey",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
        "RetireGrant",
    ],
    &["GetPublicKey", "Sign", "Verify"],
    &["DeriveSharedSecret"],
    &["GenerateMac", "VerifyMac"],
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
    /// Which signs.
    pub(crate) signing: String,
    /// Which agrees on secrets.
    pub(crate) agreeing: String,
    /// Which makes MACs.
    pub(crate) mac: String,
    /// Pending import.
    pub(crate) empty: String,
}

impl Keys {
    /// Those that work.
    pub(crate) const fn living(&self) -> [&String; 6] {
        [
            &self.main,
            &self.spare,
            &self.resting,
            &self.signing,
            &self.agreeing,
            &self.mac,
        ]
    }
}

/// What the keys made of the message of all calls.
pub(crate) struct Made {
    /// A ciphertext under the main key and the scene's context.
    pub(crate) blob: String,
    pub(crate) signature: String,
    pub(crate) mac: String,
    /// The public half of the key that agrees, which may agree with itself.
    pub(crate) peer: String,
}

/// The message of all calls, in base64.
pub(crate) const MESSAGE: &str = "aGVsbG8=";

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
    pub(crate) made: Made,
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
        let of = |spec: &str, usage: &str| {
            new_key(
                &keeper.client,
                &json!({"Policy": policy, "KeySpec": spec, "KeyUsage": usage}),
            )
        };
        let key = || of("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
        let keys = Keys {
            main: key(),
            doomed: key(),
            spare: key(),
            resting: key(),
            signing: of("ECC_NIST_P256", "SIGN_VERIFY"),
            agreeing: of("ECC_NIST_P256", "KEY_AGREEMENT"),
            mac: of("HMAC_256", "GENERATE_VERIFY_MAC"),
            empty: new_key(
                &keeper.client,
                &json!({"Policy": policy, "Origin": "EXTERNAL"}),
            ),
        };
        let done = keeper
            .client
            .ok("ScheduleKeyDeletion", &json!({"KeyId": keys.doomed}));
        assert_eq!(done["KeyState"], "PendingDeletion");
        let made = Made::by(&keeper.client, &keys, &self.context);
        let bystander = keeper.arn.clone();
        let constraints = constraints(self.asked.as_ref());
        let grant_on = |key: &str, grantee: &str, operations: &[&str]| {
            // Only grants on keys of symmetric encryption can ask for a context.
            let constraints = Some(&constraints).filter(|_| key == keys.main);
            let grant = json!({
                "KeyId": key, "GranteePrincipal": grantee, "Operations": operations,
                "Constraints": constraints,
            });
            let made = keeper.client.ok("CreateGrant", &grant);
            made["GrantId"].as_str().unwrap().to_owned()
        };
        let grant = |grantee: &str, operations: &[&str]| grant_on(&keys.main, grantee, operations);
        if let Some(grantee) = self.grantee {
            let on = [&keys.main, &keys.signing, &keys.agreeing, &keys.mac];
            for (key, operations) in on.into_iter().zip(GRANTABLE) {
                grant_on(key, &grantee.arn, operations);
            }
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
            made,
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

impl Made {
    fn by(keeper: &Client, keys: &Keys, context: &Value) -> Self {
        let made = |operation, input: Value, member: &str| {
            let answer = keeper.ok(operation, &input);
            answer[member].as_str().unwrap().to_owned()
        };
        let encrypt =
            json!({"KeyId": keys.main, "Plaintext": MESSAGE, "EncryptionContext": context});
        let sign = json!({
            "KeyId": keys.signing, "Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256",
        });
        let mac = json!({"KeyId": keys.mac, "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"});
        Self {
            blob: made("Encrypt", encrypt, "CiphertextBlob"),
            signature: made("Sign", sign, "Signature"),
            mac: made("GenerateMac", mac, "Mac"),
            peer: made("GetPublicKey", json!({"KeyId": keys.agreeing}), "PublicKey"),
        }
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
        constraints(self.asked.as_ref().map(|_| &self.context))
    }
}

/// A statement of a key policy that allows somebody everything.
pub(crate) fn allow(principal: &Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"})
}

/// The ARN of a new key.
fn new_key(keeper: &Client, input: &Value) -> String {
    let made = keeper.ok("CreateKey", input);
    made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

fn constraints(context: Option<&Value>) -> Value {
    context.map_or(
        Value::Null,
        |context| json!({"EncryptionContextSubset": context}),
    )
}
