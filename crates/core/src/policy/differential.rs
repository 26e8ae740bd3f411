//! The two evaluators on the same generated policies and questions.
//!
//! A case is a seed, from which a world of policies grows and a few dozen questions to it. The
//! ordinary tests try some thousands of pairs; `cargo xtask soak` tries a million and more.

mod conditions;
mod dice;
mod grants;
mod people;
mod questions;
mod world;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use self::dice::Dice;
use self::questions::Asked;
use self::world::World;
use super::reference::{Verdict, evaluate};
use super::*;
use crate::grant::GrantBook;

/// Questions to each world.
const QUESTIONS: usize = 32;

/// A world compiled, as the facts want it.
struct Compiled {
    key: Option<KeyPolicy>,
    trust: Option<TrustPolicy>,
    identity: Vec<AttachedPolicy>,
    boundary: Option<AttachedPolicy>,
    session: Option<Vec<AttachedPolicy>>,
    service_controls: Vec<ControlLevel<IdentityPolicy>>,
    resource_controls: Vec<ControlLevel<ResourceControlPolicy>>,
    endpoint: Option<Attached<EndpointPolicy>>,
    grants: GrantBook,
}

fn attach<P>(parse: fn(&str) -> Result<P, PolicyError>, policy: &Value) -> Attached<P> {
    let source = PolicySource::Inline {
        name: "p".to_owned(),
    };
    let attached = Attached::new(source, parse(&policy.to_string()));
    if let Err(error) = &*attached.policy {
        panic!("{error}: {policy}");
    }
    attached
}

fn attach_levels<P>(
    parse: fn(&str) -> Result<P, PolicyError>,
    levels: &[Vec<Value>],
) -> Vec<ControlLevel<P>> {
    let level = |policies: &Vec<Value>| ControlLevel {
        node: "node".to_owned(),
        policies: policies
            .iter()
            .map(|policy| attach(parse, policy))
            .collect(),
    };
    levels.iter().map(level).collect()
}

impl Compiled {
    fn new(world: &World) -> Self {
        let policies = &world.policies;
        let identity = |policy| attach(IdentityPolicy::parse, policy);
        let resource = policies.resource.as_ref().map(Value::to_string);
        let (key, trust) = match world.is_about_role {
            true => (None, resource),
            false => (resource, None),
        };
        let mut grants = GrantBook::default();
        for (number, grant) in policies.grants.iter().enumerate() {
            grants.insert(grants::record(number, grant).into());
        }
        Self {
            key: key.map(|text| KeyPolicy::parse_bound(&text, &policies.bound).unwrap()),
            trust: trust.map(|text| TrustPolicy::parse_bound(&text, &policies.bound).unwrap()),
            identity: policies.identity.iter().map(identity).collect(),
            boundary: policies.boundary.as_ref().map(identity),
            session: (policies.session.as_ref())
                .map(|session| session.iter().map(identity).collect()),
            service_controls: attach_levels(
                IdentityPolicy::parse_service_control,
                &policies.service_controls,
            ),
            resource_controls: attach_levels(
                ResourceControlPolicy::parse_managed,
                &policies.resource_controls,
            ),
            endpoint: (policies.endpoint.as_ref())
                .map(|policy| attach(EndpointPolicy::parse, policy)),
            grants,
        }
    }

    fn facts<'a>(&'a self, asked: &'a Asked) -> Facts<'a> {
        let resource_policy = match (&self.key, &self.trust) {
            (Some(key), _) => ResourcePolicy::Key(Ok(key)),
            (_, Some(trust)) => ResourcePolicy::Trust(Ok(trust)),
            (None, None) => ResourcePolicy::None,
        };
        Facts {
            resource_policy,
            grants: self.key.is_some().then_some(Grants {
                book: &self.grants,
                encryption_context: asked.encryption_context.as_ref(),
                source_arn: asked.source_arn,
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
}

impl Context for Asked {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        match self.context.get(&key.to_string().to_lowercase()) {
            None => Values::Absent,
            Some(values) => match values.as_slice() {
                [single] if !key.is_multivalued() => Values::one(single),
                several => Values::many(several),
            },
        }
    }
}

fn question<'a>(asked: &Asked, context: &'a dyn Context) -> Question<'a> {
    Question {
        principal: asked.caller,
        action: asked.action,
        resource: Resource {
            arn: asked.resource,
            account: people::HOME,
        },
        context,
    }
}

fn by_decide(compiled: &Compiled, asked: &Asked) -> Verdict {
    let question = question(asked, asked);
    let decision = decide(&question, &compiled.facts(asked));
    assert!(!decision.reasons().is_empty());
    let clause = decision.denial_clause("kms:X");
    assert_eq!(clause.is_none(), decision.is_allowed());
    match (decision.is_allowed(), decision.is_explicit_deny()) {
        (true, false) => Verdict::Allow,
        (false, false) => Verdict::ImplicitDeny,
        (false, true) => Verdict::ExplicitDeny,
        (true, true) => panic!("allowed and denied: {decision:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        // A seed cannot be made simpler.
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_two_evaluators_agree(seed: u64) {
        let mut dice = Dice::new(seed);
        let world = World::roll(&mut dice);
        let compiled = Compiled::new(&world);
        for _ in 0..QUESTIONS {
            let asked = Asked::roll(&mut dice, &world);
            let found = by_decide(&compiled, &asked);
            let expected = evaluate(&world.policies, &asked.by_text());
            prop_assert_eq!(found, expected, "{:#?} {:#?}", asked, world);
        }
    }

    /// Whichever keys are known, the decision on the request lies between those under the two
    /// assumptions, and is theirs where they agree.
    #[test]
    fn a_decision_lies_between_those_under_the_assumptions(seed: u64, known: u8) {
        let mut dice = Dice::new(seed);
        let world = World::roll(&mut dice);
        let compiled = Compiled::new(&world);
        let knows = |key: &ConditionKey| {
            let name = key.to_string().to_lowercase();
            known >> (name.bytes().map(usize::from).sum::<usize>() % 8) & 1 == 1
        };
        for _ in 0..QUESTIONS {
            let asked = Asked::roll(&mut dice, &world);
            let facts = compiled.facts(&asked);
            let under = |assumption| {
                let context = Assumed::new(&asked, &knows, assumption);
                decide(&question(&asked, &context), &facts).is_allowed()
            };
            let truth = decide(&question(&asked, &asked), &facts).is_allowed();
            prop_assert!(truth <= under(Assumption::Best), "{:#?} {:#?}", asked, world);
            prop_assert!(truth >= under(Assumption::Worst), "{:#?} {:#?}", asked, world);
        }
    }

    #[test]
    fn a_denial_added_never_allows_more(seed: u64) {
        let mut dice = Dice::new(seed);
        let mut world = World::roll(&mut dice);
        world.policies.identity.push(json!({"Statement":
            {"Effect": "Deny", "Action": "*", "Resource": "*"}}));
        let asked = Asked::roll(&mut dice, &world);
        let verdict = by_decide(&Compiled::new(&world), &asked);
        prop_assert_eq!(verdict, Verdict::ExplicitDeny);
    }
}

/// The comparison is worth something only if the cases reach every verdict often, and grants.
#[test]
fn the_cases_reach_every_verdict() {
    let mut verdicts = BTreeMap::new();
    for seed in 0..100 {
        let mut dice = Dice::new(seed);
        let world = World::roll(&mut dice);
        let compiled = Compiled::new(&world);
        for _ in 0..QUESTIONS {
            let asked = Asked::roll(&mut dice, &world);
            let verdict = by_decide(&compiled, &asked);
            *verdicts.entry(format!("{verdict:?}")).or_insert(0) += 1;
        }
    }
    for verdict in [Verdict::Allow, Verdict::ImplicitDeny, Verdict::ExplicitDeny] {
        let count = verdicts.get(&format!("{verdict:?}")).copied().unwrap_or(0);
        assert!(count >= 320, "{verdict:?} {count} times of 3,200");
    }
}

/// Nor without questions whose answer changes once names mean whoever bears them now.
#[test]
fn the_cases_reach_the_binding_of_names() {
    let mut changed = 0;
    for seed in 0..100 {
        let mut dice = Dice::new(seed);
        let mut world = World::roll(&mut dice);
        let asked = dice.some(2 * QUESTIONS, |dice| Asked::roll(dice, &world));
        let answers = |world: &World| -> Vec<Verdict> {
            let answer = |asked: &Asked| evaluate(&world.policies, &asked.by_text());
            asked.iter().map(answer).collect()
        };
        let bound = answers(&world);
        world.policies.bound.clear();
        let unbound = answers(&world);
        changed += bound.iter().zip(unbound).filter(|(a, b)| *a != b).count();
    }
    assert!(changed >= 30, "{changed} times of some 3,200");
}
