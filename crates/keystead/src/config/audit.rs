//! The settings of the audit log: the table `[audit]` of the file.

use std::num::NonZeroU32;

use keystead_server::audit::retention::Retention;
use serde::Deserialize;

/// How long the log is kept if nothing is said: as long as AWS keeps what LookupEvents finds.
const RETENTION_DAYS: u32 = 90;

/// The table of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditTable {
    /// A number of days, or `"forever"`.
    retention_days: Option<Days>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a number of days or \"forever\"")]
enum Days {
    Number(NonZeroU32),
    Word(Forever),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Forever {
    Forever,
}

impl AuditTable {
    pub(super) fn retention(&self) -> Retention {
        match self.retention_days {
            None => Retention::Days(RETENTION_DAYS),
            Some(Days::Number(days)) => Retention::Days(days.get()),
            Some(Days::Word(Forever::Forever)) => Retention::Forever,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Option<Retention> {
        let table = toml::from_str::<AuditTable>(file);
        table.ok().map(|table| table.retention())
    }

    #[test]
    fn the_log_is_kept_for_days_or_for_ever() {
        for (file, expected) in [
            ("", Some(Retention::Days(90))),
            ("retention_days = 1", Some(Retention::Days(1))),
            ("retention_days = 3650", Some(Retention::Days(3650))),
            ("retention_days = \"forever\"", Some(Retention::Forever)),
            ("retention_days = 0", None),
            ("retention_days = -1", None),
            ("retention_days = \"never\"", None),
            ("retention_dyas = 1", None),
        ] {
            assert_eq!(read(file), expected, "{file}");
        }
    }
}
