//! A compiled statement, without its principals.

use super::super::condition::Condition;
use super::super::context::ConditionKey;
use super::super::decision::{PolicyRef, StatementRef};
use super::super::pattern::{ArnPattern, Case, Pattern};
use super::super::question::Question;
use super::super::statement::{self, Effect, Listed, ResourcePattern};

/// A condition that does not hold, and the statement that it is of.
pub(in crate::policy) type UnmetCondition<'a> = (StatementRef<'a>, &'a Condition);

#[derive(Clone, Debug)]
pub(super) struct Statement {
    sid: Option<Box<str>>,
    pub(super) effect: Effect,
    actions: Listed<Pattern>,
    /// `None`: whatever the question is about, as in a trust policy.
    resources: Option<Listed<ArnPattern>>,
    pub(super) conditions: Box<[Condition]>,
}

impl Statement {
    pub(super) fn new(statement: statement::Statement) -> Self {
        let action = |text: String| Pattern::new(&text, Case::Insensitive);
        let resource = |resources: Listed<_>| resources.map(ResourcePattern::into_pattern);
        Self {
            sid: statement.sid.map(Into::into),
            effect: statement.effect,
            actions: statement.actions.map(action),
            resources: statement.resources.map(resource),
            conditions: statement.conditions.into(),
        }
    }

    /// Whether the action and the resource are covered.
    pub(super) fn covers(&self, question: &Question<'_>) -> bool {
        let context = question.context;
        let acts = |pattern: &Pattern| pattern.matches(question.action, context);
        let arn = question.resource.arn;
        let assumed = context.assumed();
        self.actions.covers(acts)
            && (self.resources.as_ref()).is_none_or(|resources| {
                let is_listed = matches!(resources, Listed::Only(_));
                resources.covers(|pattern| {
                    let applies =
                        assumed.and_then(|assumed| assumed.applies(pattern.keys(), self.effect));
                    match applies {
                        Some(applies) => applies == is_listed,
                        None => pattern.matches(arn, context),
                    }
                })
            })
    }

    /// Whether all conditions hold. The request's context is asked only here.
    pub(super) fn holds(&self, question: &Question<'_>) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.all(|condition| condition.holds(question.context, self.effect))
    }

    /// The conditions that keep it from allowing the question, with its place in a policy.
    /// Whether a policy that names principals means the caller is for the policy to know.
    pub(super) fn near_misses<'a>(
        &'a self,
        question: &Question<'_>,
        policy: PolicyRef<'a>,
        index: usize,
    ) -> impl Iterator<Item = UnmetCondition<'a>> {
        let is_near = self.effect == Effect::Allow && self.covers(question);
        let conditions = self.conditions.iter().filter(move |_| is_near);
        conditions
            .filter(|condition| !condition.holds(question.context, self.effect))
            .map(move |condition| (self.reference(policy, index), condition))
    }

    pub(super) fn reference<'a>(&'a self, policy: PolicyRef<'a>, index: usize) -> StatementRef<'a> {
        StatementRef {
            policy,
            index,
            sid: self.sid.as_deref(),
        }
    }

    /// The keys of the conditions and of the variables in resources.
    pub(super) fn condition_keys(&self) -> impl Iterator<Item = &ConditionKey> {
        let resources = self.resources.iter().flat_map(Listed::items);
        let of_conditions = self.conditions.iter().flat_map(Condition::keys);
        of_conditions.chain(resources.flat_map(ArnPattern::keys))
    }
}
