//! What the operations read of a request.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::RANGE;
use http::request::Parts;

use super::MAX_KEYS;
use super::range::ByteRange;
use super::request::{Parameters, Path};
use crate::error::ApiError;

/// What an operation reads of a request.
pub trait Input: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// S3's answer to a request that can't be read.
    fn decode(head: &Parts) -> Result<Self, ApiError>;
}

/// Reads an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetObject {
    /// The bucket.
    pub bucket: String,
    /// The object's name.
    pub key: String,
    /// Which part of it, if not all.
    pub range: Option<ByteRange>,
}

/// Tells of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadObject {
    /// The bucket.
    pub bucket: String,
    /// The object's name.
    pub key: String,
}

/// Tells whether a bucket is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadBucket {
    /// The bucket.
    pub bucket: String,
}

/// Tells in which Region a bucket is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetBucketLocation {
    /// The bucket.
    pub bucket: String,
}

/// Which of its two forms a listing has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListVersion {
    /// `ListObjects`, whose pages begin after names.
    V1,
    /// `ListObjectsV2`, whose pages begin after tokens.
    V2,
}

/// Lists the names of a bucket's objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListObjects {
    /// In which form.
    pub version: ListVersion,
    /// The bucket.
    pub bucket: String,
    /// How the names begin.
    pub prefix: String,
    /// Names that have this text behind the prefix are shown as one, up to it.
    pub delimiter: Option<String>,
    /// `marker`, or `start-after` of the second form: names begin after it.
    pub after: Option<String>,
    /// `continuation-token` of the second form, as it came, and the name that it stands for.
    pub continuation: Option<(String, String)>,
    /// How many names a page has at most.
    pub max_keys: usize,
    /// Whether names are to be encoded as in a URL.
    pub url_encoded: bool,
}

impl ListObjects {
    /// The name after which the page begins.
    #[must_use]
    pub fn begins_after(&self) -> Option<&str> {
        let token = self.continuation.as_ref().map(|(_, name)| name.as_str());
        token.or(self.after.as_deref())
    }

    /// The token of the page that begins after a name.
    #[must_use]
    pub fn token(name: &str) -> String {
        URL_SAFE_NO_PAD.encode(name)
    }
}

impl Input for GetObject {
    fn decode(head: &Parts) -> Result<Self, ApiError> {
        let Path { bucket, key } = Path::of(&head.uri)?;
        let range = head.headers.get(RANGE);
        let range = range.and_then(|range| ByteRange::parse(range.to_str().ok()?));
        Ok(Self {
            bucket,
            key: key.unwrap_or_default(),
            range,
        })
    }
}

impl Input for HeadObject {
    fn decode(head: &Parts) -> Result<Self, ApiError> {
        let Path { bucket, key } = Path::of(&head.uri)?;
        let key = key.unwrap_or_default();
        Ok(Self { bucket, key })
    }
}

impl Input for HeadBucket {
    fn decode(head: &Parts) -> Result<Self, ApiError> {
        let Path { bucket, .. } = Path::of(&head.uri)?;
        Ok(Self { bucket })
    }
}

impl Input for GetBucketLocation {
    fn decode(head: &Parts) -> Result<Self, ApiError> {
        let Path { bucket, .. } = Path::of(&head.uri)?;
        Ok(Self { bucket })
    }
}

impl Input for ListObjects {
    fn decode(head: &Parts) -> Result<Self, ApiError> {
        let Path { bucket, .. } = Path::of(&head.uri)?;
        let parameters = Parameters::of(&head.uri);
        let text = |name| parameters.get(name).filter(|text: &&str| !text.is_empty());
        let version = match parameters.get("list-type") {
            None => ListVersion::V1,
            Some("2") => ListVersion::V2,
            Some(_) => return Err(invalid("Invalid List Type specified in Request")),
        };
        let url_encoded = match parameters.get("encoding-type") {
            None => false,
            Some("url") => true,
            Some(_) => return Err(invalid("Invalid Encoding Method specified in Request")),
        };
        let (after, token) = match version {
            ListVersion::V1 => (text("marker"), None),
            ListVersion::V2 => (text("start-after"), text("continuation-token")),
        };
        Ok(Self {
            version,
            bucket,
            prefix: text("prefix").unwrap_or_default().to_owned(),
            delimiter: text("delimiter").map(str::to_owned),
            after: after.map(str::to_owned),
            continuation: token.map(continuation).transpose()?,
            max_keys: max_keys(text("max-keys"))?,
            url_encoded,
        })
    }
}

fn continuation(token: &str) -> Result<(String, String), ApiError> {
    let name = URL_SAFE_NO_PAD.decode(token).ok();
    name.and_then(|name| String::from_utf8(name).ok())
        .map(|name| (token.to_owned(), name))
        .ok_or_else(|| invalid("The continuation token provided is incorrect"))
}

fn max_keys(text: Option<&str>) -> Result<usize, ApiError> {
    match text.map(str::parse::<u32>) {
        None => Ok(MAX_KEYS),
        Some(Ok(number)) => Ok(usize::try_from(number).map_or(MAX_KEYS, |n| n.min(MAX_KEYS))),
        Some(Err(_)) => Err(invalid(
            "Provided max-keys not an integer or within integer range",
        )),
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::client("InvalidArgument", message)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn read<I: Input>(uri: &str, range: &str) -> Result<I, &'static str> {
        let request = Request::get(uri).header(RANGE, range).body(()).unwrap();
        I::decode(&request.into_parts().0).map_err(|error| error.code())
    }

    #[test]
    fn listings_of_both_forms() {
        let list = |uri: &str| read::<ListObjects>(uri, "").unwrap();
        let plain = list("/b");
        assert_eq!((plain.version, plain.max_keys), (ListVersion::V1, 1000));
        assert_eq!((plain.prefix.as_str(), plain.begins_after()), ("", None));
        let first = list(
            "/b?marker=a%2Fb&start-after=x&prefix=p&delimiter=%2F&max-keys=5&encoding-type=url",
        );
        assert_eq!(first.begins_after(), Some("a/b"));
        assert_eq!(first.delimiter.as_deref(), Some("/"));
        assert!(first.url_encoded && first.max_keys == 5);
        let second = list("/b?list-type=2&start-after=a&marker=x&max-keys=5000");
        assert_eq!(second.begins_after(), Some("a"));
        assert_eq!(second.max_keys, 1000);
        let token = ListObjects::token("m/n");
        let second = list(&format!(
            "/b?list-type=2&start-after=a&continuation-token={token}"
        ));
        assert_eq!(second.begins_after(), Some("m/n"));
        assert_eq!(second.continuation, Some((token, "m/n".to_owned())));
        for bad in [
            "list-type=3",
            "encoding-type=base64",
            "max-keys=-1",
            "max-keys=x",
            "list-type=2&continuation-token=%21",
        ] {
            let refused = read::<ListObjects>(&format!("/b?{bad}"), "");
            assert_eq!(refused, Err("InvalidArgument"), "{bad}");
        }
    }

    #[test]
    fn objects_and_parts_of_them() {
        let whole = read::<GetObject>("/b/a%20b/c", "").unwrap();
        let expected = GetObject {
            bucket: "b".to_owned(),
            key: "a b/c".to_owned(),
            range: None,
        };
        assert_eq!(whole, expected);
        let part = read::<GetObject>("/b/k", "bytes=1-").unwrap();
        assert_eq!(part.range, Some(ByteRange::From(1, None)));
    }
}
