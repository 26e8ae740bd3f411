//! Accounts.

use super::Tag;
use crate::model::Sensitive;
use crate::organizations::inputs;
use crate::organizations::shapes::{
    AccountId, CreateAccountName, CreateAccountRequestId, CreateAccountStates, Email, MaxResults,
    NextToken, ParentId, RoleName, Tags,
};
use crate::organizations::{CreateAccountState, IAMUserAccessToBilling};

inputs! {
    /// Starts the making of an account.
    CreateAccount {
        "Email" email: Sensitive = required Email;
        "AccountName" account_name: Sensitive = required CreateAccountName;
        "RoleName" role_name: Option<String> = optional RoleName;
        "IamUserAccessToBilling" iam_user_access_to_billing: Option<IAMUserAccessToBilling> = optional IAMUserAccessToBilling;
        "Tags" tags: Vec<Tag> = defaulted Tags;
    }

    /// Tells how far the making of an account has come.
    DescribeCreateAccountStatus {
        "CreateAccountRequestId" create_account_request_id: String = required CreateAccountRequestId;
    }

    /// Lists the accounts that are or were being made.
    ListCreateAccountStatus {
        "States" states: Vec<CreateAccountState> = defaulted CreateAccountStates;
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }

    /// Closes a member account.
    CloseAccount {
        "AccountId" account_id: String = required AccountId;
    }

    /// Takes a member account out of the organization.
    RemoveAccountFromOrganization {
        "AccountId" account_id: String = required AccountId;
    }

    /// Lists the organization's accounts.
    ListAccounts {
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }

    /// Lists the accounts right below a root or unit.
    ListAccountsForParent {
        "ParentId" parent_id: String = required ParentId;
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }

    /// Gives an account.
    DescribeAccount {
        "AccountId" account_id: String = required AccountId;
    }

    /// Moves an account to another root or unit.
    MoveAccount {
        "AccountId" account_id: String = required AccountId;
        "SourceParentId" source_parent_id: String = required ParentId;
        "DestinationParentId" destination_parent_id: String = required ParentId;
    }
}
