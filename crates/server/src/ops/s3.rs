//! The operations of S3 by which the audit trail's files are read. Nothing can be written.
//!
//! Sources: the S3 API reference; "Actions, resources, and condition keys for Amazon S3" in the
//! Service Authorization Reference; "Amazon S3 CloudTrail events" in the S3 user guide.

mod bucket;
mod object;

pub use bucket::{GetBucketLocation, HeadBucket, ListObjects};
pub use object::{GetObject, HeadObject};

use keystead_core::audit::Elements;

use crate::audit::trail::Trail;
use crate::fault::Fault;
use crate::operation::Tools;
use crate::target::no_such_bucket;

/// The trail whose files the buckets hold; without one, there are no buckets.
fn trail<'a>(tools: &Tools<'a>) -> Result<&'a Trail, Fault> {
    tools.trail.ok_or_else(no_such_bucket)
}

/// What every record says of a request.
fn named<'a>(bucket: &'a str, key: Option<&'a str>) -> Elements<'a> {
    Elements::new()
        .text("bucketName", bucket)
        .text_if("key", key)
}
