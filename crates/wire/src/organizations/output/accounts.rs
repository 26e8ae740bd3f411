//! Accounts.

use crate::json::{EpochSeconds, recorded_outputs};
use crate::model::Sensitive;
use crate::organizations::{
    AccountJoinedMethod, AccountState, AccountStatus, CreateAccountFailureReason,
    CreateAccountState,
};

recorded_outputs! {
    /// How far the making of the account has come.
    CreateAccount {
        "CreateAccountStatus" create_account_status: CreateAccountStatus = always;
    }

    /// How far the making of the account has come.
    DescribeCreateAccountStatus {
        "CreateAccountStatus" create_account_status: CreateAccountStatus = always;
    }

    /// A page of accounts that are or were being made.
    ListCreateAccountStatus {
        "CreateAccountStatuses" create_account_statuses: Vec<CreateAccountStatus> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// A page of accounts.
    ListAccounts {
        "Accounts" accounts: Vec<Account> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// A page of accounts.
    ListAccountsForParent {
        "Accounts" accounts: Vec<Account> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// The account.
    DescribeAccount {
        "Account" account: Account = always;
    }

    /// An account of an organization.
    Account {
        "Id" id: String = always;
        "Arn" arn: String = always;
        "Email" email: Sensitive = always;
        "Name" name: Sensitive = always;
        "Status" status: AccountStatus = always;
        "State" state: Option<AccountState> = present;
        "Paths" paths: Vec<String> = nonempty;
        "JoinedMethod" joined_method: AccountJoinedMethod = always;
        "JoinedTimestamp" joined_timestamp: EpochSeconds = always;
    }

    /// The making of an account.
    CreateAccountStatus {
        "Id" id: String = always;
        "AccountName" account_name: Sensitive = always;
        "State" state: CreateAccountState = always;
        "RequestedTimestamp" requested_timestamp: EpochSeconds = always;
        "CompletedTimestamp" completed_timestamp: Option<EpochSeconds> = present;
        "AccountId" account_id: Option<String> = present;
        "GovCloudAccountId" gov_cloud_account_id: Option<String> = present;
        "FailureReason" failure_reason: Option<CreateAccountFailureReason> = present;
    }
}
