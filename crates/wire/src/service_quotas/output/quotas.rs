//! Quotas.

use std::collections::BTreeMap;

use crate::json::outputs;
use crate::service_quotas::{AppliedLevelEnum, ErrorCode, PeriodUnit, QuotaContextScope};

outputs! {
    /// The quota as it is applied.
    GetServiceQuota {
        "Quota" quota: ServiceQuota = always;
    }

    /// A page of quotas as they are applied.
    ListServiceQuotas {
        "NextToken" next_token: Option<String> = present;
        "Quotas" quotas: Vec<ServiceQuota> = always;
    }

    /// The quota by default.
    GetAWSDefaultServiceQuota {
        "Quota" quota: ServiceQuota = always;
    }

    /// A page of quotas by default.
    ListAWSDefaultServiceQuotas {
        "NextToken" next_token: Option<String> = present;
        "Quotas" quotas: Vec<ServiceQuota> = always;
    }

    /// A quota. Its value is a finite number from 0 to 10,000,000,000, written with a fraction as AWS does (`5.0`); its
    /// unit is `None` for a number of things or calls; its period is that of a rate.
    ServiceQuota {
        "ServiceCode" service_code: String = always;
        "ServiceName" service_name: String = always;
        "QuotaArn" quota_arn: String = always;
        "QuotaCode" quota_code: String = always;
        "QuotaName" quota_name: String = always;
        "Value" value: f64 = always;
        "Unit" unit: String = always;
        "Adjustable" adjustable: bool = always;
        "GlobalQuota" global_quota: bool = always;
        "UsageMetric" usage_metric: Option<MetricInfo> = present;
        "Period" period: Option<QuotaPeriod> = present;
        "ErrorReason" error_reason: Option<ErrorReason> = present;
        "QuotaAppliedAtLevel" quota_applied_at_level: Option<AppliedLevelEnum> = present;
        "QuotaContext" quota_context: Option<QuotaContextInfo> = present;
        "Description" description: Option<String> = present;
    }

    /// The metric that tells how much of a quota is used. It has up to ten dimensions.
    MetricInfo {
        "MetricNamespace" metric_namespace: String = always;
        "MetricName" metric_name: String = always;
        "MetricDimensions" metric_dimensions: BTreeMap<String, String> = always;
        "MetricStatisticRecommendation" metric_statistic_recommendation: String = always;
    }

    /// The time in which calls are counted.
    QuotaPeriod {
        "PeriodValue" period_value: i64 = always;
        "PeriodUnit" period_unit: PeriodUnit = always;
    }

    /// Why a quota's value is not known.
    ErrorReason {
        "ErrorCode" error_code: ErrorCode = always;
        "ErrorMessage" error_message: String = always;
    }

    /// What a quota's value holds for: an account, a resource, or with `*` all resources of a type.
    QuotaContextInfo {
        "ContextScope" context_scope: QuotaContextScope = always;
        "ContextScopeType" context_scope_type: Option<String> = present;
        "ContextId" context_id: Option<String> = present;
    }
}
