//! What an operation is: one row of the router's table, and all that is special about it.
//!
//! The corridor does what operations share: decoding, naming the caller, finding the keys, asking
//! the policies, checking key states, committing, recording and replying. An operation says which
//! keys it is about, and what to do with them once that is allowed.

use std::collections::BTreeMap;

use keystead_core::arn::Region;
use keystead_core::audit::{Elements, EventCategory};
use keystead_core::change::Change;
use keystead_core::key_rule::KeyRule;
use keystead_core::last_use::TrackedOperation;
use keystead_core::policy::{ConditionKey, Values};
use keystead_core::quota::{Charge, Quotas};
use keystead_core::time::Timestamp;
use keystead_crypto::Provider;

use crate::audit::KeyEvent;
use crate::audit::index::History;
use crate::audit::trail::Trail;
use crate::authz::Authorized;
use crate::directory::Directory;
use crate::fault::Fault;
use crate::identities::Identities;
use crate::key_stores::KeyStores;
use crate::protocol::{Home, Protocol, Service};
use crate::sessions::Sessions;
use crate::target::{AuditResource, Target};

/// An operation of the API.
pub trait Operation: Sized + Send + Sync + 'static {
    /// The service whose operation it is.
    const SERVICE: Service = Service::Kms;
    /// Which ledger it changes.
    const HOME: Home = Self::SERVICE.home();
    /// Its name at the API.
    const NAME: &'static str;
    /// The permission that it needs on its target, or the permissions.
    const ACTION: <Self::Target as Target>::Action;
    /// Whether CloudTrail counts it among those that only read. All cryptographic ones do.
    const READ_ONLY: bool;
    /// The category of its audit records.
    const CATEGORY: EventCategory = EventCategory::Management;
    /// Whether it can be used on another account's key, where that account's policies allow it.
    const CROSS_ACCOUNT: bool = false;
    /// Its row of the key-state table. An operation on a key without such a row does not compile.
    const KEY_RULE: KeyRule = key_rule(Self::NAME, <Self::Target as Target>::HAS_KEY);
    /// Which request quota its calls count against. An operation of KMS without one does not compile.
    const CHARGE: Charge = charge(Self::SERVICE, Self::NAME);
    /// As which use of its keys a successful call is kept, if it is one.
    const USE: Option<TrackedOperation> = key_use(Self::SERVICE, Self::NAME);

    /// What the caller sends.
    type Input: Send + Sync;
    /// What the caller gets.
    type Output: Send;
    /// How both look on the wire.
    type Protocol: Protocol<Self>;
    /// What it acts on.
    type Target: Target;

    /// How the input names the target.
    fn target(input: &Self::Input) -> <Self::Target as Target>::Name<'_>;

    /// What the audit record says of the input: never a plaintext, a ciphertext or a secret.
    fn parameters(input: &Self::Input) -> Option<Elements<'_>>;

    /// The values that the input gives a condition key, in the question about an action.
    ///
    /// Names: "AWS KMS condition keys" in the KMS developer guide. The defaults of parameters
    /// count as if they had been sent.
    fn conditions<'a>(_input: &'a Self::Input, _action: &str, _key: &ConditionKey) -> Values<'a> {
        Values::Absent
    }

    /// The encryption context that grants are compared with, in the question about an action.
    fn encryption_context<'a>(
        _input: &'a Self::Input,
        _action: &str,
    ) -> Option<&'a BTreeMap<String, String>> {
        None
    }

    /// Rules of the service that the API model does not state and that need no key to check.
    ///
    /// # Errors
    /// AWS's answer to an input that breaks one.
    fn check(_input: &Self::Input) -> Result<(), Fault> {
        Ok(())
    }

    /// Whether it takes long enough to be done on a thread of its own, as making an RSA key does.
    fn blocks(_input: &Self::Input) -> bool {
        false
    }

    /// Whether the caller only asks whether the call would succeed.
    fn is_dry_run(_input: &Self::Input) -> bool {
        false
    }

    /// Does the operation. What is to change is returned, not done: only the corridor commits.
    ///
    /// # Errors
    /// A [`Fault`], after which nothing has changed.
    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault>;
}

/// What operations work with.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// Where keys are made, opened and used.
    pub provider: &'a dyn Provider,
    /// When the call is decided.
    pub now: Timestamp,
    /// The Region that serves it.
    pub region: &'a Region,
    /// What the Region holds.
    pub directory: &'a Directory,
    /// Who may call.
    pub identities: &'a Identities,
    /// What is behind custom key stores.
    pub key_stores: &'a KeyStores,
    /// The sessions that are given out.
    pub sessions: &'a Sessions,
    /// How much everybody can have.
    pub quotas: &'a Quotas,
    /// What was recorded; `None` if nothing is.
    pub history: Option<&'a History>,
    /// What is delivered of the audit log; `None` if nothing is.
    pub trail: Option<&'a Trail>,
}

/// A door: what an operation did, which only an [`Authorized`] call can become.
pub struct Performed<O: Operation> {
    output: O::Output,
    changes: Vec<Change>,
    notes: Notes,
}

/// What the audit record says of the outcome.
#[derive(Debug, Default)]
pub struct Notes {
    /// What was made, besides the target.
    pub made: Vec<AuditResource>,
    /// What a change answered.
    pub response: Option<Elements<'static>>,
    /// What else is worth recording.
    pub additional: Option<Elements<'static>>,
    /// What the change brings about, each with a record of its own.
    pub consequences: Vec<KeyEvent>,
}

impl<O: Operation> Performed<O> {
    /// The call was allowed, and this is its answer.
    pub fn new(_proof: Authorized<'_, O>, output: O::Output) -> Self {
        Self {
            output,
            changes: Vec::new(),
            notes: Notes::default(),
        }
    }

    /// Adds a change to commit before the answer is given.
    #[must_use]
    pub fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// Adds changes to commit before the answer is given.
    #[must_use]
    pub fn changes(mut self, changes: Vec<Change>) -> Self {
        self.changes.extend(changes);
        self
    }

    /// Says what the audit record shows as the response, if anything.
    #[must_use]
    pub fn respond_if(mut self, elements: Option<Elements<'static>>) -> Self {
        self.notes.response = elements;
        self
    }

    /// Says what the audit record shows as the response.
    #[must_use]
    pub fn respond(mut self, elements: Elements<'static>) -> Self {
        self.notes.response = Some(elements);
        self
    }

    /// Adds a key or an alias that was made to the audit record's resources.
    #[must_use]
    pub fn made(mut self, resource: AuditResource) -> Self {
        self.notes.made.push(resource);
        self
    }

    /// Adds what the change brings about, which has a record of its own.
    #[must_use]
    pub fn brings_about(mut self, event: KeyEvent) -> Self {
        self.notes.consequences.push(event);
        self
    }

    /// Says what the audit record shows besides, if anything.
    #[must_use]
    pub fn note(mut self, elements: impl Into<Option<Elements<'static>>>) -> Self {
        self.notes.additional = elements.into();
        self
    }

    pub(crate) fn into_parts(self) -> (O::Output, Vec<Change>, Notes) {
        (self.output, self.changes, self.notes)
    }
}

const fn key_rule(operation: &str, has_key: bool) -> KeyRule {
    match KeyRule::named(operation) {
        Some(rule) => rule,
        None if !has_key => KeyRule::ANY,
        #[expect(
            clippy::panic,
            reason = "evaluated by the compiler: a missing row fails the build"
        )]
        None => panic!("the operation has no row in the key-state table"),
    }
}

const fn charge(service: Service, operation: &str) -> Charge {
    match (service, Charge::of(operation)) {
        (Service::Kms, Some(charge)) => charge,
        #[expect(
            clippy::panic,
            reason = "evaluated by the compiler: a missing row fails the build"
        )]
        (Service::Kms, None) => panic!("the operation has no row in the table of quotas"),
        _ => Charge::Nothing,
    }
}

const fn key_use(service: Service, operation: &str) -> Option<TrackedOperation> {
    match service {
        Service::Kms => TrackedOperation::named(operation),
        _ => None,
    }
}
