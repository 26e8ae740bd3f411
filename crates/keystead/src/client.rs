//! Calls to a running server, signed as any AWS client signs them.

pub(crate) mod answer;
mod connection;
mod credentials;
mod endpoint;
pub(crate) mod pages;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Uri};
use keystead_server::clock::{Clock as _, SystemClock};
use keystead_wire::sigv4::{SignError, Signer};
use serde_json::{Value, json};

use self::connection::Trust;
pub(crate) use self::credentials::Credentials;
use self::endpoint::Endpoint;
use crate::cli::ConnectionArguments;
use crate::data_dir;

/// How long a call may take, connecting included.
const TIMEOUT: Duration = Duration::from_secs(60);

const JSON: &str = "application/x-amz-json-1.1";

/// A server, and who calls it.
pub(crate) struct Client {
    endpoint: Endpoint,
    trust: Trust,
    region: String,
    credentials: Credentials,
    runtime: tokio::runtime::Runtime,
}

/// Why there is no answer, or none of use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error(
        "{text} is not the address of a server: write it as http://HOST:PORT or https://HOST:PORT"
    )]
    Endpoint { text: String },
    #[error(
        "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give the server's --data-dir, or set AWS_SHARED_CREDENTIALS_FILE ({} can't be read)", path.display()
    )]
    NoCredentials { path: PathBuf, source: io::Error },
    #[error("{} has no access key in its section [{profile}]", path.display())]
    NoProfile { path: PathBuf, profile: String },
    #[error(
        "section [{profile}] of {} has a role_arn, and roles are not assumed here: call `aws sts assume-role` yourself, and set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to what it answers", path.display()
    )]
    RoleProfile { path: PathBuf, profile: String },
    #[error("can't use the certificate {}", path.display())]
    Certificate {
        path: PathBuf,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error(
        "can't reach the server at {endpoint}: is it running? Its address is given with --endpoint"
    )]
    Unreachable { endpoint: String, source: io::Error },
    #[error("the server at {endpoint} did not answer within {} seconds", TIMEOUT.as_secs())]
    TimedOut { endpoint: String },
    #[error("the call can't be signed")]
    Sign {
        #[from]
        source: SignError,
    },
    #[error("can't start")]
    Runtime { source: io::Error },
    #[error("{service} is not called by this command")]
    NotSpoken { service: &'static str },
    #[error("the server's answer is of no use (HTTP {status})")]
    BadAnswer { status: u16 },
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// A server's refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}{}{message}", if message.is_empty() { "" } else { ": " })]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
    /// The id of the request, under which the audit log has it; empty if the server gave none.
    pub(crate) request_id: String,
}

/// A server's answer, whatever it says.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// The id of the request; empty if the server gave none.
    pub(crate) request_id: String,
}

/// What is sent, besides what every request has.
pub(crate) struct Message<'a> {
    /// The service's signing name: `kms`, `iam`, `keystead`.
    pub(crate) service: &'a str,
    pub(crate) content_type: &'static str,
    /// `X-Amz-Target`, of the JSON protocols.
    pub(crate) target: Option<&'a str>,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// A client of the server that the command line, the environment or the data directory names.
    pub(crate) fn new(arguments: &ConnectionArguments) -> Result<Self, ClientError> {
        let default = Path::new(data_dir::DEFAULT);
        let data_dir = arguments.data_dir.as_deref().unwrap_or(default);
        let given = arguments.endpoint.clone();
        let endpoint = given.or_else(|| environment("AWS_ENDPOINT_URL"));
        let endpoint = Endpoint::parse(endpoint.as_deref().unwrap_or("http://127.0.0.1:7600"))?;
        let region = arguments.region.as_ref().map(ToString::to_string);
        let ca_file = arguments.ca_file.clone();
        let ca_file = ca_file.or_else(|| environment("AWS_CA_BUNDLE").map(PathBuf::from));
        Ok(Self {
            trust: Trust::of(&endpoint, ca_file, data_dir)?,
            endpoint,
            region: region
                .or_else(|| environment("AWS_REGION"))
                .or_else(|| environment("AWS_DEFAULT_REGION"))
                .unwrap_or_else(|| "us-east-1".to_owned()),
            credentials: Credentials::find(&environment, arguments.data_dir.as_deref())?,
            runtime: runtime()?,
        })
    }

    /// The Region that is asked.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// The same server with another caller.
    ///
    /// # Errors
    /// [`ClientError::Runtime`].
    pub(crate) fn with_credentials(&self, credentials: Credentials) -> Result<Self, ClientError> {
        Ok(Self {
            endpoint: self.endpoint.clone(),
            trust: self.trust.clone(),
            region: self.region.clone(),
            credentials,
            runtime: runtime()?,
        })
    }

    /// Calls an operation of a service that speaks AWS JSON 1.1, such as `Keystead.WhoCan`.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with the server's code and message, and all others.
    pub(crate) fn call(
        &self,
        service: &str,
        target: &str,
        input: &Value,
    ) -> Result<Value, ClientError> {
        let answer = self.send(Message {
            service,
            content_type: JSON,
            target: Some(target),
            body: input.to_string().into_bytes(),
        })?;
        let bad = |_| ClientError::BadAnswer {
            status: answer.status,
        };
        let body = match answer.body.as_slice() {
            [] => json!({}),
            body => serde_json::from_slice(body).map_err(bad)?,
        };
        match answer.status {
            200 => Ok(body),
            _ => Err(refusal(&body, answer.request_id).into()),
        }
    }

    /// Signs a request and sends it.
    ///
    /// # Errors
    /// Every [`ClientError`] but [`ClientError::Refused`].
    pub(crate) fn send(&self, message: Message<'_>) -> Result<Answer, ClientError> {
        let headers = self.sign(&message)?;
        let exchange = connection::exchange(&self.endpoint, &self.trust, headers, message.body);
        let timed = async { tokio::time::timeout(TIMEOUT, exchange).await };
        let endpoint = || self.endpoint.to_string();
        match self.runtime.block_on(timed) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(source)) => Err(ClientError::Unreachable {
                endpoint: endpoint(),
                source,
            }),
            Err(_) => Err(ClientError::TimedOut {
                endpoint: endpoint(),
            }),
        }
    }

    fn sign(&self, message: &Message<'_>) -> Result<HeaderMap, ClientError> {
        let text = |text: &str| HeaderValue::from_str(text).map_err(SignError::from);
        let mut headers = HeaderMap::new();
        headers.insert(HOST, text(self.endpoint.authority())?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(message.content_type));
        if let Some(target) = message.target {
            headers.insert("x-amz-target", text(target)?);
        }
        let signer = Signer {
            access_key_id: &self.credentials.access_key_id,
            secret_access_key: self.credentials.secret_access_key.expose(),
            session_token: self.credentials.session_token.as_deref(),
            region: &self.region,
            service: message.service,
            unix_seconds: SystemClock.now().as_seconds(),
        };
        let root = Uri::from_static("/");
        signer.sign(&Method::POST, &root, &mut headers, &message.body)?;
        Ok(headers)
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, ClientError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| ClientError::Runtime { source })
}

fn refusal(body: &Value, request_id: String) -> Refusal {
    let text = |names: [&str; 2]| {
        let mut found = names.iter().filter_map(|name| body.get(name)?.as_str());
        found.next().unwrap_or_default().to_owned()
    };
    let code = text(["__type", "code"]);
    Refusal {
        code: code.rsplit('#').next().unwrap_or_default().to_owned(),
        message: text(["message", "Message"]),
        request_id,
    }
}

/// A variable that AWS's own clients read too.
#[expect(
    clippy::disallowed_methods,
    reason = "a client's configuration is in the environment; this is its only reader"
)]
fn environment(name: &str) -> Option<String> {
    let value = std::env::var(name).ok();
    value.filter(|value| !value.is_empty())
}
