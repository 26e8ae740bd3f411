//! The watch room: what is counted and measured, for Prometheus to read.
//!
//! On the way of a call there are a few atomic additions and no waiting. What can be read from
//! memory, such as how many keys there are in which state, is read when somebody asks (`state`).
//!
//! Where AWS has a metric, its name is the one that the CloudWatch exporters give it, so that
//! dashboards that exist go on: `SecondsUntilKeyMaterialExpiration` is
//! `aws_kms_seconds_until_key_material_expiration_minimum`. Source: "Monitoring with Amazon
//! CloudWatch" in the AWS KMS Developer Guide.

mod calls;
mod state;

use std::time::{Duration, Instant};

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntGauge, Registry, TextEncoder};

pub(crate) use self::calls::Calls;
use crate::corridor::Corridor;

/// The content type of [`Watch::text`]: Prometheus' text format, version 0.0.4.
pub const TEXT: &str = prometheus::TEXT_FORMAT;

/// The upper bounds of what a write to a disk takes, in seconds.
const DISK_SECONDS: [f64; 10] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5,
];

/// Why something can't be measured, or told.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// A metric is not well formed, or there twice, which only a defect of ours can cause.
    #[error("the metrics: {source}")]
    Metrics {
        /// What is wrong.
        #[from]
        source: prometheus::Error,
    },
    /// The audit log's files can't be looked at.
    #[error("the audit log: {source}")]
    Log {
        /// What the log says.
        #[from]
        source: crate::audit::log::LogError,
    },
}

/// All that is counted and measured by a process.
pub struct Watch {
    registry: Registry,
    /// Calls.
    pub(crate) calls: Calls,
    commits: HistogramVec,
    appends: Histogram,
}

impl Watch {
    /// Nothing counted yet, in a process of this version that starts at this time, in seconds since
    /// the epoch.
    ///
    /// # Errors
    /// [`WatchError::Metrics`].
    pub fn new(version: &str, start_seconds: i64) -> Result<Self, WatchError> {
        let registry = Registry::new();
        let build = prometheus::IntGaugeVec::new(
            prometheus::opts!("keystead_build_info", "1, with the version that runs"),
            &["version"],
        )?;
        build.with_label_values(&[version]).set(1);
        let start = IntGauge::new(
            "keystead_start_time_seconds",
            "When the process started, in seconds since the epoch",
        )?;
        start.set(start_seconds);
        let disk =
            |name: &str, help: &str| HistogramOpts::new(name, help).buckets(DISK_SECONDS.to_vec());
        let commits = HistogramVec::new(
            disk(
                "keystead_store_commit_seconds",
                "How long changes took to be durable in the store",
            ),
            &["store"],
        )?;
        let appends = Histogram::with_opts(disk(
            "keystead_audit_append_seconds",
            "How long records took to be as durable in the audit log as it promises",
        ))?;
        registry.register(Box::new(build))?;
        registry.register(Box::new(start))?;
        registry.register(Box::new(commits.clone()))?;
        registry.register(Box::new(appends.clone()))?;
        let calls = Calls::new(&registry)?;
        Ok(Self {
            registry,
            calls,
            commits,
            appends,
        })
    }

    /// Where the time is noted that commits of a store take: of a Region's, or of the identities'.
    #[must_use]
    pub fn commits(&self, store: &str) -> Stopwatch {
        Stopwatch(self.commits.with_label_values(&[store]))
    }

    /// Where the time is noted that records take on their way to the audit log.
    #[must_use]
    pub fn appends(&self) -> Stopwatch {
        Stopwatch(self.appends.clone())
    }

    /// Everything, in Prometheus' text format. Looks at every key and at the audit log's files:
    /// not for a thread that serves calls.
    ///
    /// # Errors
    /// [`WatchError`].
    pub fn text(&self, corridor: &Corridor) -> Result<String, WatchError> {
        let mut families = self.registry.gather();
        families.extend(state::gather(corridor)?);
        // One without a sample can't be written.
        families.retain(|family| !family.get_metric().is_empty());
        families.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        Ok(TextEncoder::new().encode_to_string(&families)?)
    }
}

/// Notes how long something takes, again and again.
#[derive(Debug, Clone)]
pub struct Stopwatch(Histogram);

impl Stopwatch {
    /// Waits for some work and notes how long it took, whatever came of it. What is dropped before
    /// its end is not noted.
    pub async fn time<T>(&self, work: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let done = work.await;
        self.0.observe(seconds(start.elapsed()));
        done
    }
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}
