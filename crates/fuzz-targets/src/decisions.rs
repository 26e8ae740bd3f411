//! Policies and grants as callers write them, and the decisions that rest on them.
//!
//! An input is texts between lines of three hyphens: the question, the key's policy, and then policies of the caller, a
//! boundary, a session's policy, a service control policy, a resource control policy, an endpoint's policy and a grant,
//! of which those that are missing or empty are not there. The question is lines: the action, who asks, the resource,
//! and `key=value` for what else is known of the request.

use std::sync::Arc;

use keystead_core::grant::{GrantBook, GrantRecord};
use keystead_core::policy::{
    Attached, AttachedPolicy, CallerPolicies, ConditionKey, Context, ControlLevel, Decision,
    EndpointPolicy, Facts, Grants, IdentityPolicy, KeyPolicy, PolicyError, PolicySource, Principal,
    Question, Resource, ResourceControlPolicy, ResourcePolicy, Values, decide, explain,
    near_misses,
};

use crate::parts::documents;

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const DENY_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut texts = documents(text);
    let asked = Asked::of(texts.next().unwrap_or_default());
    let world = World::of(texts);
    let question = Question {
        principal: principal(asked.who),
        action: asked.action,
        resource: Resource {
            arn: asked.resource,
            account: ACCOUNT,
        },
        context: &asked,
    };
    let facts = world.facts();
    let decision = decide(&question, &facts);
    assert!(!decision.reasons().is_empty());
    agreed(&question, &facts, &decision);
    denied_by_one_more(&question, &world);
    if world.is_malformed() {
        assert!(!decision.is_allowed(), "{decision:?}");
    }
}

/// The answer is always the same, and whoever explains it gives the same one.
fn agreed(question: &Question<'_>, facts: &Facts<'_>, decision: &Decision<'_>) {
    let told = format!("{decision:?}");
    assert_eq!(format!("{:?}", decide(question, facts)), told);
    let explanation = explain(question, facts);
    assert_eq!(format!("{:?}", explanation.decision), told);
    if decision.is_allowed() {
        assert!(!decision.is_explicit_deny());
    } else {
        let near = near_misses(question, facts);
        assert_eq!(
            format!("{near:?}"),
            format!("{:?}", near_misses(question, facts))
        );
    }
}

/// One more policy that denies everything denies, whatever else there is.
fn denied_by_one_more(question: &Question<'_>, world: &World) {
    // It would be a policy of nobody.
    if question.principal.account().is_none() {
        return;
    }
    let mut identity = world.identity.clone();
    identity.push(AttachedPolicy::compile(source(), DENY_ALL));
    let mut facts = world.facts();
    facts.caller.identity = &identity;
    assert!(!decide(question, &facts).is_allowed());
}

/// What the first text asks.
struct Asked<'a> {
    action: &'a str,
    who: &'a str,
    resource: &'a str,
    context: Vec<(ConditionKey, &'a str)>,
}

impl<'a> Asked<'a> {
    fn of(text: &'a str) -> Self {
        let mut lines = text.lines();
        let mut next = || lines.next().unwrap_or_default();
        let (action, who, resource) = (next(), next(), next());
        let context = lines.filter_map(|line| line.split_once('='));
        Self {
            action,
            who,
            resource,
            context: context
                .map(|(name, value)| (ConditionKey::parse(name), value))
                .collect(),
        }
    }
}

impl Context for Asked<'_> {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        let given = self.context.iter().filter(|(known, _)| known == key);
        let mut values = given.map(|(_, value)| *value);
        if key.is_multivalued() {
            return Values::many(values);
        }
        Values::maybe(values.next())
    }
}

/// Who asks, by a word.
fn principal(who: &str) -> Principal<'_> {
    match who {
        "root" => Principal::Root {
            account: ACCOUNT,
            arn: "arn:aws:iam::111122223333:root",
        },
        "role" => Principal::RoleSession {
            account: ACCOUNT,
            arn: "arn:aws:sts::111122223333:assumed-role/app/pod",
            role_arn: "arn:aws:iam::111122223333:role/app",
            role_id: "AROAIOSFODNN7EXAMPLE",
            service_linked: false,
        },
        "federated" => Principal::FederatedUser {
            account: ACCOUNT,
            arn: "arn:aws:sts::111122223333:federated-user/bob",
            user_arn: "arn:aws:iam::111122223333:user/ada",
            user_id: "AIDAIOSFODNN7EXAMPLE",
        },
        "web" => Principal::WebIdentity {
            provider: "arn:aws:iam::111122223333:oidc-provider/id.example.com",
        },
        "service" => Principal::Service {
            name: "logs.amazonaws.com",
        },
        "foreign" => Principal::User {
            account: OTHER,
            arn: "arn:aws:iam::444455556666:user/eve",
            user_id: "AIDAEXAMPLEEXAMPLE22",
        },
        _ => Principal::User {
            account: ACCOUNT,
            arn: "arn:aws:iam::111122223333:user/ada",
            user_id: "AIDAIOSFODNN7EXAMPLE",
        },
    }
}

fn source() -> PolicySource {
    PolicySource::Inline {
        name: "inline".to_owned(),
    }
}

/// The policies and the grant.
struct World {
    key: Result<KeyPolicy, PolicyError>,
    identity: Vec<AttachedPolicy>,
    boundary: Option<AttachedPolicy>,
    session: Option<Vec<AttachedPolicy>>,
    service_controls: Vec<ControlLevel<IdentityPolicy>>,
    resource_controls: Vec<ControlLevel<ResourceControlPolicy>>,
    endpoint: Option<Attached<EndpointPolicy>>,
    grants: GrantBook,
}

impl World {
    fn of<'a>(mut texts: impl Iterator<Item = &'a str>) -> Self {
        let key = KeyPolicy::parse(texts.next().unwrap_or_default());
        let mut next = || texts.next().filter(|text| !text.trim().is_empty());
        let identity = next().map(|text| AttachedPolicy::compile(source(), text));
        let boundary = next().map(|text| AttachedPolicy::compile(source(), text));
        let session =
            next().map(|text| vec![Attached::new(source(), IdentityPolicy::parse_session(text))]);
        let service = next().map(|text| level(IdentityPolicy::parse_service_control(text)));
        let resource = next().map(|text| level(ResourceControlPolicy::parse(text)));
        let endpoint = next().map(|text| Attached::new(source(), EndpointPolicy::parse(text)));
        let mut grants = GrantBook::default();
        let grant: Option<GrantRecord> = next().and_then(|text| serde_json::from_str(text).ok());
        if let Some(grant) = grant {
            let written = serde_json::to_string(&grant).expect("JSON");
            assert_eq!(
                serde_json::from_str::<GrantRecord>(&written).ok().as_ref(),
                Some(&grant)
            );
            assert!(grant.is_no_wider_than(&grant));
            grants.insert(Arc::new(grant));
        }
        Self {
            key,
            identity: identity.into_iter().collect(),
            boundary,
            session,
            service_controls: service.into_iter().collect(),
            resource_controls: resource.into_iter().collect(),
            endpoint,
            grants,
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            resource_policy: ResourcePolicy::Key(self.key.as_ref()),
            grants: Some(Grants {
                book: &self.grants,
                encryption_context: None,
                source_arn: None,
            }),
            caller: CallerPolicies {
                identity: &self.identity,
                boundary: self.boundary.as_ref(),
                session: self.session.as_deref(),
                service_controls: &self.service_controls,
            },
            resource_controls: &self.resource_controls,
            endpoint_policy: self.endpoint.as_ref(),
        }
    }

    /// Whether a policy that concerns everybody does not parse.
    fn is_malformed(&self) -> bool {
        let endpoint = self.endpoint.as_ref();
        self.key.is_err() || endpoint.is_some_and(|endpoint| endpoint.policy.is_err())
    }
}

fn level<P>(policy: Result<P, PolicyError>) -> ControlLevel<P> {
    ControlLevel {
        node: "r-1234".to_owned(),
        policies: vec![Attached::new(source(), policy)],
    }
}
