//! The operations of CloudTrail: looking events up, the trail that every account has, and the public
//! keys of its digests.
//!
//! Identity policies decide who may call.
//!
//! Sources: the CloudTrail API reference, version 2013-11-01; "Actions, resources, and condition keys
//! for AWS CloudTrail" in the Service Authorization Reference.

mod lookup;
mod trails;

pub use lookup::LookupEvents;
pub use trails::{DescribeTrails, GetTrail, GetTrailStatus, ListPublicKeys, ListTrails};
