//! One request: read whole, handed to the corridor, answered.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming as Body;

use super::Limits;
use crate::corridor::Corridor;
use crate::ids::new_id;
use crate::incoming::{Incoming, Peer};
use crate::reply::REQUEST_ID;

/// Where load balancers and people ask whether the server is ready.
const HEALTH: &str = "/health";

/// The service of one connection.
#[derive(Clone)]
pub(super) struct CallService {
    pub(super) corridor: Arc<Corridor>,
    pub(super) peer: Peer,
    pub(super) limits: Limits,
}

impl hyper::service::Service<Request<Body>> for CallService {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Body>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.answer(request).await) })
    }
}

impl CallService {
    async fn answer(&self, request: Request<Body>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        if parts.method == Method::GET && parts.uri.path() == HEALTH {
            return self.health();
        }
        let whole = Limited::new(body, self.limits.body_bytes).collect();
        match tokio::time::timeout(self.limits.body_timeout, whole).await {
            Ok(Ok(body)) => {
                let incoming = Incoming {
                    parts,
                    body: body.to_bytes(),
                    peer: self.peer,
                };
                self.corridor.serve(incoming).await.into_response()
            }
            Ok(Err(error)) if error.is::<LengthLimitError>() => self.plain(
                StatusCode::PAYLOAD_TOO_LARGE,
                &too_large(self.limits.body_bytes),
            ),
            Ok(Err(_)) => self.plain(StatusCode::BAD_REQUEST, BROKEN_BODY),
            Err(_) => self.plain(StatusCode::REQUEST_TIMEOUT, SLOW_BODY),
        }
    }

    fn health(&self) -> Response<Full<Bytes>> {
        match self.corridor.check_ready() {
            Ok(()) => self.plain(StatusCode::OK, r#"{"status":"ready"}"#),
            Err(error) => {
                tracing::warn!(%error, "not ready");
                self.plain(
                    StatusCode::SERVICE_UNAVAILABLE,
                    r#"{"status":"unavailable"}"#,
                )
            }
        }
    }

    /// An answer outside the corridor, which says nothing of any key or caller.
    fn plain(&self, status: StatusCode, body: &str) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::copy_from_slice(body.as_bytes())));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let json = HeaderValue::from_static(keystead_wire::target::JSON_CONTENT_TYPE);
        headers.insert(header::CONTENT_TYPE, json);
        // Without randomness, the status is still worth telling.
        let id = new_id(self.corridor.provider.as_ref()).ok();
        if let Some(id) = id.and_then(|id| HeaderValue::try_from(id).ok()) {
            headers.insert(REQUEST_ID, id);
        }
        response
    }
}

const BROKEN_BODY: &str = r#"{"__type":"SerializationException"}"#;
const SLOW_BODY: &str = r#"{"__type":"RequestTimeoutException","message":"The body of the request did not arrive in time."}"#;

fn too_large(limit: usize) -> String {
    format!(
        r#"{{"__type":"RequestEntityTooLargeException","message":"A request has at most {limit} bytes."}}"#
    )
}
