//! The S3 REST API, version 2006-03-01, as far as a bucket needs it that is only read: path-style requests for its
//! location, its objects' names, and its objects.
//!
//! What a request asks for stands in its method, its path and its parameters. A parameter that is not served is
//! refused, so that nobody takes an answer for another one than was asked for.
//!
//! Sources: the S3 API reference; the API model of version 2006-03-01.

mod input;
mod output;
mod range;
mod request;

pub use input::{
    GetBucketLocation, GetObject, HeadBucket, HeadObject, Input, ListObjects, ListVersion,
};
pub use output::{Listing, Object, Response, Summary, bucket, empty, listing, location};
pub use range::{ByteRange, Part};
pub use request::{MAX_KEY_BYTES, operation};

/// The XML namespace of answers.
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// The most names that one page of a listing has.
pub const MAX_KEYS: usize = 1000;
