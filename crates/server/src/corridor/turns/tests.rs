//! The queue, compared with a slow one that shares nothing with it, and what it promises.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const LIMITS: WaitLimits = WaitLimits {
    of_principal: 4,
    in_all: 12,
    usual_cost: 3,
};

type Queue = Turns<u8, u8, u64>;

fn queue(of_principal: usize, in_all: usize) -> Queue {
    Turns::new(WaitLimits {
        of_principal,
        in_all,
        usual_cost: 1,
    })
}

/// What happens to a queue.
#[derive(Debug, Clone)]
enum Event {
    Enter {
        account: u8,
        principal: u8,
    },
    /// One of those that wait hangs up.
    Leave {
        which: usize,
    },
    Next,
    /// One of those that had their turns is done.
    Done {
        which: usize,
        cost: u64,
    },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        5 => (0..4_u8, 0..3_u8).prop_map(|(account, principal)| Event::Enter { account, principal }),
        1 => any::<usize>().prop_map(|which| Event::Leave { which }),
        4 => Just(Event::Next),
        3 => (any::<usize>(), 0..40_u64).prop_map(|(which, cost)| Event::Done { which, cost }),
    ]
}

/// The same by looking at everything, again and again.
#[derive(Default)]
struct Model {
    /// Account, principal, number, in the order in which they came.
    calls: Vec<(u8, u8, u64)>,
    accounts: Ranks,
    principals: BTreeMap<u8, Ranks>,
}

/// What each has had, since when it has had no turn, and what its last turn cost.
#[derive(Default)]
struct Ranks {
    ranks: BTreeMap<u8, (u64, u64, Option<u64>)>,
    level: u64,
    ticks: u64,
}

impl Ranks {
    fn rank(&mut self, key: u8) -> &mut (u64, u64, Option<u64>) {
        self.ticks += 1;
        self.ranks
            .entry(key)
            .or_insert((self.level, self.ticks, None))
    }

    fn least(&self, among: impl Iterator<Item = u8>) -> Option<u8> {
        among.min_by_key(|key| self.ranks.get(key).map(|(had, since, _)| (*had, *since)))
    }

    fn take_turn(&mut self, key: u8, cost: u64) {
        self.ticks += 1;
        let since = self.ticks;
        let rank = self.rank(key);
        let before = rank.0;
        (rank.0, rank.1) = (before + cost, since);
        self.level = self.level.max(before);
    }

    fn forget(&mut self, waits: impl Fn(u8) -> bool) {
        let level = self.level;
        self.ranks
            .retain(|key, (had, _, _)| waits(*key) || *had > level);
    }
}

impl Model {
    fn waits(&self, account: u8, principal: Option<u8>) -> bool {
        let is_it = |(a, p, _): &&(u8, u8, u64)| {
            *a == account && principal.is_none_or(|principal| principal == *p)
        };
        self.calls.iter().any(|call| is_it(&call))
    }

    fn count(&self, account: u8, principal: Option<u8>) -> usize {
        let is_it = |(a, p, _): &&(u8, u8, u64)| {
            *a == account && principal.is_none_or(|principal| principal == *p)
        };
        self.calls.iter().filter(is_it).count()
    }

    fn most_of_a_principal(&self, account: u8) -> usize {
        let counts = (0..3).map(|principal| self.count(account, Some(principal)));
        counts.max().unwrap_or(0)
    }

    fn enter(&mut self, account: u8, principal: u8, number: u64) {
        let is_new = [
            !self.waits(account, None),
            !self.waits(account, Some(principal)),
        ];
        let level = self.accounts.level;
        let rank = self.accounts.rank(account);
        if is_new[0] {
            rank.0 = rank.0.max(level);
        }
        let row = self.principals.entry(account).or_default();
        let level = row.level;
        let rank = row.rank(principal);
        if is_new[1] {
            rank.0 = rank.0.max(level);
        }
        self.calls.push((account, principal, number));
    }

    fn remove(&mut self, number: u64) -> bool {
        let Some(at) = self.calls.iter().position(|(_, _, other)| *other == number) else {
            return false;
        };
        self.calls.remove(at);
        true
    }

    fn next(&mut self) -> Option<(u64, u64)> {
        let account = self.accounts.least(self.calls.iter().map(|call| call.0))?;
        let own = self.calls.iter().filter(|call| call.0 == account);
        let row = self.principals.get_mut(&account)?;
        let principal = row.least(own.map(|call| call.1))?;
        let is_it = |call: &&(u8, u8, u64)| (call.0, call.1) == (account, principal);
        let number = self.calls.iter().find(is_it)?.2;
        let cost = row.ranks.get(&principal)?.2.unwrap_or(LIMITS.usual_cost);
        row.take_turn(principal, cost);
        self.accounts.take_turn(account, cost);
        self.remove(number);
        Some((number, cost))
    }

    fn correct(&mut self, account: u8, principal: u8, counted: u64, cost: u64) {
        if self.calls.is_empty() {
            return;
        }
        for (ranks, key) in [
            (&mut self.accounts, account),
            (self.principals.entry(account).or_default(), principal),
        ] {
            let rank = ranks.rank(key);
            rank.0 = (rank.0 + cost).saturating_sub(counted);
            rank.2 = Some(cost);
        }
    }

    /// Whoever would begin where the others are begins anew.
    fn forget(&mut self) {
        if self.calls.is_empty() {
            *self = Self::default();
            return;
        }
        let calls = &self.calls;
        for (account, row) in &mut self.principals {
            let waits = |principal| {
                calls
                    .iter()
                    .any(|call| (call.0, call.1) == (*account, principal))
            };
            row.forget(waits);
        }
        self.accounts
            .forget(|account| calls.iter().any(|call| call.0 == account));
        let accounts = &self.accounts;
        self.principals
            .retain(|account, _| accounts.ranks.contains_key(account));
    }
}

/// The queue and the model side by side.
struct Both {
    queue: Queue,
    model: Model,
    waiting: Vec<(Place<u8, u8>, u64)>,
    at_work: Vec<(Place<u8, u8>, u64)>,
}

impl Both {
    fn play(&mut self, number: u64, event: &Event) {
        match *event {
            Event::Enter { account, principal } => self.enter(account, principal, number),
            Event::Leave { which } if !self.waiting.is_empty() => {
                let (place, call) = self.waiting.swap_remove(which % self.waiting.len());
                assert_eq!(self.queue.leave(&place), Some(call));
                assert_eq!(self.queue.leave(&place), None, "only once");
                assert!(self.model.remove(call));
            }
            Event::Next => {
                let expected = self.model.next();
                let next = self.queue.next().map(|next| (next.call, next.cost));
                assert_eq!(next, expected);
                if let Some((call, cost)) = next {
                    let place = self.not_waiting(call);
                    self.at_work.push((place, cost));
                }
            }
            Event::Done { which, cost } if !self.at_work.is_empty() => {
                let (place, counted) = self.at_work.swap_remove(which % self.at_work.len());
                self.queue.correct(&place, counted, cost);
                self.model
                    .correct(place.account, place.principal, counted, cost);
            }
            Event::Leave { .. } | Event::Done { .. } => {}
        }
        self.model.forget();
        assert_eq!(self.queue.waiting(), self.model.calls.len());
    }

    fn enter(&mut self, account: u8, principal: u8, call: u64) {
        let is_full = self.model.calls.len() >= LIMITS.in_all;
        let has_enough = self.model.count(account, Some(principal)) >= LIMITS.of_principal;
        let most = (0..4).map(|account| self.model.count(account, None)).max();
        let has_most = Some(self.model.count(account, None)) == most;
        let own = self.model.count(account, Some(principal));
        let is_greediest = has_most && own == self.model.most_of_a_principal(account);
        let entered = self.queue.enter(account, principal, call);
        if has_enough || is_full && is_greediest {
            assert_eq!(entered, None);
            return;
        }
        let entered = entered.unwrap();
        assert_eq!(entered.given_way.is_some(), is_full);
        if let Some(given_way) = entered.given_way {
            let place = self.not_waiting(given_way);
            assert_eq!(Some(self.model.count(place.account, None)), most);
            let greediest = self.model.most_of_a_principal(place.account);
            let of_principal = self.model.count(place.account, Some(place.principal));
            assert_eq!(of_principal, greediest);
            assert!(self.model.remove(given_way));
            self.model.forget();
        }
        self.model.enter(account, principal, call);
        self.waiting.push((entered.place, call));
    }

    fn not_waiting(&mut self, call: u64) -> Place<u8, u8> {
        let at = self.waiting.iter().position(|(_, other)| *other == call);
        self.waiting.swap_remove(at.unwrap()).0
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn turns_are_as_a_slow_queue_gives_them(events in vec(event(), 1..120)) {
        let mut both = Both {
            queue: Queue::new(LIMITS),
            model: Model::default(),
            waiting: Vec::new(),
            at_work: Vec::new(),
        };
        for (number, event) in (0..).zip(&events) {
            both.play(number, event);
        }
        // What entered has a turn, gave way or left: nothing is lost, nothing comes twice.
        while let Some(next) = both.queue.next() {
            both.not_waiting(next.call);
        }
        prop_assert!(both.waiting.is_empty());
    }

    /// However many calls others have, and of however many principals.
    #[test]
    fn nobody_waits_for_more_than_a_round_of_others(
        crowd in vec((0..5_u8, 0..4_u8), 0..200),
        late in 0..200_usize,
    ) {
        let mut queue = queue(usize::MAX, usize::MAX);
        for (account, principal) in &crowd {
            queue.enter(*account, *principal, 0).unwrap();
        }
        for _ in 0..late.min(crowd.len()) {
            queue.next().unwrap();
        }
        queue.enter(9, 0, 1).unwrap();
        let before = std::iter::from_fn(|| queue.next()).take_while(|next| next.call == 0);
        prop_assert!(before.count() <= 5, "one of each account at most");
    }

    /// Of accounts that always have calls waiting, and of one's principals, each has the same time, whatever
    /// its calls cost.
    #[test]
    fn time_is_shared_evenly(costs in vec(1..100_u64, 2..6), of_accounts: bool) {
        let mut queue = queue(usize::MAX, usize::MAX);
        let mut had = vec![0; costs.len()];
        let name = |index: usize| {
            let index = u8::try_from(index).unwrap();
            if of_accounts { (index, 0) } else { (0, index) }
        };
        let mut places = BTreeMap::new();
        let mut number = 0;
        let mut enter = |queue: &mut Queue, index: usize| {
            let (account, principal) = name(index);
            let entered = queue.enter(account, principal, number).unwrap();
            number += 1;
            (number - 1, (index, entered.place))
        };
        for index in 0..costs.len() {
            for _ in 0..3 {
                places.extend([enter(&mut queue, index)]);
            }
        }
        for _ in 0..2000 {
            let next = queue.next().unwrap();
            let (index, place) = places.remove(&next.call).unwrap();
            places.extend([enter(&mut queue, index)]);
            queue.correct(&place, next.cost, costs[index]);
            had[index] += costs[index];
        }
        let (least, most) = (had.iter().min().unwrap(), had.iter().max().unwrap());
        prop_assert!(most - least <= 3 * 100, "{had:?}");
    }
}

#[test]
fn whoever_has_more_calls_waiting_gives_way() {
    let mut queue = queue(3, 4);
    for call in 0..3 {
        assert!(queue.enter(1, 1, call).is_some());
    }
    assert_eq!(queue.enter(1, 1, 3), None, "enough of the principal");
    assert!(queue.enter(1, 2, 4).is_some());
    let entered = queue.enter(2, 1, 6).unwrap();
    assert_eq!(
        entered.given_way,
        Some(2),
        "the last of the principal that has most"
    );
    assert_eq!(
        queue.enter(1, 1, 7),
        None,
        "no room, and most are the principal's own"
    );
    let entered = queue.enter(1, 2, 8).unwrap();
    assert_eq!(
        entered.given_way,
        Some(1),
        "the account has no more room, but its principals share it"
    );
    let order: Vec<u64> = std::iter::from_fn(|| queue.next())
        .map(|next| next.call)
        .collect();
    assert_eq!(order, [0, 6, 4, 8]);
}
