//! The corridor: the one way from a request to its reply.
//!
//! authentication → decoding → authorization → operation → commit → audit → reply. Each step takes
//! what the door before it gave, so that none can be left out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use http::request::Parts;
use keystead_core::change::Change;
use keystead_crypto::Provider;

use crate::audit::{AuditRoom, CallFacts};
use crate::authn::{self, Authenticated, Trust};
use crate::authz::{self, Scope, Verdict};
use crate::causes::Causes;
use crate::clock::Clock;
use crate::commit::{self, NotDone};
use crate::fault::{Fault, Internal};
use crate::identities::Identities;
use crate::ids::new_id;
use crate::incoming::Incoming;
use crate::operation::{Notes, Operation, Tools};
use crate::protocol::{Encoded, Protocol};
use crate::region::Regions;
use crate::reply::Reply;
use crate::router;
use crate::target::AuditResource;

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
        let peer = request.peer.address;
        let request_id = match new_id(self.provider.as_ref()) {
            Ok(id) => id,
            Err(source) => return Reply::failed(source.into(), service, String::new()),
        };
        let at = self.clock.now();
        match authn::authenticate(request, &self.identities, &self.regions, self.trust, at) {
            Ok(call) => router::dispatch(self, call, request_id).await,
            Err(rejected) => {
                tracing::debug!(%request_id, peer = %peer, error = %rejected.error(), "turned away");
                Reply::rejected(&rejected, request_id)
            }
        }
    }

    /// Whether a request says that a known access key has signed it. If not, it is rejected whatever
    /// its body is.
    pub(crate) fn knows(&self, head: &Parts) -> bool {
        authn::names_known_key(head, &self.identities, self.trust)
    }

    /// Whether calls can be served.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn check_ready(&self) -> Result<(), Internal> {
        self.regions
            .iter()
            .try_for_each(|room| room.ledger.shown.check_current().map_err(Internal::from))
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
                Err(fault) => return self.refuse(&facts, &fault).await,
                Ok(done) => done,
            };
            let Some(record) = facts.success(done.notes)? else {
                return self.refuse(&facts, &Fault::too_long_to_record()).await;
            };
            match commit::and_record(
                &call.region().ledger,
                call.region().region(),
                &self.audit,
                &done.changes,
                record,
            )
            .await
            {
                Ok(recorded) => {
                    return Ok(Reply::recorded(
                        recorded,
                        done.encoded,
                        request_id.to_owned(),
                    ));
                }
                Err(NotDone::Conflict { head }) if tries < MAX_TRIES => {
                    // There is no sense in deciding again before what came first is seen.
                    if let Err(error) = call.region().ledger.shown.caught_up(head).await {
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
        let ready = O::check(&input).and_then(|()| Ok(directory.shown().check_current()?));
        if let Err(fault) = ready {
            let input = Some(input);
            return Decided {
                input,
                ..Decided::refused(fault)
            };
        }
        let account = call.caller().member().identity().account();
        let scope = Scope {
            region: directory.region(),
            directory,
            identities: &self.identities,
            account,
        };
        let Verdict { outcome, resources } = authz::authorize::<O>(call, &input, scope);
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
        facts: &CallFacts<'_, O>,
        fault: &Fault,
    ) -> Result<Reply, Internal> {
        if let Fault::Internal { source } = fault {
            tracing::error!(request_id = facts.request_id, operation = O::NAME, error = %Causes(source), "a call failed");
        }
        let service = facts.call.service();
        let error = fault.to_api_error(service);
        let request_id = facts.request_id.to_owned();
        let recorded = self.audit.append(facts.failure(&error)?).await?;
        Ok(Reply::recorded(
            recorded,
            service.encode_error(&error, &request_id),
            request_id,
        ))
    }
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
