//! Records as answers show them.

use keystead_core::identity::{
    AccountCreation, AccountRecord, AccountStatus as Stored, ControlKind, ControlPolicyRecord,
    JoinedBy, OrganizationRecord, UnitRecord,
};
use keystead_core::time::Timestamp;
use keystead_wire::json::EpochSeconds;
use keystead_wire::model::Sensitive;
use keystead_wire::organizations::{
    AccountJoinedMethod, AccountState, AccountStatus, CreateAccountFailureReason,
    CreateAccountState, OrganizationFeatureSet, PolicyTypeStatus, TargetType, output,
};

use super::policy::policy_type;
use crate::organization::{MemberAccount, Node, Organization, ROOT_NAME};

/// The organization; `email` is that of its management account.
pub(super) fn organization(record: &OrganizationRecord, email: &str) -> output::Organization {
    output::Organization {
        id: record.id.clone(),
        arn: record.arn(),
        feature_set: OrganizationFeatureSet::All,
        master_account_arn: record.account_arn(record.management_account),
        master_account_id: record.management_account.to_string(),
        master_account_email: sensitive(email),
        available_policy_types: ControlKind::ALL.map(type_in_force).into(),
    }
}

/// The root.
pub(super) fn root(record: &OrganizationRecord) -> output::Root {
    let enabled = record.enabled_policy_types.iter().copied();
    output::Root {
        id: record.root_id.clone(),
        arn: record.root_arn(),
        name: ROOT_NAME.to_owned(),
        policy_types: enabled.map(type_in_force).collect(),
    }
}

const fn type_in_force(kind: ControlKind) -> output::PolicyTypeSummary {
    output::PolicyTypeSummary {
        r#type: policy_type(kind),
        status: PolicyTypeStatus::Enabled,
    }
}

/// A unit.
pub(super) fn unit(
    organization: &Organization<'_>,
    record: &UnitRecord,
) -> output::OrganizationalUnit {
    output::OrganizationalUnit {
        id: record.id.clone(),
        arn: organization.record().unit_arn(&record.id),
        name: record.name.clone(),
        path: Some(path(organization, &record.id, &record.parent)),
    }
}

/// An account.
pub(super) fn account(organization: &Organization<'_>, account: &MemberAccount) -> output::Account {
    let (id, membership) = (account.record().account, account.membership());
    let (status, state) = match membership.status {
        Stored::Active => (AccountStatus::Active, AccountState::Active),
        Stored::Suspended => (AccountStatus::Suspended, AccountState::Suspended),
    };
    output::Account {
        id: id.to_string(),
        arn: organization.record().account_arn(id),
        email: sensitive(&membership.email),
        name: sensitive(&membership.name),
        status,
        state: Some(state),
        paths: vec![path(organization, id.as_str(), &membership.parent)],
        joined_method: match membership.joined_by {
            JoinedBy::Invited => AccountJoinedMethod::Invited,
            JoinedBy::Created => AccountJoinedMethod::Created,
        },
        joined_timestamp: instant(membership.joined),
    }
}

/// `o-…/r-…/ou-…/`, down to the unit or account itself (`Path` of the API model).
fn path(organization: &Organization<'_>, id: &str, parent: &str) -> String {
    let below = organization.lineage(id, parent).join("/");
    format!("{}/{below}/", organization.record().id)
}

/// The making of an account that is there.
pub(super) fn made(account: &AccountRecord, by: &AccountCreation) -> output::CreateAccountStatus {
    output::CreateAccountStatus {
        state: CreateAccountState::Succeeded,
        account_id: Some(account.account.to_string()),
        failure_reason: None,
        ..failed(by)
    }
}

/// The making of an account whose address another one has.
pub(super) fn failed(creation: &AccountCreation) -> output::CreateAccountStatus {
    output::CreateAccountStatus {
        id: creation.id.clone(),
        account_name: sensitive(&creation.name),
        state: CreateAccountState::Failed,
        requested_timestamp: instant(creation.at),
        completed_timestamp: Some(instant(creation.at)),
        account_id: None,
        gov_cloud_account_id: None,
        failure_reason: Some(CreateAccountFailureReason::EmailAlreadyExists),
    }
}

/// A policy with its text.
pub(super) fn policy(
    organization: &OrganizationRecord,
    record: &ControlPolicyRecord,
) -> output::Policy {
    output::Policy {
        policy_summary: policy_summary(organization, record),
        content: record.document().to_owned(),
    }
}

/// A policy without its text.
pub(super) fn policy_summary(
    organization: &OrganizationRecord,
    record: &ControlPolicyRecord,
) -> output::PolicySummary {
    output::PolicySummary {
        id: record.id.clone(),
        arn: organization.policy_arn(record),
        name: record.name.clone(),
        description: Some(record.description.clone()),
        r#type: policy_type(record.kind),
        aws_managed: record.is_aws_managed(),
    }
}

/// A root, unit or account that a policy is attached to.
pub(super) fn target(
    organization: &OrganizationRecord,
    node: &Node,
) -> output::PolicyTargetSummary {
    output::PolicyTargetSummary {
        target_id: node.id().to_owned(),
        arn: node.arn(organization),
        name: node.name().to_owned(),
        r#type: match node {
            Node::Root(_) => TargetType::Root,
            Node::Unit(_) => TargetType::OrganizationalUnit,
            Node::Account(_) => TargetType::Account,
        },
    }
}

const fn instant(at: Timestamp) -> EpochSeconds {
    EpochSeconds(at.as_millis())
}

fn sensitive(text: &str) -> Sensitive {
    Sensitive::from(text.to_owned())
}
