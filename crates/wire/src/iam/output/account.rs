//! The account as a whole.

use std::collections::BTreeMap;

use crate::query::outputs;

outputs! {
    /// The account's alias.
    ListAccountAliases {
        "AccountAliases" account_aliases: Vec<String> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// Numbers by what they count, under the names of the model's `summaryKeyType`.
    GetAccountSummary {
        "SummaryMap" summary_map: BTreeMap<String, i64> = always;
    }
}
