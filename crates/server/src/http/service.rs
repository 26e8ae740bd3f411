//! One request: read whole, handed to the corridor, answered.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Body as _, Incoming as Body};
use keystead_wire::ApiError;
use keystead_wire::target::JSON_CONTENT_TYPE;

use super::Limits;
use super::body::{self, Rooms, Unread};
use super::health::{self, Health};
use super::patience::{Calls, InFlight};
use super::places::Places;
use crate::corridor::turnstile::Turnstile;
use crate::corridor::{BodySender, Corridor};
use crate::ids::new_id;
use crate::incoming::{Incoming, Peer};
use crate::protocol::{Encoded, Service, Style};
use crate::reply::REQUEST_ID;

/// The service of one connection.
#[derive(Clone)]
pub(super) struct CallService {
    pub(super) corridor: Arc<Corridor>,
    /// The worker's.
    pub(super) turnstile: Arc<Turnstile>,
    pub(super) peer: Peer,
    pub(super) limits: Limits,
    pub(super) bodies: Rooms,
    pub(super) places: Arc<Places>,
    pub(super) calls: Arc<Calls>,
}

impl hyper::service::Service<Request<Body>> for CallService {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Body>) -> Self::Future {
        let service = self.clone();
        let mut call = self.calls.begin();
        Box::pin(async move {
            let answer = service.answer(request, &mut call).await;
            call.end();
            Ok(answer)
        })
    }
}

impl CallService {
    async fn answer(&self, request: Request<Body>, call: &mut InFlight) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        if let Some(health) = health::asked(&parts) {
            return self.health(health);
        }
        let sender = self.corridor.body_sender(&parts);
        let Some(_head_place) = self.bodies.take_head(&parts, sender) else {
            return self.unread(&parts, Unread::NoRoom, self.limits.body_bytes);
        };
        let longest = sender.map_or(usize::MAX, BodySender::longest_body);
        let body_timeout = if self.places.is_crowded() {
            self.limits.body_timeout.min(self.limits.crowded_timeout)
        } else {
            self.limits.body_timeout
        };
        let limits = Limits {
            body_bytes: longest.min(self.limits.body_bytes),
            body_timeout,
            ..self.limits
        };
        let read = if let Some(sender) = sender {
            body::read(body, self.bodies.of(sender), &limits).await
        } else {
            // Turned away whatever its body is, which therefore takes no room.
            let passed = body::discard(body, &limits).await;
            passed.map(|()| (Bytes::new(), None))
        };
        let (body, _place) = match read {
            Ok(read) => read,
            Err(unread) => {
                if matches!(unread, Unread::Broken) {
                    call.broke_off();
                }
                return self.unread(&parts, unread, limits.body_bytes);
            }
        };
        let incoming = Incoming {
            parts,
            body,
            peer: self.peer.clone(),
        };
        let is_head = incoming.parts.method == Method::HEAD;
        let reply = self.corridor.serve_in_turn(&self.turnstile, incoming).await;
        let response = reply.into_response();
        if is_head {
            headless(response)
        } else {
            response
        }
    }

    /// The answer to a request whose body, of at most `most` bytes, was not read: in the form of
    /// the service that its head means.
    fn unread(&self, head: &Parts, unread: Unread, most: usize) -> Response<Full<Bytes>> {
        let service = Service::of_head(head);
        let error = unread_error(unread, service.style(), most);
        self.corridor.watch.calls.turned_away(error.code());
        // Without randomness, the error is still worth telling.
        let id = new_id(self.corridor.provider.as_ref()).unwrap_or_default();
        let Encoded {
            status,
            content_type,
            body,
            headers,
        } = service.encode_error(&error, &id);
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = response(status, content_type, body, &id);
        response.headers_mut().extend(headers);
        response
    }

    /// An answer outside the corridor, which says nothing of any key or caller.
    fn health(&self, asked: Health) -> Response<Full<Bytes>> {
        let (status, body) = asked.answer(&self.corridor);
        // Without randomness, the status is still worth telling.
        let id = new_id(self.corridor.provider.as_ref()).unwrap_or_default();
        response(status, JSON_CONTENT_TYPE, body.into(), &id)
    }
}

fn response(
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
    id: &str,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// The answer without its body, whose length it tells. HTTP/2 has no other way to know that nothing
/// may follow.
fn headless(response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    let (mut parts, body) = response.into_parts();
    if let (Some(length), header::Entry::Vacant(entry)) = (
        body.size_hint().exact(),
        parts.headers.entry(header::CONTENT_LENGTH),
    ) {
        entry.insert(length.into());
    }
    Response::from_parts(parts, Full::default())
}

/// Source: "Common errors" of the KMS, IAM and STS API references, and "Error responses" of that of S3.
/// Services that speak Query do
/// without the `Exception` at the end of names.
fn unread_error(unread: Unread, style: Style, most: usize) -> ApiError {
    let (json, query, rest, status, message) = match unread {
        Unread::TooLong => (
            "RequestEntityTooLargeException",
            "RequestEntityTooLarge",
            "EntityTooLarge",
            413,
            Some(format!("A request has at most {most} bytes.")),
        ),
        Unread::Broken => (
            "SerializationException",
            "MalformedInput",
            "IncompleteBody",
            400,
            None,
        ),
        Unread::Slow => (
            "RequestTimeoutException",
            "RequestTimeout",
            "RequestTimeout",
            408,
            Some("The body of the request did not arrive in time.".to_owned()),
        ),
        Unread::NoRoom => (
            "ServiceUnavailableException",
            "ServiceUnavailable",
            "ServiceUnavailable",
            503,
            Some("There is no room for the request.".to_owned()),
        ),
    };
    let code = match style {
        Style::Json { .. } => json,
        Style::Query { .. } => query,
        Style::Rest => rest,
    };
    ApiError::new(code, status, message)
}
