//! The AWS protocols, as mathematics: bytes in, typed values or AWS errors out.
//!
//! | Module | What it holds |
//! |---|---|
//! | [`sigv4`] | Signature Version 4: verification of header-signed and presigned requests, and a signer |
//! | [`target`] | which operation a JSON 1.1 request names |
//! | [`json`] | AWS JSON 1.1 bodies: decoding with the model's constraints, encoding |
//! | [`keystead`] | the API of Keystead's own service |
//! | [`kms`] | the KMS API model 2014-11-01: enums, shapes, inputs, outputs |
//! | [`model`] | the language of the API models: shapes, constraints, what audit records may show |
//! | [`query`] | the Query protocol of STS and IAM: parameters in, XML out |
//! | [`iam`] | the IAM API model 2010-05-08, as far as it is served |
//! | [`cloudtrail`] | the CloudTrail API model 2013-11-01, as far as it is served |
//! | [`organizations`] | the Organizations API model 2016-11-28, as far as it is served |
//! | [`service_quotas`] | the Service Quotas API model 2019-06-24, as far as it is served |
//! | [`s3`] | the S3 REST API, as far as a bucket that is only read needs it |
//! | [`sts`] | the STS API model 2011-06-15, as far as it is served |
//! | [`xks`] | the External Key Store proxy API v1, for the KMS that calls a proxy and for the proxy |
//! | [`error`] | an error as a client sees it, in either protocol |
//!
//! The crate refuses I/O, the clock, randomness, async, and any knowledge of what a key, a principal or a policy
//! means to Keystead: it tells that `KeyId` is a string of 1 to 2048 characters, and never looks one up.
//!
//! Every size that a client chooses is bounded by a constant beside its parser or, for bodies, by whoever reads
//! them from the network. No input makes it panic, and no parser recurses deeper than the model does.

pub mod cloudtrail;
pub mod error;
pub mod iam;
pub mod json;
pub mod keystead;
pub mod kms;
pub mod model;
pub mod organizations;
pub mod query;
pub mod s3;
pub mod service_quotas;
pub mod sigv4;
pub mod sts;
pub mod target;
pub mod xks;

mod form;
mod xml;

pub use error::ApiError;
