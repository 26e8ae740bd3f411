//! How long the audit log is kept: `retention_days` in the table `[audit]` of the file.

use std::num::NonZeroU32;

use keystead_server::audit::retention::Retention;
use serde::Deserialize;

/// The setting: a number of days, or `"forever"`. Without it the log is kept for ever: what is
/// removed is gone, so that it has to be asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RetentionDays(Option<Days>);

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number of days, 1 or more, or \"forever\""
)]
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
            Some(Days::Number(days)) => Retention::Days(days.get()),
            None | Some(Days::Word(Forever::Forever)) => Retention::Forever,
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
            ("", Some(Retention::Forever)),
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
