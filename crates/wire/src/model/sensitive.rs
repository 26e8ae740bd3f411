//! Texts that are not for everybody's eyes.

use std::fmt;

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

/// A text that the API model calls sensitive, or that is a credential: neither messages nor `Debug` nor audit records
/// show it, and it is wiped when dropped. It is written to replies, where the caller asked for it.
pub struct Sensitive(Zeroizing<String>);

impl Sensitive {
    /// Takes over a text, which is best built in place: a copy of it is not wiped.
    #[must_use]
    pub const fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text, for whoever has to verify or keep it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Sensitive {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(..)")
    }
}

impl Serialize for Sensitive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
