//! From a call to its record.

use std::borrow::Cow;

use keystead_core::arn::AccountId;
use keystead_core::audit::{
    Elements, Event, EventType, Ids, Resource, TlsDetails, UserIdentity, Value,
};
use keystead_core::identity::{Identity, IdentityKind};
use keystead_wire::ApiError;

use super::Record;
use crate::authn::{Authenticated, Source, Via};
use crate::fault::Fault;
use crate::operation::{Notes, Operation};
use crate::target::AuditResource;

/// The longest record of a call, in bytes: CloudTrail's limit for an event, and well within the
/// store's for a value, because a change is committed together with its record.
const MAX_RECORD_BYTES: usize = 256 * 1024;

/// What a call's record is made of.
pub struct CallFacts<'a, O: Operation> {
    /// The call.
    pub call: &'a Authenticated,
    /// What its caller sent, if that could be read.
    pub input: Option<&'a O::Input>,
    /// The keys and aliases that were found.
    pub resources: &'a [AuditResource],
    /// How each question of the authorization was decided.
    pub decisions: &'a [Elements<'static>],
    /// The id that the caller is given.
    pub request_id: &'a str,
    /// The record's own id.
    pub event_id: String,
    /// Who else is told of the call.
    pub copies: &'a Copies,
}

/// The copies of a record that the owners of its resources get, where those are other accounts than
/// the caller's: they are told who called by its account alone, and not how it was authorized.
///
/// Source: "AWS CloudTrail record contents", `sharedEventID`; "userIdentity element", `AWSAccount`.
#[derive(Debug, Default)]
pub struct Copies {
    /// What they have in common.
    pub shared_event_id: String,
    /// The accounts, and the ids of their records.
    pub owners: Vec<(AccountId, String)>,
}

impl Copies {
    /// The accounts that own one of these, besides those of the caller: its own, and the one in
    /// whose log its calls are.
    pub fn owners(resources: &[AuditResource], caller: &Identity) -> Vec<AccountId> {
        let mut owners: Vec<_> = resources.iter().map(|resource| resource.account).collect();
        owners.retain(|owner| *owner != caller.account() && *owner != caller.logging_account());
        owners.sort_unstable();
        owners.dedup();
        owners
    }
}

/// The records of one call.
#[derive(Debug)]
pub struct Records {
    /// The caller's own.
    pub own: Record,
    /// Those of others.
    pub copies: Vec<Record>,
}

impl Records {
    fn fit(&self) -> bool {
        let mut all = std::iter::once(&self.own).chain(&self.copies);
        all.all(|record| record.line.len() <= MAX_RECORD_BYTES)
    }
}

/// Whose log a record is for.
#[derive(Clone, Copy)]
enum For<'a> {
    Caller,
    Owner(AccountId, &'a str),
}

impl<O: Operation> CallFacts<'_, O> {
    /// The records of a call that succeeded; `None` if one would be too long, and the call must not
    /// succeed because its parameters could not be told.
    ///
    /// # Errors
    /// None in practice: every record is serializable.
    pub fn success(&self, notes: &Notes) -> Result<Option<Records>, serde_json::Error> {
        let parameters = self.input.and_then(O::parameters);
        let records = self.records(parameters.as_ref(), notes, None)?;
        Ok(Some(records).filter(Records::fit))
    }

    /// The records of a call that failed or was denied, with what is noted besides. Where one would be
    /// too long, parameters are left out, in CloudTrail's way, and so is what is noted.
    ///
    /// # Errors
    /// None in practice: every record is serializable.
    pub fn failure(
        &self,
        error: &ApiError,
        additional: Option<Elements<'static>>,
    ) -> Result<Records, serde_json::Error> {
        let parameters = self.input.and_then(O::parameters);
        let notes = Notes {
            additional,
            ..Notes::default()
        };
        let records = self.records(parameters.as_ref(), &notes, Some(error))?;
        if records.fit() {
            return Ok(records);
        }
        let omitted = Elements::new()
            .text("reason", "requestParameters too large")
            .value("omitted", Value::Boolean(true));
        self.records(Some(&omitted), &Notes::default(), Some(error))
    }

    fn records(
        &self,
        parameters: Option<&Elements<'_>>,
        notes: &Notes,
        error: Option<&ApiError>,
    ) -> Result<Records, serde_json::Error> {
        let of_owner = |(owner, event_id): &(AccountId, String)| {
            self.record(parameters, notes, error, For::Owner(*owner, event_id))
        };
        Ok(Records {
            own: self.record(parameters, notes, error, For::Caller)?,
            copies: self
                .copies
                .owners
                .iter()
                .map(of_owner)
                .collect::<Result<_, _>>()?,
        })
    }

    /// What the operation notes besides, for which resource a service calls and from where, and how
    /// the call was authorized. All but the first CloudTrail does not tell, and `keystead explain`
    /// shows it.
    fn additional(&self, noted: Option<&Elements<'static>>) -> Option<Elements<'static>> {
        let source = self.call.caller().source();
        let by_service = self.service_name().is_some();
        if self.decisions.is_empty() && *source == Source::default() && !by_service {
            return noted.cloned();
        }
        let address = self.call.request().peer.address;
        let noted = noted
            .cloned()
            .unwrap_or_default()
            .text_if("sourceArn", source.arn.clone())
            .text_if("sourceAccount", source.account.clone())
            .text_if("serviceAddress", by_service.then(|| address.to_string()));
        if self.decisions.is_empty() {
            return Some(noted);
        }
        let decisions = Value::Objects(self.decisions.to_vec());
        Some(noted.value("authorization", decisions))
    }

    /// The service that calls, for itself or for others.
    fn service_name(&self) -> Option<&str> {
        let caller = self.call.caller();
        match (caller.via(), caller.member().identity().kind()) {
            (Some(via), _) => Some(via.service()),
            (None, IdentityKind::Service { name, .. }) => Some(name),
            (None, _) => None,
        }
    }

    fn record(
        &self,
        parameters: Option<&Elements<'_>>,
        notes: &Notes,
        error: Option<&ApiError>,
        whose: For<'_>,
    ) -> Result<Record, serde_json::Error> {
        let caller = self.call.caller();
        let identity = caller.member().identity();
        let request = self.call.request();
        let service = self.service_name();
        let resources: Vec<Resource<'_>> = self
            .resources
            .iter()
            .chain(&notes.made)
            .map(|resource| Resource::of(resource.account.as_str(), &*resource.arn))
            .collect();
        let (event_id, recipient) = match &whose {
            For::Caller => (self.event_id.as_str(), identity.logging_account()),
            For::Owner(owner, event_id) => (*event_id, *owner),
        };
        let ids = Ids {
            request: Some(self.request_id),
            event: event_id,
        };
        let via = caller.via().map(Via::service);
        let who = match whose {
            For::Caller => UserIdentity::caller(identity, caller.access_key_id(), via),
            For::Owner(..) => UserIdentity::stranger(identity),
        };
        let event = Event::new(EventType::AwsApiCall, who, self.call.at(), ids);
        let mut event = event.in_category(O::CATEGORY);
        event.event_source = self.call.service().event_source();
        event.event_name = O::NAME;
        event.aws_region = self.call.region().region().as_str();
        event.source_ip_address = match service {
            Some(service) => Cow::Borrowed(service),
            None => Cow::Owned(request.peer.address.to_string()),
        };
        event.user_agent = service.unwrap_or_else(|| request.header(http::header::USER_AGENT));
        event.error_code = error.map(|error| Cow::Borrowed(Fault::audit_code(error)));
        event.error_message = error.and_then(ApiError::message);
        event.request_parameters = parameters.cloned();
        event.response_elements = notes.response.clone();
        event.additional_event_data = match whose {
            For::Caller => self.additional(notes.additional.as_ref()),
            For::Owner(..) => notes.additional.clone(),
        };
        event.read_only = O::READ_ONLY;
        event.resources = &resources;
        event.recipient_account_id = recipient.as_str();
        let is_shared = !self.copies.owners.is_empty();
        event.shared_event_id = is_shared.then_some(&self.copies.shared_event_id);
        let endpoint = request.peer.endpoint.as_deref();
        event.vpc_endpoint_id = endpoint.map(|endpoint| &*endpoint.id);
        let tls = request.peer.tls.filter(|_| service.is_none());
        event.tls_details = tls.map(|tls| TlsDetails {
            tls_version: tls.version,
            cipher_suite: tls.cipher_suite,
            client_provided_host_header: request.host(),
        });
        Ok(Record {
            event_id: event_id.to_owned(),
            line: event.to_json()?,
        })
    }
}
