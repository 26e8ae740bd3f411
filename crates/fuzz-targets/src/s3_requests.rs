//! Requests to S3: which operation they name, and what it reads of them.

use http::Uri;
use http::request::Parts;
use keystead_wire::s3::{
    ByteRange, GetBucketLocation, GetObject, HeadBucket, HeadObject, Input, ListObjects,
    MAX_KEY_BYTES, MAX_KEYS, operation,
};

use crate::message;

/// The bytes are a request.
pub(crate) fn check(bytes: &[u8]) {
    let Some((parts, body)) = message::read(bytes) else {
        return;
    };
    ranges(body);
    let named = operation(&parts.method, &parts.uri);
    assert_eq!(operation(&parts.method, &parts.uri), named);
    let name = match named {
        Ok(name) => name,
        Err(error) => {
            assert!((400..=501).contains(&error.status()), "{error:?}");
            return;
        }
    };
    match name {
        "GetObject" => object(&parts),
        "HeadObject" => {
            let input: HeadObject = decoded(&parts);
            is_key(&input.key);
        }
        "HeadBucket" => drop(decoded::<HeadBucket>(&parts)),
        "GetBucketLocation" => drop(decoded::<GetBucketLocation>(&parts)),
        "ListObjects" => listing(&parts),
        other => panic!("{other}"),
    }
}

/// An operation that a request names can read it.
fn decoded<I: Input>(parts: &Parts) -> I {
    match I::decode(parts) {
        Ok(input) => input,
        Err(error) => panic!("{error:?}"),
    }
}

fn is_key(key: &str) {
    assert!(!key.is_empty() && key.len() <= 3 * MAX_KEY_BYTES);
}

fn object(parts: &Parts) {
    let input: GetObject = decoded(parts);
    is_key(&input.key);
    if let Some(range) = input.range {
        is_inside(range);
    }
}

/// A part of an object is inside of it.
fn is_inside(range: ByteRange) {
    for size in [0, 1, 10, u64::MAX] {
        if let Some(part) = range.of(size) {
            let end = part.offset.checked_add(part.length);
            assert!(part.length > 0 && end.is_some_and(|end| end <= size));
        }
    }
}

fn ranges(body: &[u8]) {
    let text = std::str::from_utf8(body).unwrap_or_default();
    if let Some(range) = ByteRange::parse(text) {
        is_inside(range);
    }
}

fn listing(parts: &Parts) {
    let Ok(input) = ListObjects::decode(parts) else {
        return;
    };
    assert!(input.max_keys <= MAX_KEYS);
    // The page that begins after a name begins after that name.
    let Some(name) = input.begins_after().filter(|name| !name.is_empty()) else {
        return;
    };
    let token = ListObjects::token(name);
    let uri = format!("/b?list-type=2&continuation-token={token}");
    let uri: Uri = uri.parse().expect("a URL");
    let mut next = parts.clone();
    next.uri = uri;
    let next: ListObjects = decoded(&next);
    assert_eq!(next.begins_after(), Some(name));
}
