//! The organization itself.

use keystead_core::change::Expected;
use keystead_core::identity::{
    AccountRecord, AccountStatus, ControlKind, JoinedBy, Membership, OrganizationRecord,
};
use keystead_core::tag::Tags;
use keystead_wire::json::NoOutput;
use keystead_wire::organizations::{OrganizationFeatureSet, input, output};

use super::about::whole;
use super::refusal::Refusal;
use super::{Done, ids, shown};
use crate::ops::management::{Answer, Call, operations};
use crate::organization::{MemberAccount, Organization, Policy, put};

operations! { Organizations "organizations" Json;
    /// Makes the organization. The caller's account manages it, and is at first alone in it. No kind
    /// of policy is in force yet.
    CreateOrganization: write, on whole => create => output::CreateOrganization;
    /// Gives the organization, to any account in it.
    DescribeOrganization: read, on whole => describe => output::DescribeOrganization;
    /// Dissolves the organization, with its units and policies, once no other account is in it.
    DeleteOrganization: write, on whole => delete;
}

fn create(call: &Call<'_, input::CreateOrganization>) -> Done<output::CreateOrganization> {
    if call.input.feature_set == Some(OrganizationFeatureSet::ConsolidatedBilling) {
        return Err(Refusal::FeatureSet.into());
    }
    let tools = call.tools;
    if Organization::of(tools.identities).is_some() {
        return Err(Refusal::AlreadyInOrganization.into());
    }
    let record = OrganizationRecord {
        id: ids::organization(tools.provider)?,
        management_account: call.account,
        root_id: ids::root(tools.provider)?,
        created: tools.now,
        enabled_policy_types: std::collections::BTreeSet::new(),
        root_tags: Tags::default(),
        failed_creations: Vec::new(),
    };
    let (account, expected) = match tools.identities.account(call.account) {
        Some(entry) => (entry.record.clone(), entry.expected()),
        None => (
            AccountRecord::new(call.account, tools.now),
            Expected::Absent,
        ),
    };
    let membership = management(&account, &record);
    let organization = shown::organization(&record, &membership.email);
    let account = AccountRecord {
        membership: Some(membership),
        ..account
    };
    Ok(Answer::from(output::CreateOrganization { organization })
        .change(put(record, Expected::Absent))
        .change(put(account, expected)))
}

/// The management account's place. Nobody ever gave it a name or an address: it is called by its
/// alias or its number, and its address is one that can't be reached (RFC 2606, section 2).
fn management(account: &AccountRecord, organization: &OrganizationRecord) -> Membership {
    let number = account.account.to_string();
    Membership {
        email: format!("{number}@keystead.invalid"),
        name: account.alias.clone().unwrap_or(number),
        status: AccountStatus::Active,
        joined_by: JoinedBy::Invited,
        joined: organization.created,
        parent: organization.root_id.clone(),
        tags: Tags::default(),
    }
}

fn describe(call: &Call<'_, input::DescribeOrganization>) -> Done<output::DescribeOrganization> {
    let organization = call.organization()?;
    let record = organization.record();
    let management = organization.account(record.management_account);
    let email = management
        .as_ref()
        .map(|account| account.membership().email.as_str());
    let organization = shown::organization(record, email.unwrap_or_default());
    Ok(output::DescribeOrganization { organization }.into())
}

fn delete(call: &Call<'_, input::DeleteOrganization>) -> Done<NoOutput> {
    let organization = call.managed()?;
    let accounts = organization.accounts();
    if accounts.len() > 1 {
        return Err(Refusal::NotEmpty.into());
    }
    let policies = ControlKind::ALL.map(|kind| organization.policies(kind));
    let policies = policies.iter().flatten().filter_map(Policy::removed);
    let units = organization.units();
    Ok(Answer::from(NoOutput)
        .change(organization.removed())
        .changes(accounts.iter().map(MemberAccount::removed))
        .changes(units.iter().map(|unit| unit.removed()))
        .changes(policies))
}
