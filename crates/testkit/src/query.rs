//! The services that speak Query, IAM and STS, of a node in the test's own process; and what a test
//! reads of their XML.

use http::{HeaderMap, HeaderValue, header};
use serde_json::Value;

use crate::call::Answer;
use crate::identities::{access_key_id, secret};
use crate::node::{HOST, TestNode};

/// A service that speaks Query.
#[derive(Debug, Clone, Copy)]
pub struct QueryService {
    /// The name in a signature's scope.
    pub(crate) scope: &'static str,
    version: &'static str,
}

impl QueryService {
    /// IAM.
    pub const IAM: Self = Self {
        scope: "iam",
        version: "2010-05-08",
    };
    /// STS.
    pub const STS: Self = Self {
        scope: "sts",
        version: "2011-06-15",
    };
}

/// What a caller signs with.
#[derive(Clone)]
pub struct Credentials {
    /// The access key's id.
    pub access_key_id: String,
    /// Its secret.
    pub secret: String,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
}

impl Credentials {
    /// Those of a user that the test node was started with.
    #[must_use]
    pub fn of(user: &str) -> Self {
        Self {
            access_key_id: access_key_id(user),
            secret: secret(user),
            session_token: None,
        }
    }

    /// Those that an answer of `CreateAccessKey` or of STS shows.
    ///
    /// # Panics
    /// If it shows none.
    #[must_use]
    pub fn shown_by(answer: &Answer) -> Self {
        Self {
            access_key_id: answer.xml("AccessKeyId"),
            secret: answer.xml("SecretAccessKey"),
            session_token: answer.xml_all("SessionToken").pop(),
        }
    }
}

impl TestNode {
    /// Calls an operation of a service that speaks Query.
    ///
    /// # Panics
    /// If the request can't be made.
    pub async fn query(
        &self,
        service: QueryService,
        caller: &Credentials,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Answer {
        let (headers, body) = form(service, action, parameters);
        self.send(caller, service.scope, headers, body).await
    }

    /// Calls an operation of KMS with any credentials.
    ///
    /// # Panics
    /// If the request can't be made.
    pub async fn call_as(&self, caller: &Credentials, operation: &str, input: &Value) -> Answer {
        let target = format!("TrentService.{operation}");
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", HOST),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", &target),
        ] {
            headers.insert(name, HeaderValue::from_str(value).expect("a header"));
        }
        let body = input.to_string().into_bytes();
        self.send(caller, "kms", headers, body).await
    }

    /// Calls an operation without a signature.
    ///
    /// # Panics
    /// If the request can't be made.
    pub async fn query_unsigned(
        &self,
        service: QueryService,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Answer {
        let (headers, body) = form(service, action, parameters);
        self.send_unsigned(headers, body).await
    }
}

/// The headers and the body of a call, for the host of a test node.
pub(crate) fn form(
    service: QueryService,
    action: &str,
    parameters: &[(&str, &str)],
) -> (HeaderMap, Vec<u8>) {
    const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
    let usual = [("Action", action), ("Version", service.version)];
    let all = usual.iter().chain(parameters);
    let body: Vec<String> = all
        .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
        .collect();
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HeaderValue::from_static(HOST));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM));
    (headers, body.join("&").into_bytes())
}

impl Answer {
    /// The text of the first XML element of this name.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn xml(&self, name: &str) -> String {
        let found = self.xml_all(name).into_iter().next();
        found.unwrap_or_else(|| panic!("no {name} in {}", self.text()))
    }

    /// The texts of all XML elements of this name, which hold no element of their own name.
    #[must_use]
    pub fn xml_all(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let text = self.text();
        let parts = text.split(&open).skip(1);
        parts
            .filter_map(|rest| rest.split_once(&close))
            .map(|(content, _)| unescaped(content))
            .collect()
    }
}

fn percent_encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn unescaped(text: &str) -> String {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(text.to_owned(), |text, (entity, letter)| {
            text.replace(entity, letter)
        })
}
