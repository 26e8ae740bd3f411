//! The AWS protocols, as mathematics: bytes in, typed values or AWS errors out.
//!
//! | Module | What it holds |
//! |---|---|
//! | [`sigv4`] | Signature Version 4: verification of header-signed and presigned requests, and a signer |
//! | [`target`] | which operation a JSON 1.1 request names |
//! | [`json`] | AWS JSON 1.1 bodies: decoding with the model's constraints, encoding |
//! | [`kms`] | the KMS API model 2014-11-01: enums, shapes, inputs, outputs |
//! | [`query`] | the Query protocol of STS and IAM: parameters in, XML out |
//! | [`sts`] | the STS API model 2011-06-15, as far as it is served |
//! | [`error`] | an error as a client sees it, in either protocol |
//!
//! The crate refuses I/O, the clock, randomness, async, and any knowledge of what a key, a principal or a policy
//! means to Keystead: it tells that `KeyId` is a string of 1 to 2048 characters, and never looks one up.
//!
//! Every size that a client chooses is bounded by a constant beside its parser or, for bodies, by whoever reads
//! them from the network. No input makes it panic, and no parser recurses deeper than the model does.

pub mod error;
pub mod json;
pub mod kms;
pub mod query;
pub mod sigv4;
pub mod sts;
pub mod target;

mod form;
mod xml;

pub use error::ApiError;
