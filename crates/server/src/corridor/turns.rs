//! Whose turn it is: calls that wait, by account and within an account by principal.
//!
//! Each account is to have as much of a worker's time as any other that has calls waiting, and each
//! principal of an account as much as any other of it. So that it is the turn of whoever has had least,
//! and among equals of whoever has waited longest (start-time fair queueing: P. Goyal, H. Vin and
//! H. Cheng, SIGCOMM 1996). What a call costs is known once it is done; until then it counts for what
//! the last one of its principal cost.
//!
//! There is no clock and no waiting in here. Costs are numbers of any unit.

mod row;

use std::collections::BTreeMap;

use self::row::Row;

/// Calls that wait, of accounts `A` and principals `P`. Of each, a `T` is kept.
#[derive(Debug)]
pub(super) struct Turns<A, P, T> {
    limits: WaitLimits,
    accounts: Row<A, Row<P, BTreeMap<u64, T>>>,
    waiting: usize,
    next_number: u64,
}

/// How many calls may wait, and what one counts for whose principal is not known yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct WaitLimits {
    /// Of one principal.
    pub(super) of_principal: usize,
    /// Of all together.
    pub(super) in_all: usize,
    /// What a call costs, as long as nothing better is known of its principal.
    pub(super) usual_cost: u64,
}

/// A call's place among those that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place<A, P> {
    account: A,
    principal: P,
    number: u64,
}

/// A call that need not wait any longer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Next<T> {
    /// What was kept of it.
    pub(super) call: T,
    /// What it counts for until it is done.
    pub(super) cost: u64,
}

/// A call that was let in to wait.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entered<A, P, T> {
    /// Its place.
    pub(super) place: Place<A, P>,
    /// Another call that had to give way, because there was no room for both.
    pub(super) given_way: Option<T>,
}

impl<A: Ord + Clone, P: Ord + Clone, T> Turns<A, P, T> {
    /// Nobody waits.
    pub(super) fn new(limits: WaitLimits) -> Self {
        Self {
            limits,
            accounts: Row::default(),
            waiting: 0,
            next_number: 0,
        }
    }

    /// How many calls wait.
    pub(super) const fn waiting(&self) -> usize {
        self.waiting
    }

    /// Lets a call in to wait. If all room is taken, the last call gives way to it of whoever has most of them waiting in the
    /// account that has most. `None` if its principal has enough of them, or is that one.
    pub(super) fn enter(&mut self, account: A, principal: P, call: T) -> Option<Entered<A, P, T>> {
        let of_principal = self
            .accounts
            .get(&account)
            .and_then(|row| row.get(&principal));
        if of_principal.map_or(0, BTreeMap::len) >= self.limits.of_principal {
            return None;
        }
        let given_way = if self.waiting < self.limits.in_all {
            None
        } else {
            Some(self.make_room_for(&account, &principal)?)
        };
        let number = self.next_number;
        self.next_number += 1;
        self.waiting += 1;
        let row = self.accounts.join(&account);
        row.join(&principal).insert(number, call);
        let place = Place {
            account,
            principal,
            number,
        };
        Some(Entered { place, given_way })
    }

    /// Takes a call out that waits no longer; `None` if it had its turn or gave way.
    pub(super) fn leave(&mut self, place: &Place<A, P>) -> Option<T> {
        let row = self.accounts.get_mut(&place.account)?;
        let call = row.get_mut(&place.principal)?.remove(&place.number)?;
        self.settle_after_removal(&place.account, &place.principal);
        Some(call)
    }

    /// Takes out the call whose turn it is.
    pub(super) fn next(&mut self) -> Option<Next<T>> {
        let account = self.accounts.first()?.clone();
        let row = self.accounts.get_mut(&account)?;
        let principal = row.first()?.clone();
        let (_, call) = row.get_mut(&principal)?.pop_first()?;
        let cost = row.usual_cost(&principal).unwrap_or(self.limits.usual_cost);
        row.take_turn(&principal, cost);
        self.accounts.take_turn(&account, cost);
        self.settle_after_removal(&account, &principal);
        Some(Next { call, cost })
    }

    /// Corrects what a call that had its turn counted for, once it is known what it cost.
    pub(super) fn correct(&mut self, place: &Place<A, P>, counted: u64, cost: u64) {
        if self.waiting == 0 {
            return;
        }
        let row = self.accounts.correct(&place.account, counted, cost);
        row.correct(&place.principal, counted, cost);
    }

    /// The last call of whom most of them wait; `None` if nobody has more than `principal`.
    fn make_room_for(&mut self, account: &A, principal: &P) -> Option<T> {
        let count = |row: &Row<P, BTreeMap<u64, T>>| -> usize {
            row.waiting().map(|(_, calls)| calls.len()).sum()
        };
        let counts = self
            .accounts
            .waiting()
            .map(|(account, row)| (count(row), account));
        let (most, fullest) = counts.max_by_key(|(count, _)| *count)?;
        let own_row = self.accounts.get(account);
        let is_own = own_row.map_or(0, count) >= most;
        let fullest = if is_own { account } else { fullest }.clone();
        let row = self.accounts.get(&fullest)?;
        let counts = row
            .waiting()
            .map(|(principal, calls)| (calls.len(), principal));
        let (most, greediest) = counts.max_by_key(|(count, _)| *count)?;
        let own = row.get(principal).map_or(0, BTreeMap::len);
        if is_own && own >= most {
            return None;
        }
        let greediest = greediest.clone();
        let calls = self.accounts.get_mut(&fullest)?.get_mut(&greediest)?;
        let (_, call) = calls.pop_last()?;
        self.settle_after_removal(&fullest, &greediest);
        Some(call)
    }

    /// Takes those out of the row of whom nobody waits any more.
    fn settle_after_removal(&mut self, account: &A, principal: &P) {
        self.waiting -= 1;
        if self.waiting == 0 {
            // Nobody has to make up for what cost nobody anything.
            self.accounts = Row::default();
            return;
        }
        let Some(row) = self.accounts.get_mut(account) else {
            return;
        };
        if row.get(principal).is_some_and(BTreeMap::is_empty) {
            row.rest(principal);
        }
        if row.waiting().next().is_none() {
            self.accounts.rest(account);
        }
    }
}

#[cfg(test)]
mod tests;
