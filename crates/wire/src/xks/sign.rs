//! Requests of KMS to a proxy, signed.

use std::fmt;

use http::header::{CONTENT_TYPE, HOST};
use http::uri::InvalidUri;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};

use super::SERVICE;
use super::call::Route;
use super::credential::Credential;
use super::endpoint::UriEndpoint;
use crate::sigv4::{SignError, Signer};

/// Signs requests to proxies as KMS does.
#[derive(Clone, Copy)]
pub struct ProxySigner<'a> {
    /// What the proxy knows KMS by.
    pub credential: &'a Credential,
    /// The Region that KMS calls from.
    pub region: &'a str,
    /// The instant of signing, in unix seconds.
    pub unix_seconds: i64,
}

impl ProxySigner<'_> {
    /// A request with its signature in a header, ready to be sent. Like KMS it covers the host, the date and the
    /// body, and no other header: some proxies may only know these.
    ///
    /// # Errors
    /// [`SignError::Query`] if endpoint and path make no URL, and [`SignError::Header`] if the Region can't be in a
    /// header.
    pub fn request(
        &self,
        endpoint: &UriEndpoint,
        route: &Route,
        body: Vec<u8>,
    ) -> Result<Request<Vec<u8>>, SignError> {
        let uri: Result<Uri, InvalidUri> = format!("{endpoint}{route}").parse();
        let uri = uri?;
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(endpoint.authority())?);
        let signer = Signer {
            access_key_id: self.credential.access_key_id.as_str(),
            secret_access_key: self.credential.secret_access_key.expose().as_bytes(),
            session_token: None,
            region: self.region,
            service: SERVICE,
            unix_seconds: self.unix_seconds,
        };
        signer.sign(&Method::POST, &uri, &mut headers, &body)?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));

        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

impl fmt::Debug for ProxySigner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxySigner")
            .field("access_key_id", &self.credential.access_key_id)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}
