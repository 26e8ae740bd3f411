//! What a caller asks to change, and under which conditions.

use std::collections::HashSet;

use bytes::Bytes;

use crate::Revision;

/// The longest key, in bytes of UTF-8.
pub const MAX_KEY_BYTES: usize = 1024;

/// The longest value, in bytes.
pub const MAX_VALUE_BYTES: usize = 512 * 1024;

/// The most preconditions of one commit, and the most writes (etcd's `--max-txn-ops` default).
pub const MAX_COMMIT_KEYS: usize = 128;

/// The most bytes of keys and values of one commit (below etcd's `--max-request-bytes` default
/// of 1.5 MiB, so that a commit that one backend takes is taken by all).
pub const MAX_COMMIT_BYTES: usize = 1024 * 1024;

/// One atomic change: the writes are made if every precondition holds, otherwise nothing is.
///
/// ```
/// use keystead_store::{Commit, Expect};
///
/// let commit = Commit::new()
///     .expect("/key/1", Expect::Absent)
///     .put("/key/1", "document")
///     .delete("/draft/1");
/// assert!(commit.check().is_ok());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// What must hold just before the writes, key by key.
    pub preconditions: Vec<(String, Expect)>,
    /// What to change. No key occurs twice.
    pub writes: Vec<Change>,
}

/// What a precondition expects of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The key is not there.
    Absent,
    /// The key is there, at whatever revision.
    Present,
    /// The key is there, and this revision wrote it last.
    Revision(Revision),
}

/// A change of one key: asked for in a [`Commit`], reported in an [`Event`](crate::Event).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The key has this value now.
    Put {
        /// The key, of 1 to [`MAX_KEY_BYTES`] bytes.
        key: String,
        /// The value, of at most [`MAX_VALUE_BYTES`] bytes.
        value: Bytes,
    },
    /// The key is gone. To ask so for a key that is not there is no error and no change.
    Delete {
        /// The key, of 1 to [`MAX_KEY_BYTES`] bytes.
        key: String,
    },
}

/// How a commit breaks the limits that all backends share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A key has no bytes.
    #[error("a key is empty")]
    EmptyKey,
    /// A key is longer than [`MAX_KEY_BYTES`].
    #[error("a key has {key_bytes} bytes; the limit is {MAX_KEY_BYTES}")]
    LongKey {
        /// Its length.
        key_bytes: usize,
    },
    /// A value is longer than [`MAX_VALUE_BYTES`].
    #[error("the value of {key} has {value_bytes} bytes; the limit is {MAX_VALUE_BYTES}")]
    LongValue {
        /// The key whose value it is.
        key: String,
        /// Its length.
        value_bytes: usize,
    },
    /// Two writes name the same key.
    #[error("{key} is written twice")]
    WrittenTwice {
        /// The key.
        key: String,
    },
    /// There are more than [`MAX_COMMIT_KEYS`] preconditions or writes.
    #[error("the commit has {keys} preconditions or writes; the limit is {MAX_COMMIT_KEYS}")]
    ManyKeys {
        /// How many there are.
        keys: usize,
    },
    /// The keys and values together are longer than [`MAX_COMMIT_BYTES`].
    #[error("the commit has {commit_bytes} bytes; the limit is {MAX_COMMIT_BYTES}")]
    LongCommit {
        /// Their length.
        commit_bytes: usize,
    },
}

impl Commit {
    /// A commit without preconditions and writes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a precondition.
    #[must_use]
    pub fn expect(mut self, key: impl Into<String>, expect: Expect) -> Self {
        self.preconditions.push((key.into(), expect));
        self
    }

    /// Adds a write that sets `key` to `value`.
    #[must_use]
    pub fn put(mut self, key: impl Into<String>, value: impl Into<Bytes>) -> Self {
        self.writes.push(Change::Put {
            key: key.into(),
            value: value.into(),
        });
        self
    }

    /// Adds a write that removes `key`.
    #[must_use]
    pub fn delete(mut self, key: impl Into<String>) -> Self {
        self.writes.push(Change::Delete { key: key.into() });
        self
    }

    /// Checks the limits that all backends share. Every backend asks this first.
    ///
    /// # Errors
    /// The first [`Violation`] found.
    pub fn check(&self) -> Result<(), Violation> {
        let keys = self.preconditions.len().max(self.writes.len());
        if keys > MAX_COMMIT_KEYS {
            return Err(Violation::ManyKeys { keys });
        }
        let mut commit_bytes = 0;
        for (key, _) in &self.preconditions {
            check_key(key)?;
            commit_bytes += key.len();
        }
        let mut written = HashSet::with_capacity(self.writes.len());
        for change in &self.writes {
            change.check()?;
            if !written.insert(change.key()) {
                let key = change.key().to_owned();
                return Err(Violation::WrittenTwice { key });
            }
            commit_bytes += change.bytes();
        }
        if commit_bytes > MAX_COMMIT_BYTES {
            return Err(Violation::LongCommit { commit_bytes });
        }
        Ok(())
    }
}

impl Change {
    /// The key that changes.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Put { key, .. } | Self::Delete { key } => key,
        }
    }

    /// The new value; `None` if the key is removed.
    #[must_use]
    pub fn value(&self) -> Option<&Bytes> {
        match self {
            Self::Put { value, .. } => Some(value),
            Self::Delete { .. } => None,
        }
    }

    /// The length of key and value together.
    pub(crate) fn bytes(&self) -> usize {
        self.key().len() + self.value().map_or(0, Bytes::len)
    }

    fn check(&self) -> Result<(), Violation> {
        check_key(self.key())?;
        match self.value() {
            Some(value) if value.len() > MAX_VALUE_BYTES => Err(Violation::LongValue {
                key: self.key().to_owned(),
                value_bytes: value.len(),
            }),
            _ => Ok(()),
        }
    }
}

fn check_key(key: &str) -> Result<(), Violation> {
    match key.len() {
        0 => Err(Violation::EmptyKey),
        1..=MAX_KEY_BYTES => Ok(()),
        key_bytes => Err(Violation::LongKey { key_bytes }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn puts(count: usize, value_bytes: usize) -> Commit {
        (0..count).fold(Commit::new(), |commit, i| {
            commit.put(format!("{i:08}"), vec![0; value_bytes])
        })
    }

    #[test]
    fn limits_hold_at_their_edges() {
        let long_key = "k".repeat(MAX_KEY_BYTES + 1);
        let key_bytes = MAX_KEY_BYTES + 1;
        let value_bytes = MAX_VALUE_BYTES + 1;
        let keys = MAX_COMMIT_KEYS + 1;
        let conditions = |count| {
            (0..count).fold(Commit::new(), |commit, _| {
                commit.expect("k", Expect::Present)
            })
        };
        let cases = [
            (Commit::new(), Ok(())),
            (Commit::new().put("k".repeat(MAX_KEY_BYTES), ""), Ok(())),
            (puts(1, MAX_VALUE_BYTES), Ok(())),
            (puts(MAX_COMMIT_KEYS, 1), Ok(())),
            (puts(8, MAX_COMMIT_BYTES / 8 - 8), Ok(())),
            (conditions(MAX_COMMIT_KEYS), Ok(())),
            (
                Commit::new().expect("a", Expect::Present).delete("a"),
                Ok(()),
            ),
            (Commit::new().put("", "v"), Err(Violation::EmptyKey)),
            (Commit::new().delete(""), Err(Violation::EmptyKey)),
            (
                Commit::new().expect("", Expect::Absent),
                Err(Violation::EmptyKey),
            ),
            (
                Commit::new().delete(long_key.clone()),
                Err(Violation::LongKey { key_bytes }),
            ),
            (
                Commit::new().expect(long_key, Expect::Absent),
                Err(Violation::LongKey { key_bytes }),
            ),
            (
                puts(1, value_bytes),
                Err(Violation::LongValue {
                    key: "00000000".into(),
                    value_bytes,
                }),
            ),
            (
                Commit::new().put("a", "1").delete("a"),
                Err(Violation::WrittenTwice { key: "a".into() }),
            ),
            (puts(keys, 1), Err(Violation::ManyKeys { keys })),
            (conditions(keys), Err(Violation::ManyKeys { keys })),
            (
                puts(8, MAX_COMMIT_BYTES / 8 - 7),
                Err(Violation::LongCommit {
                    commit_bytes: MAX_COMMIT_BYTES + 8,
                }),
            ),
        ];
        for (i, (commit, expected)) in cases.into_iter().enumerate() {
            assert_eq!(commit.check(), expected, "case {i}");
        }
    }
}
