//! How the statements of each kind of policy are heard.

use super::super::compiled::{EndpointPolicy, IdentityPolicy, ResourceControlPolicy};
use super::super::decision::{PolicyRef, Reason, StatementRef};
use super::super::error::PolicyError;
use super::super::named::Naming;
use super::super::question::{Attached, AttachedPolicy, ControlLevel, Question, ResourcePolicy};
use super::super::statement::Effect;
use super::evidence::Gate;

/// The policies under way: each is asked once, refusals gather here.
pub(super) struct Weighing<'f, 'q, 'a> {
    question: &'f Question<'q>,
    saw: &'f mut dyn FnMut(Effect, StatementRef<'a>),
    refusals: Vec<Reason<'a>>,
}

impl<'f, 'q, 'a> Weighing<'f, 'q, 'a> {
    pub(super) fn new(
        question: &'f Question<'q>,
        saw: &'f mut dyn FnMut(Effect, StatementRef<'a>),
    ) -> Self {
        Self {
            question,
            saw,
            refusals: Vec::new(),
        }
    }

    pub(super) fn into_refusals(self) -> Vec<Reason<'a>> {
        self.refusals
    }

    /// The statement that allows and names the caller most closely.
    pub(super) fn resource_policy(
        &mut self,
        policy: ResourcePolicy<'a>,
    ) -> Option<(Naming, StatementRef<'a>)> {
        match policy {
            ResourcePolicy::Key(policy) => {
                let policy = self.well_formed(PolicyRef::Key, policy)?;
                self.closest(PolicyRef::Key, policy.covering(self.question))
            }
            ResourcePolicy::Trust(policy) => {
                let policy = self.well_formed(PolicyRef::Trust, policy)?;
                self.closest(PolicyRef::Trust, policy.covering(self.question))
            }
            ResourcePolicy::Retirement(_) | ResourcePolicy::None => None,
        }
    }

    /// The first statement that allows.
    pub(super) fn identity_policies(
        &mut self,
        policies: &'a [AttachedPolicy],
    ) -> Option<StatementRef<'a>> {
        let mut first = None;
        for attached in policies {
            let found = self.attached(PolicyRef::Identity(&attached.source), attached);
            first = first.or(found);
        }
        first
    }

    pub(super) fn boundary(&mut self, boundary: Option<&'a AttachedPolicy>) -> Gate<'a> {
        let Some(attached) = boundary else {
            return Gate::Absent;
        };
        let found = self.attached(PolicyRef::Boundary(&attached.source), attached);
        Gate::of(found.is_some(), Reason::NoBoundaryAllows)
    }

    pub(super) fn session_policies(&mut self, policies: Option<&'a [AttachedPolicy]>) -> Gate<'a> {
        let Some(policies) = policies else {
            return Gate::Absent;
        };
        let mut allows = false;
        for attached in policies {
            let found = self.attached(PolicyRef::Session(&attached.source), attached);
            allows |= found.is_some();
        }
        Gate::of(allows, Reason::NoSessionPolicyAllows)
    }

    pub(super) fn service_controls(
        &mut self,
        levels: &'a [ControlLevel<IdentityPolicy>],
    ) -> Gate<'a> {
        let concerns = service_controls_concern(self.question);
        let mut gate = Gate::Absent;
        for level in levels {
            let node = level.node.as_str();
            let mut allows = false;
            for Attached { source, policy } in &level.policies {
                let reference = PolicyRef::ServiceControl { node, source };
                let policy = self.well_formed(reference, policy.as_ref().as_ref());
                let Some(policy) = policy.filter(|_| concerns) else {
                    continue;
                };
                let covering = policy.covering(self.question, source);
                allows |= self.first(reference, covering).is_some();
            }
            let missing = Reason::NoServiceControlPolicyAllows { node };
            gate = gate.then(Gate::of(allows, missing));
        }
        if concerns { gate } else { Gate::Absent }
    }

    /// Resource control policies concern everybody, except service-linked roles, and every action
    /// but `kms:RetireGrant` ("Resource control policies in AWS KMS" in the developer guide).
    pub(super) fn resource_controls(
        &mut self,
        levels: &'a [ControlLevel<ResourceControlPolicy>],
    ) -> Gate<'a> {
        let concerns = self.question.action != "kms:RetireGrant"
            && !self.question.principal.is_service_linked();
        let mut gate = Gate::Absent;
        for level in levels {
            let node = level.node.as_str();
            let mut allows = false;
            for Attached { source, policy } in &level.policies {
                let reference = PolicyRef::ResourceControl { node, source };
                let policy = self.well_formed(reference, policy.as_ref().as_ref());
                let Some(policy) = policy.filter(|_| concerns) else {
                    continue;
                };
                let covering = policy.covering(self.question, reference);
                allows |= self.closest(reference, covering).is_some();
            }
            let missing = Reason::NoResourceControlPolicyAllows { node };
            gate = gate.then(Gate::of(allows, missing));
        }
        if concerns { gate } else { Gate::Absent }
    }

    pub(super) fn endpoint_policy(
        &mut self,
        endpoint: Option<&'a Attached<EndpointPolicy>>,
    ) -> Gate<'a> {
        let Some(attached) = endpoint else {
            return Gate::Absent;
        };
        let reference = PolicyRef::Endpoint(&attached.source);
        let policy = self.well_formed(reference, attached.policy.as_ref().as_ref());
        let covering = policy.map(|policy| policy.covering(self.question, reference));
        let found = covering.and_then(|covering| self.closest(reference, covering));
        Gate::of(found.is_some(), Reason::NoEndpointPolicyAllows)
    }

    /// The first statement of an attached policy that allows.
    fn attached(
        &mut self,
        reference: PolicyRef<'a>,
        attached: &'a AttachedPolicy,
    ) -> Option<StatementRef<'a>> {
        let policy = self.well_formed(reference, attached.policy.as_ref().as_ref())?;
        self.first(reference, policy.covering(self.question, &attached.source))
    }

    fn well_formed<P>(
        &mut self,
        policy: PolicyRef<'a>,
        compiled: Result<&'a P, &'a PolicyError>,
    ) -> Option<&'a P> {
        let refuse = |error| self.refusals.push(Reason::Malformed { policy, error });
        compiled.map_err(refuse).ok()
    }

    fn first(
        &mut self,
        policy: PolicyRef<'a>,
        covering: impl Iterator<Item = (Effect, StatementRef<'a>)>,
    ) -> Option<StatementRef<'a>> {
        let mut first = None;
        for (effect, statement) in covering {
            let allowing = self.hear(
                effect,
                StatementRef {
                    policy,
                    ..statement
                },
            );
            first = first.or(allowing);
        }
        first
    }

    /// The closer a statement names the caller, the less it asks of the caller's own policies.
    fn closest(
        &mut self,
        policy: PolicyRef<'a>,
        covering: impl Iterator<Item = (Naming, Effect, StatementRef<'a>)>,
    ) -> Option<(Naming, StatementRef<'a>)> {
        let mut closest: Option<(Naming, StatementRef<'a>)> = None;
        for (naming, effect, statement) in covering {
            let allowing = self.hear(
                effect,
                StatementRef {
                    policy,
                    ..statement
                },
            );
            let is_closer = closest.is_none_or(|(found, _)| naming < found);
            if let Some(statement) = allowing.filter(|_| is_closer) {
                closest = Some((naming, statement));
            }
        }
        closest
    }

    /// The statement if it allows; if it denies, it is a refusal.
    fn hear(&mut self, effect: Effect, statement: StatementRef<'a>) -> Option<StatementRef<'a>> {
        (self.saw)(effect, statement);
        match effect {
            Effect::Allow => Some(statement),
            Effect::Deny => {
                self.refusals.push(Reason::Denied(statement));
                None
            }
        }
    }
}

/// Service control policies concern the principals of an account, except service-linked roles.
pub(super) fn service_controls_concern(question: &Question<'_>) -> bool {
    let principal = &question.principal;
    principal.account().is_some() && !principal.is_service_linked()
}
