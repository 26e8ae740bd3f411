//! What to take for true of a request that nobody has made yet.
//!
//! Who may use a key is asked before there is a request, whose encryption context, address or time
//! a condition may want to know. Two decisions tell what can be told: one under the assumption that
//! is best for the caller, one under the worst. Whatever the request will be, its decision lies
//! between the two.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::condition::Condition;
use super::context::{ConditionKey, Context, Values};
use super::near_miss::shown_values;
use super::statement::Effect;

/// How conditions are taken that ask for what nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assumption {
    /// Every condition of an `Allow` holds, and none of a `Deny`.
    Best,
    /// No condition of an `Allow` holds, and every one of a `Deny`.
    Worst,
}

impl Assumption {
    /// Whether a statement of this effect applies, as far as nobody knows.
    pub(super) fn applies(self, effect: Effect) -> bool {
        (self == Self::Best) == (effect == Effect::Allow)
    }
}

/// What a decision wanted to know of a request and nobody knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The condition keys, in their order.
    pub keys: BTreeSet<String>,
    /// The conditions that compare such a key, or compare with one.
    pub conditions: BTreeSet<OpenCondition>,
}

impl Asked {
    /// Adds what another decision wanted to know.
    pub fn merge(&mut self, mut other: Self) {
        self.keys.append(&mut other.keys);
        self.conditions.append(&mut other.conditions);
    }
}

/// A condition of which nobody knows whether it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenCondition {
    /// Whether its statement denies where it holds, and does not allow.
    pub denies: bool,
    /// The key whose values it compares.
    pub key: String,
    /// How it compares, such as `StringEquals`.
    pub operator: String,
    /// What it compares with, as the policy writes it: at most
    /// [`MAX_SHOWN_VALUES`](super::MAX_SHOWN_VALUES) values, each cut at
    /// [`MAX_SHOWN_CHARS`](super::MAX_SHOWN_CHARS), and how many more there are.
    pub wanted: Vec<String>,
}

impl OpenCondition {
    fn new(condition: &Condition, effect: Effect) -> Self {
        Self {
            denies: effect == Effect::Deny,
            key: condition.key().to_string(),
            operator: condition.operator().to_string(),
            wanted: shown_values(condition.written()),
        }
    }
}

/// A context in which only some condition keys are known, and the rest is assumed.
///
/// It keeps what it was asked for and did not know. Two decisions under the two assumptions ask for
/// everything on which the decision about a request can depend.
pub struct Assumed<'a> {
    /// What is known.
    known: &'a dyn Context,
    /// Which keys it knows.
    knows: &'a dyn Fn(&ConditionKey) -> bool,
    assumption: Assumption,
    asked: RefCell<Asked>,
}

impl<'a> Assumed<'a> {
    /// A context that takes the values of the keys that `knows` admits from `known`.
    #[must_use]
    pub fn new(
        known: &'a dyn Context,
        knows: &'a dyn Fn(&ConditionKey) -> bool,
        assumption: Assumption,
    ) -> Self {
        Self {
            known,
            knows,
            assumption,
            asked: RefCell::default(),
        }
    }

    /// Whether a part of a statement that reads these keys makes the statement apply; `None` if
    /// all of them are known, so that their values tell.
    pub(super) fn applies<'k>(
        &self,
        keys: impl Iterator<Item = &'k ConditionKey>,
        effect: Effect,
    ) -> Option<bool> {
        let mut is_unknown = false;
        for key in keys.filter(|key| !(self.knows)(key)) {
            self.asked.borrow_mut().keys.insert(key.to_string());
            is_unknown = true;
        }
        is_unknown.then(|| self.assumption.applies(effect))
    }

    /// The same of a condition, which is kept if its keys are not all known.
    pub(super) fn applies_if(&self, condition: &Condition, effect: Effect) -> Option<bool> {
        let applies = self.applies(condition.keys(), effect)?;
        let open = OpenCondition::new(condition, effect);
        self.asked.borrow_mut().conditions.insert(open);
        Some(applies)
    }

    /// What it was asked for and did not know.
    #[must_use]
    pub fn into_asked(self) -> Asked {
        self.asked.into_inner()
    }
}

impl Context for Assumed<'_> {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        self.known.values(key)
    }

    fn assumed(&self) -> Option<&Assumed<'_>> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::context::{KnownKey, NoContext};
    use super::super::{
        CallerPolicies, Facts, KeyPolicy, Principal, Question, Resource, ResourcePolicy, decide,
    };
    use super::*;

    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1";
    const ALICE: Principal<'static> = Principal::User {
        account: "111122223333",
        arn: "arn:aws:iam::111122223333:user/alice",
        user_id: "AIDAALICEALICEALICEAL",
    };

    /// A request of which the caller's name is known and nothing else.
    struct Alice;

    impl Context for Alice {
        fn values(&self, key: &ConditionKey) -> Values<'_> {
            match key {
                ConditionKey::Known(KnownKey::UserName) => Values::one("alice"),
                _ => NoContext.values(key),
            }
        }
    }

    /// Whether the statements allow at best and at worst, and what they asked for.
    fn outcome(statements: &str) -> (bool, bool, Asked) {
        let policy = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let policy = KeyPolicy::parse(&policy).unwrap();
        let facts = Facts::new(ResourcePolicy::Key(Ok(&policy)), CallerPolicies::default());
        let mut asked = Asked::default();
        let mut allows = |assumption| {
            let knows = |key: &ConditionKey| *key == ConditionKey::Known(KnownKey::UserName);
            let context = Assumed::new(&Alice, &knows, assumption);
            let question = Question {
                principal: ALICE,
                action: "kms:Decrypt",
                resource: Resource {
                    arn: KEY,
                    account: "111122223333",
                },
                context: &context,
            };
            let allowed = decide(&question, &facts).is_allowed();
            asked.merge(context.into_asked());
            allowed
        };
        let (best, worst) = (allows(Assumption::Best), allows(Assumption::Worst));
        (best, worst, asked)
    }

    fn statement(effect: &str, rest: &str) -> String {
        format!(
            r#"{{"Effect":"{effect}","Principal":{{"AWS":"arn:aws:iam::111122223333:user/alice"}},
            "Action":"kms:Decrypt",{rest}}}"#
        )
    }

    #[test]
    fn what_nobody_knows_is_assumed_and_named() {
        let everything = r#""Resource":"*""#;
        let ip = r#""Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#;
        let is_alice = r#""Resource":"*","Condition":{"StringEquals":{"aws:username":"alice"}}"#;
        let is_bob = r#""Resource":"*","Condition":{"StringEquals":{"aws:username":"bob"}}"#;
        let with_variable =
            r#""Resource":"*","Condition":{"StringEquals":{"aws:username":"${aws:userid}"}}"#;
        let team = r#""Resource":"arn:aws:kms:*:*:key/${aws:PrincipalTag/team}""#;
        let not_team = r#""NotResource":"arn:aws:kms:*:*:key/${aws:PrincipalTag/team}""#;
        let allow = |rest| statement("Allow", rest);
        let denied = |rest| format!("{},{}", allow(everything), statement("Deny", rest));
        let cases = [
            (allow(everything), (true, true), ""),
            (allow(ip), (true, false), "aws:SourceIp"),
            (allow(is_alice), (true, true), ""),
            (allow(is_bob), (false, false), ""),
            (allow(with_variable), (true, false), "aws:userid"),
            (allow(team), (true, false), "aws:PrincipalTag/team"),
            (allow(not_team), (true, false), "aws:PrincipalTag/team"),
            (denied(ip), (true, false), "aws:SourceIp"),
            (denied(is_alice), (false, false), ""),
            (denied(is_bob), (true, true), ""),
            (denied(team), (true, false), "aws:PrincipalTag/team"),
            (denied(not_team), (true, false), "aws:PrincipalTag/team"),
        ];
        for (statements, expected, keys) in cases {
            let (best, worst, asked) = outcome(&statements);
            assert_eq!((best, worst), expected, "{statements}");
            let asked: Vec<_> = asked.keys.into_iter().collect();
            assert_eq!(asked.join(" "), keys, "{statements}");
        }
    }

    #[test]
    fn conditions_are_kept_whose_keys_nobody_knows() {
        let known = r#""StringEqualsIgnoreCase":{"aws:username":"alice"}"#;
        let rest =
            |condition: &str| format!(r#""Resource":"*","Condition":{{{condition},{known}}}"#);
        let via = r#""StringEquals":{"kms:ViaService":["a","b"]},"StringNotLike":{"aws:referer":"${aws:userid}"}"#;
        let ip = r#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#;
        let allow = statement("Allow", &rest(via));
        let deny = statement("Deny", &rest(ip));
        let (_, _, asked) = outcome(&format!("{allow},{deny}"));
        let shown = |open: &OpenCondition| {
            let unless = if open.denies { "unless" } else { "if" };
            format!("{unless} {} {} {:?}", open.operator, open.key, open.wanted)
        };
        let found: Vec<_> = asked.conditions.iter().map(shown).collect();
        let expected = [
            r#"if StringNotLike aws:Referer ["${aws:userid}"]"#,
            r#"if StringEquals kms:ViaService ["a", "b"]"#,
            r#"unless NotIpAddress aws:SourceIp ["10.0.0.0/8"]"#,
        ];
        assert_eq!(found, expected);
    }
}
