//! Which token, and how it is used.

use std::fmt;
use std::time::Duration;

use crate::Vendor;

/// The name that a token is found by among those of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenName {
    /// The label that it was initialized with; it need not be unique.
    Label(String),
    /// The manufacturer's serial number.
    Serial(String),
}

impl TokenName {
    /// Whether a token has this name; the blanks that the standard pads with do not count.
    pub(crate) fn fits(&self, label: &str, serial: &str) -> bool {
        match self {
            Self::Label(name) => name.trim_end() == label.trim_end(),
            Self::Serial(name) => name.trim_end() == serial.trim_end(),
        }
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(name) => write!(f, "label {name:?}"),
            Self::Serial(name) => write!(f, "serial number {name:?}"),
        }
    }
}

/// How a token is used.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The most sessions at a time, and so the most calls that the token works on at once. At least one is opened; the
    /// token's own limit and its vendor's, where they are lower, go before this one.
    pub sessions: usize,
    /// How long a call waits for a session before it is told that the token is busy.
    pub wait: Duration,
    /// Tries the PIN even if the token says that it is close to locking it, and even if the same PIN was refused before
    /// in this process. For the operator who knows that this PIN is right.
    pub risk_lockout: bool,
    /// What is known of the token's vendor, if it should not be recognized: for a mode that a token doesn't tell of.
    pub vendor: Option<&'static Vendor>,
}

impl Default for Settings {
    /// Eight sessions, five seconds, no risk, and the vendor that is recognized.
    fn default() -> Self {
        Self {
            sessions: 8,
            wait: Duration::from_secs(5),
            risk_lockout: false,
            vendor: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_what_they_name() {
        let label = TokenName::Label("keys".into());
        let serial = TokenName::Serial("0042".into());
        assert!(label.fits("keys", "0042") && serial.fits("keys", "0042  "));
        assert!(label.fits("keys    ", "1") && !label.fits("keys2", "keys"));
        assert!(!serial.fits("0042", "42"));
        assert_eq!(label.to_string(), "label \"keys\"");
    }
}
