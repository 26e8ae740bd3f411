//! The corridor: the one way from a request to its reply.
//!
//! authentication → decoding → authorization → operation → commit → audit → reply. Each step takes
//! what the door before it gave, so that none can be left out.

mod decision;
mod turns;
pub(crate) mod turnstile;

use std::sync::Arc;
use std::time::Instant;

use http::request::Parts;
use keystead_core::arn::Region;
use keystead_core::last_use::LastUse;
use keystead_core::quota::Quotas;
use keystead_core::time::Timestamp;
use keystead_crypto::Provider;

use self::decision::{Decided, Done, guarded};
use self::turnstile::{Turn, Turnstile, Waiter};
use crate::audit::ship::Shipping;
use crate::audit::trail::Trail;
use crate::audit::{AuditRoom, CallFacts, Copies, KeyEvent, Record, Recorded};
use crate::authn::{self, Authenticated, Known, Rejected, Trust, web_identity};
use crate::causes::Causes;
use crate::clock::Clock;
use crate::commit::{self, NotDone};
use crate::directory::Directory;
use crate::directory::last_uses::LastUseCell;
use crate::fault::{Fault, Internal};
use crate::identities::Identities;
use crate::ids::new_id;
use crate::incoming::Incoming;
use crate::key_stores::KeyStores;
use crate::ledger::{Ledger, NotCurrent};
use crate::managed_keys;
use crate::operation::{Operation, Tools};
use crate::protocol::{Home, Protocol, Service};
use crate::region::Regions;
use crate::reply::Reply;
use crate::router;
use crate::sessions::Sessions;
use crate::sessions::web_identity::WebIdentities;
use crate::slow_lane::SlowLane;
use crate::spans::{CallSpan, Room, Spans};
use crate::watch::Watch;

/// How often a change is decided anew because another one of the same records came first.
const MAX_TRIES: u32 = 16;

/// Everything that a call passes through. One for the whole process.
pub struct Corridor {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where keys are made, opened and used.
    pub provider: Arc<dyn Provider>,
    /// Who may call.
    pub identities: Arc<Identities>,
    /// Who may call, for good.
    pub identity_ledger: Arc<Ledger>,
    /// What is behind custom key stores.
    pub key_stores: KeyStores,
    /// Temporary credentials.
    pub sessions: Sessions,
    /// Who vouches for callers without credentials.
    pub web_identities: WebIdentities,
    /// The Regions that are served.
    pub regions: Regions,
    /// Where every call is recorded.
    pub audit: Arc<AuditRoom>,
    /// What is delivered of the records, for whoever wants to prove them; `None` if nothing is.
    pub trail: Option<Arc<Trail>>,
    /// What is on its way to other systems; `None` if nothing is.
    pub shipping: Option<Shipping>,
    /// What signatures are worth.
    pub trust: Trust,
    /// How much accounts can have, and how often they can call.
    pub quotas: Quotas,
    /// The way to a thread of one's own.
    pub slow: SlowLane,
    /// The same for reading what was recorded, so that nobody who makes keys waits for that.
    pub searches: SlowLane,
    /// What is counted and measured.
    pub watch: Arc<Watch>,
    /// What shows where the time of calls goes.
    pub spans: Spans,
}

/// Who sends the body of a request, as far as its head tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodySender {
    /// Somebody who is said to have signed with an access key that is known.
    Known,
    /// Anybody, for a call that needs no signature.
    Unsigned,
}

impl BodySender {
    /// How long the body may be at most, in bytes, where it is for the sender to limit.
    pub(crate) const fn longest_body(self) -> usize {
        match self {
            Self::Known => usize::MAX,
            Self::Unsigned => web_identity::MAX_BODY_BYTES,
        }
    }
}

impl Corridor {
    /// Serves one request at once.
    pub async fn serve(self: &Arc<Self>, request: Incoming) -> Reply {
        self.serve_by(None, request).await
    }

    /// Serves one request when its caller's turn has come.
    pub(crate) async fn serve_in_turn(
        self: &Arc<Self>,
        turnstile: &Turnstile,
        request: Incoming,
    ) -> Reply {
        self.serve_by(Some(turnstile), request).await
    }

    async fn serve_by(self: &Arc<Self>, turnstile: Option<&Turnstile>, request: Incoming) -> Reply {
        let is_known = |head: &Parts| self.names_known_key(head);
        let span = self.spans.begin(&request.parts, is_known);
        let reply = self.answer(turnstile, request, &span).await;
        span.end(&reply);
        reply
    }

    async fn answer(
        self: &Arc<Self>,
        turnstile: Option<&Turnstile>,
        request: Incoming,
        span: &CallSpan,
    ) -> Reply {
        let peer = request.peer.address;
        let request_id = match new_id(self.provider.as_ref()) {
            Ok(id) => id,
            Err(source) => {
                let service = Service::guess(&request.parts, &request.body);
                return Reply::failed(source.into(), service, String::new());
            }
        };
        let entered = span.enter(Room::Authentication);
        let authenticated = self.authenticate(request).await;
        drop(entered);
        match authenticated {
            Ok(call) => {
                let call = call.traced(span.clone());
                self.take_turn(turnstile, call, request_id).await
            }
            Err(rejected) => {
                if let Some(turnstile) = turnstile
                    && turnstile.pass_at_once().is_none()
                {
                    // Whatever comes of it, there is nothing else to tell.
                    let _ = turnstile.wait(Waiter::Stranger(peer)).await;
                }
                self.watch.calls.turned_away(rejected.error().code());
                tracing::debug!(%request_id, peer = %peer, error = %rejected.error(), "turned away");
                Reply::rejected(&rejected, request_id)
            }
        }
    }

    /// Has a call wait for its turn, where there are turns, and dispatches it. One that is refused is dispatched too,
    /// since only its operation can record it.
    async fn take_turn(
        self: &Arc<Self>,
        turnstile: Option<&Turnstile>,
        call: Authenticated,
        request_id: String,
    ) -> Reply {
        let since = Instant::now();
        let turn = |is_refused| Turn { since, is_refused };
        let Some(turnstile) = turnstile else {
            return router::dispatch(self, call, request_id, turn(false)).await;
        };
        let passed = if let Some(passed) = turnstile.pass_at_once() {
            Ok(passed)
        } else {
            let _entered = call.span().enter(Room::Turn);
            let caller = call.caller().member().identity();
            turnstile.wait(Waiter::Caller(caller)).await
        };
        let served = router::dispatch(self, call, request_id, turn(passed.is_err()));
        match passed {
            Ok(passed) => passed.work(served).await,
            Err(_) => served.await,
        }
    }

    async fn authenticate(&self, request: Incoming) -> Result<Authenticated, Rejected> {
        let at = self.clock.now();
        let (identities, regions) = (self.identities.as_ref(), &self.regions);
        if web_identity::is_one(&request) {
            let tokens = &self.web_identities;
            let authenticating =
                web_identity::authenticate(request, identities, regions, tokens, at);
            // What is rare and large would make every call's future as large.
            return Box::pin(authenticating).await;
        }
        authn::authenticate(request, self.known(), regions, self.trust, at)
    }

    fn known(&self) -> Known<'_> {
        Known {
            identities: &self.identities,
            sessions: &self.sessions,
        }
    }

    /// Who sends the body of a request. `None` if it is rejected whatever its body is.
    pub(crate) fn body_sender(&self, head: &Parts) -> Option<BodySender> {
        if self.names_known_key(head) {
            Some(BodySender::Known)
        } else {
            web_identity::may_be_unsigned(head).then_some(BodySender::Unsigned)
        }
    }

    fn names_known_key(&self, head: &Parts) -> bool {
        authn::names_known_key(head, self.known(), self.trust)
    }

    /// Whether calls can be served.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn check_ready(&self) -> Result<(), Internal> {
        self.regions
            .iter()
            .try_for_each(|room| self.check_current(&room.directory))
            .map_err(Internal::from)
    }

    /// How many keys there are, in all Regions and accounts.
    #[must_use]
    pub fn key_count(&self) -> usize {
        let regions = self.regions.iter();
        regions.map(|room| room.directory.key_count()).sum()
    }

    /// The ledger that an operation changes.
    fn ledger<'a, O: Operation>(&'a self, call: &'a Authenticated) -> &'a Arc<Ledger> {
        match O::HOME {
            Home::Region => &call.region().ledger,
            Home::Identities => &self.identity_ledger,
        }
    }

    /// What operations and jobs work with.
    pub(crate) fn tools<'a>(&'a self, directory: &'a Directory, now: Timestamp) -> Tools<'a> {
        Tools {
            provider: self.provider.as_ref(),
            now,
            region: directory.region(),
            directory,
            identities: &self.identities,
            key_stores: &self.key_stores,
            sessions: &self.sessions,
            quotas: &self.quotas,
            history: self.audit.history(),
            trail: self.trail.as_deref(),
        }
    }

    /// The record of what was done to a key.
    pub(crate) fn record(
        &self,
        event: KeyEvent,
        region: &Region,
        at: Timestamp,
    ) -> Result<Record, Internal> {
        let event_id = new_id(self.provider.as_ref())?;
        Ok(event.record(region.as_str(), at, event_id)?)
    }

    /// The records of what a call brings about besides.
    fn records(
        &self,
        events: Vec<KeyEvent>,
        region: &Region,
        at: Timestamp,
    ) -> Result<Vec<Record>, Internal> {
        let record = |event| self.record(event, region, at);
        events.into_iter().map(record).collect()
    }

    /// Who else is told of a call: the owners of what it was allowed to be about. One that was denied
    /// is the caller's affair alone.
    fn copies<T>(&self, call: &Authenticated, decided: &Decided<T>) -> Result<Copies, Internal> {
        if !decided.is_allowed {
            return Ok(Copies::default());
        }
        let identity = call.caller().member().identity();
        let owners = Copies::owners(&decided.resources, identity);
        if owners.is_empty() {
            return Ok(Copies::default());
        }
        let id = || new_id(self.provider.as_ref());
        let with_id = |owner| Ok((owner, id()?));
        Ok(Copies {
            shared_event_id: id()?,
            owners: owners
                .into_iter()
                .map(with_id)
                .collect::<Result<_, Internal>>()?,
        })
    }

    /// Whether what a call is decided on is kept current: who may do what, and what there is.
    fn check_current(&self, directory: &Directory) -> Result<(), NotCurrent> {
        self.identities.shown().check_current()?;
        self.sessions.shown().check_current()?;
        directory.shown().check_current()
    }

    /// Serves a call of an operation, or refuses it if its turn did not come.
    pub(crate) async fn run<O: Operation>(
        self: &Arc<Self>,
        call: Authenticated,
        request_id: String,
        turn: Turn,
    ) -> Reply {
        let service = call.service();
        call.span().identify(&call, O::NAME);
        let settled = if turn.is_refused {
            self.refuse_unread::<O>(&call, &request_id, &Fault::Throttled)
                .await
        } else {
            self.settle::<O>(&Arc::new(call), &request_id).await
        };
        let reply = match settled {
            Ok(reply) => reply,
            Err(error) => Reply::failed(error, service, request_id),
        };
        let calls = &self.watch.calls;
        calls.answered(service, O::NAME, reply.error(), turn.since.elapsed());
        reply
    }

    /// Decides, commits, records. An error means that the call could not be recorded.
    async fn settle<O: Operation>(
        self: &Arc<Self>,
        call: &Arc<Authenticated>,
        request_id: &str,
    ) -> Result<Reply, Internal> {
        let ledger = self.ledger::<O>(call);
        let input = match guarded(|| Ok(O::Protocol::decode(call.request())?)) {
            Ok(input) => Arc::new(input),
            Err(fault) => return self.refuse_unread::<O>(call, request_id, &fault).await,
        };
        let (mut tries, mut is_counted) = (0, false);
        loop {
            tries += 1;
            let counts = !is_counted;
            let mut decided = self.decide::<O>(call, &input, request_id, counts).await;
            is_counted |= decided.is_counted;
            decided.forget_others(call.caller().member().identity());
            let copies = self.copies(call, &decided)?;
            let facts = CallFacts::<O> {
                call,
                input: Some(&input),
                resources: &decided.resources,
                decisions: &decided.decisions,
                request_id,
                event_id: new_id(self.provider.as_ref())?,
                copies: &copies,
            };
            let mut done = match decided.outcome {
                // Its policy allows the call, and it is fit for all that its policy allows.
                Err(Fault::ManagedKeyAbsent { .. }) if O::is_dry_run(&input) => {
                    return self.refuse(&facts, &Fault::DryRun).await;
                }
                Err(Fault::ManagedKeyAbsent { key }) if tries < MAX_TRIES => {
                    match managed_keys::make(self, call.region(), &key).await {
                        Ok(()) => continue,
                        Err(error) => return self.refuse(&facts, &error.into()).await,
                    }
                }
                Err(fault) => return self.refuse(&facts, &fault).await,
                Ok(done) => done,
            };
            let region = call.region().region();
            let consequences = std::mem::take(&mut done.notes.consequences);
            let mut further = self.records(consequences, region, call.at())?;
            let Some(records) = facts.success(&done.notes)? else {
                return self.refuse(&facts, &Fault::too_long_to_record()).await;
            };
            further.extend(records.copies);
            let committed = self.commit(ledger, call, &done, records.own, further);
            match committed.await {
                Ok(recorded) => {
                    note_use(&done.used, &facts);
                    return Ok(Reply::recorded(
                        recorded,
                        done.encoded,
                        request_id.to_owned(),
                    ));
                }
                Err(NotDone::Conflict { head }) if tries < MAX_TRIES => {
                    // There is no sense in deciding again before what came first is seen.
                    if let Err(error) = ledger.shown.caught_up(head).await {
                        return self.refuse(&facts, &Internal::from(error).into()).await;
                    }
                }
                Err(NotDone::Conflict { .. }) => {
                    return self.refuse(&facts, &Fault::Contention).await;
                }
                Err(NotDone::NotCommitted(error)) => {
                    // The change may be found applied after all, with its record in the outbox:
                    // this one must not pass for that one at the next start.
                    let event_id = new_id(self.provider.as_ref())?;
                    let failed = CallFacts::<O> { event_id, ..facts };
                    return self.refuse(&failed, &error.into()).await;
                }
                Err(NotDone::NotRecorded(error)) => return Err(error),
            }
        }
    }

    /// Makes the changes of a call durable, with its record.
    async fn commit(
        &self,
        ledger: &Arc<Ledger>,
        call: &Authenticated,
        done: &Done,
        record: Record,
        further: Vec<Record>,
    ) -> Result<Recorded, NotDone> {
        match done.ahead {
            Some(head) => Err(NotDone::Conflict { head }),
            None => {
                let site = commit::Site {
                    ledger,
                    region: call.region().region(),
                    audit: &self.audit,
                    span: call.span(),
                };
                commit::and_record(site, &done.changes, record, further).await
            }
        }
    }

    /// Records a call whose input can't be read, then answers it.
    async fn refuse_unread<O: Operation>(
        &self,
        call: &Authenticated,
        request_id: &str,
        fault: &Fault,
    ) -> Result<Reply, Internal> {
        let facts = CallFacts::<O> {
            call,
            input: None,
            resources: &[],
            decisions: &[],
            request_id,
            event_id: new_id(self.provider.as_ref())?,
            copies: &Copies::default(),
        };
        self.refuse(&facts, fault).await
    }

    /// Records a call that is refused or has failed, then answers it.
    async fn refuse<O: Operation>(
        &self,
        facts: &CallFacts<'_, O>,
        fault: &Fault,
    ) -> Result<Reply, Internal> {
        if let Fault::Internal { source } = fault {
            tracing::error!(request_id = facts.request_id, operation = O::NAME, error = %Causes(source), "a call failed");
        }
        let service = facts.call.service();
        let error = fault.to_api_error(service);
        let request_id = facts.request_id.to_owned();
        let records = facts.failure(&error, fault.detail())?;
        let _entered = facts.call.span().enter(Room::Audit);
        let recorded = if records.copies.is_empty() {
            self.audit.append(records.own).await?
        } else {
            // The caller's own last: it is the one that is looked for by the request's id.
            let all = records.copies.into_iter().chain([records.own]);
            self.audit.append_all(all.collect()).await?
        };
        let encoded = service.encode_error(&error, &request_id);
        Ok(Reply::recorded(recorded, encoded, request_id).of_error(error.code()))
    }
}

/// Keeps that a call which succeeded has used its keys.
fn note_use<O: Operation>(used: &[Option<Arc<LastUseCell>>], facts: &CallFacts<'_, O>) {
    let Some(operation) = O::USE else {
        return;
    };
    let ids = (facts.event_id.parse(), facts.request_id.parse());
    let (Ok(event_id), Ok(request_id)) = ids else {
        return;
    };
    let last = LastUse {
        operation,
        at: facts.call.at(),
        event_id,
        request_id,
    };
    used.iter().flatten().for_each(|cell| cell.note(last));
}
