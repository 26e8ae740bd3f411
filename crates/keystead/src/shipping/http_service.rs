//! HTTP for object stores, over the client of the house: their own would bring another one, with
//! another TLS.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Limited};
use keystead_server::outgoing::{HttpClient as Client, http_client};
use object_store::ClientOptions;
use object_store::client::{
    ClientConfigKey, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest,
    HttpRequestBody, HttpResponse, HttpService,
};
use rustls::ClientConfig;

/// How long a request may take, with its answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest answer, in bytes: the largest object that is compared with what is there already.
const MAX_ANSWER_BYTES: usize = 256 * 1024 * 1024;

/// Makes clients.
#[derive(Debug)]
pub(super) struct Connector {
    pub(super) tls: Arc<ClientConfig>,
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let plain = options.get_config_value(&ClientConfigKey::AllowHttp);
        Ok(HttpClient::new(Service {
            client: http_client(&self.tls),
            may_be_plain: plain.as_deref() == Some("true"),
        }))
    }
}

#[derive(Debug)]
struct Service {
    client: Client<HttpRequestBody>,
    /// Whether `http://` is allowed: of machines' own metadata, and where the operator says so.
    may_be_plain: bool,
}

#[async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if !self.may_be_plain && request.uri().scheme_str() != Some("https") {
            let refused = io::Error::other("http:// is not allowed");
            return Err(HttpError::new(HttpErrorKind::Unknown, refused));
        }
        let exchange = async {
            let answer = self.client.request(request).await.map_err(|error| {
                let kind = match error.is_connect() {
                    true => HttpErrorKind::Connect,
                    false => HttpErrorKind::Request,
                };
                HttpError::new(kind, error)
            })?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, MAX_ANSWER_BYTES).collect().await;
            let body =
                body.map_err(|error| HttpError::new_boxed(HttpErrorKind::Interrupted, error))?;
            Ok(HttpResponse::from_parts(parts, body.to_bytes().into()))
        };
        let answered = tokio::time::timeout(PATIENCE, exchange).await;
        answered.unwrap_or_else(|slow| Err(HttpError::new(HttpErrorKind::Timeout, slow)))
    }
}
