//! The outputs of operations, named as the operations are.

mod quotas;
mod services;

pub use quotas::{
    ErrorReason, GetAWSDefaultServiceQuota, GetServiceQuota, ListAWSDefaultServiceQuotas,
    ListServiceQuotas, MetricInfo, QuotaContextInfo, QuotaPeriod, ServiceQuota,
};
pub use services::{ListServices, ServiceInfo};

use crate::model::{Recorded, RecordedValue};

/// Makes outputs [`Recorded`], with nothing to show: all operations here only read, and records show nothing of what
/// was read.
macro_rules! unrecorded {
    ($($name:ident),* $(,)?) => {
        $(impl Recorded for $name {
            fn recorded(&self) -> Vec<(&'static str, RecordedValue)> {
                Vec::new()
            }
        })*
    };
}

unrecorded!(
    GetAWSDefaultServiceQuota,
    GetServiceQuota,
    ListAWSDefaultServiceQuotas,
    ListServiceQuotas,
    ListServices,
);
