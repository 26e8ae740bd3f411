//! Objects.

use keystead_core::audit::{Elements, EventCategory};
use keystead_crypto::sha256;
use keystead_wire::s3;

use super::{named, trail};
use crate::audit::trail::{Catalogue, ObjectFacts, ObjectKey, SIGNATURE_ALGORITHM};
use crate::authz::Authorized;
use crate::fault::{Fault, Internal};
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::{Rest, Service};
use crate::target::{BucketTarget, InBucket};

/// Reads an object.
#[derive(Debug)]
pub enum GetObject {}

impl Operation for GetObject {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "GetObject";
    const ACTION: &'static str = "s3:GetObject";
    const READ_ONLY: bool = true;
    const CATEGORY: EventCategory = EventCategory::Data;
    type Input = s3::GetObject;
    type Output = s3::Response;
    type Protocol = Rest;
    type Target = BucketTarget;

    fn target(input: &Self::Input) -> InBucket<'_> {
        InBucket {
            bucket: &input.bucket,
            key: Some(&input.key),
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(named(&input.bucket, Some(&input.key)))
    }

    /// The object is on the disk. It is read as a whole: delivery makes none of more than a few MiB.
    fn blocks(_input: &Self::Input) -> bool {
        true
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let found = find(&call, &input.key, tools)?;
        let part = match input.range {
            Some(range) => Some(range.of(found.facts.size).ok_or_else(invalid_range)?),
            None => None,
        };
        let bounds = part.map(|part| (part.offset, part.length));
        let body = found.catalogue.read(&found.key, bounds);
        let body = body.map_err(Internal::from)?;
        let body = body.ok_or_else(|| not_there(&call))?;
        let answer = found.object()?.with_body(part, body);
        Ok(Performed::new(call, answer))
    }
}

/// Tells of an object without reading it.
#[derive(Debug)]
pub enum HeadObject {}

impl Operation for HeadObject {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "HeadObject";
    const ACTION: &'static str = "s3:GetObject";
    const READ_ONLY: bool = true;
    const CATEGORY: EventCategory = EventCategory::Data;
    type Input = s3::HeadObject;
    type Output = s3::Response;
    type Protocol = Rest;
    type Target = BucketTarget;

    fn target(input: &Self::Input) -> InBucket<'_> {
        InBucket {
            bucket: &input.bucket,
            key: Some(&input.key),
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(named(&input.bucket, Some(&input.key)))
    }

    fn blocks(_input: &Self::Input) -> bool {
        true
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let found = find(&call, &call.input().key, tools)?;
        let answer = found.object()?.head();
        Ok(Performed::new(call, answer))
    }
}

/// The tag of an object. What is delivered never changes, so that its name and size tell it from all
/// others. It ends as the tags of objects do that were uploaded in parts, which nobody takes for an
/// MD5.
pub(super) fn etag(key: &ObjectKey, size: u64) -> String {
    let sum = sha256(format!("{size}/{key}").as_bytes());
    let half = sum.iter().take(16);
    let digits: String = half.map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}-1")
}

/// An object that is there.
struct Found {
    catalogue: Catalogue,
    key: ObjectKey,
    facts: ObjectFacts,
}

impl Found {
    fn object(&self) -> Result<s3::Object, Fault> {
        let signature = self.catalogue.signature(&self.key);
        let metadata = match signature.map_err(Internal::from)? {
            Some(signature) => vec![
                ("signature", signature),
                ("signature-algorithm", SIGNATURE_ALGORITHM.to_owned()),
            ],
            None => Vec::new(),
        };
        Ok(s3::Object {
            content_type: "application/gzip",
            size: self.facts.size,
            etag: etag(&self.key, self.facts.size),
            last_modified: self.facts.modified.to_http_date(),
            metadata,
        })
    }
}

fn find<O>(call: &Authorized<'_, O>, name: &str, tools: &Tools<'_>) -> Result<Found, Fault>
where
    O: Operation<Target = BucketTarget>,
{
    let account = call.caller().member().identity().account();
    let catalogue = trail(tools)?.catalogue(account);
    let key = ObjectKey::parse(name).ok_or_else(|| not_there(call))?;
    let facts = catalogue.facts(&key).map_err(Internal::from)?;
    Ok(Found {
        facts: facts.ok_or_else(|| not_there(call))?,
        catalogue,
        key,
    })
}

/// The answer where there is no such object, which who may not list the bucket is not told.
fn not_there<O: Operation<Target = BucketTarget>>(call: &Authorized<'_, O>) -> Fault {
    if call.target().may_list {
        Fault::Named {
            code: "NoSuchKey",
            status: 404,
            message: "The specified key does not exist.".to_owned(),
        }
    } else {
        Fault::AccessDenied {
            message: "Access Denied".to_owned(),
        }
    }
}

fn invalid_range() -> Fault {
    Fault::Named {
        code: "InvalidRange",
        status: 416,
        message: "The requested range is not satisfiable".to_owned(),
    }
}
