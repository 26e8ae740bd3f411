//! The operations of CloudTrail: looking events up.
//!
//! Identity policies decide who may call.
//!
//! Source: the CloudTrail API reference, version 2013-11-01.

mod lookup;

pub use lookup::LookupEvents;
