//! The corridor: the one way from a request to its reply.
//!
//! authentication → decoding → authorization → operation → commit → audit → reply. Each step takes
//! what the door before it gave, so that none can be left out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use keystead_core::change::Change;
use keystead_crypto::Provider;
use keystead_store::CommitError;

use crate::audit::{AuditRoom, CallFacts, Record, outbox};
use crate::authn::{self, Authenticated, Trust};
use crate::authz::{self, Verdict};
use crate::clock::Clock;
use crate::commit;
use crate::fault::{Fault, Internal};
use crate::identities::Identities;
use crate::ids::new_id;
use crate::incoming::Incoming;
use crate::operation::{Notes, Operation, Tools};
use crate::protocol::{Encoded, Protocol};
use crate::region::{RegionRoom, Regions};
use crate::reply::Reply;
use crate::router;
use crate::target::{AuditResource, Scope};

/// How often a change is decided anew because another one of the same records came first.
const MAX_TRIES: u32 = 16;

/// Everything that a call passes through. One for the whole process.
pub struct Corridor {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where keys are made, opened and used.
    pub provider: Arc<dyn Provider>,
    /// Who may call.
    pub identities: Identities,
    /// The Regions that are served.
    pub regions: Regions,
    /// Where every call is recorded.
    pub audit: Arc<AuditRoom>,
    /// What signatures are worth.
    pub trust: Trust,
}

impl Corridor {
    /// Serves one request.
    pub async fn serve(&self, request: Incoming) -> Reply {
        let service = crate::protocol::Service::guess(&request);
        let request_id = match new_id(self.provider.as_ref()) {
            Ok(id) => id,
            Err(source) => return Reply::failed(source.into(), service, String::new()),
        };
        let at = self.clock.now();
        match authn::authenticate(request, &self.identities, &self.regions, self.trust, at) {
            Ok(call) => router::dispatch(self, call, request_id).await,
            Err(rejected) => Reply::rejected(&rejected, request_id),
        }
    }

    /// Whether calls can be served.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn check_ready(&self) -> Result<(), Internal> {
        self.regions
            .iter()
            .try_for_each(|room| room.directory.check_current().map_err(Internal::from))
    }

    /// Serves a call of an operation.
    pub(crate) async fn run<O: Operation>(&self, call: Authenticated, request_id: String) -> Reply {
        let service = call.service();
        match self.settle::<O>(&call, &request_id).await {
            Ok(reply) => reply,
            Err(error) => Reply::failed(error, service, request_id),
        }
    }

    /// Decides, commits, records. An error means that the call could not be recorded.
    async fn settle<O: Operation>(
        &self,
        call: &Authenticated,
        request_id: &str,
    ) -> Result<Reply, Internal> {
        let mut tries = 0;
        loop {
            tries += 1;
            let decided = self.decide::<O>(call, request_id);
            let facts = CallFacts::<O> {
                call,
                input: decided.input.as_ref(),
                resources: &decided.resources,
                request_id,
                event_id: new_id(self.provider.as_ref())?,
            };
            let done = match decided.outcome {
                Err(fault) => return self.refuse(facts, &fault).await,
                Ok(done) => done,
            };
            let again = CallFacts::<O> {
                event_id: facts.event_id.clone(),
                ..facts
            };
            let record = facts.success(done.notes)?;
            match self
                .commit_and_record(call.region(), &done.changes, record)
                .await
            {
                Ok(recorded) => {
                    return Ok(Reply::recorded(
                        recorded,
                        done.encoded,
                        request_id.to_owned(),
                    ));
                }
                Err(NotDone::Conflict) if tries < MAX_TRIES => {}
                Err(NotDone::Conflict) => {
                    return self
                        .refuse(again, &Internal::Contention { tries }.into())
                        .await;
                }
                Err(NotDone::NotCommitted(error)) => {
                    return self.refuse(again, &error.into()).await;
                }
                Err(NotDone::NotRecorded(error)) => return Err(error),
            }
        }
    }

    /// The part of a call that waits for nothing. A defect in it fails this call alone.
    fn decide<O: Operation>(&self, call: &Authenticated, request_id: &str) -> Decided<O> {
        let decide = AssertUnwindSafe(|| self.decide_unguarded::<O>(call, request_id));
        catch_unwind(decide).unwrap_or_else(|_| Decided::refused(Internal::Defect))
    }

    fn decide_unguarded<O: Operation>(&self, call: &Authenticated, request_id: &str) -> Decided<O> {
        let input = match O::Protocol::decode(call.request()) {
            Ok(input) => input,
            Err(error) => return Decided::refused(error),
        };
        let directory = call.region().directory.as_ref();
        let ready = O::check(&input).and_then(|()| Ok(directory.check_current()?));
        if let Err(fault) = ready {
            return Decided {
                input: Some(input),
                ..Decided::refused(fault)
            };
        }
        let account = call.caller().member().identity().account();
        let scope = Scope {
            region: directory.region(),
            directory,
            account,
        };
        let Verdict { outcome, resources } = authz::authorize::<O>(call.caller(), &input, &scope);
        let tools = Tools {
            provider: self.provider.as_ref(),
            now: call.at(),
            region: directory.region(),
            directory,
            identities: &self.identities,
        };
        let outcome = outcome
            .and_then(|authorized| O::perform(authorized, &tools))
            .and_then(|performed| {
                if O::is_dry_run(&input) {
                    Err(Fault::DryRun)
                } else {
                    Ok(performed)
                }
            })
            .map(|performed| {
                let (output, changes, notes) = performed.into_parts();
                Done {
                    encoded: O::Protocol::encode(&output, request_id),
                    changes,
                    notes,
                }
            });
        Decided {
            input: Some(input),
            resources,
            outcome,
        }
    }

    /// Records a call that is refused or has failed, then answers it.
    async fn refuse<O: Operation>(
        &self,
        facts: CallFacts<'_, O>,
        fault: &Fault,
    ) -> Result<Reply, Internal> {
        if let Fault::Internal { source } = fault {
            tracing::error!(request_id = facts.request_id, operation = O::NAME, error = %source, "a call failed");
        }
        let error = fault.to_api_error();
        let service = facts.call.service();
        let request_id = facts.request_id.to_owned();
        let recorded = self.audit.append(facts.failure(&error)?).await?;
        Ok(Reply::recorded(
            recorded,
            service.encode_error(&error, &request_id),
            request_id,
        ))
    }

    /// Makes changes durable together with their record, and waits until this node shows them.
    /// Without changes, only records.
    pub(crate) async fn commit_and_record(
        &self,
        room: &RegionRoom,
        changes: &[Change],
        record: Record,
    ) -> Result<crate::audit::Recorded, NotDone> {
        if changes.is_empty() {
            return self
                .audit
                .append(record)
                .await
                .map_err(|error| NotDone::NotRecorded(error.into()));
        }
        let not_committed = |error| NotDone::NotCommitted(error);
        let commit = commit::of(changes, room.region()).map_err(|e| not_committed(e.into()))?;
        let commit = outbox::enclose(commit, &record, room.region());
        let revision = match room.store.commit(commit).await {
            Ok(revision) => revision,
            Err(CommitError::Conflict { .. }) => return Err(NotDone::Conflict),
            Err(error) => return Err(not_committed(error.into())),
        };
        match self.audit.append(record.clone()).await {
            Ok(recorded) => {
                room.outbox.logged(record.event_id).await;
                // The change is durable: a directory that can't show it refuses every later call.
                let _ = room.directory.caught_up(revision.as_u64()).await;
                Ok(recorded)
            }
            Err(error) => {
                room.outbox.not_logged(record).await;
                Err(NotDone::NotRecorded(error.into()))
            }
        }
    }
}

/// Why a change was not made, or not acknowledged.
pub(crate) enum NotDone {
    /// Another change of the same records came first: decide anew.
    Conflict,
    /// Nothing was changed.
    NotCommitted(Internal),
    /// The log did not take the record.
    NotRecorded(Internal),
}

/// A call that was decided.
struct Decided<O: Operation> {
    input: Option<O::Input>,
    resources: Vec<AuditResource>,
    outcome: Result<Done, Fault>,
}

/// What is left to do of a call that succeeds.
struct Done {
    encoded: Encoded,
    changes: Vec<Change>,
    notes: Notes,
}

impl<O: Operation> Decided<O> {
    fn refused(fault: impl Into<Fault>) -> Self {
        Self {
            input: None,
            resources: Vec::new(),
            outcome: Err(fault.into()),
        }
    }
}
