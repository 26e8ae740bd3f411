//! Where load balancers, orchestrators and people ask how the server is.

use http::request::Parts;
use http::{Method, StatusCode};

use crate::corridor::Corridor;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    /// Whether the process answers at all: if not, it should be started anew.
    Live,
    /// Whether calls are served: if not, they should go elsewhere.
    Ready,
}

const PATHS: [(&str, Health); 3] = [
    ("/health", Health::Ready),
    ("/health/live", Health::Live),
    ("/health/ready", Health::Ready),
];

/// What a request asks, if it asks how the server is.
pub(super) fn asked(head: &Parts) -> Option<Health> {
    let path = head.uri.path();
    let row = PATHS.iter().find(|(known, _)| *known == path);
    row.filter(|_| head.method == Method::GET)
        .map(|(_, health)| *health)
}

impl Health {
    /// The answer: a status, and a body of JSON that says the same.
    pub(super) fn answer(self, corridor: &Corridor) -> (StatusCode, &'static str) {
        if self == Self::Live {
            return (StatusCode::OK, r#"{"status":"live"}"#);
        }
        match corridor.check_ready() {
            Ok(()) => (StatusCode::OK, r#"{"status":"ready"}"#),
            Err(error) => {
                tracing::warn!(%error, "not ready");
                let body = r#"{"status":"unavailable"}"#;
                (StatusCode::SERVICE_UNAVAILABLE, body)
            }
        }
    }
}
