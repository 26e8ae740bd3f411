//! A row of those who take turns.

use std::collections::{BTreeMap, BTreeSet};

/// Those who take turns, each with what is kept of it. It is the turn of the one that has had least.
///
/// Whoever rests is remembered as long as it has had more than those who wait: coming back, it does not
/// begin anew. Whoever has had less begins where they are, so that nobody saves up.
#[derive(Debug)]
pub(super) struct Row<K, V> {
    members: BTreeMap<K, Member<V>>,
    /// Those that wait, first the one whose turn it is.
    order: BTreeSet<(Standing, K)>,
    /// Those that rest, first the one that is forgotten first.
    resting: BTreeSet<(Standing, K)>,
    /// What whoever had the last turn had had before it.
    level: u64,
    next_since: u64,
}

#[derive(Debug)]
struct Member<V> {
    standing: Standing,
    is_waiting: bool,
    /// What its last turn cost, of which that is known.
    usual_cost: Option<u64>,
    value: V,
}

/// What somebody has had, and since when it has had no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    had: u64,
    since: u64,
}

impl<V: Default> Member<V> {
    fn new(standing: Standing) -> Self {
        Self {
            standing,
            is_waiting: false,
            usual_cost: None,
            value: V::default(),
        }
    }
}

impl<K, V> Default for Row<K, V> {
    fn default() -> Self {
        Self {
            members: BTreeMap::new(),
            order: BTreeSet::new(),
            resting: BTreeSet::new(),
            level: 0,
            next_since: 0,
        }
    }
}

impl<K: Ord + Clone, V: Default> Row<K, V> {
    /// Whose turn it is.
    pub(super) fn first(&self) -> Option<&K> {
        self.order.first().map(|(_, key)| key)
    }

    /// Those that wait, in the order in which it is their turn.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (&K, &V)> {
        let keys = self.order.iter().map(|(_, key)| key);
        keys.filter_map(|key| Some((key, self.get(key)?)))
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.members.get(key).map(|member| &member.value)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.members.get_mut(key).map(|member| &mut member.value)
    }

    /// What the last turn of somebody cost of which that is known.
    pub(super) fn usual_cost(&self, key: &K) -> Option<u64> {
        self.members.get(key).and_then(|member| member.usual_cost)
    }

    /// Somebody waits from now on, if it did not.
    pub(super) fn join(&mut self, key: &K) -> &mut V {
        let level = self.level;
        self.change(key, |member| {
            if !member.is_waiting {
                member.is_waiting = true;
                member.standing.had = member.standing.had.max(level);
            }
        })
    }

    /// Somebody waits no longer.
    pub(super) fn rest(&mut self, key: &K) {
        self.change(key, |member| member.is_waiting = false);
        self.forget();
    }

    /// Somebody has a turn, and goes behind all who have had as much.
    pub(super) fn take_turn(&mut self, key: &K, cost: u64) {
        let since = self.tick();
        let mut before = 0;
        self.change(key, |member| {
            before = member.standing.had;
            let had = before.saturating_add(cost);
            member.standing = Standing { had, since };
        });
        self.level = self.level.max(before);
        self.forget();
    }

    /// A turn of somebody, which counted for `counted`, has cost `cost`.
    pub(super) fn correct(&mut self, key: &K, counted: u64, cost: u64) -> &mut V {
        self.change(key, |member| {
            let had = member.standing.had.saturating_add(cost);
            member.standing.had = had.saturating_sub(counted);
            member.usual_cost = Some(cost);
        })
    }

    /// Changes how somebody stands, who is made if it is not there.
    fn change(&mut self, key: &K, change: impl FnOnce(&mut Member<V>)) -> &mut V {
        let since = self.tick();
        let had = self.level;
        let member = self
            .members
            .entry(key.clone())
            .or_insert_with(|| Member::new(Standing { had, since }));
        let before = (member.standing, key.clone());
        if member.is_waiting {
            self.order.remove(&before);
        } else {
            self.resting.remove(&before);
            if member.standing.had <= had {
                // It is only not forgotten yet.
                *member = Member::new(Standing { had, since });
            }
        }
        change(member);
        let now = (member.standing, key.clone());
        if member.is_waiting {
            self.order.insert(now);
        } else {
            self.resting.insert(now);
        }
        &mut member.value
    }

    /// Forgets whoever would begin where the others are.
    fn forget(&mut self) {
        while let Some((standing, key)) = self.resting.pop_first() {
            if standing.had > self.level {
                self.resting.insert((standing, key));
                return;
            }
            self.members.remove(&key);
        }
    }

    const fn tick(&mut self) -> u64 {
        self.next_since += 1;
        self.next_since
    }
}
