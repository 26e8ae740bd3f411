//! How long the audit log is kept: `retention_days` in the table `[audit]` of the file.

use std::num::NonZeroU32;

use keystead_server::audit::retention::Retention;
use serde::Deserialize;

/// How long the log is kept if nothing is said: as long as AWS keeps what LookupEvents finds.
const DEFAULT_DAYS: u32 = 90;

/// The setting: a number of days, or `"forever"`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RetentionDays(Option<Days>);

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

impl RetentionDays {
    pub(super) fn retention(&self) -> Retention {
        match &self.0 {
            None => Retention::Days(DEFAULT_DAYS),
            Some(Days::Number(days)) => Retention::Days(days.get()),
            Some(Days::Word(Forever::Forever)) => Retention::Forever,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::AuditTable;
    use super::*;

    fn read(file: &str) -> Option<Retention> {
        let table = toml::from_str::<AuditTable>(file);
        table.ok().map(|table| table.retention_days.retention())
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
