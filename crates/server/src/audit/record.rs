//! From a call to its record.

use std::borrow::Cow;

use keystead_core::audit::{
    Elements, Event, EventType, Ids, Resource, TlsDetails, UserIdentity, Value,
};
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
}

impl<O: Operation> CallFacts<'_, O> {
    /// The record of a call that succeeded; `None` if it would be too long, and the call must not
    /// succeed because its parameters could not be told.
    ///
    /// # Errors
    /// None in practice: every record is serializable.
    pub fn success(&self, notes: Notes) -> Result<Option<Record>, serde_json::Error> {
        let parameters = self.input.and_then(O::parameters);
        let record = self.record(parameters, notes, None)?;
        Ok(Some(record).filter(|record| record.line.len() <= MAX_RECORD_BYTES))
    }

    /// The record of a call that failed or was denied. Parameters that are too long are left out
    /// of it, in CloudTrail's way.
    ///
    /// # Errors
    /// None in practice: every record is serializable.
    pub fn failure(&self, error: &ApiError) -> Result<Record, serde_json::Error> {
        let parameters = self.input.and_then(O::parameters);
        let record = self.record(parameters, Notes::default(), Some(error))?;
        if record.line.len() <= MAX_RECORD_BYTES {
            return Ok(record);
        }
        let omitted = Elements::new()
            .text("reason", "requestParameters too large")
            .value("omitted", Value::Boolean(true));
        self.record(Some(omitted), Notes::default(), Some(error))
    }

    /// What the operation notes besides, for which resource a service calls, and how the call was
    /// authorized. The last two CloudTrail does not tell, and `keystead explain` shows them.
    fn additional(&self, noted: Option<Elements<'static>>) -> Option<Elements<'static>> {
        let source = self.call.caller().source();
        if self.decisions.is_empty() && *source == Source::default() {
            return noted;
        }
        let noted = noted
            .unwrap_or_default()
            .text_if("sourceArn", source.arn.clone())
            .text_if("sourceAccount", source.account.clone());
        if self.decisions.is_empty() {
            return Some(noted);
        }
        let decisions = Value::Objects(self.decisions.to_vec());
        Some(noted.value("authorization", decisions))
    }

    fn record(
        &self,
        parameters: Option<Elements<'_>>,
        notes: Notes,
        error: Option<&ApiError>,
    ) -> Result<Record, serde_json::Error> {
        let caller = self.call.caller();
        let identity = caller.member().identity();
        let logging_account = identity.logging_account();
        let request = self.call.request();
        let resources: Vec<Resource<'_>> = self
            .resources
            .iter()
            .chain(&notes.made)
            .map(|resource| Resource::kms(resource.account.as_str(), &*resource.arn))
            .collect();
        let ids = Ids {
            request: Some(self.request_id),
            event: &self.event_id,
        };
        let who = UserIdentity::caller(
            identity,
            caller.access_key_id(),
            caller.via().map(Via::service),
        );
        let mut event = Event::new(EventType::AwsApiCall, who, self.call.at(), ids);
        event.event_source = self.call.service().event_source();
        event.event_name = O::NAME;
        event.aws_region = self.call.region().region().as_str();
        event.source_ip_address = Cow::Owned(request.peer.address.to_string());
        event.user_agent = request.header(http::header::USER_AGENT);
        event.error_code = error.map(|error| Cow::Borrowed(Fault::audit_code(error)));
        event.error_message = error.and_then(ApiError::message);
        event.request_parameters = parameters;
        event.response_elements = notes.response;
        event.additional_event_data = self.additional(notes.additional);
        event.read_only = O::READ_ONLY;
        event.resources = &resources;
        event.recipient_account_id = logging_account.as_str();
        let endpoint = request.peer.endpoint.as_deref();
        event.vpc_endpoint_id = endpoint.map(|endpoint| &*endpoint.id);
        event.tls_details = request.peer.tls.map(|tls| TlsDetails {
            tls_version: tls.version,
            cipher_suite: tls.cipher_suite,
            client_provided_host_header: request.host(),
        });
        Ok(Record {
            event_id: self.event_id.clone(),
            line: event.to_json()?,
        })
    }
}
