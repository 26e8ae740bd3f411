//! Audit events, in the shape of CloudTrail's records.
//!
//! Source: AWS CloudTrail User Guide, "CloudTrail record contents"; AWS KMS Developer Guide,
//! "Logging AWS KMS API calls with AWS CloudTrail".

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::{Error as _, SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

pub use self::user_identity::{
    InvokedBy, SessionAttributes, SessionContext, SessionIssuer, UserIdentity, WebIdFederationData,
};
use crate::time::Timestamp;

mod user_identity;

/// The version of the record's shape.
const EVENT_VERSION: &str = "1.11";
/// Longest `userAgent`, `errorCode` and `errorMessage`, in bytes.
const MAX_TEXT: usize = 1024;

/// One record of the audit log.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event<'a> {
    event_version: &'static str,
    /// Who called.
    pub user_identity: UserIdentity<'a>,
    /// When the call was decided.
    #[serde(serialize_with = "as_text")]
    pub event_time: Timestamp,
    /// The service, such as `kms.amazonaws.com`.
    pub event_source: &'a str,
    /// The operation.
    pub event_name: &'a str,
    /// The Region that served it.
    pub aws_region: &'a str,
    /// Where the call came from.
    #[serde(rename = "sourceIPAddress")]
    pub source_ip_address: Cow<'a, str>,
    /// What the client calls itself; cut to 1 KiB.
    #[serde(serialize_with = "cut")]
    pub user_agent: &'a str,
    /// The error of a call that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<Cow<'a, str>>,
    /// The error's message; cut to 1 KiB.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "cut_option")]
    pub error_message: Option<&'a str>,
    /// The parameters that may be recorded: never a plaintext, a ciphertext or a secret.
    pub request_parameters: Option<Elements<'a>>,
    /// What a change answered.
    pub response_elements: Option<Elements<'a>>,
    /// What else is known, such as the id of the key material.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_event_data: Option<Elements<'a>>,
    /// What Keystead's own work did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_event_details: Option<Elements<'a>>,
    /// The request id that the caller was given; absent on events that nobody called for.
    #[serde(rename = "requestID", skip_serializing_if = "Option::is_none")]
    pub request_id: Option<&'a str>,
    /// Unique to this record.
    #[serde(rename = "eventID")]
    pub event_id: &'a str,
    /// Whether the operation only reads, by CloudTrail's table.
    pub read_only: bool,
    /// The keys and aliases concerned.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub resources: &'a [Resource<'a>],
    /// How the event came about.
    pub event_type: EventType,
    management_event: bool,
    /// The account whose log this record belongs to.
    pub recipient_account_id: &'a str,
    /// The VPC endpoint that the call came through; absent of one at the front door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_endpoint_id: Option<&'a str>,
    /// What the copies of a record have in common that several accounts get; absent if one does.
    #[serde(rename = "sharedEventID", skip_serializing_if = "Option::is_none")]
    pub shared_event_id: Option<&'a str>,
    event_category: EventCategory,
    /// How the connection was secured; absent on plain HTTP and on service events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_details: Option<TlsDetails<'a>>,
}

/// What caused an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum EventType {
    /// A call at the API.
    AwsApiCall,
    /// Keystead's own work, such as the destruction of a key that is due.
    AwsServiceEvent,
}

/// Which of CloudTrail's categories an event is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum EventCategory {
    /// What is done to resources, and all that KMS, STS and IAM do.
    Management,
    /// What is done in a resource, such as reading an object of a bucket.
    Data,
}

impl<'a> Event<'a> {
    /// An event with its fixed parts in place and everything optional left out.
    #[must_use]
    pub fn new(kind: EventType, identity: UserIdentity<'a>, time: Timestamp, ids: Ids<'a>) -> Self {
        Self {
            event_version: EVENT_VERSION,
            user_identity: identity,
            event_time: time,
            event_source: "",
            event_name: "",
            aws_region: "",
            source_ip_address: Cow::Borrowed(""),
            user_agent: "",
            error_code: None,
            error_message: None,
            request_parameters: None,
            response_elements: None,
            additional_event_data: None,
            service_event_details: None,
            request_id: ids.request,
            event_id: ids.event,
            read_only: false,
            resources: &[],
            event_type: kind,
            management_event: true,
            recipient_account_id: "",
            vpc_endpoint_id: None,
            shared_event_id: None,
            event_category: EventCategory::Management,
            tls_details: None,
        }
    }

    /// The event as one of another category.
    #[must_use]
    pub const fn in_category(mut self, category: EventCategory) -> Self {
        self.management_event = matches!(category, EventCategory::Management);
        self.event_category = category;
        self
    }

    /// The record as one line of JSON, without the line's end.
    ///
    /// # Errors
    /// None in practice: every member is serializable.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut line = Vec::with_capacity(3 * 1024);
        sonic_rs::to_writer(&mut line, self).map_err(serde_json::Error::custom)?;
        Ok(line)
    }
}

/// The identifiers of an event.
#[derive(Debug, Clone, Copy)]
pub struct Ids<'a> {
    /// The request's id, if there was a request.
    pub request: Option<&'a str>,
    /// The event's own id.
    pub event: &'a str,
}

/// Who calls, and from where, in events of Keystead's own work.
pub const INTERNAL: &str = "AWS Internal";

/// A key, an alias, a bucket or an object in an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resource<'a> {
    /// The owner's account.
    #[serde(rename = "accountId")]
    pub account_id: Cow<'a, str>,
    /// `AWS::KMS::Key`, for aliases too; `AWS::S3::Bucket` or `AWS::S3::Object`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The resource's ARN.
    #[serde(rename = "ARN")]
    pub arn: Cow<'a, str>,
}

impl<'a> Resource<'a> {
    /// Whatever an ARN names: a bucket, an object in one, or else a key or an alias, which
    /// CloudTrail gives the same type.
    pub fn of(account_id: impl Into<Cow<'a, str>>, arn: impl Into<Cow<'a, str>>) -> Self {
        let arn = arn.into();
        let kind = match arn.strip_prefix("arn:aws:s3:::") {
            Some(name) if name.contains('/') => "AWS::S3::Object",
            Some(_) => "AWS::S3::Bucket",
            None => "AWS::KMS::Key",
        };
        Self {
            account_id: account_id.into(),
            kind,
            arn,
        }
    }
}

/// CloudTrail's `tlsDetails`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsDetails<'a> {
    /// Such as `TLSv1.3`.
    pub tls_version: &'a str,
    /// Such as `TLS_AES_256_GCM_SHA384`.
    pub cipher_suite: &'a str,
    /// The `Host` header as the client sent it.
    pub client_provided_host_header: &'a str,
}

/// An object of an event: lower-camel names and what may be recorded under them, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Elements<'a>(Vec<(&'static str, Value<'a>)>);

/// What stands under a name in an [`Elements`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A truth value.
    Boolean(bool),
    /// Texts by name, such as an encryption context.
    Map(&'a BTreeMap<String, String>),
    /// A list of texts.
    List(Vec<Cow<'a, str>>),
    /// A list of any values.
    Values(Vec<Value<'a>>),
    /// A list of objects.
    Objects(Vec<Elements<'a>>),
    /// An object.
    Object(Elements<'a>),
}

impl<'a> Elements<'a> {
    /// An object with no member.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &'static str, text: impl Into<Cow<'a, str>>) -> Self {
        self.value(name, Value::Text(text.into()))
    }

    /// Adds a text, if there is one.
    #[must_use]
    pub fn text_if(self, name: &'static str, text: Option<impl Into<Cow<'a, str>>>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// Adds a whole number, if there is one.
    #[must_use]
    pub fn integer_if(self, name: &'static str, number: Option<impl Into<i64>>) -> Self {
        match number {
            Some(number) => self.value(name, Value::Integer(number.into())),
            None => self,
        }
    }

    /// Adds a map, unless it is empty.
    #[must_use]
    pub fn map(self, name: &'static str, map: &'a BTreeMap<String, String>) -> Self {
        if map.is_empty() {
            self
        } else {
            self.value(name, Value::Map(map))
        }
    }

    /// Adds any value.
    #[must_use]
    pub fn value(mut self, name: &'static str, value: Value<'a>) -> Self {
        self.0.push((name, value));
        self
    }
}

impl Serialize for Elements<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The part of a record by which a later start tells what is already in the log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RecordedId {
    /// The record's own id.
    #[serde(rename = "eventID")]
    pub event_id: String,
}

fn as_text<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

fn cut<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(truncate(text))
}

fn cut_option<S: Serializer>(text: &Option<&str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_some(&text.map(truncate))
}

fn truncate(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_TEXT))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Identity;

    #[test]
    fn a_record_has_cloudtrails_shape() {
        let identity = Identity::root("111122223333".parse().unwrap());
        let context = BTreeMap::from([("app".to_owned(), "billing".to_owned())]);
        let resources = [Resource::of(
            "111122223333",
            "arn:aws:kms:eu-west-1:111122223333:key/k",
        )];
        let mut event = Event::new(
            EventType::AwsApiCall,
            UserIdentity::caller(&identity, "AKIAEXAMPLE", None),
            Timestamp::from_millis(1_767_323_045_678),
            Ids {
                request: Some("r"),
                event: "e",
            },
        );
        event.event_source = "kms.amazonaws.com";
        event.event_name = "Decrypt";
        event.read_only = true;
        event.resources = &resources;
        event.request_parameters = Some(Elements::new().map("encryptionContext", &context));
        let json: serde_json::Value = serde_json::from_slice(&event.to_json().unwrap()).unwrap();
        assert_eq!(json["userIdentity"]["type"], "Root");
        assert_eq!(json["userIdentity"]["accountId"], "111122223333");
        assert_eq!(json["eventTime"], "2026-01-02T03:04:05Z");
        assert_eq!(
            json["requestParameters"]["encryptionContext"]["app"],
            "billing"
        );
        assert_eq!(json["responseElements"], serde_json::Value::Null);
        assert_eq!(json["resources"][0]["type"], "AWS::KMS::Key");
        assert_eq!(json["managementEvent"], true);
        assert!(json.get("errorCode").is_none());
        assert!(json.get("tlsDetails").is_none());
    }

    #[test]
    fn resources_have_the_type_of_their_arn() {
        for (arn, kind) in [
            ("arn:aws:kms:eu-west-1:1:key/k", "AWS::KMS::Key"),
            ("arn:aws:kms:eu-west-1:1:alias/a", "AWS::KMS::Key"),
            ("arn:aws:s3:::bucket", "AWS::S3::Bucket"),
            ("arn:aws:s3:::bucket/a/b", "AWS::S3::Object"),
        ] {
            assert_eq!(Resource::of("1", arn).kind, kind, "{arn}");
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let text = "é".repeat(2000);
        assert_eq!(truncate(&text).len(), 1024);
        assert_eq!(truncate("short"), "short");
        assert_eq!(truncate(&format!("a{text}")).len(), 1023);
    }
}
