//! What is counted of calls: by operation and by the error that they end in.

use std::time::Duration;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Registry, opts};

use super::seconds;
use crate::protocol::Service;
use crate::router;

/// The upper bounds of how long a call takes, in seconds: most wait for the audit log's disk, and
/// RSA keys take long to make.
const CALL_SECONDS: [f64; 13] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

const ALLOWED: &str = "allowed";
const DENIED: &str = "denied";

/// Calls so far.
pub(crate) struct Calls {
    requests: IntCounterVec,
    took: HistogramVec,
    turned_away: IntCounterVec,
    decisions: IntCounterVec,
}

impl Calls {
    pub(super) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let requests = IntCounterVec::new(
            opts!(
                "keystead_requests_total",
                "Calls of operations, by the error that they were answered with; none if they succeeded"
            ),
            &["service", "operation", "error"],
        )?;
        let took = HistogramVec::new(
            HistogramOpts::new(
                "keystead_request_duration_seconds",
                "How long calls took, from the whole request to the answer",
            )
            .buckets(CALL_SECONDS.to_vec()),
            &["service", "operation"],
        )?;
        let turned_away = IntCounterVec::new(
            opts!(
                "keystead_requests_rejected_total",
                "Requests without a known caller, by the error that they were answered with"
            ),
            &["error"],
        )?;
        let decisions = IntCounterVec::new(
            opts!(
                "keystead_decisions_total",
                "Decisions on whether a caller may do what it asks for"
            ),
            &["decision"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(took.clone()))?;
        registry.register(Box::new(turned_away.clone()))?;
        registry.register(Box::new(decisions.clone()))?;
        // What is rare is told of from the start on: a counter that begins at 1 has not increased, and
        // the first deletion after a start would raise no alert.
        for route in router::table(Service::Kms) {
            requests.with_label_values(&[Service::Kms.scope_name(), route.name, ""]);
        }
        for decision in [ALLOWED, DENIED] {
            decisions.with_label_values(&[decision]);
        }
        Ok(Self {
            requests,
            took,
            turned_away,
            decisions,
        })
    }

    /// A call of an operation was answered: with this error, if with one.
    pub(crate) fn answered(
        &self,
        service: Service,
        operation: &str,
        error: Option<&str>,
        took: Duration,
    ) {
        let service = service.scope_name();
        let labels = [service, operation, error.unwrap_or_default()];
        self.requests.with_label_values(&labels).inc();
        let took_by = self.took.with_label_values(&[service, operation]);
        took_by.observe(seconds(took));
    }

    /// A request was turned away with this error, before its caller was known.
    pub(crate) fn turned_away(&self, error: &str) {
        self.turned_away.with_label_values(&[error]).inc();
    }

    /// A call was decided.
    pub(crate) fn decided(&self, is_allowed: bool) {
        let decision = if is_allowed { ALLOWED } else { DENIED };
        self.decisions.with_label_values(&[decision]).inc();
    }
}

#[cfg(test)]
mod tests {
    use prometheus::TextEncoder;

    use super::*;

    #[test]
    fn operations_are_counted_from_none_on() {
        let registry = Registry::new();
        let calls = Calls::new(&registry).unwrap();
        let shown = || TextEncoder::new().encode_to_string(&registry.gather());
        let series =
            r#"keystead_requests_total{error="",operation="ScheduleKeyDeletion",service="kms"}"#;
        let text = shown().unwrap();
        assert!(text.contains(&format!("{series} 0\n")), "{text}");
        assert!(text.contains("{decision=\"denied\"} 0\n"), "{text}");
        calls.answered(Service::Kms, "ScheduleKeyDeletion", None, Duration::ZERO);
        assert!(shown().unwrap().contains(&format!("{series} 1\n")));
    }
}
