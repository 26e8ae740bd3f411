//! What is simulated: the questions, and the facts that decide them.

use std::collections::BTreeSet;
use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::policy::{
    CallerPolicies, ConditionKey, Explanation, Facts, KeyPolicy, Question, Resource,
    ResourcePolicy, TrustPolicy, explain,
};
use keystead_wire::iam::input::ContextEntry;
use keystead_wire::iam::{PolicySourceType, output};

use super::caller::SimulatedCaller;
use super::entries::{Entries, Simulated};
use super::policies::{self, Origin, Policies};
use super::{invalid, result};
use crate::fault::Fault;
use crate::identities::{AccountControls, Identities};

/// What a caller of the simulator asks, in whichever of its operations.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) actions: &'a [String],
    pub(super) resources: &'a [String],
    pub(super) resource_policy: Option<&'a str>,
    pub(super) resource_owner: Option<&'a str>,
    pub(super) entries: &'a [ContextEntry],
    pub(super) max_items: Option<i64>,
    pub(super) marker: Option<&'a str>,
}

/// What an input asks: both operations have members of these names.
macro_rules! given {
    ($input:expr) => {
        $crate::ops::iam::simulation::scenario::Given {
            actions: &$input.action_names,
            resources: &$input.resource_arns,
            resource_policy: $input.resource_policy.as_deref(),
            resource_owner: $input.resource_owner.as_deref(),
            entries: &$input.context_entries,
            max_items: $input.max_items,
            marker: $input.marker.as_deref(),
        }
    };
}
pub(super) use given;

/// The policy that a caller gives for the resources.
pub(super) struct GivenPolicy {
    compiled: Compiled,
    pub(super) origin: Origin,
}

/// A resource's policy in the language of what the resource is.
enum Compiled {
    Key(KeyPolicy),
    Trust(TrustPolicy),
}

/// A simulation, ready to be asked.
pub(super) struct Scenario<'a> {
    /// The account of whoever asks.
    account: AccountId,
    given: Given<'a>,
    entries: Entries<'a>,
    pub(super) policies: Policies,
    caller: SimulatedCaller,
    pub(super) resource_policy: Option<GivenPolicy>,
    identities: &'a Identities,
}

/// An action and a resource.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
}

/// The resources of whoever names none.
const EVERYTHING: &str = "*";

impl<'a> Scenario<'a> {
    /// # Errors
    /// `InvalidInput`, which says what can't be simulated.
    pub(super) fn new(
        account: AccountId,
        given: Given<'a>,
        policies: Policies,
        caller: SimulatedCaller,
        identities: &'a Identities,
    ) -> Result<Self, Fault> {
        if let Some(bad) = given.actions.iter().find(|action| !is_action(action)) {
            return Err(invalid(format!("{bad} is not the name of an action.")));
        }
        if given.resource_policy.is_some() && !caller.is_named && caller.member.is_none() {
            return Err(invalid("CallerArn is needed with ResourcePolicy."));
        }
        if let Some(owner) = given.resource_owner
            && account_of(owner).is_none()
        {
            return Err(invalid(format!(
                "ResourceOwner {owner} is not the ARN of an account."
            )));
        }
        Ok(Self {
            account,
            entries: Entries::new(given.entries)?,
            resource_policy: given
                .resource_policy
                .map(|text| GivenPolicy::parse(text, &given))
                .transpose()?,
            given,
            policies,
            caller,
            identities,
        })
    }

    /// Every action on every resource.
    pub(super) fn questions(&self) -> impl Iterator<Item = Pair<'a>> {
        let Given {
            actions, resources, ..
        } = self.given;
        let everything = resources.is_empty().then_some(EVERYTHING);
        actions.iter().flat_map(move |action| {
            let named = resources.iter().map(String::as_str);
            let resources = everything.into_iter().chain(named);
            resources.map(move |resource| Pair { action, resource })
        })
    }

    /// How much there is to read for one question: the texts of the policies, in bytes.
    pub(super) fn length(&self) -> usize {
        let of_resource = self.resource_policy.as_ref();
        let of_resource = of_resource.map_or(0, |given| given.origin.length);
        self.policies.length().saturating_add(of_resource)
    }

    /// Decides one question.
    pub(super) fn evaluate(&self, pair: Pair<'_>) -> output::EvaluationResult {
        let context = Simulated {
            entries: &self.entries,
            member: self.caller.member.as_ref(),
        };
        let principal = self.caller.principal();
        let owner = self.owner(pair.resource);
        let question = Question {
            principal,
            action: pair.action,
            resource: Resource {
                arn: pair.resource,
                account: &owner,
            },
            context: &context,
        };
        let resource_policy = match self.resource_policy.as_ref().map(|given| &given.compiled) {
            None => ResourcePolicy::None,
            Some(Compiled::Key(policy)) => ResourcePolicy::Key(Ok(policy)),
            Some(Compiled::Trust(policy)) => ResourcePolicy::Trust(Ok(policy)),
        };
        let caller = CallerPolicies {
            identity: &self.policies.identity,
            boundary: self.policies.boundary.as_ref(),
            session: None,
            service_controls: self.policies.service_controls(),
        };
        let controls = self.resource_controls(&owner);
        let facts = Facts {
            resource_controls: controls.as_deref().map_or(&[], AccountControls::resource),
            ..Facts::new(resource_policy, caller)
        };
        let explanation: Explanation<'_> = explain(&question, &facts);
        let is_foreign = self.caller.account != owner;
        result::of(self, pair, &explanation, is_foreign, self.missing(&context))
    }

    /// The resource control policies in force, of a resource that has a policy. Nobody is told of
    /// those of other accounts.
    fn resource_controls(&self, owner: &str) -> Option<Arc<AccountControls>> {
        let is_own = owner == self.account.as_str();
        (is_own && self.resource_policy.is_some()).then(|| self.identities.controls(self.account))
    }

    /// The condition keys that the policies read and of which nothing is known.
    fn missing(&self, context: &Simulated<'_>) -> Vec<String> {
        let of_resource: Box<dyn Iterator<Item = &ConditionKey>> =
            match self.resource_policy.as_ref().map(|given| &given.compiled) {
                None => Box::new(std::iter::empty()),
                Some(Compiled::Key(policy)) => Box::new(policy.condition_keys()),
                Some(Compiled::Trust(policy)) => Box::new(policy.condition_keys()),
            };
        let keys = self.policies.keys().chain(of_resource);
        let missing = keys.filter(|key| !context.supplies(key));
        let names: BTreeSet<_> = missing.map(ToString::to_string).collect();
        names.into_iter().collect()
    }

    /// The account that a resource belongs to: the one in its ARN, else the one that is given, else
    /// the caller's.
    fn owner(&self, resource: &str) -> String {
        let given = || self.given.resource_owner.and_then(account_of);
        let owner = account_of(resource).or_else(given);
        owner.unwrap_or(&self.caller.account).to_owned()
    }
}

impl GivenPolicy {
    /// A role's trust policy if the resources are roles, else a key policy.
    fn parse(text: &str, given: &Given<'_>) -> Result<Self, Fault> {
        let is_role = |arn: &String| arn.contains(":iam::") && arn.contains(":role/");
        let are_roles = !given.resources.is_empty() && given.resources.iter().all(is_role);
        let compiled = if are_roles {
            TrustPolicy::parse(text).map(Compiled::Trust)
        } else {
            KeyPolicy::parse(text).map(Compiled::Key)
        };
        let refuse = |error| policies::malformed("ResourcePolicy", &error);
        Ok(Self {
            compiled: compiled.map_err(refuse)?,
            origin: Origin::new("ResourcePolicy", PolicySourceType::Resource, text),
        })
    }
}

/// The account in an ARN, 12 digits.
fn account_of(arn: &str) -> Option<&str> {
    let account = arn.strip_prefix("arn:")?.split(':').nth(3)?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then_some(account)
}

fn is_action(text: &str) -> bool {
    text.split_once(':').is_some_and(|(service, name)| {
        !service.is_empty() && !name.is_empty() && !name.contains(':')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_and_actions() {
        let key = "arn:aws:kms:us-east-1:111122223333:key/1";
        assert_eq!(account_of(key), Some("111122223333"));
        for arn in [
            "*",
            "arn:aws:s3:::bucket",
            "arn:aws:kms:us-east-1:1:key/1",
            "",
        ] {
            assert_eq!(account_of(arn), None, "{arn}");
        }
        assert!(is_action("kms:Decrypt") && is_action("kms:*"));
        for text in ["Decrypt", "kms:", ":Decrypt", "a:b:c"] {
            assert!(!is_action(text), "{text}");
        }
    }
}
