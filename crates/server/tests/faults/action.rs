//! What may happen next.

use keystead_testkit::faulty_store::{CommitFault, WatchEnd};
use proptest::prelude::*;

/// The longest sequence.
const STEPS: usize = 60;

/// A step. Keys, grants and ciphertexts are picked by number, of those that there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    Create,
    Describe(usize, u8),
    Tag(usize, u8),
    Untag(usize),
    Enable(usize),
    Disable(usize),
    Schedule(usize),
    Cancel(usize),
    Rotate(usize),
    Grant(usize),
    Revoke(usize),
    PutAlias(usize, usize),
    DeleteAlias(usize),
    /// Allow or forbid a user something: a change of the identities.
    Forbid(bool),
    Encrypt(usize),
    Decrypt(usize),
    /// What becomes of one in so many commits, from now on: of the identities, of the Region.
    Strike(usize, CommitFault, u32),
    /// From now on reads fail, and watches end.
    CutOff(usize, WatchEnd),
    /// Watches end, and what was missed can be read again.
    End(usize, WatchEnd),
    /// Everything takes longer.
    Slow(usize),
    /// No more faults; all that there is is looked at.
    Heal,
    /// The process is gone.
    Crash,
}

fn fault() -> impl Strategy<Value = CommitFault> {
    prop_oneof![
        Just(CommitFault::Fails),
        Just(CommitFault::Full),
        Just(CommitFault::AnswerLost),
        Just(CommitFault::Conflicts),
    ]
}

fn end() -> impl Strategy<Value = WatchEnd> {
    prop_oneof![Just(WatchEnd::Compacted), Just(WatchEnd::Unavailable)]
}

fn action() -> impl Strategy<Value = Action> {
    let (n, store) = (0_usize..8, 0_usize..2);
    prop_oneof![
        3 => Just(Action::Create),
        2 => (n.clone(), any::<u8>()).prop_map(|(key, text)| Action::Describe(key, text)),
        2 => (n.clone(), any::<u8>()).prop_map(|(key, text)| Action::Tag(key, text)),
        1 => n.clone().prop_map(Action::Untag),
        3 => n.clone().prop_map(Action::Enable),
        3 => n.clone().prop_map(Action::Disable),
        1 => n.clone().prop_map(Action::Schedule),
        3 => n.clone().prop_map(Action::Cancel),
        2 => n.clone().prop_map(Action::Rotate),
        3 => n.clone().prop_map(Action::Grant),
        2 => n.clone().prop_map(Action::Revoke),
        3 => (n.clone(), n.clone()).prop_map(|(alias, key)| Action::PutAlias(alias, key)),
        2 => n.clone().prop_map(Action::DeleteAlias),
        2 => any::<bool>().prop_map(Action::Forbid),
        4 => n.clone().prop_map(Action::Encrypt),
        3 => n.prop_map(Action::Decrypt),
        6 => (store.clone(), fault(), 1_u32..4).prop_map(|(store, fault, n)| Action::Strike(store, fault, n)),
        1 => (store.clone(), end()).prop_map(|(store, end)| Action::CutOff(store, end)),
        2 => (store.clone(), end()).prop_map(|(store, end)| Action::End(store, end)),
        1 => store.prop_map(Action::Slow),
        2 => Just(Action::Heal),
        1 => Just(Action::Crash),
    ]
}

/// Sequences, which begin with something to work on.
pub(crate) fn actions() -> impl Strategy<Value = Vec<Action>> {
    let rest = proptest::collection::vec(action(), STEPS / 2..STEPS);
    rest.prop_map(|rest| [vec![Action::Create, Action::Create], rest].concat())
}
