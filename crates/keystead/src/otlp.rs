//! Spans on their way to a collector: OTLP over HTTP, in Protocol Buffers.
//!
//! A call puts its spans into a queue and never waits. One task takes them out, some at a time, and sends them; what
//! finds the queue full or does not arrive is dropped and counted. At a stop the queue is sent, for as long as is
//! allowed.

mod collector;
mod queue;
mod send;

use std::sync::Arc;
use std::time::Duration;

use keystead_server::spans::{SpanCounts, Spans};
use opentelemetry::KeyValue;
use opentelemetry::global::BoxedTracer;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use rustls::ClientConfig;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) use self::collector::{Collector, CollectorError};
use self::queue::{Queue, Work};
use self::send::Sender;
use crate::config::TracingSettings;

/// What sends spans. Dropping it leaves unsent what waits.
pub(crate) struct Exporter {
    stop: watch::Sender<bool>,
    work: JoinHandle<()>,
}

impl Exporter {
    /// Makes spans as the settings say, and sends them from a task of this runtime. `tls` is whom HTTPS trusts.
    pub(crate) fn start(settings: &TracingSettings, tls: &ClientConfig) -> (Self, Spans) {
        let counts = Arc::new(SpanCounts::default());
        let (queue, spans) = Queue::new(Arc::clone(&counts));
        let resource = resource(settings);
        let (stop, stopped) = watch::channel(false);
        let work = Work {
            spans,
            sender: Sender::new(settings.collector.clone(), tls),
            resource: (&resource).into(),
            counts: Arc::clone(&counts),
            stopped,
        };
        let root = Sampler::TraceIdRatioBased(settings.sampling_ratio);
        let tracer = SdkTracerProvider::builder()
            .with_span_processor(queue)
            .with_sampler(Sampler::ParentBased(Box::new(root)))
            .with_resource(resource)
            .build()
            .tracer("keystead");
        let spans = Spans::of(BoxedTracer::new(Box::new(tracer)), counts);
        let exporter = Self {
            stop,
            work: tokio::spawn(work.run()),
        };
        (exporter, spans)
    }

    /// Sends what waits, for so long at most.
    pub(crate) async fn stop(self, within: Duration) {
        self.stop.send_replace(true);
        let abort = self.work.abort_handle();
        if tokio::time::timeout(within, self.work).await.is_err() {
            abort.abort();
            tracing::warn!("the last spans could not be sent in time");
        }
    }
}

fn resource(settings: &TracingSettings) -> Resource {
    let given = settings
        .resource
        .iter()
        .map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    Resource::builder_empty()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attributes(given)
        .with_service_name(settings.service_name.clone())
        .build()
}
