//! Buckets: where they are, and what is in them.

use keystead_core::audit::{Elements, EventCategory};
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_wire::s3::{self, ListVersion, Listing, Summary};

use super::{named, trail};
use crate::audit::trail::{ObjectKey, Wanted};
use crate::authz::Authorized;
use crate::fault::{Fault, Internal};
use crate::operation::{Operation, Performed, Tools};
use crate::ops::s3::object;
use crate::protocol::{Rest, Service};
use crate::target::{BucketTarget, InBucket};

/// Tells in which Region a bucket is.
#[derive(Debug)]
pub enum GetBucketLocation {}

impl Operation for GetBucketLocation {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "GetBucketLocation";
    const ACTION: &'static str = "s3:GetBucketLocation";
    const READ_ONLY: bool = true;
    type Input = s3::GetBucketLocation;
    type Output = s3::Response;
    type Protocol = Rest;
    type Target = BucketTarget;

    fn target(input: &Self::Input) -> InBucket<'_> {
        InBucket {
            bucket: &input.bucket,
            key: None,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(named(&input.bucket, None))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let answer = s3::location(trail(tools)?.location().as_str());
        Ok(Performed::new(call, answer))
    }
}

/// Tells whether a bucket is there.
#[derive(Debug)]
pub enum HeadBucket {}

impl Operation for HeadBucket {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "HeadBucket";
    const ACTION: &'static str = "s3:ListBucket";
    const READ_ONLY: bool = true;
    const CATEGORY: EventCategory = EventCategory::Data;
    type Input = s3::HeadBucket;
    type Output = s3::Response;
    type Protocol = Rest;
    type Target = BucketTarget;

    fn target(input: &Self::Input) -> InBucket<'_> {
        InBucket {
            bucket: &input.bucket,
            key: None,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(named(&input.bucket, None))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let answer = s3::bucket(trail(tools)?.location().as_str());
        Ok(Performed::new(call, answer))
    }
}

/// Lists the names of a bucket's objects, in either of the two forms. Records call both so.
#[derive(Debug)]
pub enum ListObjects {}

impl Operation for ListObjects {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "ListObjects";
    const ACTION: &'static str = "s3:ListBucket";
    const READ_ONLY: bool = true;
    const CATEGORY: EventCategory = EventCategory::Data;
    type Input = s3::ListObjects;
    type Output = s3::Response;
    type Protocol = Rest;
    type Target = BucketTarget;

    fn target(input: &Self::Input) -> InBucket<'_> {
        InBucket {
            bucket: &input.bucket,
            key: None,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let list_type = (input.version == ListVersion::V2).then_some("2");
        let prefix = Some(input.prefix.as_str()).filter(|prefix| !prefix.is_empty());
        let elements = named(&input.bucket, None)
            .text_if("list-type", list_type)
            .text_if("prefix", prefix)
            .text_if("delimiter", input.delimiter.as_deref())
            .text("max-keys", input.max_keys.to_string());
        Some(match input.version {
            ListVersion::V1 => elements.text_if("marker", input.after.as_deref()),
            ListVersion::V2 => elements
                .text_if("start-after", input.after.as_deref())
                .text_if(
                    "continuation-token",
                    input.continuation.as_ref().map(|(token, _)| token.as_str()),
                ),
        })
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        match key {
            ConditionKey::Known(KnownKey::S3Prefix) => Values::one(input.prefix.as_str()),
            ConditionKey::Known(KnownKey::S3Delimiter) => Values::maybe(input.delimiter.as_deref()),
            ConditionKey::Known(KnownKey::S3MaxKeys) => Values::one(input.max_keys.to_string()),
            _ => Values::Absent,
        }
    }

    /// The names are in folders.
    fn blocks(_input: &Self::Input) -> bool {
        true
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let account = call.caller().member().identity().account();
        let catalogue = trail(tools)?.catalogue(account);
        let wanted = Wanted {
            prefix: &input.prefix,
            after: input.begins_after(),
            delimiter: input.delimiter.as_deref(),
            most: input.max_keys,
        };
        let names = catalogue.list(&wanted).map_err(Internal::from)?;
        let summary = |key: ObjectKey| -> Result<Option<Summary>, Internal> {
            let facts = catalogue.facts(&key)?;
            Ok(facts.map(|facts| Summary {
                etag: object::etag(&key, facts.size),
                key: key.to_string(),
                size: facts.size,
                last_modified: facts.modified.to_iso_millis(),
            }))
        };
        let objects = names.keys.into_iter().map(summary);
        let objects = objects.filter_map(Result::transpose);
        let page = Listing {
            objects: objects.collect::<Result<_, Internal>>()?,
            common_prefixes: names.common_prefixes,
            next: names.next,
        };
        let answer = s3::listing(input, &page);
        Ok(Performed::new(call, answer))
    }
}
