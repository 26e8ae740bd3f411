//! Quotas.

use crate::json::recorded_inputs;
use crate::service_quotas::AppliedLevelEnum;
use crate::service_quotas::shapes::{
    MaxResults, NextToken, QuotaCode, QuotaContextId, ServiceCode,
};

recorded_inputs! {
    /// Gives a quota as it is applied to the account, or to a resource.
    GetServiceQuota {
        "ServiceCode" service_code: String = required ServiceCode;
        "QuotaCode" quota_code: String = required QuotaCode;
        "ContextId" context_id: Option<String> = optional QuotaContextId;
    }

    /// Lists a service's quotas as they are applied to the account, or the one quota named. Without a level they are
    /// those of the account.
    ListServiceQuotas {
        "ServiceCode" service_code: String = required ServiceCode;
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
        "QuotaCode" quota_code: Option<String> = optional QuotaCode;
        "QuotaAppliedAtLevel" quota_applied_at_level: Option<AppliedLevelEnum> = optional AppliedLevelEnum;
    }

    /// Gives a quota as it is where nothing else was agreed upon.
    GetAWSDefaultServiceQuota {
        "ServiceCode" service_code: String = required ServiceCode;
        "QuotaCode" quota_code: String = required QuotaCode;
    }

    /// Lists a service's quotas as they are where nothing else was agreed upon.
    ListAWSDefaultServiceQuotas {
        "ServiceCode" service_code: String = required ServiceCode;
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }
}
