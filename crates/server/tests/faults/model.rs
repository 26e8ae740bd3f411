//! What may be there: of each thing all that it can be, since a refused change is there wholly or not at all.

use std::collections::BTreeSet;
use std::fmt::Debug;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was acknowledged.
    Done,
    /// The service failed: what was to change has changed or not.
    Failed,
    /// It was refused: nothing has changed.
    Refused,
    /// It was refused, whatever there is: others came first again and again.
    Throttled,
}

/// All that something can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Possible<T>(BTreeSet<T>);

impl<T: Ord + Clone + Debug> Possible<T> {
    pub(crate) fn only(value: T) -> Self {
        Self(BTreeSet::from([value]))
    }

    pub(crate) fn could_be(&self, is: impl Fn(&T) -> bool) -> bool {
        self.0.iter().any(is)
    }

    /// Follows a call that turns what is there into something else, or is refused: `None`.
    pub(crate) fn step(&mut self, outcome: Outcome, change: impl Fn(&T) -> Option<T>) {
        let changed: BTreeSet<T> = self.0.iter().filter_map(&change).collect();
        match outcome {
            Outcome::Done => self.0 = changed,
            Outcome::Failed => self.0.extend(changed),
            Outcome::Refused => self.0.retain(|value| change(value).is_none()),
            Outcome::Throttled => {}
        }
        assert!(!self.0.is_empty(), "{outcome:?}, and nothing explains it");
    }

    /// What turned out to be there.
    #[track_caller]
    pub(crate) fn is_seen(&mut self, seen: T) {
        assert!(self.0.contains(&seen), "{seen:?} is there, of {:?}", self.0);
        self.0 = BTreeSet::from([seen]);
    }
}

/// A key's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Enabled,
    Disabled,
    PendingDeletion,
}

impl State {
    pub(crate) fn of(text: &str) -> Self {
        match text {
            "Enabled" => Self::Enabled,
            "Disabled" => Self::Disabled,
            "PendingDeletion" => Self::PendingDeletion,
            other => panic!("{other}"),
        }
    }

    pub(crate) fn switched(self, to: Self) -> Option<Self> {
        (self != Self::PendingDeletion).then_some(to)
    }

    pub(crate) fn cancelled(self) -> Option<Self> {
        (self == Self::PendingDeletion).then_some(Self::Disabled)
    }
}

/// All that is known of a key. What only an aspect of it changes is a change of that aspect alone.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) state: Possible<State>,
    pub(crate) description: Possible<String>,
    pub(crate) tag: Possible<Option<String>>,
    pub(crate) rotations: Possible<usize>,
    /// By their names.
    pub(crate) grants: Vec<Grant>,
}

#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) name: String,
    /// Unknown of one whose making failed, until it is seen.
    pub(crate) id: Option<String>,
    pub(crate) is_there: Possible<bool>,
}

impl Key {
    /// A key as `CreateKey` makes it here.
    pub(crate) fn new(id: &str, description: &str) -> Self {
        Self {
            id: id.to_owned(),
            state: Possible::only(State::Enabled),
            description: Possible::only(description.to_owned()),
            tag: Possible::only(Some(description.to_owned())),
            rotations: Possible::only(0),
            grants: Vec::new(),
        }
    }
}

/// A ciphertext, and what is in it.
#[derive(Debug, Clone)]
pub(crate) struct Ciphertext {
    pub(crate) key: usize,
    pub(crate) blob: String,
    pub(crate) plaintext: &'static str,
}
