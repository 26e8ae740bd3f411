//! The turnstile of a worker: calls pass it between authentication and dispatch.
//!
//! A worker polls its connections in the order in which they are ready, so that under load whoever has
//! ninety times as many of them would have ninety times as much of the worker. While there is little to
//! do, calls pass at once. Each takes from a budget of the worker's time, which is filled again when
//! the turnstile's own task comes to its turn on the run queue: everything that was ready before has
//! then been polled, and whoever else could call has done so. A budget that is used up before that
//! means load. Then calls wait, the task lets some of them pass each time it comes to its turn, in
//! the order of [`Turns`], and no time is wasted: while anybody waits, it has a turn after every look at
//! the sockets.

use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use keystead_core::arn::AccountId;
use keystead_core::identity::{Identity, IdentityKind};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::turns::{self, Turns, WaitLimits};
use crate::http::holder;

/// How much of the worker's time passes with each of its turns.
const BUDGET: Duration = Duration::from_millis(3);

/// What a call costs besides the time that it is worked on after the turnstile: it was read, parsed and
/// authenticated, and its answer has to be written.
const OVERHEAD: Duration = Duration::from_micros(50);

/// What a call costs, as long as nothing better is known of its principal: as much as most cost at the utmost, so that a burst
/// of dear ones does not pass in one turn.
const USUAL: Duration = Duration::from_millis(1);

/// How many calls may wait at a worker, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Of one principal.
    pub(crate) calls_of_principal: usize,
    /// In all.
    pub(crate) calls: usize,
    /// How long one may wait.
    pub(crate) longest: Duration,
}

/// The turnstile of one worker.
pub(crate) struct Turnstile {
    longest: Duration,
    state: Mutex<State>,
    /// The budget is used up.
    exhausted: Notify,
}

struct State {
    /// Nanoseconds. Negative if calls cost more than was there.
    budget: i64,
    turns: Turns<Party, Arc<str>, oneshot::Sender<Verdict>>,
}

type Place = turns::Place<Party, Arc<str>>;

/// Who waits.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Waiter<'w> {
    /// Somebody whose call was authenticated.
    Caller(&'w Identity),
    /// Somebody who was turned away, at this address: even the answer waits for its turn.
    Stranger(IpAddr),
}

/// Whom time is shared between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Party {
    Account(AccountId),
    /// All of them together.
    Strangers,
}

/// What becomes of a call that waited.
enum Verdict {
    /// It passes, and counts for so much until it is known what it costs.
    Pass { counted: u64 },
    /// It gave way to others.
    GiveWay,
}

/// What the turnstile says of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    /// When the call came to the turnstile.
    pub(crate) since: std::time::Instant,
    /// Whether it is refused: too many wait, or it has waited too long.
    pub(crate) is_refused: bool,
}

/// A call that does not pass: too many wait, or it has waited too long.
#[derive(Debug)]
pub(crate) struct Refused;

/// A call that has passed.
pub(crate) struct Passed<'t> {
    turnstile: &'t Turnstile,
    waited: Option<(Place, u64)>,
}

impl Turnstile {
    pub(crate) fn new(patience: Patience) -> Self {
        let limits = WaitLimits {
            of_principal: patience.calls_of_principal,
            in_all: patience.calls,
            usual_cost: nanos(USUAL),
        };
        Self {
            longest: patience.longest,
            state: Mutex::new(State {
                budget: full(),
                turns: Turns::new(limits),
            }),
            exhausted: Notify::new(),
        }
    }

    /// Lets calls pass in turn, for ever. To be run on the worker's own runtime, once.
    pub(crate) async fn attend(&self) {
        loop {
            self.exhausted.notified().await;
            while self.turn() {
                // The run queue comes first, and a look at the sockets.
                tokio::task::yield_now().await;
            }
        }
    }

    /// Fills the budget and spends it on those that wait. Whether another turn is wanted.
    fn turn(&self) -> bool {
        let mut state = self.state();
        state.budget = full();
        while state.budget > 0
            && let Some(turns::Next { call, cost }) = state.turns.next()
        {
            // Whoever has hung up meanwhile costs nothing.
            if call.send(Verdict::Pass { counted: cost }).is_ok() {
                state.budget = state.budget.saturating_sub_unsigned(cost);
            }
        }
        state.budget <= 0 || state.turns.waiting() > 0
    }

    /// Lets a call pass, if there is little to do.
    pub(crate) fn pass_at_once(&self) -> Option<Passed<'_>> {
        let mut state = self.state();
        if state.turns.waiting() > 0 || state.budget <= 0 {
            return None;
        }
        self.spend(&mut state, OVERHEAD);
        Some(Passed {
            turnstile: self,
            waited: None,
        })
    }

    /// Waits until it is somebody's turn.
    pub(crate) async fn wait(&self, waiter: Waiter<'_>) -> Result<Passed<'_>, Refused> {
        let deadline = Instant::now() + self.longest;
        let (pass, verdict) = oneshot::channel();
        let (party, principal) = waiter.names();
        let entered = self.state().turns.enter(party, principal, pass);
        if let Some(entered) = entered {
            if let Some(given_way) = entered.given_way {
                let _ = given_way.send(Verdict::GiveWay);
            }
            let waiting = Waiting {
                turnstile: self,
                place: entered.place,
            };
            if let Ok(Ok(Verdict::Pass { counted })) = timeout_at(deadline, verdict).await {
                return Ok(Passed {
                    turnstile: self,
                    waited: Some((waiting.place.clone(), counted)),
                });
            }
        }
        // Whoever is refused at once is back at once, and costs as much as those that are served.
        sleep_until(deadline).await;
        Err(Refused)
    }

    fn spend(&self, state: &mut State, time: Duration) {
        let had = state.budget;
        state.budget = state.budget.saturating_sub_unsigned(nanos(time));
        if had > 0 && state.budget <= 0 {
            self.exhausted.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Passed<'_> {
    /// Works on the call to its end, and notes how much of the worker's time that takes.
    pub(crate) async fn work<T>(self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut charged = Charged {
            passed: self,
            spent: Duration::ZERO,
        };
        poll_fn(|context| {
            let start = std::time::Instant::now();
            let polled = work.as_mut().poll(context);
            charged.add(start.elapsed());
            polled
        })
        .await
    }
}

/// What a call has cost so far. It is noted whether the call ends or is given up: its work was done.
struct Charged<'t> {
    passed: Passed<'t>,
    spent: Duration,
}

impl Charged<'_> {
    fn add(&mut self, took: Duration) {
        self.spent += took;
        let Passed { turnstile, waited } = &self.passed;
        if waited.is_none() {
            turnstile.spend(&mut turnstile.state(), took);
        }
    }
}

impl Drop for Charged<'_> {
    fn drop(&mut self) {
        let Passed { turnstile, waited } = &self.passed;
        if let Some((place, counted)) = waited {
            let cost = nanos(OVERHEAD + self.spent);
            turnstile.state().turns.correct(place, *counted, cost);
        }
    }
}

/// A call that waits, until it is dropped: whoever hangs up leaves the queue at once.
struct Waiting<'t> {
    turnstile: &'t Turnstile,
    place: Place,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.turnstile.state().turns.leave(&self.place);
    }
}

impl Waiter<'_> {
    /// Who has turns of its own, and among whom. Sessions are as many as one likes, and have those of their role or
    /// user.
    fn names(self) -> (Party, Arc<str>) {
        match self {
            Self::Stranger(address) => (Party::Strangers, Arc::from(holder(address).to_string())),
            Self::Caller(caller) => {
                let principal = match caller.kind() {
                    IdentityKind::FederatedUser { issuer_arn, .. } => issuer_arn,
                    _ => caller.principal_arn(),
                };
                (Party::Account(caller.account()), Arc::from(principal))
            }
        }
    }
}

fn full() -> i64 {
    0_i64.saturating_add_unsigned(nanos(BUDGET))
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::{Context, Poll, Waker};
    use std::thread;

    use keystead_core::identity::UserRecord;
    use keystead_core::time::Timestamp;
    use tokio::task::{self, LocalSet};
    use tokio::time::sleep;

    use super::*;

    const ALICE: &str = "111122223333";
    const BOB: &str = "444455556666";

    fn root(account: &str) -> Identity {
        Identity::root(account.parse().unwrap())
    }

    fn user(account: &str, name: &str) -> Identity {
        let (account, id) = (account.parse().unwrap(), format!("AIDA{name}"));
        Identity::user(&UserRecord::new(
            account,
            name,
            &id,
            Timestamp::from_millis(0),
        ))
    }

    fn turnstile() -> Turnstile {
        Turnstile::new(Patience {
            calls_of_principal: 1000,
            calls: 8000,
            longest: Duration::from_secs(5),
        })
    }

    fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    async fn pass<'t>(turnstile: &'t Turnstile, caller: &Identity) -> Result<Passed<'t>, Refused> {
        match turnstile.pass_at_once() {
            Some(passed) => Ok(passed),
            None => turnstile.wait(Waiter::Caller(caller)).await,
        }
    }

    /// Lets calls pass until the budget is used up; returns how many did.
    fn exhaust(turnstile: &Turnstile) -> u32 {
        let mut passed = 0;
        while turnstile.pass_at_once().is_some() {
            passed += 1;
        }
        passed
    }

    #[tokio::test(start_paused = true)]
    async fn calls_pass_at_once_until_the_budget_is_used_up() {
        let turnstile = turnstile();
        let expected = u32::try_from(BUDGET.as_nanos() / OVERHEAD.as_nanos()).unwrap();
        for _ in 0..3 {
            assert_eq!(exhaust(&turnstile), expected);
            assert!(!turnstile.turn(), "nobody waits");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn work_uses_the_budget_up() {
        let (turnstile, alice) = (turnstile(), root(ALICE));
        let passed = pass(&turnstile, &alice).await.unwrap();
        passed.work(async { thread::sleep(2 * BUDGET) }).await;
        assert_eq!(exhaust(&turnstile), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_hangs_up_leaves_at_once() {
        let (turnstile, alice) = (turnstile(), root(ALICE));
        exhaust(&turnstile);
        let mut waiting: Vec<_> = (0..5).map(|_| Box::pin(pass(&turnstile, &alice))).collect();
        for call in &mut waiting {
            assert!(poll(call.as_mut()).is_pending());
        }
        assert_eq!(turnstile.state().turns.waiting(), 5);
        waiting.truncate(2);
        assert_eq!(turnstile.state().turns.waiting(), 2);
        turnstile.turn();
        for call in waiting {
            assert!(call.await.is_ok());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_too_long_or_is_one_too_many_is_refused() {
        let patience = Patience {
            calls_of_principal: 2,
            calls: 3,
            longest: Duration::from_secs(5),
        };
        let (turnstile, alice, bob) = (Turnstile::new(patience), user(ALICE, "a"), root(BOB));
        exhaust(&turnstile);
        let start = Instant::now();
        let [one, two, three] = [(); 3].map(|()| Box::pin(pass(&turnstile, &alice)));
        let other = user(ALICE, "b");
        let other = Box::pin(pass(&turnstile, &other));
        let bobs = Box::pin(pass(&turnstile, &bob));
        let turn = async {
            sleep(Duration::from_secs(1)).await;
            assert_eq!(turnstile.state().turns.waiting(), 3);
            turnstile.turn();
        };
        let outcomes = tokio::join!(
            outcome(start, one),
            outcome(start, two),
            outcome(start, three),
            outcome(start, other),
            outcome(start, bobs),
            turn
        );
        // One of Alice's principals had enough, and then its account had most when Bob came.
        let (passes, refused) = ((true, 1), (false, 5));
        assert_eq!(outcomes, (passes, refused, refused, passes, passes, ()));
        exhaust(&turnstile);
        assert_eq!(
            outcome(Instant::now(), pass(&turnstile, &alice)).await,
            refused
        );
        assert_eq!(turnstile.state().turns.waiting(), 0);
    }

    /// Whether a call passes, and after how many seconds it knows.
    async fn outcome(
        start: Instant,
        call: impl Future<Output = Result<Passed<'_>, Refused>>,
    ) -> (bool, u64) {
        let passes = call.await.is_ok();
        (passes, start.elapsed().as_secs())
    }

    /// A crowd of calls against a few, each of which takes long enough for the worker to be busy.
    async fn share(crowd: &[Identity], few: &Identity) -> (u32, u32) {
        let (turnstile, served) = (
            Arc::new(turnstile()),
            Arc::new([const { AtomicU32::new(0) }; 2]),
        );
        let attended = Arc::clone(&turnstile);
        task::spawn_local(async move { attended.attend().await });
        let callers = crowd.iter().cycle().take(300).map(|caller| (0, caller));
        for (side, caller) in callers.chain([(1, few); 10]) {
            let (turnstile, served, caller) =
                (Arc::clone(&turnstile), Arc::clone(&served), caller.clone());
            task::spawn_local(async move {
                loop {
                    let passed = pass(&turnstile, &caller).await.unwrap();
                    passed
                        .work(async { thread::sleep(Duration::from_micros(100)) })
                        .await;
                    served[side].fetch_add(1, Ordering::Relaxed);
                    task::yield_now().await;
                }
            });
        }
        let count = |side: usize| served[side].load(Ordering::Relaxed);
        while count(0) + count(1) < 2000 {
            task::yield_now().await;
        }
        (count(0), count(1))
    }

    #[tokio::test]
    async fn a_crowd_has_no_more_than_its_share() {
        let [ada, bea] = ["ada", "bea"].map(|name| user(ALICE, name));
        for (crowd, few) in [
            (vec![root(ALICE)], root(BOB)),
            (vec![ada.clone(), bea.clone()], root(BOB)),
            (vec![ada], bea),
        ] {
            let (most, least) = LocalSet::new().run_until(share(&crowd, &few)).await;
            assert!(
                least * 4 > most,
                "{most} against {least}: thirty times as many callers"
            );
        }
    }
}
