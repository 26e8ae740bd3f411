//! The inputs of operations, named as the operations are.

mod quotas;
mod services;

pub use quotas::{
    GetAWSDefaultServiceQuota, GetServiceQuota, ListAWSDefaultServiceQuotas, ListServiceQuotas,
};
pub use services::ListServices;
