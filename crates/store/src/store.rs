//! The trait that every backend implements, and what reads give.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use crate::{Change, Commit, CommitError, ReadError, Revision, WatchError};

/// The most entries of one [`Page`].
pub const MAX_PAGE_ENTRIES: usize = 1000;

/// The bytes of keys and values at which a [`Page`] ends early. One entry always fits.
pub const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

/// A boxed future, which keeps [`Store`] usable as `Arc<dyn Store>`.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An ordered key-value store with revisions.
///
/// Keys are UTF-8 and ordered by their bytes. A read begun after a commit was acknowledged sees
/// that commit. All methods may be called from any number of tasks; none blocks the caller's
/// thread.
pub trait Store: Send + Sync {
    /// The value of `key`, or `None` if it is not there.
    ///
    /// Errors: [`ReadError`].
    fn get<'a>(&'a self, key: &'a str) -> Pending<'a, Result<Option<Versioned>, ReadError>>;

    /// The entries whose keys start with `prefix` and come after `after`, in the order of their
    /// keys: at most `limit` of them, which is clamped to 1 to [`MAX_PAGE_ENTRIES`].
    ///
    /// `after` is a marker: usually the last key of the page before, but it need not exist any
    /// more. A page is a snapshot; a sequence of pages is not, but a key that is there all the
    /// time is listed exactly once.
    ///
    /// Errors: [`ReadError`].
    fn range<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: usize,
    ) -> Pending<'a, Result<Page, ReadError>>;

    /// Makes all writes of `commit` if all of its preconditions hold, and returns its revision
    /// once it is durable.
    ///
    /// A commit that changes nothing (it has no writes, or only deletes what is not there) takes
    /// no revision of its own, and returns the current one. Dropping the future does not take a
    /// commit back that was already handed over.
    ///
    /// Errors: [`CommitError`].
    fn commit(&self, commit: Commit) -> Pending<'_, Result<Revision, CommitError>>;

    /// Every commit from revision `from` on, in order. A `from` in the future is waited for.
    ///
    /// To follow a range of keys without a gap, read it with [`range`](Self::range) and watch
    /// from the revision after that of its *first* page.
    ///
    /// Errors: [`WatchError`]; `Compacted` if `from` is too old.
    fn watch(&self, from: Revision) -> Pending<'_, Result<Box<dyn Watch>, WatchError>>;

    /// Refuses further calls, finishes those already accepted, and returns when the backend has
    /// let go of its resources. To close twice is harmless.
    fn close(&self) -> Pending<'_, ()>;
}

/// A stream of commits.
pub trait Watch: Send {
    /// The next commit, waiting for it if need be. A future that is dropped loses nothing: the
    /// next call yields the same commit.
    ///
    /// Errors: [`WatchError`], after which the watch is of no further use.
    fn next(&mut self) -> Pending<'_, Result<Event, WatchError>>;
}

/// What one commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The commit's revision.
    pub revision: Revision,
    /// What it changed; never empty. Their order means nothing, since no key occurs twice. A
    /// delete of a key that was not there changes nothing and is not among them.
    pub changes: Arc<[Change]>,
}

/// A value and the revision that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The value.
    pub value: Bytes,
    /// The revision of the commit that put this value, for [`Expect::Revision`](crate::Expect).
    pub mod_revision: Revision,
}

/// A key with its value, as found by [`Store::range`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Bytes,
    /// The revision of the commit that put this value.
    pub mod_revision: Revision,
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The entries, ascending by key.
    pub items: Vec<Entry>,
    /// Whether entries are left: ask again with the last key of `items` as the marker. A page
    /// may be shorter than its limit and still have more after it.
    pub more: bool,
    /// The store's revision at which the page was read.
    pub revision: Revision,
}
