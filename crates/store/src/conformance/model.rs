//! A model of the store, and random sequences of steps that compare the two.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::{btree_map, vec};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;

use super::{Subject, next, watch};
use crate::{Change, Commit, CommitError, Event, Expect, Revision, Store, WatchError};

/// Few keys, so that steps meet each other; some are prefixes of others.
const KEYS: [&str; 8] = [
    "/",
    "/a",
    "/a/1",
    "/a/2",
    "/a/é",
    "/a0",
    "/b",
    "/\u{10FFFF}",
];

/// One step against the store.
#[derive(Debug, Clone)]
pub enum Step {
    /// A commit, with values by key; `None` deletes.
    Commit {
        /// What is expected of which keys.
        preconditions: Vec<(&'static str, Guess)>,
        /// What is written.
        writes: BTreeMap<&'static str, Option<Vec<u8>>>,
    },
    /// A read of one key.
    Get {
        /// The key.
        key: &'static str,
    },
    /// A listing of one page.
    Range {
        /// The prefix.
        prefix: &'static str,
        /// The marker.
        after: Option<&'static str>,
        /// The limit.
        limit: usize,
    },
    /// A watch over the last so many commits.
    Watch {
        /// How many commits to go back.
        back: usize,
    },
    /// Opens the store again.
    Reopen,
}

/// A precondition, to be resolved when its step comes.
#[derive(Debug, Clone, Copy)]
pub enum Guess {
    /// [`Expect::Absent`].
    Absent,
    /// [`Expect::Present`].
    Present,
    /// [`Expect::Revision`] with the key's revision, which holds if the key is there.
    Current,
    /// [`Expect::Revision`] with the revision before that, which never holds.
    Stale,
}

/// Sequences of up to 40 steps.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = || select(&KEYS[..]);
    let guess = prop_oneof![
        1 => Just(Guess::Absent),
        1 => Just(Guess::Present),
        3 => Just(Guess::Current),
        1 => Just(Guess::Stale),
    ];
    let value = proptest::option::weighted(0.7, vec(any::<u8>(), 0..20));
    let commit = (vec((key(), guess), 0..3), btree_map(key(), value, 0..4));
    let range = (key(), proptest::option::of(key()), 0_usize..5);
    let step = prop_oneof![
        8 => commit.prop_map(|(preconditions, writes)| Step::Commit { preconditions, writes }),
        2 => key().prop_map(|key| Step::Get { key }),
        3 => range.prop_map(|(prefix, after, limit)| Step::Range { prefix, after, limit }),
        2 => (0_usize..10).prop_map(|back| Step::Watch { back }),
        1 => Just(Step::Reopen),
    ];
    vec(step, 1..40)
}

/// Takes the steps on a fresh store and on the model, which must agree at each.
pub async fn check(subject: &dyn Subject, steps: Vec<Step>) {
    let mut store = subject.fresh().await;
    let mut model = Model::new(committed(&store).await);
    for step in steps {
        match step {
            Step::Commit {
                preconditions,
                writes,
            } => model.commit(&store, preconditions, writes).await,
            Step::Get { key } => model.get(&store, key).await,
            Step::Range {
                prefix,
                after,
                limit,
            } => model.range(&store, prefix, after, limit).await,
            Step::Watch { back } => model.watch(&store, back).await,
            Step::Reopen => {
                store = subject.reopen(store).await;
                model.reopened = model.events.len();
            }
        }
    }
    let written_since = model.events.len() - model.reopened;
    model.watch(&store, written_since).await;
}

struct Model {
    entries: BTreeMap<String, (Vec<u8>, Revision)>,
    events: Vec<Event>,
    head: Revision,
    /// How many events there were when the store was opened last.
    reopened: usize,
}

impl Model {
    fn new(head: Revision) -> Self {
        Self {
            entries: BTreeMap::new(),
            events: Vec::new(),
            head,
            reopened: 0,
        }
    }

    #[expect(clippy::panic, reason = "a suite fails by panicking")]
    async fn commit(
        &mut self,
        store: &Arc<dyn Store>,
        preconditions: Vec<(&'static str, Guess)>,
        writes: BTreeMap<&'static str, Option<Vec<u8>>>,
    ) {
        let preconditions: Vec<_> = preconditions
            .into_iter()
            .map(|(key, guess)| (key.to_owned(), self.resolve(key, guess)))
            .collect();
        let failed = preconditions
            .iter()
            .find(|(key, expect)| !self.holds(key, *expect))
            .map(|(key, _)| key.clone());
        let writes: Vec<_> = writes
            .into_iter()
            .map(|(key, value)| change(key, value))
            .collect();
        let answer = store
            .commit(Commit {
                preconditions,
                writes: writes.clone(),
            })
            .await;
        match (answer, failed) {
            (Ok(revision), None) => self.apply(revision, writes),
            (Err(CommitError::Conflict { key, .. }), Some(expected)) => assert_eq!(key, expected),
            (answer, failed) => panic!("{answer:?}, though {failed:?} fails"),
        }
    }

    fn resolve(&self, key: &str, guess: Guess) -> Expect {
        let current = self.entries.get(key).map_or(self.head, |entry| entry.1);
        match guess {
            Guess::Absent => Expect::Absent,
            Guess::Present => Expect::Present,
            Guess::Current => Expect::Revision(current),
            Guess::Stale => Expect::Revision(Revision::new(current.as_u64().saturating_sub(1))),
        }
    }

    fn holds(&self, key: &str, expect: Expect) -> bool {
        let found = self.entries.get(key).map(|entry| entry.1);
        match expect {
            Expect::Absent => found.is_none(),
            Expect::Present => found.is_some(),
            Expect::Revision(_) => Some(expect) == found.map(Expect::Revision),
        }
    }

    fn apply(&mut self, revision: Revision, mut changes: Vec<Change>) {
        changes
            .retain(|change| change.value().is_some() || self.entries.contains_key(change.key()));
        if changes.is_empty() {
            assert_eq!(revision, self.head, "nothing changed");
            return;
        }
        assert!(revision > self.head, "{revision} after {}", self.head);
        self.head = revision;
        for change in &changes {
            let key = change.key().to_owned();
            match change.value() {
                Some(value) => self.entries.insert(key, (value.to_vec(), revision)),
                None => self.entries.remove(&key),
            };
        }
        self.events.push(Event {
            revision,
            changes: changes.into(),
        });
    }

    #[expect(clippy::expect_used, reason = "a suite fails by panicking")]
    async fn get(&self, store: &Arc<dyn Store>, key: &str) {
        let found = store.get(key).await.expect("a read");
        let found = found.map(|versioned| (versioned.value.to_vec(), versioned.mod_revision));
        assert_eq!(found.as_ref(), self.entries.get(key), "{key}");
    }

    #[expect(clippy::expect_used, reason = "a suite fails by panicking")]
    async fn range(&self, store: &Arc<dyn Store>, prefix: &str, after: Option<&str>, limit: usize) {
        let page = store.range(prefix, after, limit).await.expect("a read");
        let matching: Vec<_> = self
            .entries
            .iter()
            .filter(|(key, _)| key.starts_with(prefix))
            .filter(|(key, _)| after.is_none_or(|marker| key.as_str() > marker))
            .collect();
        let limit = limit.max(1);
        let found: Vec<_> = page
            .items
            .iter()
            .map(|entry| (&entry.key, (entry.value.to_vec(), entry.mod_revision)))
            .collect();
        let expected: Vec<_> = matching
            .iter()
            .take(limit)
            .map(|(key, entry)| (*key, (*entry).clone()))
            .collect();
        assert_eq!(found, expected, "{prefix} after {after:?}, {limit}");
        assert_eq!(page.more, matching.len() > limit);
        assert_eq!(page.revision, self.head);
    }

    /// Opens a watch over the last `back` events and reads them all.
    async fn watch(&self, store: &Arc<dyn Store>, back: usize) {
        let start = self.events.len().saturating_sub(back);
        let expected = self.events.get(start..).unwrap_or_default();
        let Some(first) = expected.first() else {
            return;
        };
        if start < self.reopened
            && let Err(error) = store.watch(first.revision).await
        {
            assert!(matches!(error, WatchError::Compacted { .. }), "{error}");
            return;
        }
        let mut watch = watch(store, first.revision).await;
        for expected in expected {
            let event = next(&mut watch).await;
            assert_eq!(event.revision, expected.revision);
            assert_eq!(sorted(&event), sorted(expected));
        }
    }
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn committed(store: &Arc<dyn Store>) -> Revision {
    store.commit(Commit::new()).await.expect("an empty commit")
}

fn change(key: &str, value: Option<Vec<u8>>) -> Change {
    let key = key.to_owned();
    match value {
        Some(value) => Change::Put {
            key,
            value: value.into(),
        },
        None => Change::Delete { key },
    }
}

fn sorted(event: &Event) -> Vec<Change> {
    let mut changes = event.changes.to_vec();
    changes.sort_by(|a, b| a.key().cmp(b.key()));
    changes
}
