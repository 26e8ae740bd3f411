//! What a path asks for.

use std::fmt;

use http::{Method, Uri};

use super::api::Api;
use super::error::{ErrorAnswer, ErrorName};
use super::path::{ExternalKeyId, UriPath};

/// A call to a proxy, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// See [`super::GetHealthStatusRequest`].
    GetHealthStatus,
    /// See [`super::GetKeyMetadataRequest`].
    GetKeyMetadata(ExternalKeyId),
    /// See [`super::EncryptRequest`].
    Encrypt(ExternalKeyId),
    /// See [`super::DecryptRequest`].
    Decrypt(ExternalKeyId),
}

impl Call {
    /// The API that is called.
    #[must_use]
    pub const fn api(&self) -> Api {
        match self {
            Self::GetHealthStatus => Api::GetHealthStatus,
            Self::GetKeyMetadata(_) => Api::GetKeyMetadata,
            Self::Encrypt(_) => Api::Encrypt,
            Self::Decrypt(_) => Api::Decrypt,
        }
    }

    /// The external key that it is about.
    #[must_use]
    pub const fn key(&self) -> Option<&ExternalKeyId> {
        match self {
            Self::GetHealthStatus => None,
            Self::GetKeyMetadata(key) | Self::Encrypt(key) | Self::Decrypt(key) => Some(key),
        }
    }
}

/// The path of a call, as its last part: `/keys/<external key id>/encrypt`.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GetHealthStatus => f.write_str("/health"),
            Self::GetKeyMetadata(key) => write!(f, "/keys/{key}/metadata"),
            Self::Encrypt(key) => write!(f, "/keys/{key}/encrypt"),
            Self::Decrypt(key) => write!(f, "/keys/{key}/decrypt"),
        }
    }
}

/// A call and where it is made: the path of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Where.
    pub uri_path: UriPath,
    /// What.
    pub call: Call,
}

/// Why a request asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// There is no such path.
    #[error("The path is not one of version 1 of the API.")]
    Path,
    /// The path is right, the method is not POST.
    #[error("The method is not POST.")]
    Method,
}

impl Route {
    /// Reads what a request asks of a proxy. Whether there is anything at the prefix, the proxy knows.
    ///
    /// # Errors
    /// [`RouteError::Path`], or [`RouteError::Method`] where another method would do.
    pub fn parse(method: &Method, uri: &Uri) -> Result<Self, RouteError> {
        let route = Self::of_path(uri.path()).ok_or(RouteError::Path)?;
        if method != Method::POST {
            return Err(RouteError::Method);
        }
        Ok(route)
    }

    /// Reads a path. Nothing in it is decoded, as no character of a right one is ever encoded.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let (rest, last) = path.rsplit_once('/')?;
        let (uri_path, call) = if last == "health" {
            (rest, Call::GetHealthStatus)
        } else {
            let (rest, key) = rest.rsplit_once('/')?;
            let call = match last {
                "metadata" => Call::GetKeyMetadata,
                "encrypt" => Call::Encrypt,
                "decrypt" => Call::Decrypt,
                _ => return None,
            };
            (
                rest.strip_suffix("/keys")?,
                call(ExternalKeyId::parse(key)?),
            )
        };
        let is_version_1 = uri_path.ends_with(UriPath::VERSION_1);
        let uri_path = UriPath::parse(uri_path).filter(|_| is_version_1)?;
        Some(Self { uri_path, call })
    }
}

/// The path.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.uri_path, self.call)
    }
}

impl RouteError {
    /// The HTTP status that a proxy answers with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Path => 404,
            Self::Method => 405,
        }
    }

    /// The error that a proxy answers with. The specification names none for a wrong method, so that the answer's body
    /// is empty.
    #[must_use]
    pub fn to_answer(self) -> Option<ErrorAnswer> {
        match self {
            Self::Path => Some(ErrorAnswer::new(
                ErrorName::InvalidUriPath,
                &self.to_string(),
            )),
            Self::Method => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes() {
        let key = || ExternalKeyId::parse("k-1.a_B").unwrap();
        for (path, prefix, call) in [
            ("/kms/xks/v1/health", "", Call::GetHealthStatus),
            ("/t/kms/xks/v1/health", "/t", Call::GetHealthStatus),
            (
                "/kms/xks/v1/keys/k-1.a_B/metadata",
                "",
                Call::GetKeyMetadata(key()),
            ),
            (
                "/a/b/kms/xks/v1/keys/k-1.a_B/encrypt",
                "/a/b",
                Call::Encrypt(key()),
            ),
            (
                "/t/kms/xks/v1/keys/k-1.a_B/decrypt",
                "/t",
                Call::Decrypt(key()),
            ),
            (
                "/kms/xks/v1/keys/a/kms/xks/v1/health",
                "/kms/xks/v1/keys/a",
                Call::GetHealthStatus,
            ),
        ] {
            let route = Route::of_path(path).unwrap();
            assert_eq!((route.uri_path.prefix(), &route.call), (prefix, &call));
            assert_eq!(route.to_string(), path);
            assert_eq!(
                route.call.key().is_some(),
                call.api() != Api::GetHealthStatus
            );
        }
        for bad in [
            "",
            "/",
            "*",
            "/health",
            "/kms/xks/v1",
            "/kms/xks/v1/",
            "/kms/xks/v2/health",
            "/kms/xks/v1/health/",
            "/kms/xks/v1//health",
            "/kms/xks/v1/Health",
            "/kms/xks/v1/keys/k",
            "/kms/xks/v1/keys/k/",
            "/kms/xks/v1/keys/k/sign",
            "/kms/xks/v1/keys//encrypt",
            "/kms/xks/v1/keys/../encrypt",
            "/kms/xks/v1/keys/./metadata",
            "/kms/xks/v1/keys/a/b/encrypt",
            "/kms/xks/v1/keys/a%2Fb/encrypt",
            "/kms/xks/v1/key/a/encrypt",
            "/kms/xks/v1/keysa/encrypt",
            "/a/../b/kms/xks/v1/health",
            "/a%2Fb/kms/xks/v1/health",
        ] {
            assert_eq!(Route::of_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_path_goes_before_the_method() {
        for (method, path, status, name) in [
            (Method::GET, "/kms/xks/v1/health", 405, None),
            (
                Method::GET,
                "/kms/xks/v1",
                404,
                Some(ErrorName::InvalidUriPath),
            ),
            (Method::POST, "/", 404, Some(ErrorName::InvalidUriPath)),
        ] {
            let error = Route::parse(&method, &Uri::from_static(path)).unwrap_err();
            assert_eq!(error.status(), status);
            assert_eq!(error.to_answer().map(|answer| answer.name()), name);
        }
        let uri = Uri::from_static("https://xks.example.com/kms/xks/v1/health");
        assert!(Route::parse(&Method::POST, &uri).is_ok());
    }
}
