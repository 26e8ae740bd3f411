//! One request: read whole, handed to the corridor, answered.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming as Body;
use tokio::sync::Semaphore;

use super::Limits;
use super::body::{self, Unread};
use super::patience::Calls;
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
    pub(super) bodies: Arc<Semaphore>,
    pub(super) calls: Arc<Calls>,
}

impl hyper::service::Service<Request<Body>> for CallService {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Body>) -> Self::Future {
        let service = self.clone();
        let call = self.calls.begin();
        Box::pin(async move {
            let answer = service.answer(request).await;
            drop(call);
            Ok(answer)
        })
    }
}

impl CallService {
    async fn answer(&self, request: Request<Body>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        if parts.method == Method::GET && parts.uri.path() == HEALTH {
            return self.health();
        }
        let longest = self.corridor.longest_body(&parts, self.limits.body_bytes);
        let read = if let Some(body_bytes) = longest {
            let limits = Limits {
                body_bytes,
                ..self.limits
            };
            let read = body::read(body, &self.bodies, &limits).await;
            read.map(|(body, place)| (body, Some(place)))
        } else {
            // Turned away whatever its body is, which therefore takes no room.
            let passed = body::discard(body, &self.limits).await;
            passed.map(|()| (Bytes::new(), None))
        };
        let (body, _place) = match read {
            Ok(read) => read,
            Err(unread) => return self.unread(unread),
        };
        let incoming = Incoming {
            parts,
            body,
            peer: self.peer.clone(),
        };
        self.corridor.serve(incoming).await.into_response()
    }

    fn unread(&self, unread: Unread) -> Response<Full<Bytes>> {
        match unread {
            Unread::TooLong => self.plain(
                StatusCode::PAYLOAD_TOO_LARGE,
                &too_large(self.limits.body_bytes),
            ),
            Unread::Broken => self.plain(StatusCode::BAD_REQUEST, BROKEN_BODY),
            Unread::Slow => self.plain(StatusCode::REQUEST_TIMEOUT, SLOW_BODY),
            Unread::NoRoom => self.plain(StatusCode::SERVICE_UNAVAILABLE, NO_ROOM),
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
const NO_ROOM: &str = r#"{"__type":"ServiceUnavailableException","message":"There is no room for the body of the request."}"#;

fn too_large(limit: usize) -> String {
    format!(
        r#"{{"__type":"RequestEntityTooLargeException","message":"A request has at most {limit} bytes."}}"#
    )
}
