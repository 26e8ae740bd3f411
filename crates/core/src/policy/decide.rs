//! The decision.
//!
//! Sources: "Policy evaluation logic", "Cross-account policy evaluation logic" and "Permissions
//! boundaries for IAM entities" in the IAM guide; "SCP evaluation" and "RCP evaluation" in the AWS
//! Organizations guide; "Default key policy" and "Grants in AWS KMS" in the KMS developer guide.

mod access;
mod evidence;
mod near;
mod sides;
mod weighing;

pub use self::near::{MAX_NEAR_MISSES, near_misses};

use self::access::{Access, access};
use self::evidence::Evidence;
use self::sides::{sides, silent};
use super::decision::Decision;
use super::explanation::{Explanation, MatchedStatement};
use super::question::{Facts, Question};

/// Decides whether the facts allow what the question asks.
///
/// 1. What denies explicitly, or does not parse, denies.
/// 2. At each node above the resource's account a resource control policy must allow, at each node
///    above the caller's a service control policy, and the policy of the VPC endpoint if the
///    request came through one. Neither kind of control policy concerns a service-linked role,
///    service control policies concern nobody without an account, and resource control policies do
///    not concern `kms:RetireGrant`.
/// 3. Without a resource policy the request must stay within the account. The root user may then do
///    anything, and others what an identity policy allows, as far as the permissions boundary and
///    the session's policies allow it too.
/// 4. The policy of a key or of a role must allow. What else must allow is a matter of how it
///    [names](super::Naming) the caller: nothing if it names the caller itself; the boundary and
///    the session's policies if it names the caller's role, the user whose federated user it is, or
///    everyone; an identity policy besides if it names the account, or if the caller is of another
///    account. Whom only an identity provider knows must be named by that provider.
/// 5. Failing that, a grant on the key may permit. Its grantee is treated like a name in the key
///    policy, with one difference: a caller of another account that is itself the grantee needs
///    nothing else. Where AWS does not say what limits a grant, this is the narrower reading.
///
/// Instead of 4 and 5, who may retire a grant is asked of the grant: see
/// [`RetirementRight`](super::RetirementRight).
pub fn decide<'a>(question: &Question<'_>, facts: &Facts<'a>) -> Decision<'a> {
    let evidence = Evidence::gather(question, facts, &mut |_, _| {});
    conclude(question, facts, &evidence)
}

/// Decides, and tells what every policy says, needed or not.
pub fn explain<'a>(question: &Question<'_>, facts: &Facts<'a>) -> Explanation<'a> {
    let mut matched = Vec::new();
    let evidence = Evidence::gather(question, facts, &mut |effect, statement| {
        matched.push(MatchedStatement { effect, statement });
    });
    Explanation {
        decision: conclude(question, facts, &evidence),
        matched,
        sides: sides(question, facts, &evidence),
        missing: silent(question, facts, &evidence),
    }
}

fn conclude<'a>(
    question: &Question<'_>,
    facts: &Facts<'a>,
    evidence: &Evidence<'a>,
) -> Decision<'a> {
    if !evidence.refusals.is_empty() {
        return Decision::denied(evidence.refusals.clone());
    }
    let barriers = evidence.barriers();
    let (allowed, missing) = match access(question, facts, evidence) {
        Access::Open(reasons) => (reasons, [None; 4]),
        Access::Shut(missing) => ([None; 2], missing),
    };
    let missing: Vec<_> = barriers.into_iter().chain(missing).flatten().collect();
    if missing.is_empty() {
        Decision::allowed(allowed.into_iter().flatten().collect())
    } else {
        Decision::denied(missing)
    }
}

#[cfg(test)]
mod tests;
