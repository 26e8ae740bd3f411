//! The queue between calls and the collector.

use std::sync::Arc;
use std::time::Duration;

use keystead_server::causes::Causes;
use keystead_server::spans::SpanCounts;
use opentelemetry::Context;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};

use super::send::{SendError, Sender};

/// How many spans may wait; further ones are dropped. A span has about a kilobyte.
const QUEUE: usize = 8192;

/// How many are sent at once.
const BATCH: usize = 1024;

/// How long spans wait for others to be sent with.
const GATHER: Duration = Duration::from_secs(1);

/// The end of the queue at which calls put their spans in.
#[derive(Debug)]
pub(super) struct Queue {
    spans: mpsc::Sender<SpanData>,
    counts: Arc<SpanCounts>,
}

impl Queue {
    /// A queue, and its other end.
    pub(super) fn new(counts: Arc<SpanCounts>) -> (Self, mpsc::Receiver<SpanData>) {
        let (spans, waiting) = mpsc::channel(QUEUE);
        (Self { spans, counts }, waiting)
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.spans.try_send(span).is_err() {
            self.counts.add_dropped(1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    /// The task that sends is stopped by itself.
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// What the task that sends works with.
pub(super) struct Work {
    pub(super) spans: mpsc::Receiver<SpanData>,
    pub(super) sender: Sender,
    pub(super) resource: ResourceAttributesWithSchema,
    pub(super) counts: Arc<SpanCounts>,
    pub(super) stopped: watch::Receiver<bool>,
}

impl Work {
    /// Sends until it is told to stop, and then what is left.
    pub(super) async fn run(mut self) {
        let mut is_failing = false;
        loop {
            let batch = self.gather().await;
            if batch.is_empty() {
                return;
            }
            let spans = batch.len() as u64;
            let sent = self.sender.send(batch, &self.resource).await;
            let dropped = match &sent {
                Ok(()) => 0,
                Err(SendError::Rejected(rejected)) => spans.min(*rejected),
                Err(_) => spans,
            };
            self.counts.add_dropped(dropped);
            self.counts.add_exported(spans - dropped);
            match sent {
                Ok(()) => {
                    if is_failing {
                        tracing::info!("spans are sent again");
                    }
                    is_failing = false;
                }
                Err(error) => {
                    if !is_failing {
                        report(&error);
                    }
                    is_failing = true;
                }
            }
        }
    }

    /// The next spans to be sent together: none once it is stopped and nothing is left.
    async fn gather(&mut self) -> Vec<SpanData> {
        let mut batch = Vec::new();
        let first = tokio::select! {
            first = self.spans.recv() => first,
            () = told_to_stop(&mut self.stopped) => {
                self.spans.close();
                self.spans.recv().await
            }
        };
        batch.extend(first);
        let end = Instant::now() + GATHER;
        while !batch.is_empty() && batch.len() < BATCH {
            let room = BATCH - batch.len();
            let more = tokio::select! {
                more = timeout_at(end, self.spans.recv_many(&mut batch, room)) => more,
                () = told_to_stop(&mut self.stopped), if !self.spans.is_closed() => {
                    self.spans.close();
                    continue;
                }
            };
            // The time is over, or the queue is closed and empty.
            if matches!(more, Err(_) | Ok(0)) {
                break;
            }
        }
        batch
    }
}

/// Returns when nobody wants it to go on.
async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// It is tried again with the next spans; to say it once is enough.
fn report(error: &SendError) {
    tracing::warn!(error = %Causes(error), "spans can't be sent, and are dropped until they can");
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;

    #[test]
    fn a_full_queue_drops_and_counts_and_does_not_wait() {
        let counts = Arc::new(SpanCounts::default());
        let (queue, waiting) = Queue::new(Arc::clone(&counts));
        let provider = SdkTracerProvider::builder()
            .with_span_processor(queue)
            .build();
        let tracer = provider.tracer("test");
        for _ in 0..QUEUE + 3 {
            drop(tracer.start("span"));
        }
        assert_eq!(waiting.len(), QUEUE);
        assert_eq!((counts.exported(), counts.dropped()), (0, 3));
        drop(waiting);
        drop(tracer.start("late"));
        assert_eq!(counts.dropped(), 4);
    }
}
