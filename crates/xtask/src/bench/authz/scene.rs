//! Questions with facts as large as they get.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::grant::{
    ContextConstraint, GrantBook, GrantConstraints, GrantOperation, GrantPrincipal, GrantRecord,
    MAX_GRANTS_PER_KEY,
};
use keystead_core::key_id::KeyId;
use keystead_core::policy::{
    AttachedPolicy, CallerPolicies, ConditionKey, Context, Facts, Grants, KeyFamily, KeyPolicy,
    KnownKey, PolicyError, PolicySource, Principal, Question, Resource, ResourcePolicy, Values,
};
use keystead_core::time::Timestamp;

/// As many grants as a key can have.
pub(super) const GRANTS: usize = MAX_GRANTS_PER_KEY;

const ACCOUNT: &str = "111122223333";
const ROLE: &str = "arn:aws:iam::111122223333:role/service/orders";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/orders/i-0abcdef1234567890";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// A question and everything that bears on it.
pub(super) struct Scene {
    /// What is special about it.
    pub(super) name: &'static str,
    key_policy: KeyPolicy,
    identity: Vec<AttachedPolicy>,
    grants: GrantBook,
    request: Request,
}

/// What a request says besides who, what and on what.
struct Request {
    encryption_context: BTreeMap<String, String>,
}

impl Scene {
    /// All scenes.
    pub(super) fn all() -> Result<Vec<Self>, PolicyError> {
        let spread = |number| grant(number, other_role(number), None);
        let to_role = |number| {
            let tenant = format!("tenant-{number}");
            grant(number, ROLE.to_owned(), Some(tenant))
        };
        // In the middle of many others, one that permits.
        let one_of_many = |number| match number {
            25_000 => grant(number, ROLE.to_owned(), None),
            _ => spread(number),
        };
        let delegating = key_policy(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#);
        let closed = key_policy(r#"{"AWS":"arn:aws:iam::111122223333:role/admin"}"#);
        let scene = |name, policy: &str, grants: GrantBook| -> Result<Self, PolicyError> {
            Ok(Self {
                name,
                key_policy: KeyPolicy::parse(policy)?,
                identity: identity_policies(),
                grants,
                request: Request::new(),
            })
        };
        Ok(vec![
            scene(
                "key policy and identity policy",
                &delegating,
                GrantBook::default(),
            )?,
            scene("nothing allows, no grants", &closed, GrantBook::default())?,
            scene(
                "a grant, all others to other roles",
                &closed,
                book(one_of_many),
            )?,
            scene("a grant, all to the role by tenant", &closed, book(to_role))?,
            scene(
                "nothing allows, grants to other roles",
                &closed,
                book(spread),
            )?,
        ])
    }

    /// The question.
    pub(super) fn question(&self) -> Question<'_> {
        Question {
            principal: Principal::RoleSession {
                account: ACCOUNT,
                arn: SESSION,
                role_arn: ROLE,
                role_id: "AROAORDERSORDERSORDER",
                service_linked: false,
            },
            action: "kms:Decrypt",
            resource: Resource {
                arn: KEY,
                account: ACCOUNT,
            },
            context: &self.request,
        }
    }

    /// The facts.
    pub(super) fn facts(&self) -> Facts<'_> {
        let caller = CallerPolicies {
            identity: &self.identity,
            ..CallerPolicies::default()
        };
        let grants = Grants {
            book: &self.grants,
            encryption_context: Some(&self.request.encryption_context),
            source_arn: None,
        };
        Facts {
            grants: Some(grants),
            ..Facts::new(ResourcePolicy::Key(Ok(&self.key_policy)), caller)
        }
    }
}

impl Request {
    fn new() -> Self {
        let pairs = [
            ("application", "orders"),
            ("tenant", "tenant-25000"),
            ("table", "invoices"),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            encryption_context: pairs.into(),
        }
    }
}

impl Context for Request {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        match key {
            ConditionKey::Known(KnownKey::SecureTransport) => Values::truth(true),
            ConditionKey::Known(KnownKey::SourceIp) => Values::one("10.20.30.40"),
            ConditionKey::Known(KnownKey::PrincipalOrgId) => Values::one("o-exampleorg"),
            ConditionKey::Known(KnownKey::CallerAccount) => Values::one(ACCOUNT),
            ConditionKey::Named(KeyFamily::PrincipalTag, _) => Values::one("orders"),
            ConditionKey::Named(KeyFamily::EncryptionContext, name) => {
                let same = |pair: &(&String, &String)| pair.0.eq_ignore_ascii_case(name);
                let pair = self.encryption_context.iter().find(same);
                Values::maybe(pair.map(|(_, value)| value.as_str()))
            }
            _ => Values::Absent,
        }
    }
}

/// A key policy of twenty statements: four that deny under conditions, fifteen for other roles, and
/// one for whom it is about.
fn key_policy(principal: &str) -> String {
    let denials = [
        r#"{"Bool":{"aws:SecureTransport":"false"}}"#,
        r#"{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
        r#"{"StringNotLike":{"kms:EncryptionContext:tenant":"tenant-*"}}"#,
    ];
    let mut text = r#"{"Version":"2012-10-17","Statement":["#.to_owned();
    for condition in denials {
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            r#"{{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{condition}}},"#
        );
    }
    for number in 0..15 {
        let role = other_role(number);
        let _ = write!(
            text,
            r#"{{"Effect":"Allow","Principal":{{"AWS":"{role}"}},"Action":["kms:Encrypt","kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*","Condition":{{"StringEquals":{{"kms:CallerAccount":"{ACCOUNT}"}}}}}},"#
        );
    }
    let _ = write!(
        text,
        r#"{{"Effect":"Allow","Principal":{principal},"Action":"kms:*","Resource":"*"}}]}}"#
    );
    text
}

/// Ten policies of three statements each; the last of all allows.
fn identity_policies() -> Vec<AttachedPolicy> {
    let policy = |number: usize| {
        let key = match number {
            9 => r#"arn:aws:kms:*:111122223333:key/*"#,
            _ => r#"arn:aws:kms:eu-*:111122223333:key/*"#,
        };
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::bucket-{number}/*"}},
                {{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*"}},
                {{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"{key}",
                  "Condition":{{"StringEquals":{{"kms:EncryptionContext:application":"${{aws:PrincipalTag/application}}"}}}}}}
            ]}}"#
        );
        let arn = format!("arn:aws:iam::{ACCOUNT}:policy/policy-{number}");
        AttachedPolicy::compile(PolicySource::Managed { arn }, &text)
    };
    (0..10).map(policy).collect()
}

fn other_role(number: usize) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/service/other-{number}")
}

fn book(grant: impl Fn(usize) -> Option<GrantRecord>) -> GrantBook {
    let mut book = GrantBook::default();
    for grant in (0..GRANTS).filter_map(grant) {
        book.insert(Arc::new(grant));
    }
    book
}

/// A grant of five operations, for one tenant of the application or for all.
fn grant(number: usize, grantee: String, tenant: Option<String>) -> Option<GrantRecord> {
    let account: AccountId = ACCOUNT.parse().ok()?;
    let context = tenant.map(|tenant| {
        let pairs = [
            ("application".to_owned(), "orders".to_owned()),
            ("tenant".to_owned(), tenant),
        ];
        ContextConstraint::Subset(pairs.into())
    });
    let operations = [
        GrantOperation::Decrypt,
        GrantOperation::Encrypt,
        GrantOperation::GenerateDataKey,
        GrantOperation::DescribeKey,
        GrantOperation::RetireGrant,
    ];
    Some(GrantRecord {
        id: format!("{number:064x}"),
        account,
        key: KeyId::from_random([1; 16]),
        name: None,
        created: Timestamp::from_millis(0),
        grantee: GrantPrincipal::Aws {
            arn: grantee,
            unique_id: None,
        },
        retiring: None,
        issuing_account: account,
        operations: operations.into_iter().collect(),
        constraints: GrantConstraints {
            context,
            source_arn: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use keystead_core::policy::{Reason, decide};

    use super::*;

    #[test]
    fn each_scene_is_decided_as_its_name_says() {
        for scene in Scene::all().unwrap() {
            let facts = scene.facts();
            let decision = decide(&scene.question(), &facts);
            let reasons = decision.reasons();
            let found = match reasons {
                [Reason::Delegated(_), Reason::Allowed(_)] => "key policy and identity policy",
                [Reason::Granted(grant)] if grant.constraints.is_empty() => {
                    "a grant, all others to other roles"
                }
                [Reason::Granted(_)] => "a grant, all to the role by tenant",
                [Reason::NoResourcePolicyAllows] if scene.grants.is_empty() => {
                    "nothing allows, no grants"
                }
                [Reason::NoResourcePolicyAllows] => "nothing allows, grants to other roles",
                other => panic!("{}: {other:?}", scene.name),
            };
            assert_eq!(found, scene.name);
        }
    }
}
