//! The account as a whole.

use crate::iam::EntityType;
use crate::iam::shapes::{AccountAliasType, EntityListType, MarkerType, MaxItemsType};
use crate::query::inputs;

inputs! {
    /// Gives the account an alias.
    CreateAccountAlias {
        "AccountAlias" account_alias: String = required AccountAliasType;
    }

    /// Removes the account's alias.
    DeleteAccountAlias {
        "AccountAlias" account_alias: String = required AccountAliasType;
    }

    /// Lists the account's alias.
    ListAccountAliases {
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Counts what the account has and may have.
    GetAccountSummary {}

    /// Gives all users, groups, roles and policies of the account.
    GetAccountAuthorizationDetails {
        "Filter" filter: Vec<EntityType> = defaulted EntityListType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
        "Marker" marker: Option<String> = optional MarkerType;
    }
}
