//! Who gives access, and what else must allow then.

use super::super::decision::Reason;
use super::super::named::Naming;
use super::super::principal::Principal;
use super::super::question::{Facts, Question, ResourcePolicy};
use super::super::retirement;
use super::evidence::Evidence;
use crate::grant::{GrantOperation, GrantRecord, GrantRequest};

/// Whether somebody gives access and everybody else who must allow does.
pub(super) enum Access<'a> {
    /// Yes: what allows, one reason for each side that had to.
    Open([Option<Reason<'a>>; 2]),
    /// No: what is missing.
    Shut([Option<Reason<'a>>; 4]),
}

/// What must allow besides the side that gives access.
#[derive(Clone, Copy)]
enum Needs {
    Nothing,
    /// The permissions boundary and the session's policies.
    Limits,
    /// An identity policy besides.
    IdentityAndLimits,
}

/// Asks the resource's policy, then the grants. They come last, so that a request which is allowed
/// by a grant is one that no policy allows.
pub(super) fn access<'a>(
    question: &Question<'_>,
    facts: &Facts<'a>,
    evidence: &Evidence<'a>,
) -> Access<'a> {
    let mut nearest = None;
    let ways = match facts.resource_policy {
        ResourcePolicy::Retirement(_) => [way_by_account_of_grant, way_by_name_in_grant],
        _ => [way_by_policy, way_by_grant],
    };
    for way in ways {
        let Some((gives, needs)) = way(question, facts, evidence) else {
            continue;
        };
        match through(question, evidence, gives, needs) {
            Access::Open(reasons) => return Access::Open(reasons),
            shut => nearest = nearest.or(Some(shut)),
        }
    }
    nearest.unwrap_or_else(|| Access::Shut(all_missing(question, facts, evidence)))
}

/// What gives access, if it is not the caller's own account as such, and what it needs.
type Way<'a> = (Option<Reason<'a>>, Needs);

fn way_by_policy<'a>(
    question: &Question<'_>,
    facts: &Facts<'a>,
    evidence: &Evidence<'a>,
) -> Option<Way<'a>> {
    let is_foreign = question.is_cross_account();
    if let ResourcePolicy::None = facts.resource_policy {
        // Only a resource policy can admit another account.
        return (!is_foreign).then_some((None, Needs::IdentityAndLimits));
    }
    let (naming, statement) = evidence.resource?;
    let is_known =
        naming == Naming::Itself || !matches!(question.principal, Principal::WebIdentity { .. });
    let gives = match naming {
        Naming::ByAccount => Reason::Delegated(statement),
        _ => Reason::Allowed(statement),
    };
    let needs = if is_foreign {
        Needs::IdentityAndLimits
    } else {
        Needs::of(naming)
    };
    is_known.then_some((Some(gives), needs))
}

fn way_by_grant<'a>(
    question: &Question<'_>,
    facts: &Facts<'a>,
    _: &Evidence<'a>,
) -> Option<Way<'a>> {
    let (naming, grant) = grant(question, facts)?;
    // A grantee of another account needs no more than one of the key's own: EC2 Auto Scaling uses
    // another account's key by a grant to its role alone, which has no permission for KMS.
    Some((Some(Reason::Granted(grant)), Needs::of(naming)))
}

fn way_by_account_of_grant<'a>(
    question: &Question<'_>,
    facts: &Facts<'a>,
    _: &Evidence<'a>,
) -> Option<Way<'a>> {
    let grant = retired(facts)?;
    let (naming, right) = retirement::by_account(grant, &question.principal)?;
    let needs = if question.is_cross_account() {
        Needs::IdentityAndLimits
    } else {
        Needs::of(naming)
    };
    Some((Some(Reason::Retires { grant, right }), needs))
}

fn way_by_name_in_grant<'a>(
    question: &Question<'_>,
    facts: &Facts<'a>,
    _: &Evidence<'a>,
) -> Option<Way<'a>> {
    let grant = retired(facts)?;
    let (naming, right) = retirement::by_name(grant, &question.principal)?;
    Some((Some(Reason::Retires { grant, right }), Needs::of(naming)))
}

/// The grant that is to be retired.
const fn retired<'a>(facts: &Facts<'a>) -> Option<&'a GrantRecord> {
    match facts.resource_policy {
        ResourcePolicy::Retirement(grant) => Some(grant),
        _ => None,
    }
}

/// Whether the grant that is to be retired gives the caller, or its account, a right to.
pub(super) fn may_retire(question: &Question<'_>, grant: &GrantRecord) -> bool {
    let caller = &question.principal;
    retirement::by_account(grant, caller)
        .or_else(|| retirement::by_name(grant, caller))
        .is_some()
}

/// The grant that permits what is asked.
pub(super) fn grant<'a>(
    question: &Question<'_>,
    facts: &Facts<'a>,
) -> Option<(Naming, &'a GrantRecord)> {
    let grants = facts.grants?;
    let request = GrantRequest {
        principal: &question.principal,
        operation: GrantOperation::of_action(question.action)?,
        encryption_context: grants.encryption_context,
        source_arn: grants.source_arn,
    };
    grants.book.closest(&request, |_| true)
}

impl Needs {
    /// The table of "Permissions boundaries for IAM entities" in the IAM guide. What limits a name
    /// of everyone is not documented; it is taken for a name of the role.
    const fn of(naming: Naming) -> Self {
        match naming {
            Naming::Itself => Self::Nothing,
            Naming::ByRole | Naming::ByUser | Naming::ByEveryone => Self::Limits,
            Naming::ByAccount => Self::IdentityAndLimits,
        }
    }
}

fn through<'a>(
    question: &Question<'_>,
    evidence: &Evidence<'a>,
    gives: Option<Reason<'a>>,
    needs: Needs,
) -> Access<'a> {
    let [boundary, session] = evidence.limits();
    let identity = identity(question, evidence);
    let (missing, limits) = match needs {
        Needs::Nothing => return Access::Open([gives, None]),
        Needs::Limits => (None, None),
        Needs::IdentityAndLimits => (missing_identity(identity), identity),
    };
    if missing.or(boundary).or(session).is_some() {
        return Access::Shut([missing, boundary, session, None]);
    }
    Access::Open([gives, limits])
}

/// What allows on the side of the caller's identity policies. The root user, and whoever got a
/// session from it, needs none.
pub(super) fn identity<'a>(question: &Question<'_>, evidence: &Evidence<'a>) -> Option<Reason<'a>> {
    if question.principal.acts_for_root() {
        return Some(Reason::RootUser);
    }
    evidence.identity.map(Reason::Allowed)
}

const fn missing_identity<'a>(found: Option<Reason<'a>>) -> Option<Reason<'a>> {
    match found {
        Some(_) => None,
        None => Some(Reason::NoIdentityPolicyAllows),
    }
}

/// What is missing where nobody gives access: a policy of the resource, and in another account all
/// that would have to allow besides.
fn all_missing<'a>(
    question: &Question<'_>,
    facts: &Facts<'a>,
    evidence: &Evidence<'a>,
) -> [Option<Reason<'a>>; 4] {
    let resource = Some(missing_resource(facts));
    if !question.is_cross_account() {
        return [resource, None, None, None];
    }
    let [boundary, session] = evidence.limits();
    let identity = missing_identity(identity(question, evidence));
    [resource, identity, boundary, session]
}

/// What to say where no policy of the resource and no grant gives access.
pub(super) const fn missing_resource<'a>(facts: &Facts<'a>) -> Reason<'a> {
    match facts.resource_policy {
        ResourcePolicy::Trust(_) => Reason::NoTrustPolicyAllows,
        ResourcePolicy::Retirement(grant) => Reason::NoRightToRetire { grant },
        ResourcePolicy::Key(_) | ResourcePolicy::None => Reason::NoResourcePolicyAllows,
    }
}
