//! The services beside KMS, of a server: IAM and STS, Organizations, and Keystead's own.

use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

use crate::call::{Answer, Client};
use crate::node::JsonService;
use crate::query::{Credentials, QueryService, form};

impl Client {
    /// As whoever these credentials are of.
    #[must_use]
    pub fn with(&self, credentials: &Credentials) -> Self {
        let mut client = self.with_credentials(&credentials.access_key_id, &credentials.secret);
        client.session_token.clone_from(&credentials.session_token);
        client
    }

    /// Calls an operation of a service that speaks Query.
    #[must_use]
    pub fn query(
        &self,
        service: QueryService,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Answer {
        let (headers, body) = form(service, action, parameters);
        self.signed_for(service.scope, headers, &body)
    }

    /// Calls an operation of such a service that must succeed.
    ///
    /// # Panics
    /// If it does not.
    #[must_use]
    pub fn query_ok(
        &self,
        service: QueryService,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Answer {
        let answer = self.query(service, action, parameters);
        assert_eq!(answer.status, 200, "{action}: {}", answer.text());
        answer
    }

    /// Calls an operation of a service that speaks JSON.
    ///
    /// # Panics
    /// If the request can't be made.
    #[must_use]
    pub fn json(&self, service: JsonService, operation: &str, input: &Value) -> Answer {
        let target = format!("{}.{operation}", service.target);
        let target = HeaderValue::from_str(&target).expect("a header");
        let json = HeaderValue::from_static("application/x-amz-json-1.1");
        let headers = HeaderMap::from_iter([
            (http::header::CONTENT_TYPE, json),
            (http::HeaderName::from_static("x-amz-target"), target),
        ]);
        self.signed_for(service.scope, headers, input.to_string().as_bytes())
    }

    /// Calls an operation of such a service that must succeed.
    ///
    /// # Panics
    /// If it does not.
    #[must_use]
    pub fn json_ok(&self, service: JsonService, operation: &str, input: &Value) -> Value {
        let answer = self.json(service, operation, input);
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        answer.json()
    }

    fn signed_for(&self, scope: &str, mut headers: HeaderMap, body: &[u8]) -> Answer {
        let mut client = self.clone();
        scope.clone_into(&mut client.service);
        client.sign(&Method::POST, "/", &mut headers, body);
        client.exchange(&Method::POST, "/", &headers, body)
    }
}
