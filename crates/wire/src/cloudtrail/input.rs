//! The inputs of operations, named as the operations are.

mod events;
mod trails;

pub use events::{LookupAttribute, LookupEvents};
pub use trails::{DescribeTrails, GetTrail, GetTrailStatus, ListPublicKeys, ListTrails};
