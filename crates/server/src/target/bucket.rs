//! Buckets and the objects in them, which are read by the account alone that owns them. Identity
//! policies decide.

use super::{AuditResource, Target};
use crate::audit::trail;
use crate::authz::Gate;
use crate::fault::Fault;

/// How an input names a bucket, or an object in it.
#[derive(Debug, Clone, Copy)]
pub struct InBucket<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// The object's name; `None` of the bucket itself.
    pub key: Option<&'a str>,
}

/// A bucket of the caller's account, or an object in it that may be there.
#[derive(Debug)]
pub struct BucketTarget {
    /// Whether the caller may know which objects there are.
    pub may_list: bool,
}

/// The permission to list a bucket, by which S3 tells who may know what is not there.
const LIST: &str = "s3:ListBucket";

impl Target for BucketTarget {
    type Name<'a> = InBucket<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn admit(name: InBucket<'_>, action: &'static str, gate: &mut Gate<'_>) -> Result<Self, Fault> {
        let InBucket { bucket, key } = name;
        let owner = trail::bucket_owner(bucket);
        let bucket_arn = trail::bucket_arn(bucket);
        let object_arn = key.map(|key| trail::object_arn(bucket, key));
        let account = gate.scope().account;
        if owner == Some(account) {
            let arns = object_arn.iter().chain([&bucket_arn]);
            for arn in arns {
                let arn = arn.as_str().into();
                gate.found(AuditResource { account, arn });
            }
        }
        gate.ask_own(action, object_arn.as_ref().unwrap_or(&bucket_arn))?;
        match owner {
            Some(owner) if owner == account => Ok(Self {
                may_list: gate.may(LIST, &bucket_arn),
            }),
            Some(_) => Err(gate.deny_foreign(action)),
            None => Err(no_such_bucket()),
        }
    }
}

/// The answer where there is no bucket.
pub(crate) fn no_such_bucket() -> Fault {
    Fault::Named {
        code: "NoSuchBucket",
        status: 404,
        message: "The specified bucket does not exist".to_owned(),
    }
}
