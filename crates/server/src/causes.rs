//! An error with all of its causes, for the log: the one that matters to an operator, such as a full
//! disk, is usually the last.

use std::error::Error;
use std::fmt;

/// Shows an error and what caused it, each once.
pub struct Causes<'a>(pub &'a dyn Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some errors repeat their cause in their own words.
            if !said.contains(&text) {
                write!(f, ": {text}")?;
                said.push_str(&text);
            }
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the disk is full")]
    struct Disk;

    #[derive(Debug, thiserror::Error)]
    #[error("not written")]
    struct Write(#[source] Disk);

    #[derive(Debug, thiserror::Error)]
    #[error("the log failed: {0}")]
    struct Log(#[source] Write);

    #[test]
    fn each_cause_is_said_once() {
        let error = Log(Write(Disk));
        assert_eq!(
            Causes(&error).to_string(),
            "the log failed: not written: the disk is full"
        );
    }
}
