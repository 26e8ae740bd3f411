//! The operations of Service Quotas that tell which quotas there are: those of KMS. They are set in
//! the server's configuration, so that nothing is requested here.
//!
//! Identity policies decide who may call.
//!
//! Sources: the Service Quotas API reference, version 2019-06-24; "Actions, resources, and condition
//! keys for Service Quotas" in the Service Authorization Reference.

mod list;
mod quotas;
mod refusal;
mod services;

pub use quotas::{
    GetAWSDefaultServiceQuota, GetServiceQuota, ListAWSDefaultServiceQuotas, ListServiceQuotas,
};
pub use services::ListServices;

use super::management::Answer;
use crate::fault::Fault;
use crate::target::Named;

/// The service whose quotas are told of.
const SERVICE_CODE: &str = "kms";
/// Its name.
const SERVICE_NAME: &str = "AWS Key Management Service (AWS KMS)";

/// What an operation answers.
type Done<T> = Result<Answer<T>, Fault>;

/// What all these operations are about: nothing in particular.
const fn account<I>(_input: &I) -> Named<'_> {
    Named::Account
}
