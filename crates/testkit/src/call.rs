//! Raw signed requests, for what no real client would send.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use keystead_wire::sigv4::Signer;
use serde_json::Value;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Signs requests and sends each over a connection of its own.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    access_key_id: String,
    secret: String,
    /// The Region to sign for.
    pub region: String,
    /// The service to sign for.
    pub service: String,
    /// How many seconds the clock is off.
    pub skew_seconds: i64,
    /// The session token to send along.
    pub session_token: Option<String>,
    /// More headers, which are signed.
    pub more_headers: Vec<(&'static str, String)>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null if it is empty.
    ///
    /// # Panics
    /// If it is something else.
    #[must_use]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The error's code, or an empty text.
    #[must_use]
    pub fn error(&self) -> String {
        self.json()
            .get("__type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    /// The error's message, however it is spelt.
    #[must_use]
    pub fn message(&self) -> String {
        let json = self.json();
        let message = json.get("message").or_else(|| json.get("Message"));
        message
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    /// The request's id.
    ///
    /// # Panics
    /// If the answer has none.
    #[must_use]
    pub fn request_id(&self) -> &str {
        self.header("x-amzn-requestid").expect("a request id")
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl Client {
    /// A client with these credentials, for KMS in `us-east-1`.
    #[must_use]
    pub fn new(address: SocketAddr, access_key_id: String, secret: String) -> Self {
        Self {
            address,
            access_key_id,
            secret,
            region: "us-east-1".to_owned(),
            service: "kms".to_owned(),
            skew_seconds: 0,
            session_token: None,
            more_headers: Vec::new(),
        }
    }

    /// Where it sends to.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same caller by another entrance.
    #[must_use]
    pub fn by(&self, address: SocketAddr) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    /// As another caller.
    #[must_use]
    pub fn with_credentials(&self, access_key_id: &str, secret: &str) -> Self {
        Self {
            access_key_id: access_key_id.to_owned(),
            secret: secret.to_owned(),
            ..self.clone()
        }
    }

    /// Calls an operation of KMS.
    #[must_use]
    pub fn call(&self, operation: &str, input: &Value) -> Answer {
        self.send(operation, input.to_string().as_bytes())
    }

    /// Calls an operation that must succeed.
    ///
    /// # Panics
    /// If it does not.
    #[must_use]
    pub fn ok(&self, operation: &str, input: &Value) -> Value {
        let answer = self.call(operation, input);
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        answer.json()
    }

    /// Calls an operation that must fail, and returns its error's code.
    ///
    /// # Panics
    /// If it succeeds.
    #[must_use]
    pub fn err(&self, operation: &str, input: &Value) -> String {
        let answer = self.call(operation, input);
        assert_ne!(answer.status, 200, "{operation}: {}", answer.text());
        answer.error()
    }

    /// Sends a signed body of any kind to an operation of KMS.
    #[must_use]
    pub fn send(&self, operation: &str, body: &[u8]) -> Answer {
        let request = self.request(operation, body);
        self.exchange(&Method::POST, "/", request.headers(), body)
    }

    /// As [`Client::call`], of a server that may die at any moment: nothing, if no whole answer
    /// came.
    #[must_use]
    pub fn try_call(&self, operation: &str, input: &Value) -> Option<Answer> {
        let body = input.to_string();
        let request = self.request(operation, body.as_bytes());
        let bytes = self.written(&Method::POST, "/", request.headers(), body.as_bytes());
        let answer = self.transmit(&bytes).ok()?;
        parse(&answer).map(|(answer, _)| answer)
    }

    /// A signed request to an operation of KMS.
    #[must_use]
    pub fn request(&self, operation: &str, body: &[u8]) -> Request<Vec<u8>> {
        let mut headers = HeaderMap::new();
        set(&mut headers, "content-type", "application/x-amz-json-1.1");
        set(
            &mut headers,
            "x-amz-target",
            &format!("TrentService.{operation}"),
        );
        self.sign(&Method::POST, "/", &mut headers, body);
        let mut request = Request::new(body.to_vec());
        *request.method_mut() = Method::POST;
        *request.headers_mut() = headers;
        request
    }

    /// Signs a request by adding to its headers.
    ///
    /// # Panics
    /// If it can't be signed.
    pub fn sign(&self, method: &Method, path: &str, headers: &mut HeaderMap, body: &[u8]) {
        set(headers, "host", &self.address.to_string());
        for (name, value) in &self.more_headers {
            set(headers, name, value);
        }
        let uri: Uri = path.parse().expect("a path");
        self.signer()
            .sign(method, &uri, headers, body)
            .expect("a request that can be signed");
    }

    /// The signer of this client, at the present instant.
    ///
    /// # Panics
    /// If the machine's clock stands before 1970.
    #[must_use]
    pub fn signer(&self) -> Signer<'_> {
        #[expect(clippy::disallowed_methods, reason = "a client has a clock of its own")]
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a clock")
            .as_secs();
        Signer {
            access_key_id: &self.access_key_id,
            secret_access_key: self.secret.as_bytes(),
            session_token: self.session_token.as_deref(),
            region: &self.region,
            service: &self.service,
            unix_seconds: i64::try_from(now).expect("a date") + self.skew_seconds,
        }
    }

    /// Sends a request as it is.
    #[must_use]
    pub fn exchange(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Answer {
        self.raw(&self.written(method, path, headers, body))
    }

    /// A request's bytes in HTTP/1.1. The connection is to end after it.
    ///
    /// # Panics
    /// If a header is not text.
    #[must_use]
    pub fn written(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Vec<u8> {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n",
            body.len()
        );
        if !headers.contains_key("host") {
            request.push_str(&format!("host: {}\r\n", self.address));
        }
        for (name, value) in headers {
            request.push_str(&format!(
                "{name}: {}\r\n",
                value.to_str().expect("a header")
            ));
        }
        request.push_str("\r\n");
        [request.as_bytes(), body].concat()
    }

    /// Sends bytes as they are and reads the answer to the end of the connection.
    ///
    /// # Panics
    /// If there is no answer.
    #[must_use]
    pub fn raw(&self, bytes: &[u8]) -> Answer {
        let answers = self.raw_answers(bytes);
        answers.into_iter().next().expect("an answer")
    }

    /// Sends bytes as they are and reads every answer to the end of the connection.
    ///
    /// # Panics
    /// If there is no connection, or the last answer is not whole.
    #[must_use]
    pub fn raw_answers(&self, bytes: &[u8]) -> Vec<Answer> {
        let received = self.transmit(bytes).expect("a connection");
        let mut rest = received.as_slice();
        let mut answers = Vec::new();
        while !rest.is_empty() {
            let (answer, length) = parse(rest).expect("a whole answer");
            answers.push(answer);
            rest = rest.get(length..).unwrap_or_default();
        }
        answers
    }

    fn transmit(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        // A server that has read enough may answer before everything is sent.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Ok(answer)
    }
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    let value = HeaderValue::from_str(value).expect("a header's value");
    headers.insert(HeaderName::from_static(name), value);
}

/// The first answer and its length, if it is whole.
fn parse(received: &[u8]) -> Option<(Answer, usize)> {
    let end = received
        .windows(4)
        .position(|window| window == b"\r\n\r\n")?;
    let (head, rest) = received.split_at(end);
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(':'));
    let mut answer = Answer {
        status,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
        body: Vec::new(),
    };
    let length: usize = answer.header("content-length")?.parse().ok()?;
    let body = rest.get(4..4 + length)?;
    answer.body = body.to_vec();
    Some((answer, end + 4 + length))
}
