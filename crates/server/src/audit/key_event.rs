//! What is told of Keystead's own work on keys: CloudTrail's service events.
//!
//! Source: "Logging AWS KMS API calls with AWS CloudTrail" in the KMS developer guide, the entries
//! `DeleteKey`, `RotateKey` and `DeleteExpiredKeyMaterial`.

use std::borrow::Cow;

use keystead_core::audit::{Elements, Event, EventType, INTERNAL, Ids, Resource, UserIdentity};
use keystead_core::key::{KeyRecord, MaterialId, Rotation, Stage};
use keystead_core::time::Timestamp;

use super::Record;
use crate::target::AuditResource;

/// What was done to a key, by nobody's call or as the consequence of one.
#[derive(Debug)]
pub struct KeyEvent {
    name: &'static str,
    key: AuditResource,
    response: Option<Elements<'static>>,
    details: Option<Elements<'static>>,
}

impl KeyEvent {
    /// The key was destroyed.
    #[must_use]
    pub fn deleted(key: AuditResource) -> Self {
        let response = Elements::new().text("keyId", key.arn.to_string());
        Self {
            name: "DeleteKey",
            key,
            response: Some(response),
            details: None,
        }
    }

    /// The key was made for a service, in an account that had none for it.
    #[must_use]
    pub fn managed(key: AuditResource) -> Self {
        let response = Elements::new().text("keyId", key.arn.to_string());
        Self {
            name: "CreateKey",
            key,
            response: Some(response),
            details: None,
        }
    }

    /// The key was rotated, and this is what became of it.
    #[must_use]
    pub fn rotated(key: AuditResource, record: &KeyRecord) -> Self {
        let stage = record.current_material().map(|material| material.stage);
        let by = match stage {
            Some(Stage::Rotated {
                by: Rotation::OnDemand,
                ..
            }) => "ON_DEMAND",
            _ => "AUTOMATIC",
        };
        let (current, previous) = record.last_two();
        let id = |id: Option<MaterialId>| id.map(|id| id.to_string());
        let details = Elements::new()
            .text("rotationType", by)
            .text("keyOrigin", record.origin.as_str())
            .text_if("previousKeyMaterialId", id(previous))
            .text_if("currentKeyMaterialId", id(current))
            .text("keyId", record.id.to_string());
        Self {
            name: "RotateKey",
            key,
            response: None,
            details: Some(details),
        }
    }

    /// Imported material of the key was deleted because it expired.
    #[must_use]
    pub fn material_expired(key: AuditResource, record: &KeyRecord) -> Self {
        Self {
            name: "DeleteExpiredKeyMaterial",
            key,
            response: None,
            details: Some(Elements::new().text("keyId", record.id.to_string())),
        }
    }

    /// The record.
    ///
    /// # Errors
    /// None in practice: every record is serializable.
    pub fn record(
        self,
        region: &str,
        at: Timestamp,
        event_id: String,
    ) -> Result<Record, serde_json::Error> {
        let account = self.key.account;
        let account = account.as_str();
        let resources = [Resource::of(account, &*self.key.arn)];
        let ids = Ids {
            request: None,
            event: &event_id,
        };
        let who = UserIdentity::internal(account);
        let mut event = Event::new(EventType::AwsServiceEvent, who, at, ids);
        event.event_source = "kms.amazonaws.com";
        event.event_name = self.name;
        event.aws_region = region;
        event.source_ip_address = Cow::Borrowed(INTERNAL);
        event.user_agent = INTERNAL;
        event.recipient_account_id = account;
        event.resources = &resources;
        event.response_elements = self.response;
        event.service_event_details = self.details;
        let line = event.to_json()?;
        drop(event);
        Ok(Record { event_id, line })
    }
}
