//! What is read from memory when somebody asks: keys by state, material that will expire, quotas,
//! the audit log.

use std::collections::BTreeMap;

use keystead_core::quota::Resource;
use keystead_core::time::Timestamp;
use prometheus::core::Collector;
use prometheus::proto::MetricFamily;
use prometheus::{GaugeVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts};

use super::WatchError;
use crate::audit::behind::Behind;
use crate::audit::log::{LogError, Place, Reader};
use crate::causes::Causes;
use crate::corridor::Corridor;

/// The state of everything, as of now.
pub(super) fn gather(corridor: &Corridor) -> Result<Vec<MetricFamily>, WatchError> {
    let mut families = Vec::new();
    let now = corridor.clock.now();
    families.extend(keys(corridor)?);
    families.extend(expiring(corridor, now)?);
    families.extend(quotas(corridor)?);
    families.extend(audit(corridor)?);
    families.extend(readers(corridor, now)?);
    families.extend(spans(corridor)?);
    families.extend(shipping(corridor, now)?);
    families.extend(readiness(corridor)?);
    Ok(families)
}

fn gauges(name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec, prometheus::Error> {
    IntGaugeVec::new(Opts::new(name, help), labels)
}

fn whole(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

fn keys(corridor: &Corridor) -> Result<Vec<MetricFamily>, WatchError> {
    let by_state = gauges(
        "keystead_keys",
        "Keys, by state, spec and who manages them",
        &["region", "state", "spec", "manager"],
    )?;
    let aliases = gauges("keystead_aliases", "Aliases", &["region"])?;
    let grants = gauges("keystead_grants", "Grants", &["region"])?;
    let now = corridor.clock.now();
    for room in corridor.regions.iter() {
        let region = room.region().as_str();
        let mut counts = BTreeMap::<_, i64>::new();
        for entry in room.directory.all_keys() {
            let record = &entry.record;
            let state = record.state_at(now).as_str();
            let kind = (state, record.spec.as_str(), record.manager.as_str());
            *counts.entry(kind).or_default() += 1;
        }
        for ((state, spec, manager), count) in counts {
            let labels = [region, state, spec, manager];
            by_state.with_label_values(&labels).set(count);
        }
        let (alias_count, grant_count) = room.directory.alias_and_grant_counts();
        aliases.with_label_values(&[region]).set(whole(alias_count));
        grants.with_label_values(&[region]).set(whole(grant_count));
    }
    Ok([by_state.collect(), aliases.collect(), grants.collect()].concat())
}

fn expiring(corridor: &Corridor, now: Timestamp) -> Result<Vec<MetricFamily>, WatchError> {
    let left = gauges(
        "aws_kms_seconds_until_key_material_expiration_minimum",
        "Seconds until imported material of a key expires: of the material that does first",
        &["region", "account_id", "key_id"],
    )?;
    for room in corridor.regions.iter() {
        for entry in room.directory.all_keys() {
            let Some(at) = entry.record.next_expiry() else {
                continue;
            };
            let id = entry.record.id.to_string();
            let labels = [room.region().as_str(), entry.record.account.as_str(), &id];
            let millis = at.as_millis().saturating_sub(now.as_millis()).max(0);
            left.with_label_values(&labels).set(millis / 1000);
        }
    }
    Ok(left.collect())
}

fn quotas(corridor: &Corridor) -> Result<Vec<MetricFamily>, WatchError> {
    let labels = ["region", "account_id", "quota"];
    let limits = GaugeVec::new(
        Opts::new(
            "keystead_quota_limit",
            "What a quota allows: so many things, or so many calls per second",
        ),
        &labels,
    )?;
    let used = gauges(
        "keystead_quota_used",
        "Things that count against a quota",
        &labels,
    )?;
    let calls = IntCounterVec::new(
        Opts::new(
            "keystead_quota_calls_total",
            "Calls that a quota allowed, of quotas that limit a rate",
        ),
        &labels,
    )?;
    let throttled = IntCounterVec::new(
        Opts::new(
            "keystead_quota_throttled_total",
            "Calls that a quota did not allow",
        ),
        &labels,
    )?;
    for room in corridor.regions.iter() {
        let region = room.region().as_str();
        for (account, count) in room.directory.own_key_counts() {
            let limit = corridor.quotas.of(account).count(Resource::Keys);
            let at = [region, account.as_str(), "keys"];
            used.with_label_values(&at).set(whole(count));
            limits
                .with_label_values(&at)
                .set(u32::try_from(limit).map_or(f64::INFINITY, f64::from));
        }
        for (account, quota, counts) in room.throttle.counts() {
            let at = [region, account.as_str(), quota.setting()];
            calls.with_label_values(&at).inc_by(counts.allowed);
            throttled.with_label_values(&at).inc_by(counts.refused);
            if let Some(rate) = corridor.quotas.of(account).rate(quota) {
                limits.with_label_values(&at).set(rate.calls());
            }
        }
    }
    Ok([
        limits.collect(),
        used.collect(),
        calls.collect(),
        throttled.collect(),
    ]
    .concat())
}

fn audit(corridor: &Corridor) -> Result<Vec<MetricFamily>, WatchError> {
    let Some(status) = corridor.audit.status()? else {
        return Ok(Vec::new());
    };
    let gauge = |name: &str, help: &str, value| -> Result<_, WatchError> {
        let gauge = IntGauge::new(name, help)?;
        gauge.set(value);
        Ok(gauge.collect())
    };
    let families = [
        gauge(
            "keystead_audit_log_bytes",
            "Bytes of the audit log on the disk",
            whole(status.bytes),
        )?,
        gauge(
            "keystead_audit_queue",
            "Records that wait to be written to the audit log",
            whole(status.queued),
        )?,
        gauge(
            "keystead_audit_failing",
            "1 if the audit log could not be written last, and calls fail; else 0",
            status.is_failing.into(),
        )?,
    ];
    Ok(families.concat())
}

/// How far those are behind who read the audit log.
fn readers(corridor: &Corridor, now: Timestamp) -> Result<Vec<MetricFamily>, WatchError> {
    let bytes = gauges(
        "keystead_audit_behind_bytes",
        "Bytes of the audit log that a reader of it has not come to: its search index, its trail",
        &["reader"],
    )?;
    let seconds = gauges(
        "keystead_audit_behind_seconds",
        "Seconds since the first record was made that a reader of the audit log has not come to; 0 if there is none",
        &["reader"],
    )?;
    let Some(history) = corridor.audit.history() else {
        return Ok(Vec::new());
    };
    let trail = corridor.trail.as_ref().map(|trail| trail.cursor());
    let index = Some(history.indexed());
    for (name, place) in [("index", index), ("trail", trail.map(Ok))] {
        if let Some(behind) = place.and_then(|place| behind(name, history.reader(), place)) {
            bytes.with_label_values(&[name]).set(whole(behind.bytes));
            seconds.with_label_values(&[name]).set(behind.seconds(now));
        }
    }
    Ok([bytes.collect(), seconds.collect()].concat())
}

/// How far one of them is behind. `None` if the log can't be read, which must not hide all other metrics.
fn behind(name: &str, log: &Reader, place: Result<Place, LogError>) -> Option<Behind> {
    place
        .and_then(|place| Behind::of(log, place))
        .inspect_err(|error| tracing::warn!(reader = name, error = %Causes(error), "how far a reader of the audit log is can't be told"))
        .ok()
}

fn spans(corridor: &Corridor) -> Result<Vec<MetricFamily>, WatchError> {
    let counts = corridor.spans.counts();
    let counter = |name: &str, help: &str, count| -> Result<_, WatchError> {
        let counter = IntCounter::new(name, help)?;
        counter.inc_by(count);
        Ok(counter.collect())
    };
    let families = [
        counter(
            "keystead_spans_exported_total",
            "Spans of calls that were sent to the collector",
            counts.exported(),
        )?,
        counter(
            "keystead_spans_dropped_total",
            "Spans of calls that the collector did not take, or that came faster than it took them",
            counts.dropped(),
        )?,
    ];
    Ok(families.concat())
}

fn shipping(corridor: &Corridor, now: Timestamp) -> Result<Vec<MetricFamily>, WatchError> {
    let labels = ["kind", "destination"];
    let bytes = gauges(
        "keystead_audit_ship_behind_bytes",
        "Bytes of the audit log, or of its files, that a destination has not confirmed",
        &labels,
    )?;
    let seconds = gauges(
        "keystead_audit_ship_behind_seconds",
        "Age of the oldest record, or file, that a destination has not confirmed; 0 if it has all",
        &labels,
    )?;
    let failures = IntCounterVec::new(
        Opts::new(
            "keystead_audit_ship_failures_total",
            "How often something could not be sent to a destination",
        ),
        &labels,
    )?;
    let Some(shipping) = &corridor.shipping else {
        return Ok(Vec::new());
    };
    for status in shipping.statuses() {
        let at = [status.kind, status.name.as_str()];
        bytes.with_label_values(&at).set(whole(status.behind.bytes));
        let age = status.behind.seconds(now);
        seconds.with_label_values(&at).set(age);
        failures.with_label_values(&at).inc_by(status.failures);
    }
    Ok([bytes.collect(), seconds.collect(), failures.collect()].concat())
}

fn readiness(corridor: &Corridor) -> Result<Vec<MetricFamily>, WatchError> {
    let ready = IntGauge::new("keystead_ready", "1 if calls are served; else 0")?;
    ready.set(corridor.check_ready().is_ok().into());
    Ok(ready.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::log::{AuditLog, LogOptions};

    #[tokio::test]
    async fn a_log_that_can_not_be_read_leaves_out_who_reads_it() {
        let scratch = tempfile::tempdir().unwrap();
        let log = AuditLog::open(scratch.path(), LogOptions::default()).unwrap();
        let reader = log.reader().unwrap();
        let start = reader.start().unwrap();
        log.append(b"{}".to_vec()).await.unwrap();
        assert!(behind("index", &reader, Ok(start)).is_some());
        let segments: Vec<_> = std::fs::read_dir(scratch.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        for segment in segments.iter().filter(|path| path.is_file()) {
            std::fs::remove_file(segment).unwrap();
            // In a circle, so that it can't be opened.
            std::os::unix::fs::symlink(segment, segment).unwrap();
        }
        assert!(behind("index", &reader, Ok(start)).is_none());
        let failed = reader.read(start, 1).map(|batch| batch.next);
        assert!(behind("index", &reader, failed).is_none());
    }
}
