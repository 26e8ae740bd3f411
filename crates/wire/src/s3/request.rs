//! From a request's method, path and parameters to an operation, and to what the operations read.

use std::borrow::Cow;

use http::{Method, Uri};
use percent_encoding::percent_decode;

use crate::error::ApiError;
use crate::form;

/// The longest name of an object, in bytes.
pub const MAX_KEY_BYTES: usize = 1024;

/// What requests are served, and with which parameters.
const ROWS: &[Row] = &[
    Row {
        method: Method::GET,
        of_object: true,
        name: "GetObject",
        needs: None,
        may_have: &[],
    },
    Row {
        method: Method::HEAD,
        of_object: true,
        name: "HeadObject",
        needs: None,
        may_have: &[],
    },
    Row {
        method: Method::HEAD,
        of_object: false,
        name: "HeadBucket",
        needs: None,
        may_have: &[],
    },
    Row {
        method: Method::GET,
        of_object: false,
        name: "GetBucketLocation",
        needs: Some("location"),
        may_have: &["location"],
    },
    Row {
        method: Method::GET,
        of_object: false,
        name: "ListObjects",
        needs: None,
        may_have: &[
            "continuation-token",
            "delimiter",
            "encoding-type",
            "fetch-owner",
            "list-type",
            "marker",
            "max-keys",
            "prefix",
            "start-after",
        ],
    },
];

struct Row {
    method: Method,
    /// Whether it is about an object, and not about its bucket.
    of_object: bool,
    name: &'static str,
    /// The parameter that asks for it.
    needs: Option<&'static str>,
    may_have: &'static [&'static str],
}

/// The operation that a request asks for.
///
/// # Errors
/// `MethodNotAllowed` or `NotImplemented` for what is not served, and `InvalidURI` or `KeyTooLongError` for a path that
/// can't be read.
pub fn operation(method: &Method, uri: &Uri) -> Result<&'static str, ApiError> {
    let path = Path::of(uri)?;
    if !ROWS.iter().any(|row| row.method == *method) {
        return Err(ApiError::new(
            "MethodNotAllowed",
            405,
            Some("The specified method is not allowed against this resource.".to_owned()),
        ));
    }
    let parameters = Parameters::of(uri);
    ROWS.iter()
        .filter(|row| row.method == *method && row.of_object == path.key.is_some())
        .find(|row| row.needs.is_none_or(|name| parameters.has(name)))
        .filter(|row| !path.bucket.is_empty() && parameters.are_among(row.may_have))
        .map(|row| row.name)
        .ok_or_else(|| {
            ApiError::new(
                "NotImplemented",
                501,
                Some(
                    "A parameter you provided implies functionality that is not implemented."
                        .to_owned(),
                ),
            )
        })
}

/// `/bucket` or `/bucket/key`, decoded.
pub(super) struct Path {
    pub(super) bucket: String,
    pub(super) key: Option<String>,
}

impl Path {
    pub(super) fn of(uri: &Uri) -> Result<Self, ApiError> {
        let path = uri.path();
        let path = path.strip_prefix('/').unwrap_or(path);
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let key = Some(decoded(key)?).filter(|key| !key.is_empty());
        if key.as_ref().is_some_and(|key| key.len() > MAX_KEY_BYTES) {
            let message = Some("Your key is too long".to_owned());
            return Err(ApiError::new("KeyTooLongError", 400, message));
        }
        Ok(Self {
            bucket: decoded(bucket)?,
            key,
        })
    }
}

fn decoded(part: &str) -> Result<String, ApiError> {
    let text = percent_decode(part.as_bytes()).decode_utf8();
    text.map(Cow::into_owned).map_err(|_| {
        let message = Some("Couldn't parse the specified URI.".to_owned());
        ApiError::new("InvalidURI", 400, message)
    })
}

/// The parameters of a request. Those of a presigned URL, and the name by which SDKs repeat the operation, are none.
pub(super) struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    pub(super) fn of(uri: &'a Uri) -> Self {
        let pairs = form::pairs(uri.query().unwrap_or_default().as_bytes());
        let texts = pairs.map(|(name, value)| (lossy(name), lossy(value)));
        let is_one = |name: &str| !name.starts_with("X-Amz-") && name != "x-id";
        Self(texts.filter(|(name, _)| is_one(name)).collect())
    }

    pub(super) fn get(&self, wanted: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|(name, _)| name == wanted);
        named.next().map(|(_, value)| value.as_ref())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn are_among(&self, known: &[&str]) -> bool {
        self.0.iter().all(|(name, _)| known.contains(&&**name))
    }
}

/// No name or value that means anything here has other characters than those of UTF-8.
fn lossy(decoded: Cow<'_, [u8]>) -> Cow<'_, str> {
    match decoded {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_name_operations() {
        for (method, uri, expected) in [
            (Method::GET, "/b?location", Ok("GetBucketLocation")),
            (Method::GET, "/b?location=", Ok("GetBucketLocation")),
            (Method::GET, "/b", Ok("ListObjects")),
            (
                Method::GET,
                "/b/?list-type=2&prefix=x%2F",
                Ok("ListObjects"),
            ),
            (Method::HEAD, "/b", Ok("HeadBucket")),
            (Method::GET, "/b/k", Ok("GetObject")),
            (Method::GET, "/b/a/b//c?x-id=GetObject", Ok("GetObject")),
            (
                Method::GET,
                "/b/k?X-Amz-Algorithm=A&X-Amz-Date=D",
                Ok("GetObject"),
            ),
            (Method::HEAD, "/b/k", Ok("HeadObject")),
            (Method::GET, "/", Err("NotImplemented")),
            (Method::GET, "/b?acl", Err("NotImplemented")),
            (Method::GET, "/b?location&acl", Err("NotImplemented")),
            (Method::GET, "/b?versions&prefix=a", Err("NotImplemented")),
            (Method::GET, "/b/k?versionId=1", Err("NotImplemented")),
            (Method::PUT, "/b/k", Err("MethodNotAllowed")),
            (Method::DELETE, "/b/k", Err("MethodNotAllowed")),
            (Method::POST, "/b?delete", Err("MethodNotAllowed")),
            (Method::GET, "/b/%ff", Err("InvalidURI")),
        ] {
            let found = operation(&method, &uri.parse().unwrap());
            let found = found.map_err(|error| error.code());
            assert_eq!(found, expected, "{method} {uri}");
        }
        let long = format!("/b/{}", "k".repeat(MAX_KEY_BYTES + 1));
        let refused = operation(&Method::GET, &long.parse().unwrap()).unwrap_err();
        assert_eq!(refused.code(), "KeyTooLongError");
    }

    #[test]
    fn paths_are_decoded_once() {
        let path = Path::of(&"/a%2Fb/c%252Fd/e+f%20g".parse().unwrap()).unwrap();
        assert_eq!(path.bucket, "a/b");
        assert_eq!(path.key.as_deref(), Some("c%2Fd/e+f g"));
    }
}
