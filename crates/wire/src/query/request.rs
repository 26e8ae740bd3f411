//! A request's parameters: `Action=…&Version=…&…`.

use std::fmt;

use http::{Method, Uri};

use crate::error::ApiError;
use crate::form;

/// The longest form body or query string that is parsed. The longest legitimate one carries policy documents and
/// a web identity token of 20,000 characters, percent-encoded.
pub const MAX_BYTES: usize = 256 * 1024;

/// The most parameters that a request may have.
pub const MAX_PARAMETERS: usize = 1000;

/// A request in the Query protocol, its action not yet looked up.
#[derive(Clone, PartialEq, Eq)]
pub struct QueryRequest {
    action: String,
    version: Option<String>,
    parameters: Vec<(String, String)>,
}

/// Values may be credentials, such as a web identity token.
impl fmt::Debug for QueryRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryRequest")
            .field("action", &self.action)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl QueryRequest {
    /// Reads a request's parameters: from the form body, or from the query string of a GET and of a POST without a
    /// body, which is what SDKs presign.
    ///
    /// # Errors
    /// As [`QueryRequest::parse`].
    pub fn from_request(method: &Method, uri: &Uri, body: &[u8]) -> Result<Self, ApiError> {
        if method == Method::GET || body.is_empty() {
            Self::parse(uri.query().unwrap_or_default().as_bytes())
        } else {
            Self::parse(body)
        }
    }

    /// Reads `name=value&…`, in which a name must not repeat: lists are numbered (`Tags.member.1.Key`).
    ///
    /// # Errors
    /// `MissingAction`; `RequestEntityTooLarge` for more than [`MAX_BYTES`]; `MalformedQueryString` for more than
    /// [`MAX_PARAMETERS`], a repeated name, or text that is not UTF-8.
    pub fn parse(raw: &[u8]) -> Result<Self, ApiError> {
        if raw.len() > MAX_BYTES {
            return Err(too_long());
        }
        let mut parameters = Vec::new();
        for (name, value) in form::pairs(raw) {
            let (Some(name), Some(value)) = (form::text(name), form::text(value)) else {
                return Err(malformed("The parameters are not UTF-8."));
            };
            if parameters.len() == MAX_PARAMETERS {
                return Err(malformed("The request has too many parameters."));
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        parameters.sort();
        if has_repeated_name(&parameters) {
            return Err(malformed("The request repeats a parameter."));
        }
        let action = take(&mut parameters, "Action").ok_or_else(missing_action)?;
        let version = take(&mut parameters, "Version");
        Ok(Self {
            action,
            version,
            parameters,
        })
    }

    /// The operation's name as the client gave it.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The API version as the client gave it.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The value of a parameter other than `Action` and `Version`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let index = self
            .parameters
            .binary_search_by(|(candidate, _)| candidate.as_str().cmp(name))
            .ok()?;
        self.parameters.get(index).map(|(_, value)| value.as_str())
    }

    /// All parameters other than `Action` and `Version`, sorted by name.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The error for an action that the service does not have in that version: `InvalidAction`, HTTP 400.
    #[must_use]
    pub fn invalid_action(&self) -> ApiError {
        let version = self.version().unwrap_or("NO_VERSION_SPECIFIED");
        ApiError::client(
            "InvalidAction",
            format!(
                "Could not find operation {} for version {version}",
                self.action
            ),
        )
    }
}

fn too_long() -> ApiError {
    let message = format!("A request has at most {MAX_BYTES} bytes.");
    ApiError::new("RequestEntityTooLarge", 413, Some(message))
}

/// The status is that of the Query protocol's list of common errors.
fn malformed(message: &str) -> ApiError {
    ApiError::new("MalformedQueryString", 404, Some(message.to_owned()))
}

fn missing_action() -> ApiError {
    ApiError::client(
        "MissingAction",
        "The request is missing an action or a required parameter.",
    )
}

fn has_repeated_name(sorted: &[(String, String)]) -> bool {
    sorted
        .windows(2)
        .any(|pair| matches!(pair, [(first, _), (second, _)] if first == second))
}

fn take(parameters: &mut Vec<(String, String)>, name: &str) -> Option<String> {
    let index = parameters
        .iter()
        .position(|(candidate, _)| candidate == name)?;
    Some(parameters.remove(index).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_forms_and_urls() {
        let form = QueryRequest::from_request(
            &Method::POST,
            &Uri::from_static("/?Action=Ignored"),
            b"Version=2011-06-15&Tags.member.1.Key=a+b%C3%A9&Action=GetCallerIdentity&Empty=",
        )
        .unwrap();
        assert_eq!(form.action(), "GetCallerIdentity");
        assert_eq!(form.version(), Some("2011-06-15"));
        assert_eq!(form.parameter("Tags.member.1.Key"), Some("a bé"));
        assert_eq!(form.parameter("Empty"), Some(""));
        assert_eq!(form.parameter("Action"), None);
        assert_eq!(form.parameters().count(), 2);

        let url = Uri::from_static("/?Action=GetCallerIdentity&X-Amz-Expires=60");
        let posted = QueryRequest::from_request(&Method::POST, &url, b"").unwrap();
        assert_eq!(posted.action(), "GetCallerIdentity");
        let url = QueryRequest::from_request(&Method::GET, &url, b"Action=Ignored").unwrap();
        assert_eq!(url.action(), "GetCallerIdentity");
        assert_eq!(url.parameter("X-Amz-Expires"), Some("60"));
    }

    #[test]
    fn refuses() {
        let too_many = "a=b&".repeat(MAX_PARAMETERS) + "Action=A";
        let too_long = "a".repeat(MAX_BYTES + 1);
        for (raw, code) in [
            (&b""[..], "MissingAction"),
            (b"Version=1", "MissingAction"),
            (b"Action=A&Action=B", "MalformedQueryString"),
            (b"Action=A&x=%ff", "MalformedQueryString"),
            (too_many.as_bytes(), "MalformedQueryString"),
            (too_long.as_bytes(), "RequestEntityTooLarge"),
        ] {
            assert_eq!(QueryRequest::parse(raw).unwrap_err().code(), code);
        }
    }

    #[test]
    fn names_the_unknown_action() {
        for (raw, message) in [
            (
                "Action=Frob&Version=2011-06-15",
                "Could not find operation Frob for version 2011-06-15",
            ),
            (
                "Action=Frob",
                "Could not find operation Frob for version NO_VERSION_SPECIFIED",
            ),
        ] {
            let error = QueryRequest::parse(raw.as_bytes())
                .unwrap()
                .invalid_action();
            assert_eq!(
                error,
                ApiError::new("InvalidAction", 400, Some(message.to_owned()))
            );
        }
    }
}
