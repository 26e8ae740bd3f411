//! What policies would decide: the policy simulator.
//!
//! Each pair of an action and a resource is one question, put to the given policies as any other is
//! put to those in force. Nothing that is simulated is done, and nobody's policies are changed.
//!
//! The simulator supplies what is known of the user or role whose policies are simulated; all other
//! condition keys have the values that the caller gives, and are absent otherwise. A resource has no
//! policy but the one that the caller gives.
//!
//! Source: `SimulateCustomPolicy` and its kin in the IAM API reference; "IAM policy testing with the
//! IAM policy simulator" in the IAM guide.

mod caller;
mod entries;
mod exclusions;
mod policies;
mod result;
mod scenario;

use std::collections::BTreeSet;

use keystead_wire::iam::{input, output};

use self::policies::{Policies, Texts};
use self::scenario::{Given, Scenario, given};
use super::about::{account, arn};
use super::{Done, error};
use crate::fault::Fault;
use crate::ops::management::{Call, operations};
use crate::ops::page::{self, PageLimits};

operations! { Iam "iam" Query;
    /// Decides with policies that are given.
    SimulateCustomPolicy: read, on account => simulate_custom => output::SimulatePolicy;
    /// Decides with the policies of a user, group or role, and others that are given.
    SimulatePrincipalPolicy: read, on |input| arn(&input.policy_source_arn)
        => simulate_principal => output::SimulatePolicy;
    /// Lists the condition keys that policies read.
    GetContextKeysForCustomPolicy: read, on account
        => keys_of_custom => output::GetContextKeysForPolicy;
    /// Lists the condition keys that the policies of a user, group or role read.
    GetContextKeysForPrincipalPolicy: read, on |input| arn(&input.policy_source_arn)
        => keys_of_principal => output::GetContextKeysForPolicy;
}

/// Source: `MaxItems` of the IAM API.
const LIMITS: PageLimits = PageLimits {
    default: 100,
    max: 1000,
};

/// How much one page may read: its questions, times the bytes of the policies that decide each. A
/// call must not keep others waiting, nor answer with much more than it was asked.
const BUDGET: usize = 4 * 1024 * 1024;

/// The name of the list in markers.
const LIST: &str = "Simulate";

fn simulate_custom(call: &Call<'_, input::SimulateCustomPolicy>) -> Done<output::SimulatePolicy> {
    let input = call.input;
    let policies = Policies::custom(&Texts {
        identity: &input.policy_input_list,
        boundary: &input.permissions_boundary_policy_input_list,
        levels: &input.ordered_organization_policy_input_list,
    })?;
    let caller = caller::of_custom(call.account, input.caller_arn.as_deref())?;
    let identities = call.tools.identities;
    let scenario = Scenario::new(call.account, given!(input), policies, caller, identities)?;
    page_of(&scenario, &given!(input))
}

fn simulate_principal(
    call: &Call<'_, input::SimulatePrincipalPolicy>,
) -> Done<output::SimulatePolicy> {
    let input = call.input;
    let source = caller::source(call.tools, call.account, &input.policy_source_arn)?;
    let texts = Texts {
        identity: &input.policy_input_list,
        boundary: &input.permissions_boundary_policy_input_list,
        levels: &[],
    };
    let exclusions = exclusions::of(&input.policy_exclusion_list);
    let policies = Policies::principal(call.tools.identities, &source, &texts, &exclusions)?;
    if input.resource_policy.is_some() && input.caller_arn.is_none() && !source.is_user() {
        return Err(invalid("CallerArn is needed with ResourcePolicy."));
    }
    let caller = source.caller(call.tools, input.caller_arn.as_deref())?;
    let identities = call.tools.identities;
    let scenario = Scenario::new(call.account, given!(input), policies, caller, identities)?;
    page_of(&scenario, &given!(input))
}

fn page_of(scenario: &Scenario<'_>, given: &Given<'_>) -> Done<output::SimulatePolicy> {
    let size = LIMITS
        .size(given.max_items)
        .min(affordable(scenario.length()));
    let after: Option<usize> = page::after(LIST, given.marker)?;
    let first = after.map_or(0, |after| after.saturating_add(1));
    let questions = scenario.questions().enumerate().skip(first).take(size + 1);
    let (questions, marker) = page::cut(LIST, questions.collect(), size, |(index, _)| {
        index.to_string()
    });
    let results = questions
        .into_iter()
        .map(|(_, pair)| scenario.evaluate(pair));
    Ok(output::SimulatePolicy {
        evaluation_results: results.collect(),
        is_truncated: marker.is_some(),
        marker,
    }
    .into())
}

/// How many questions a page can afford: at least one, so that every simulation comes to an end.
fn affordable(length: usize) -> usize {
    (BUDGET / length.max(1)).max(1)
}

fn keys_of_custom(
    call: &Call<'_, input::GetContextKeysForCustomPolicy>,
) -> Done<output::GetContextKeysForPolicy> {
    let policies = Policies::custom(&Texts {
        identity: &call.input.policy_input_list,
        boundary: &[],
        levels: &[],
    })?;
    Ok(names(policies.condition_keys()).into())
}

fn keys_of_principal(
    call: &Call<'_, input::GetContextKeysForPrincipalPolicy>,
) -> Done<output::GetContextKeysForPolicy> {
    let input = call.input;
    let source = caller::source(call.tools, call.account, &input.policy_source_arn)?;
    let texts = Texts {
        identity: &input.policy_input_list,
        boundary: &[],
        levels: &[],
    };
    let exclusions = exclusions::of(&[]);
    let policies = Policies::principal(call.tools.identities, &source, &texts, &exclusions)?;
    Ok(names(policies.condition_keys()).into())
}

fn names(keys: BTreeSet<String>) -> output::GetContextKeysForPolicy {
    output::GetContextKeysForPolicy {
        context_key_names: keys.into_iter().collect(),
    }
}

/// An input that can't be simulated.
fn invalid(message: impl Into<String>) -> Fault {
    error::invalid_input(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_policies_make_short_pages() {
        for (length, expected) in [
            (0, BUDGET),
            (1024, 4096),
            (BUDGET / 100, 100),
            (BUDGET, 1),
            (usize::MAX, 1),
        ] {
            assert_eq!(affordable(length), expected, "{length}");
        }
    }
}
