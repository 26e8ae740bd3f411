//! A store that fails as stores do: before a commit, after it, while it is read or watched.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use keystead_store::{
    Commit, CommitError, Event, Page, Pending, ReadError, Revision, Store, Versioned, Watch,
    WatchError,
};
use tokio::sync::watch;

/// What becomes of commits that a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitFault {
    /// The store fails before anything is written.
    Fails,
    /// There is no room.
    Full,
    /// The commit is made, but whoever asked for it hears that the store failed.
    AnswerLost,
    /// Somebody else came first, or so it seems. Strikes only commits that expect something.
    Conflicts,
}

/// How a watch ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchEnd {
    /// What comes next is no longer in the history.
    Compacted,
    /// The store failed.
    Unavailable,
}

/// What is wrong with a store for the time being.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// What becomes of the last of so many commits, again and again: of each, for 1.
    pub commits: Option<(CommitFault, u32)>,
    /// Whether reads fail, and watches can't begin.
    pub reads_fail: bool,
    /// Whether watches yield nothing.
    pub watches_stall: bool,
    /// How much longer everything takes.
    pub delay: Duration,
}

/// What a store was asked to commit, in the order in which it was done.
#[derive(Debug, Clone, Default)]
pub struct Commits {
    /// What was made, whatever was answered.
    pub made: Vec<Commit>,
    /// What was not.
    pub refused: Vec<Commit>,
}

/// A store with faults that a test turns on and off.
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    state: Mutex<State>,
    is_stalled: watch::Sender<bool>,
    ends: watch::Sender<Option<WatchEnd>>,
}

#[derive(Default)]
struct State {
    faults: Faults,
    /// How many commits there were since the faults were set.
    count: u32,
    commits: Commits,
}

impl FaultyStore {
    /// A store around another one, which works as that one does until faults are set.
    #[must_use]
    pub fn around(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            state: Mutex::default(),
            is_stalled: watch::Sender::new(false),
            ends: watch::Sender::new(None),
        })
    }

    /// Sets what is wrong from now on. With [`Faults::default`], nothing is.
    pub fn set(&self, faults: Faults) {
        self.is_stalled.send_replace(faults.watches_stall);
        let mut state = self.lock();
        state.faults = faults;
        state.count = 0;
    }

    /// Ends all watches that there are.
    pub fn end_watches(&self, end: WatchEnd) {
        self.ends.send_replace(Some(end));
    }

    /// What was committed so far, and what was not.
    #[must_use]
    pub fn commits(&self) -> Commits {
        self.lock().commits.clone()
    }

    /// The fault that strikes this commit.
    fn strike(&self, commit: &Commit) -> Option<CommitFault> {
        let mut state = self.lock();
        let (fault, one_in) = state.faults.commits?;
        if fault == CommitFault::Conflicts && commit.preconditions.is_empty() {
            return None;
        }
        state.count += 1;
        let is_struck = state.count.is_multiple_of(one_in.max(1));
        is_struck.then_some(fault)
    }

    /// The answer to a commit, and whether it was made.
    async fn attempt(&self, commit: Commit) -> (Result<Revision, CommitError>, bool) {
        let failed = || Err(CommitError::Unavailable { source: cause() });
        match self.strike(&commit) {
            None => {
                let answer = self.inner.commit(commit).await;
                let is_made = answer.is_ok();
                (answer, is_made)
            }
            Some(CommitFault::Fails) => (failed(), false),
            Some(CommitFault::Full) => (Err(CommitError::Full), false),
            Some(CommitFault::AnswerLost) => match self.inner.commit(commit).await {
                Ok(_) => (failed(), true),
                refused => (refused, false),
            },
            Some(CommitFault::Conflicts) => (Err(self.conflict(commit).await), false),
        }
    }

    async fn conflict(&self, commit: Commit) -> CommitError {
        let key = commit.preconditions.into_iter().next();
        let key = key.map(|(key, _)| key).unwrap_or_default();
        match self.inner.range("/", None, 1).await {
            Ok(page) => CommitError::Conflict {
                key,
                head: page.revision,
            },
            Err(_) => CommitError::Closed,
        }
    }

    async fn wait(&self) {
        let delay = self.lock().faults.delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
    }

    async fn read<T>(&self, read: Pending<'_, Result<T, ReadError>>) -> Result<T, ReadError> {
        self.wait().await;
        if self.lock().faults.reads_fail {
            return Err(ReadError::Unavailable { source: cause() });
        }
        read.await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for FaultyStore {
    fn get<'a>(&'a self, key: &'a str) -> Pending<'a, Result<Option<Versioned>, ReadError>> {
        Box::pin(self.read(self.inner.get(key)))
    }

    fn range<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: usize,
    ) -> Pending<'a, Result<Page, ReadError>> {
        Box::pin(self.read(self.inner.range(prefix, after, limit)))
    }

    fn commit(&self, commit: Commit) -> Pending<'_, Result<Revision, CommitError>> {
        Box::pin(async move {
            self.wait().await;
            let (answer, is_made) = self.attempt(commit.clone()).await;
            let commits = &mut self.lock().commits;
            let list = if is_made {
                &mut commits.made
            } else {
                &mut commits.refused
            };
            list.push(commit);
            answer
        })
    }

    fn watch(&self, from: Revision) -> Pending<'_, Result<Box<dyn Watch>, WatchError>> {
        Box::pin(async move {
            self.wait().await;
            if self.lock().faults.reads_fail {
                return Err(WatchError::Unavailable { source: cause() });
            }
            let (ends, is_stalled) = (self.ends.subscribe(), self.is_stalled.subscribe());
            let inner = self.inner.watch(from).await?;
            Ok(Box::new(FaultyWatch {
                inner,
                ends,
                is_stalled,
            }) as Box<dyn Watch>)
        })
    }

    fn close(&self) -> Pending<'_, ()> {
        self.inner.close()
    }
}

impl fmt::Debug for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyStore")
            .field("faults", &self.lock().faults)
            .finish_non_exhaustive()
    }
}

struct FaultyWatch {
    inner: Box<dyn Watch>,
    ends: watch::Receiver<Option<WatchEnd>>,
    is_stalled: watch::Receiver<bool>,
}

impl FaultyWatch {
    async fn flowing(&mut self) -> Result<Event, WatchError> {
        // The sender lives as long as the store.
        let _ = self.is_stalled.wait_for(|stalled| !stalled).await;
        self.inner.next().await
    }
}

impl Watch for FaultyWatch {
    fn next(&mut self) -> Pending<'_, Result<Event, WatchError>> {
        Box::pin(async move {
            let mut ends = self.ends.clone();
            tokio::select! {
                biased;
                Ok(()) = ends.changed() => {
                    let end = *ends.borrow();
                    Err(match end {
                        Some(WatchEnd::Compacted) => WatchError::Compacted {
                            wanted: Revision::ZERO,
                            oldest: Revision::ZERO.next(),
                        },
                        Some(WatchEnd::Unavailable) | None => WatchError::Unavailable { source: cause() },
                    })
                }
                event = self.flowing() => event,
            }
        })
    }
}

fn cause() -> keystead_store::Cause {
    Arc::new(std::io::Error::other("a fault of the test's"))
}
