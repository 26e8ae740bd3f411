//! Until when material is valid: a choice that must be made, since neither answer is safe for all.
//! At the API leaving it out means that it expires, and then a date must be given.

use clap::Args;
use keystead_core::time::Timestamp;
use keystead_wire::kms::ExpirationModelType;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A date or none.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Expiry {
    /// The server forgets it then: 2027-01-31, at the day's start in UTC, or 2027-01-31T12:00:00Z
    #[arg(long, value_name = "DATE", value_parser = instant)]
    expires: Option<Timestamp>,

    /// It stays until it is deleted
    #[arg(long)]
    no_expiry: bool,
}

impl Expiry {
    /// When it expires.
    pub(super) const fn instant(&self) -> Option<Timestamp> {
        self.expires
    }

    /// The choice, by the API's name.
    pub(super) const fn model(&self) -> &'static str {
        match self.expires {
            Some(_) => ExpirationModelType::KeyMaterialExpires.as_str(),
            None => ExpirationModelType::KeyMaterialDoesNotExpire.as_str(),
        }
    }
}

fn instant(text: &str) -> Result<Timestamp, String> {
    let day = || Date::parse(text, DAY).map(|day| day.with_time(Time::MIDNIGHT).assume_utc());
    let instant = OffsetDateTime::parse(text, &Rfc3339).or_else(|_| day());
    let instant = instant.map_err(|_| "write it as 2027-01-31 or 2027-01-31T12:00:00Z")?;
    Ok(Timestamp::from_millis(
        instant.unix_timestamp().saturating_mul(1000),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, expected) in [
            ("2027-01-31", "2027-01-31T00:00:00Z"),
            ("2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z"),
            ("2027-01-31T12:00:00.9+02:00", "2027-01-31T10:00:00Z"),
        ] {
            assert_eq!(instant(text).unwrap().to_string(), expected);
        }
        for text in [
            "",
            "tomorrow",
            "31.1.2027",
            "2027-02-30",
            "2027-01-31T12:00",
        ] {
            assert!(instant(text).is_err(), "{text}");
        }
    }
}
