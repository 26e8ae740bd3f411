//! The enums of the model, one line for each value, in the model's order, which error messages repeat.

pub use crate::model::UnknownValue;

use crate::model::enums;

enums! {
    /// What a quota's value holds for: an account or each of its resources. Requests ask for either or both.
    AppliedLevelEnum {
        Account = "ACCOUNT",
        Resource = "RESOURCE",
        All = "ALL",
    }

    /// Why a quota's value is not known.
    ErrorCode {
        DependencyAccessDeniedError = "DEPENDENCY_ACCESS_DENIED_ERROR",
        DependencyThrottlingError = "DEPENDENCY_THROTTLING_ERROR",
        DependencyServiceError = "DEPENDENCY_SERVICE_ERROR",
        ServiceQuotaNotAvailableError = "SERVICE_QUOTA_NOT_AVAILABLE_ERROR",
    }

    /// The unit of the time in which calls are counted.
    PeriodUnit {
        Microsecond = "MICROSECOND",
        Millisecond = "MILLISECOND",
        Second = "SECOND",
        Minute = "MINUTE",
        Hour = "HOUR",
        Day = "DAY",
        Week = "WEEK",
    }

    /// What a quota is counted for.
    QuotaContextScope {
        Resource = "RESOURCE",
        Account = "ACCOUNT",
    }
}
