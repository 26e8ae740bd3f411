//! The two evaluators on the same generated policies and questions.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::reference::{Request, Verdict, evaluate};
use super::*;

const HOME: &str = "111122223333";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const BOB: &str = "arn:aws:iam::444455556666:user/team/bob";
const KEY_1: &str = "arn:aws:kms:us-east-1:111122223333:key/1a";
const KEY_2: &str = "arn:aws:kms:us-east-1:111122223333:key/2b";

const CALLERS: [Principal<'static>; 5] = [
    Principal::Root {
        account: HOME,
        arn: "arn:aws:iam::111122223333:root",
    },
    Principal::User {
        account: HOME,
        arn: ALICE,
        user_id: "AIDAALICEALICEALICEAL",
    },
    Principal::Root {
        account: "444455556666",
        arn: "arn:aws:iam::444455556666:root",
    },
    Principal::User {
        account: "444455556666",
        arn: BOB,
        user_id: "AIDABOBBOBBOBBOBBOBBO",
    },
    Principal::Service {
        name: "logs.amazonaws.com",
    },
];

const AWS_NAMES: [&str; 9] = [
    "*",
    HOME,
    "arn:aws:iam::111122223333:root",
    "444455556666",
    "arn:aws:iam::444455556666:root",
    ALICE,
    BOB,
    "AIDAALICEALICEALICEAL",
    "arn:aws:iam::111122223333:role/alice",
];

const ACTIONS: [&str; 9] = [
    "*",
    "kms:*",
    "kms:Encrypt",
    "KMS:encrypt",
    "kms:?ncrypt",
    "kms:*crypt",
    "kms:De*",
    "kms:CreateKey",
    "s3:*",
];

const RESOURCES: [&str; 7] = [
    "*",
    KEY_1,
    KEY_2,
    "arn:aws:kms:*:111122223333:key/*",
    "arn:aws:kms:us-east-1:*:*/1?",
    "arn:aws:kms:*:444455556666:key/*",
    "arn:aws:kms:us-east-1:111122223333:alias/1a",
];

const ASKED: [&str; 3] = ["kms:Encrypt", "kms:Decrypt", "kms:CreateKey"];
const ASKED_OF: [&str; 3] = [KEY_1, KEY_2, "*"];

#[derive(Clone, Debug)]
struct Case {
    key: Option<Value>,
    identity: Vec<Value>,
    caller: Principal<'static>,
    action: &'static str,
    resource: &'static str,
}

impl Case {
    fn by_reference(&self) -> Verdict {
        let caller_id = match self.caller {
            Principal::User { user_id, .. } => user_id,
            _ => "none",
        };
        let request = Request {
            caller: self.caller.arn(),
            caller_id,
            caller_account: self.caller.account().unwrap_or_default(),
            action: self.action,
            resource: self.resource,
            resource_account: HOME,
        };
        evaluate(self.key.as_ref(), &self.identity, &request)
    }

    fn by_decide(&self) -> Verdict {
        let key = self.key.as_ref();
        let key = key.map(|key| KeyPolicy::parse(&key.to_string()).unwrap());
        let source = PolicySource::Inline {
            name: "p".to_owned(),
        };
        let attach = |policy: &Value| AttachedPolicy::compile(source.clone(), &policy.to_string());
        let identity: Vec<_> = self.identity.iter().map(attach).collect();
        let caller = CallerPolicies {
            identity: &identity,
            ..CallerPolicies::default()
        };
        let facts = Facts::new(
            key.as_ref()
                .map_or(ResourcePolicy::None, |key| ResourcePolicy::Key(Ok(key))),
            caller,
        );
        let question = Question {
            principal: self.caller,
            action: self.action,
            resource: Resource {
                arn: self.resource,
                account: HOME,
            },
            context: &NoContext,
        };
        let decision = decide(&question, &facts);
        assert!(!decision.reasons().is_empty());
        assert_eq!(
            decision.denial_clause("kms:X").is_none(),
            decision.is_allowed()
        );
        match (decision.is_allowed(), decision.is_explicit_deny()) {
            (true, false) => Verdict::Allow,
            (false, false) => Verdict::ImplicitDeny,
            (false, true) => Verdict::ExplicitDeny,
            (true, true) => panic!("allowed and denied: {decision:?}"),
        }
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let key = policies(statements_with(principals().prop_map(Some)));
    let identity = policies(statements_with(Just(None)));
    (
        proptest::option::weighted(0.8, key),
        vec(identity, 0..3),
        select(CALLERS.as_slice()),
        select(ASKED.as_slice()),
        select(ASKED_OF.as_slice()),
    )
        .prop_map(|(key, identity, caller, action, resource)| Case {
            key,
            identity,
            caller,
            action,
            resource,
        })
}

fn policies(statement: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    vec(statement, 0..4).prop_map(|statements| match statements.as_slice() {
        [single] => json!({"Statement": single}),
        _ => json!({"Version": "2012-10-17", "Statement": statements}),
    })
}

/// Statements with a principal, which may lack other elements, or without.
fn statements_with(
    principal: impl Strategy<Value = Option<Value>>,
) -> impl Strategy<Value = Value> {
    let effect = prop_oneof![4 => Just("Allow"), 1 => Just("Deny")];
    (
        effect,
        principal,
        some_of(&ACTIONS),
        some_of(&RESOURCES),
        0..20,
    )
        .prop_map(|(effect, principal, actions, resources, lacking)| {
            let mut statement = json!({"Effect": effect, "Action": actions, "Resource": resources});
            let members = statement.as_object_mut().unwrap();
            if let Some(principal) = principal {
                members.insert("Principal".to_owned(), principal);
                match lacking {
                    0 => drop(members.remove("Action")),
                    1 => drop(members.remove("Resource")),
                    _ => {}
                }
            }
            statement
        })
}

fn principals() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(json!("*")),
        6 => some_of(&AWS_NAMES).prop_map(|names| json!({"AWS": names})),
        1 => Just(json!({"Service": "logs.amazonaws.com"})),
        1 => some_of(&AWS_NAMES)
            .prop_map(|names| json!({"AWS": names, "Service": ["logs.amazonaws.com"]})),
    ]
}

/// One or more of `texts`, a single one without the list.
fn some_of(texts: &'static [&'static str]) -> impl Strategy<Value = Value> {
    subsequence(texts, 1..=3).prop_map(|chosen| match chosen.as_slice() {
        [single] => json!(single),
        several => json!(several),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn the_two_evaluators_agree(case in cases()) {
        prop_assert_eq!(case.by_decide(), case.by_reference());
    }

    #[test]
    fn a_denial_added_never_allows_more(case in cases()) {
        let before = case.by_decide();
        let mut denying = case;
        denying.identity.push(json!({"Statement":
            {"Effect": "Deny", "Action": denying.action, "Resource": "*"}}));
        prop_assert_eq!(denying.by_decide(), Verdict::ExplicitDeny, "{:?} before", before);
    }
}

/// The comparison is worth something only if the cases reach every verdict often.
#[test]
fn the_cases_reach_every_verdict() {
    let mut runner = TestRunner::deterministic();
    let mut verdicts = Vec::new();
    for _ in 0..1_000 {
        let case = cases().new_tree(&mut runner).unwrap().current();
        verdicts.push(case.by_reference());
    }
    for verdict in [Verdict::Allow, Verdict::ImplicitDeny, Verdict::ExplicitDeny] {
        let count = verdicts.iter().filter(|&&found| found == verdict).count();
        assert!(count >= 100, "{verdict:?} {count} times");
    }
}
