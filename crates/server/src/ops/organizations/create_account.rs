//! The making of accounts.
//!
//! AWS takes minutes for it and tells meanwhile how far it has come; here the account is there when
//! the call is answered. One way leads into it: the role that it is made with
//! ([`account_access`]).

use keystead_core::change::Expected;
use keystead_core::identity::{
    AccountCreation, AccountRecord, AccountStatus, JoinedBy, Membership,
};
use keystead_wire::organizations::{input, output};

use super::about::{new, whole};
use super::list::asked;
use super::refusal::Refusal;
use super::{Done, account_access, ids, quota, shown, tags};
use crate::ops::management::{Answer, Call, operations};
use crate::organization::{Organization, put};

operations! { Organizations "organizations" Json;
    /// Makes an account with a role in it that the management account's principals may become.
    CreateAccount: write, on |input| new(None, &input.tags) => create => output::CreateAccount;
    /// Tells what became of a call of `CreateAccount`.
    DescribeCreateAccountStatus: read, on whole => describe => output::DescribeCreateAccountStatus;
    /// Lists what became of calls of `CreateAccount`: of all that succeeded and of the latest that
    /// failed.
    ListCreateAccountStatus: read, on whole => list => output::ListCreateAccountStatus;
}

fn create(call: &Call<'_, input::CreateAccount>) -> Done<output::CreateAccount> {
    let (input, tools) = (call.input, call.tools);
    let organization = call.managed()?;
    let accounts = organization.accounts();
    if accounts.len() >= quota::ACCOUNTS {
        return Err(Refusal::AccountsExceeded.into());
    }
    let tags = tags::new(&input.tags)?;
    let creation = AccountCreation {
        id: ids::creation(tools.provider)?,
        // The account's list of names and addresses is the organization's to keep.
        name: input.account_name.expose().to_owned(),
        at: tools.now,
    };
    let email = input.email.expose();
    let has_it = |membership: &Membership| membership.email.eq_ignore_ascii_case(email);
    if accounts.iter().any(|account| has_it(account.membership())) {
        return Ok(refused(&organization, creation));
    }
    let is_taken = |number| tools.identities.account(number).is_some();
    let number = ids::account(tools.provider, is_taken)?;
    let role = account_access::role(number, call.account, input.role_name.as_deref(), tools)?;
    let account = AccountRecord {
        membership: Some(Membership {
            name: creation.name.clone(),
            email: email.to_owned(),
            status: AccountStatus::Active,
            joined_by: JoinedBy::Created,
            joined: tools.now,
            parent: organization.record().root_id.clone(),
            tags,
        }),
        creation: Some(creation.clone()),
        ..AccountRecord::new(number, tools.now)
    };
    let create_account_status = shown::made(&account, &creation);
    Ok(Answer::from(output::CreateAccount {
        create_account_status,
    })
    .change(put(account, Expected::Absent))
    .change(put(role, Expected::Absent))
    .changes(organization.full_access_to(number.as_str()))
    .change(organization.turn()))
}

/// Another account has the address. As in AWS, the call succeeds and its status says so.
fn refused(
    organization: &Organization<'_>,
    creation: AccountCreation,
) -> Answer<output::CreateAccount> {
    let create_account_status = shown::failed(&creation);
    let mut record = organization.record().clone();
    record.failed_creations.push(creation);
    let surplus = record
        .failed_creations
        .len()
        .saturating_sub(quota::FAILED_CREATIONS);
    record.failed_creations.drain(..surplus);
    Answer::from(output::CreateAccount {
        create_account_status,
    })
    .change(organization.replaced_by(record))
}

fn describe(
    call: &Call<'_, input::DescribeCreateAccountStatus>,
) -> Done<output::DescribeCreateAccountStatus> {
    let organization = call.managed()?;
    let mut all = statuses(call, &organization).into_iter();
    let create_account_status = all
        .find(|status| status.id == call.input.create_account_request_id)
        .ok_or(Refusal::CreationNotFound)?;
    Ok(output::DescribeCreateAccountStatus {
        create_account_status,
    }
    .into())
}

fn list(call: &Call<'_, input::ListCreateAccountStatus>) -> Done<output::ListCreateAccountStatus> {
    let organization = call.managed()?;
    let mut all = statuses(call, &organization);
    let wanted = &call.input.states;
    all.retain(|status| wanted.is_empty() || wanted.contains(&status.state));
    all.sort_by(|one, other| one.id.cmp(&other.id));
    let page = asked!(call, "ListCreateAccountStatus").page(all, |status| status.id.clone());
    let (create_account_statuses, next_token) = page?;
    Ok(output::ListCreateAccountStatus {
        create_account_statuses,
        next_token,
    }
    .into())
}

/// Of the accounts that were made, even if they have left since, and of those that were not.
fn statuses<I>(
    call: &Call<'_, I>,
    organization: &Organization<'_>,
) -> Vec<output::CreateAccountStatus> {
    let accounts = call.tools.identities.accounts_after(None, usize::MAX);
    let made = accounts.iter().filter_map(|entry| {
        let creation = entry.record.creation.as_ref()?;
        Some(shown::made(&entry.record, creation))
    });
    let failed = organization.record().failed_creations.iter();
    made.chain(failed.map(shown::failed)).collect()
}
