//! Accounts that are in the organization.

use keystead_core::identity::AccountStatus;
use keystead_wire::json::NoOutput;
use keystead_wire::organizations::{input, output};

use super::about::{one, way, whole};
use super::list::asked;
use super::refusal::Refusal;
use super::{Done, shown};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call, operations};
use crate::organization::{MemberAccount, Node, Organization};

operations! { Organizations "organizations" Json;
    /// Lists the accounts, in the order of their numbers.
    ListAccounts: read, on whole => list => output::ListAccounts;
    /// Lists the accounts right below a root or unit.
    ListAccountsForParent: read, on |input| one(&input.parent_id)
        => list_below => output::ListAccountsForParent;
    /// Gives an account.
    DescribeAccount: read, on |input| one(&input.account_id) => describe => output::DescribeAccount;
    /// Moves an account to another root or unit, whose policies then concern it at once.
    MoveAccount: write, on |input| way(
        &input.account_id, &input.source_parent_id, &input.destination_parent_id,
    ) => shift;
    /// Closes an account: nobody of it may do anything any more.
    CloseAccount: write, on |input| one(&input.account_id) => close;
    /// Takes an account out of the organization, whose policies then do not concern it any more.
    RemoveAccountFromOrganization: write, on |input| one(&input.account_id) => remove;
}

fn list(call: &Call<'_, input::ListAccounts>) -> Done<output::ListAccounts> {
    let organization = call.managed()?;
    let (page, next_token) = asked!(call, "ListAccounts").page(organization.accounts(), number)?;
    let accounts = page
        .iter()
        .map(|account| shown::account(&organization, account));
    Ok(output::ListAccounts {
        accounts: accounts.collect(),
        next_token,
    }
    .into())
}

fn list_below(
    call: &Call<'_, input::ListAccountsForParent>,
) -> Done<output::ListAccountsForParent> {
    let organization = call.managed()?;
    let parent = organization.node(&call.input.parent_id);
    let parent = parent.ok_or(Refusal::ParentNotFound)?;
    let accounts = organization.accounts_below(parent.id());
    let (page, next_token) = asked!(call, "ListAccountsForParent").page(accounts, number)?;
    let accounts = page
        .iter()
        .map(|account| shown::account(&organization, account));
    Ok(output::ListAccountsForParent {
        accounts: accounts.collect(),
        next_token,
    }
    .into())
}

fn number(account: &MemberAccount) -> String {
    account.record().account.to_string()
}

fn describe(call: &Call<'_, input::DescribeAccount>) -> Done<output::DescribeAccount> {
    let organization = call.managed()?;
    let account = find(&organization, &call.input.account_id)?;
    let account = shown::account(&organization, &account);
    Ok(output::DescribeAccount { account }.into())
}

fn shift(call: &Call<'_, input::MoveAccount>) -> Done<NoOutput> {
    let organization = call.managed()?;
    let input = call.input;
    let account = find(&organization, &input.account_id)?;
    let source = organization.node(&input.source_parent_id);
    let source = source.ok_or(Refusal::SourceNotFound)?;
    let destination = organization.node(&input.destination_parent_id);
    let destination = destination.ok_or(Refusal::DestinationNotFound)?;
    if account.membership().parent == destination.id() {
        return Err(Refusal::MovedAlready.into());
    }
    if account.membership().parent != source.id() {
        return Err(Refusal::AccountNotFound.into());
    }
    let moved = account.changed(|membership| destination.id().clone_into(&mut membership.parent));
    Ok(Answer::from(NoOutput)
        .change(moved)
        .change(organization.turn()))
}

fn close(call: &Call<'_, input::CloseAccount>) -> Done<NoOutput> {
    let organization = call.managed()?;
    let account = find(&organization, &call.input.account_id)?;
    if account.record().account == organization.record().management_account {
        return Err(Refusal::ManagementAccountStaysOpen.into());
    }
    if account.membership().status == AccountStatus::Suspended {
        return Err(Refusal::AccountAlreadyClosed.into());
    }
    let closed = account.changed(|membership| membership.status = AccountStatus::Suspended);
    Ok(Answer::from(NoOutput)
        .change(closed)
        .change(organization.turn()))
}

fn remove(call: &Call<'_, input::RemoveAccountFromOrganization>) -> Done<NoOutput> {
    let organization = call.managed()?;
    let account = find(&organization, &call.input.account_id)?;
    if account.record().account == organization.record().management_account {
        return Err(Refusal::ManagementAccountStays.into());
    }
    // That it is closed is known of its place alone: outside it would be open again.
    if account.membership().status == AccountStatus::Suspended {
        return Err(Refusal::ClosedAccountStays.into());
    }
    Ok(Answer::from(NoOutput)
        .change(account.removed())
        .changes(organization.released(account.record().account.as_str()))
        .change(organization.turn()))
}

fn find(organization: &Organization<'_>, id: &str) -> Result<MemberAccount, Fault> {
    match organization.node(id) {
        Some(Node::Account(account)) => Ok(account),
        _ => Err(Refusal::AccountNotFound.into()),
    }
}
