//! What is being waited for, on the terminal of whoever waits. Files and pipes get nothing.

use std::io::{self, IsTerminal as _, Write as _};

/// A line on standard error that is written anew with each step, and gone at the end.
pub(crate) struct Progress {
    is_seen: bool,
}

impl Progress {
    pub(crate) fn start() -> Self {
        Self {
            is_seen: io::stderr().is_terminal(),
        }
    }

    /// Says what is being done now.
    pub(crate) fn say(&self, what: &str) {
        // To the line's start, and erase it to its end (ECMA-48).
        self.write(&format!("\r\x1b[K{what}"));
    }

    fn write(&self, text: &str) {
        if self.is_seen {
            let mut err = io::stderr().lock();
            let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.write("\r\x1b[K");
    }
}
