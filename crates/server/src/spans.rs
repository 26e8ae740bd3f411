//! The spans of calls, for OpenTelemetry: what a call was, and in which rooms its time went.
//!
//! Off unless the binary hands in a tracer. Without one, and for a call that is not sampled, there is nothing but a
//! branch. What spans say stands here and nowhere else: names, numbers, ids and codes. Of what a caller sent there are in
//! one the ids by which the caller's own trace goes on, and ARNs of what an allowed call was about, with the names in them
//! that callers have chosen for what they made.
//!
//! Attributes have the names of OpenTelemetry's semantic conventions where there are any (HTTP, RPC, AWS SDK, cloud).

mod parent;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Method;
use http::request::Parts;
use opentelemetry::global::{BoxedSpan, BoxedTracer};
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanKind, Status, TraceContextExt as _, Tracer as _,
};
use opentelemetry::{Array, Context, KeyValue, StringValue, Value};

use crate::authn::Authenticated;
use crate::reply::Reply;
use crate::target::AuditResource;

/// Where a call's time goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// Who calls.
    Authentication,
    /// The wait for a thread of its own, of a call that takes long.
    Turn,
    /// What is meant, and whether the caller may.
    Authorization,
    /// What the operation does.
    Operation,
    /// The store's commit, of a call that changes something.
    Commit,
    /// The audit log.
    Audit,
    /// The wait until the memory shows what was committed.
    Directory,
}

impl Room {
    const fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Turn => "turn",
            Self::Authorization => "authorization",
            Self::Operation => "operation",
            Self::Commit => "commit",
            Self::Audit => "audit",
            Self::Directory => "directory",
        }
    }
}

/// How many spans were sent, and how many could not be. Shared with whoever sends them.
#[derive(Debug, Default)]
pub struct SpanCounts {
    exported: AtomicU64,
    dropped: AtomicU64,
}

impl SpanCounts {
    /// So many were sent and taken.
    pub fn add_exported(&self, spans: u64) {
        self.exported.fetch_add(spans, Ordering::Relaxed);
    }

    /// So many were not.
    pub fn add_dropped(&self, spans: u64) {
        self.dropped.fetch_add(spans, Ordering::Relaxed);
    }

    /// How many were sent.
    #[must_use]
    pub fn exported(&self) -> u64 {
        self.exported.load(Ordering::Relaxed)
    }

    /// How many were not.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

/// What makes spans, or makes none.
#[derive(Debug, Default)]
pub struct Spans {
    tracer: Option<Arc<BoxedTracer>>,
    counts: Arc<SpanCounts>,
}

impl Spans {
    /// No spans.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Spans of this tracer, which decides what is sampled and must never wait.
    #[must_use]
    pub fn of(tracer: BoxedTracer, counts: Arc<SpanCounts>) -> Self {
        Self {
            tracer: Some(Arc::new(tracer)),
            counts,
        }
    }

    /// What became of the spans so far.
    #[must_use]
    pub fn counts(&self) -> &SpanCounts {
        &self.counts
    }

    /// Begins the span of a request, which goes on with the trace that the request names if `is_known` says
    /// of its head that it is of somebody who may be known: whether spans are made is not for strangers to
    /// say.
    pub(crate) fn begin(&self, head: &Parts, is_known: impl FnOnce(&Parts) -> bool) -> CallSpan {
        let Some(tracer) = &self.tracer else {
            return CallSpan::default();
        };
        let caller = parent::of(&head.headers).filter(|_| is_known(head));
        CallSpan::begin(tracer, head, caller)
    }
}

/// The span of one call; none if the call is not sampled. A clone is the same.
#[derive(Clone, Default)]
pub struct CallSpan(Option<Arc<Sampled>>);

struct Sampled {
    tracer: Arc<BoxedTracer>,
    context: Context,
    /// What the call was last found to be about: it may be decided more than once.
    resources: Mutex<Vec<StringValue>>,
}

impl Sampled {
    fn resources(&self) -> MutexGuard<'_, Vec<StringValue>> {
        let resources = self.resources.lock();
        resources.unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallSpan {
    fn begin(tracer: &Arc<BoxedTracer>, head: &Parts, caller: Option<SpanContext>) -> Self {
        let root = Context::new();
        let parent = match caller {
            Some(caller) => root.with_remote_span_context(caller),
            None => root.clone(),
        };
        let method = method(&head.method);
        let builder = SpanBuilder::from_name(method).with_kind(SpanKind::Server);
        let mut span = tracer.build_with_context(builder, &parent);
        if !span.is_recording() {
            return Self::default();
        }
        span.set_attribute(KeyValue::new("http.request.method", method));
        Self(Some(Arc::new(Sampled {
            tracer: Arc::clone(tracer),
            context: root.with_span(span),
            resources: Mutex::default(),
        })))
    }

    /// The part of it that is spent in a room: until what is returned is dropped.
    pub(crate) fn enter(&self, room: Room) -> Entered {
        let begin = |sampled: &Arc<Sampled>| {
            let builder = SpanBuilder::from_name(room.name()).with_kind(SpanKind::Internal);
            sampled.tracer.build_with_context(builder, &sampled.context)
        };
        Entered {
            _span: self.0.as_ref().map(begin),
        }
    }

    /// Says which operation is called, by an account and in a Region.
    pub(crate) fn identify(&self, call: &Authenticated, operation: &'static str) {
        let Some(sampled) = &self.0 else { return };
        let span = sampled.context.span();
        let service = call.service().scope_name();
        span.update_name(format!("{service}.{operation}"));
        let account = call.caller().member().identity().account();
        let region = call.region().region();
        for (key, value) in [
            ("rpc.system", Value::from("aws-api")),
            ("rpc.service", service.into()),
            ("rpc.method", operation.into()),
            ("cloud.account.id", account.as_str().to_owned().into()),
            ("cloud.region", region.as_str().to_owned().into()),
        ] {
            span.set_attribute(KeyValue::new(key, value));
        }
    }

    /// Says which keys and the like the call is about: what its audit record says too. What is said last
    /// counts.
    pub(crate) fn tell_resources(&self, resources: &[AuditResource]) {
        let Some(sampled) = &self.0 else { return };
        let arns = resources.iter().map(|resource| resource.arn.clone().into());
        *sampled.resources() = arns.collect();
    }

    /// Ends it with what was answered.
    pub(crate) fn end(&self, reply: &Reply) {
        let Some(sampled) = &self.0 else { return };
        let span = sampled.context.span();
        let status = i64::from(reply.status());
        span.set_attribute(KeyValue::new("http.response.status_code", status));
        span.set_attribute(KeyValue::new(
            "aws.request_id",
            reply.request_id().to_owned(),
        ));
        // Once: a span keeps an attribute as often as it is set.
        let resources = std::mem::take(&mut *sampled.resources());
        if !resources.is_empty() {
            let arns = Value::Array(Array::String(resources));
            span.set_attribute(KeyValue::new("keystead.resources", arns));
        }
        if let Some(error) = reply.error() {
            span.set_attribute(KeyValue::new("error.type", error));
        }
        // A refusal is the caller's affair, and no failure of the server.
        if status >= 500 {
            span.set_status(Status::error(""));
        }
        span.end();
    }
}

/// A room that a call is in.
pub(crate) struct Entered {
    _span: Option<BoxedSpan>,
}

/// A method by its name, if it is one that is usual; a stranger may send any.
fn method(method: &Method) -> &'static str {
    let usual = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT",
    ];
    let found = usual.into_iter().find(|usual| method.as_str() == *usual);
    found.unwrap_or("_OTHER")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strange_methods_have_no_name() {
        assert_eq!(method(&Method::POST), "POST");
        let strange = Method::from_bytes(b"SECRET").unwrap();
        assert_eq!(method(&strange), "_OTHER");
    }

    #[test]
    fn without_a_tracer_there_is_no_span() {
        let (head, ()) = http::Request::new(()).into_parts();
        let span = Spans::none().begin(&head, |_| true);
        assert!(span.0.is_none());
        assert!(span.enter(Room::Audit)._span.is_none());
    }
}
