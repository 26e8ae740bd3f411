//! Until when material is valid: a choice that must be made, since neither answer is safe for all.
//! At the API leaving it out means that it expires, and then a date must be given.

use clap::Args;
use keystead_core::time::Timestamp;
use keystead_wire::kms::ExpirationModelType;

use crate::moment::instant;

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
