//! The part of a call that is decided and worked out, and that waits for nothing but, at times, for a
//! thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use keystead_core::audit::Elements;
use keystead_core::change::{Change, Expected};
use keystead_core::identity::Identity;
use tokio::time::timeout;

use super::Corridor;
use crate::authn::Authenticated;
use crate::authz::{self, Authorized, Scope, Verdict};
use crate::directory::last_uses::LastUseCell;
use crate::fault::{Fault, Internal};
use crate::operation::{Notes, Operation};
use crate::protocol::{Encoded, Protocol, Service};
use crate::slow_lane;
use crate::spans::Room;
use crate::target::{AuditResource, Target as _};

/// A call that was decided, and what came of it.
pub(super) struct Decided<T> {
    pub(super) resources: Vec<AuditResource>,
    pub(super) decisions: Vec<Elements<'static>>,
    pub(super) outcome: Result<T, Fault>,
    /// Whether the caller may make the call, whatever became of it.
    pub(super) is_allowed: bool,
    /// Whether the call was counted against quotas.
    pub(super) is_counted: bool,
}

/// What is left to do of a call that succeeds.
pub(super) struct Done {
    pub(super) encoded: Encoded,
    pub(super) changes: Vec<Change>,
    pub(super) notes: Notes,
    pub(super) used: [Option<Arc<LastUseCell>>; 2],
    /// A later revision than what the memory was known to show when this was decided, if a change
    /// rests on one: of that commit the memory may have shown a part.
    pub(super) ahead: Option<u64>,
}

impl Corridor {
    /// Decides a call and works it out. It counts against quotas once, however often it is decided:
    /// now, if `counts`.
    pub(super) async fn decide<O: Operation>(
        self: &Arc<Self>,
        call: &Arc<Authenticated>,
        input: &Arc<O::Input>,
        request_id: &str,
        counts: bool,
    ) -> Decided<Done> {
        if !O::blocks(input) {
            return self.decide_here::<O>(call, input, request_id, counts);
        }
        // What is rare and large would make every call's future as large.
        Box::pin(self.decide_elsewhere::<O>(call, input, request_id, counts)).await
    }

    /// Decides a call and works it out on a thread of its own.
    async fn decide_elsewhere<O: Operation>(
        self: &Arc<Self>,
        call: &Arc<Authenticated>,
        input: &Arc<O::Input>,
        request_id: &str,
        counts: bool,
    ) -> Decided<Done> {
        // Whoever may not call has no turn, and keeps nobody waiting. What may be done is decided
        // again when the turn has come.
        let admitted = self.judge(call, input.as_ref(), counts, |_: Authorized<'_, O>| Ok(()));
        let Decided { is_counted, .. } = admitted;
        let refused = |fault| Decided {
            resources: admitted.resources,
            decisions: admitted.decisions,
            outcome: Err(fault),
            is_allowed: admitted.is_allowed,
            is_counted,
        };
        if let Err(fault) = admitted.outcome {
            return refused(fault);
        }
        let account = call.caller().member().identity().account();
        let lane = match O::SERVICE {
            Service::CloudTrail | Service::S3 => &self.searches,
            _ => &self.slow,
        };
        let entered = call.span().enter(Room::Turn);
        let turn = timeout(slow_lane::LONGEST_WAIT, lane.turn(account)).await;
        drop(entered);
        let turn = match turn {
            Ok(Some(turn)) => turn,
            Ok(None) => return Decided::refused(Internal::Defect),
            Err(_) => return refused(Fault::Throttled),
        };
        let (corridor, call, input) = (Arc::clone(self), Arc::clone(call), Arc::clone(input));
        let request_id = request_id.to_owned();
        let work = move || {
            // The thread has it, not the call: the work goes on if the caller hangs up.
            let _turn = turn;
            slow_lane::be_nice();
            corridor.decide_here::<O>(&call, &input, &request_id, false)
        };
        let worked = tokio::task::spawn_blocking(work).await;
        let decided = worked.unwrap_or_else(|_| Decided::refused(Internal::Defect));
        Decided {
            is_counted,
            ..decided
        }
    }

    fn decide_here<O: Operation>(
        &self,
        call: &Authenticated,
        input: &O::Input,
        request_id: &str,
        counts: bool,
    ) -> Decided<Done> {
        let tools = self.tools(&call.region().directory, call.at());
        let seen = self.ledger::<O>(call).shown.revision();
        self.judge(call, input, counts, |authorized: Authorized<'_, O>| {
            let _entered = call.span().enter(Room::Operation);
            let mut used = [None, None];
            if O::USE.is_some() {
                let keys = authorized.target().keys();
                used = keys.map(|key| key.map(|key| Arc::clone(&key.last_use)));
            }
            let performed = O::perform(authorized, &tools)?;
            if O::is_dry_run(input) {
                return Err(Fault::DryRun);
            }
            let (output, changes, notes) = performed.into_parts();
            let ahead = latest(&changes).filter(|latest| seen < Some(*latest));
            Ok(Done {
                ahead,
                encoded: O::Protocol::encode(&output, request_id),
                changes,
                notes,
                used,
            })
        })
    }

    /// Decides whether a call may be made, counts it if it may, and has done what then is to be done.
    fn judge<O: Operation, T>(
        &self,
        call: &Authenticated,
        input: &O::Input,
        counts: bool,
        then: impl FnOnce(Authorized<'_, O>) -> Result<T, Fault>,
    ) -> Decided<T> {
        guarded(|| Ok(self.judge_unguarded(call, input, counts, then)))
            .unwrap_or_else(Decided::refused)
    }

    fn judge_unguarded<O: Operation, T>(
        &self,
        call: &Authenticated,
        input: &O::Input,
        counts: bool,
        then: impl FnOnce(Authorized<'_, O>) -> Result<T, Fault>,
    ) -> Decided<T> {
        let directory = call.region().directory.as_ref();
        let ready = O::check(input).and_then(|()| Ok(self.check_current(directory)?));
        if let Err(fault) = ready {
            return Decided::refused(fault);
        }
        let account = call.caller().member().identity().account();
        let scope = Scope {
            region: directory.region(),
            directory,
            identities: &self.identities,
            account,
        };
        let entered = call.span().enter(Room::Authorization);
        let Verdict {
            outcome,
            resources,
            decisions,
            is_allowed,
        } = authz::authorize::<O>(call, input, scope);
        drop(entered);
        let told = if is_allowed {
            resources.as_slice()
        } else {
            &[]
        };
        call.span().tell_resources(told);
        let is_denied = matches!(outcome, Err(Fault::AccessDenied { .. }));
        if counts && (is_allowed || is_denied) {
            self.watch.calls.decided(is_allowed);
        }
        let mut is_counted = false;
        let mut count = |authorized: &Authorized<'_, O>| {
            if !counts {
                return Ok(());
            }
            is_counted = true;
            let (throttle, target) = (&call.region().throttle, authorized.target());
            throttle.charge::<O>(&self.quotas, account, input, target, call.at())
        };
        let outcome = outcome.and_then(|authorized| count(&authorized).map(|()| authorized));
        Decided {
            resources,
            decisions,
            outcome: outcome.and_then(then),
            is_allowed,
            is_counted,
        }
    }
}

impl<T> Decided<T> {
    /// Takes what belongs to others out of what the record says the call was about, unless the call
    /// was allowed: the caller can look its records up, and is not told what there is elsewhere.
    pub(super) fn forget_others(&mut self, caller: &Identity) {
        if !self.is_allowed {
            let is_own =
                |account| account == caller.account() || account == caller.logging_account();
            self.resources.retain(|resource| is_own(resource.account));
        }
    }

    fn refused(fault: impl Into<Fault>) -> Self {
        Self {
            resources: Vec::new(),
            decisions: Vec::new(),
            outcome: Err(fault.into()),
            is_allowed: false,
            is_counted: false,
        }
    }
}

/// The latest revision that changes rest on.
fn latest(changes: &[Change]) -> Option<u64> {
    let expected = changes.iter().map(Change::expected);
    let revision = |expected| match expected {
        Expected::Revision(revision) => Some(revision),
        Expected::Absent => None,
    };
    expected.filter_map(revision).max()
}

/// Does a part of a call. A defect in it fails this call alone.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Internal::Defect.into()))
}

#[cfg(test)]
mod tests {
    use keystead_core::arn::AccountId;

    use super::*;

    #[test]
    fn changes_rest_on_the_latest_revision_that_they_expect() {
        let account = AccountId::ZEROS;
        let change = |expected| Change::ExpectKeyTally { account, expected };
        let [absent, old, new] = [
            Expected::Absent,
            Expected::Revision(3),
            Expected::Revision(7),
        ]
        .map(change);
        assert_eq!(latest(&[]), None);
        assert_eq!(latest(std::slice::from_ref(&absent)), None);
        assert_eq!(latest(&[new, absent, old]), Some(7));
    }
}
