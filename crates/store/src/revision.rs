//! The store's logical clock.

use std::fmt;

/// The position of a commit in the store's history.
///
/// Every commit that changes something takes the next revision; revisions grow strictly and
/// survive restarts. They order commits and say nothing about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(u64);

impl Revision {
    /// The revision of a store in which nothing was ever committed.
    pub const ZERO: Self = Self(0);

    /// The revision with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number of this revision.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// The revision after this one: what to watch from after a read at this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
