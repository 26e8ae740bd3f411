//! What is said of the audit log: when a call is answered, how long records are kept, and how they are delivered and
//! shipped.

use std::collections::BTreeMap;
use std::path::PathBuf;

use keystead_server::audit::log::Durability;
use keystead_server::audit::trail::TrailOptions;
use serde::Deserialize;

use super::retention::RetentionDays;
use super::shipping::{CopyTable, SyslogTable, WebhookTable};

/// The table `[audit]` of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditTable {
    #[serde(default)]
    pub(super) retention_days: RetentionDays,
    #[serde(default)]
    durability: DurabilityName,
    #[serde(default)]
    trail: TrailTable,
    /// Destinations, by their names.
    #[serde(default)]
    pub(super) webhook: BTreeMap<String, WebhookTable>,
    #[serde(default)]
    pub(super) syslog: BTreeMap<String, SyslogTable>,
    #[serde(default)]
    pub(super) copy: BTreeMap<String, CopyTable>,
}

/// When a call is answered, by its names in a file.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DurabilityName {
    #[default]
    Durable,
    Buffered,
}

/// The table `[audit.trail]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrailTable {
    enabled: Option<bool>,
    interval_seconds: Option<u32>,
    key_rotation_days: Option<u32>,
}

/// How the audit log is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TrailSettings {
    interval_seconds: u32,
    key_rotation_days: u32,
}

/// Why the audit log can't be delivered so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuditError {
    #[error("audit.trail.{name} is to be a whole number from 1 to {most}")]
    Range { name: &'static str, most: u32 },
    #[error(
        "--dev records nothing, and there is nothing to deliver: leave out audit.trail.enabled"
    )]
    Development,
}

/// Hours have digests, so that there is at least one delivery in each.
const MOST_INTERVAL_SECONDS: u32 = 3600;
/// Ten years.
const MOST_ROTATION_DAYS: u32 = 3650;

impl AuditTable {
    /// When a call is answered.
    pub(super) const fn durability(&self) -> Durability {
        match self.durability {
            DurabilityName::Durable => Durability::Durable,
            DurabilityName::Buffered => Durability::Buffered,
        }
    }
}

/// The settings; `None` if nothing is delivered.
pub(super) fn resolve(table: &AuditTable, dev: bool) -> Result<Option<TrailSettings>, AuditError> {
    let trail = &table.trail;
    let default = TrailOptions::new(PathBuf::new());
    let within = |name, value: Option<u32>, default, most| match value.unwrap_or(default) {
        value if (1..=most).contains(&value) => Ok(value),
        _ => Err(AuditError::Range { name, most }),
    };
    let settings = TrailSettings {
        interval_seconds: within(
            "interval_seconds",
            trail.interval_seconds,
            default.interval_seconds,
            MOST_INTERVAL_SECONDS,
        )?,
        key_rotation_days: within(
            "key_rotation_days",
            trail.key_rotation_days,
            default.key_rotation_days,
            MOST_ROTATION_DAYS,
        )?,
    };
    match (dev, trail.enabled) {
        (true, Some(true)) => Err(AuditError::Development),
        (true, _) | (false, Some(false)) => Ok(None),
        (false, _) => Ok(Some(settings)),
    }
}

impl TrailSettings {
    /// The same as the server takes it, with the folder to deliver into.
    pub(crate) const fn in_directory(self, directory: PathBuf) -> TrailOptions {
        TrailOptions {
            directory,
            interval_seconds: self.interval_seconds,
            key_rotation_days: self.key_rotation_days,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(file: &str, dev: bool) -> Result<Option<TrailSettings>, AuditError> {
        resolve(&toml::from_str(file).unwrap(), dev)
    }

    #[test]
    fn a_trail_is_kept_unless_told_otherwise() {
        let settings = |interval_seconds, key_rotation_days| {
            Some(TrailSettings {
                interval_seconds,
                key_rotation_days,
            })
        };
        for (file, dev, expected) in [
            ("", false, settings(300, 365)),
            ("", true, None),
            ("[trail]\nenabled = true", false, settings(300, 365)),
            ("[trail]\nenabled = false", false, None),
            ("[trail]\nenabled = false", true, None),
            (
                "[trail]\ninterval_seconds = 60\nkey_rotation_days = 90",
                false,
                settings(60, 90),
            ),
        ] {
            assert_eq!(resolved(file, dev).unwrap(), expected, "{file} {dev}");
        }
        for file in [
            "[trail]\ninterval_seconds = 0",
            "[trail]\ninterval_seconds = 3601",
            "[trail]\nkey_rotation_days = 0",
        ] {
            assert!(resolved(file, false).is_err(), "{file}");
        }
        assert!(resolved("[trail]\nenabled = true", true).is_err());
        assert!(toml::from_str::<AuditTable>("[trail]\nintervall = 1").is_err());
    }

    #[test]
    fn calls_wait_for_the_disk_unless_told_otherwise() {
        for (file, expected) in [
            ("", Durability::Durable),
            ("durability = 'durable'", Durability::Durable),
            ("durability = 'buffered'", Durability::Buffered),
        ] {
            let table: AuditTable = toml::from_str(file).unwrap();
            assert_eq!(table.durability(), expected, "{file}");
        }
        // Nobody can do without records.
        for name in ["none", "off", "discard", ""] {
            let file = format!("durability = '{name}'");
            assert!(toml::from_str::<AuditTable>(&file).is_err(), "{name}");
        }
    }
}
