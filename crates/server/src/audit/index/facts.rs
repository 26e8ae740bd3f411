//! What is read of a record to find it by: borrowed from its line, and nothing more than that.

mod loose;

use std::borrow::Cow;

use serde::Deserialize;

use self::loose::Loose;
use super::seconds::{self, Seconds};
use super::term::{Attribute, DENIED, FAILED, Value};

/// A record, as far as it can be found by.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts<'a> {
    #[serde(borrow)]
    user_identity: UserIdentity<'a>,
    #[serde(borrow)]
    event_time: Cow<'a, str>,
    /// The service, such as `kms.amazonaws.com`.
    #[serde(borrow)]
    pub event_source: Cow<'a, str>,
    /// The operation.
    #[serde(borrow)]
    pub event_name: Cow<'a, str>,
    #[serde(borrow)]
    aws_region: Cow<'a, str>,
    #[serde(borrow, default)]
    event_category: Loose<'a>,
    #[serde(borrow, default)]
    error_code: Loose<'a>,
    #[serde(borrow, default)]
    request_parameters: Option<Parameters<'a>>,
    #[serde(borrow, default, rename = "requestID")]
    request_id: Loose<'a>,
    /// The record's id.
    #[serde(borrow, rename = "eventID")]
    pub event_id: Cow<'a, str>,
    /// Whether the call only reads.
    pub read_only: bool,
    #[serde(borrow, default)]
    resources: Vec<Resource<'a>>,
    #[serde(borrow)]
    recipient_account_id: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserIdentity<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Loose<'a>,
    #[serde(borrow, default)]
    arn: Loose<'a>,
    #[serde(borrow, default)]
    access_key_id: Loose<'a>,
    #[serde(borrow, default)]
    user_name: Loose<'a>,
    #[serde(borrow, default)]
    invoked_by: Loose<'a>,
    #[serde(borrow, default)]
    session_context: SessionContext<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionContext<'a> {
    #[serde(borrow, default)]
    session_issuer: SessionIssuer<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionIssuer<'a> {
    #[serde(borrow, default)]
    arn: Loose<'a>,
    #[serde(borrow, default)]
    user_name: Loose<'a>,
}

#[derive(Debug, Deserialize)]
struct Resource<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, rename = "ARN")]
    arn: Cow<'a, str>,
}

/// The members of any operation's parameters that name something.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Parameters<'a> {
    #[serde(borrow)]
    key_id: Loose<'a>,
    #[serde(borrow)]
    source_key_id: Loose<'a>,
    #[serde(borrow)]
    destination_key_id: Loose<'a>,
    #[serde(borrow)]
    target_key_id: Loose<'a>,
    #[serde(borrow)]
    alias_name: Loose<'a>,
    #[serde(borrow)]
    encryption_context: Loose<'a>,
    #[serde(borrow)]
    source_encryption_context: Loose<'a>,
    #[serde(borrow)]
    destination_encryption_context: Loose<'a>,
    #[serde(borrow)]
    user_name: Loose<'a>,
    #[serde(borrow)]
    role_name: Loose<'a>,
    #[serde(borrow)]
    role_arn: Loose<'a>,
    #[serde(borrow)]
    group_name: Loose<'a>,
    #[serde(borrow)]
    policy_arn: Loose<'a>,
    #[serde(borrow)]
    access_key_id: Loose<'a>,
}

/// The services whose parameters name what their calls are about, since their records have no `resources`.
const NAMING_SERVICES: [&str; 2] = ["iam.amazonaws.com", "sts.amazonaws.com"];

impl<'a> Facts<'a> {
    /// Reads a line of the log; `None` if it is no record.
    #[must_use]
    pub fn of(line: &'a [u8]) -> Option<Self> {
        // Checked once for the whole line, and not for each of its texts.
        let line = std::str::from_utf8(line).ok()?;
        serde_json::from_str(line).ok()
    }

    /// When the call was decided; `None` if the record says nothing that could be a time.
    #[must_use]
    pub fn seconds(&self) -> Option<Seconds> {
        seconds::parse(&self.event_time)
    }

    /// The access key that signed.
    #[must_use]
    pub fn access_key_id(&self) -> Option<&str> {
        self.user_identity.access_key_id.text()
    }

    /// Who called, as LookupEvents names them: a user's name, a session's, `root`, a service's.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        let identity = &self.user_identity;
        match identity.kind.text()? {
            "Root" => Some("root"),
            "AssumedRole" | "FederatedUser" => identity.arn.text()?.rsplit('/').next(),
            "AWSService" => identity.invoked_by.text(),
            _ => identity.user_name.text(),
        }
    }

    /// The types and names of what the call is about. Calls to IAM and STS name it in their parameters.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &str)> {
        let recorded = self.resources.iter().map(|r| (&*r.kind, &*r.arn));
        let names_more = NAMING_SERVICES.contains(&&*self.event_source);
        let parameters = self.request_parameters.as_ref().filter(|_| names_more);
        recorded.chain(parameters.into_iter().flat_map(Parameters::resources))
    }

    /// Shows every attribute that the record has, with its value; one may be shown twice.
    pub(super) fn each(&self, mut show: impl FnMut(Attribute, Value<'_>)) {
        let mut text = |attribute, text: Option<&str>| {
            if let Some(text) = text {
                show(attribute, Value::Text(text));
            }
        };
        text(Attribute::EventId, Some(&self.event_id));
        text(Attribute::RequestId, self.request_id.text());
        text(Attribute::EventName, Some(&self.event_name));
        let read_only = if self.read_only { "true" } else { "false" };
        text(Attribute::ReadOnly, Some(read_only));
        text(Attribute::EventSource, Some(&self.event_source));
        text(Attribute::Category, self.event_category.text());
        text(Attribute::Account, Some(&self.recipient_account_id));
        text(Attribute::Region, Some(&self.aws_region));
        text(Attribute::Username, self.username());
        text(Attribute::AccessKeyId, self.access_key_id());
        for principal in self.user_identity.principals() {
            text(Attribute::Principal, principal.text());
        }
        for (kind, name) in self.resources() {
            text(Attribute::ResourceType, Some(kind));
            text(Attribute::ResourceName, Some(name));
        }
        if let Some(code) = self.error_code.text() {
            text(Attribute::Outcome, Some(FAILED));
            text(Attribute::Outcome, Some(DENIED).filter(|_| is_denial(code)));
        }
        for resource in &self.resources {
            text(Attribute::Key, Some(bare_name(&resource.arn)));
        }
        let Some(parameters) = &self.request_parameters else {
            return;
        };
        for name in parameters.keys().into_iter().filter_map(Loose::text) {
            if !self.resources.iter().any(|resource| resource.arn == name) {
                text(Attribute::Key, Some(name));
                text(Attribute::Key, Some(bare_name(name)));
            }
        }
        for (name, value) in parameters.contexts().into_iter().flat_map(Loose::pairs) {
            show(Attribute::Context, Value::Pair(name, value));
        }
    }
}

impl<'a> UserIdentity<'a> {
    const fn principals(&self) -> [&Loose<'a>; 4] {
        let issuer = &self.session_context.session_issuer;
        [&self.arn, &issuer.arn, &issuer.user_name, &self.invoked_by]
    }
}

impl<'a> Parameters<'a> {
    const fn keys(&self) -> [&Loose<'a>; 5] {
        [
            &self.key_id,
            &self.source_key_id,
            &self.destination_key_id,
            &self.target_key_id,
            &self.alias_name,
        ]
    }

    const fn contexts(&self) -> [&Loose<'a>; 3] {
        [
            &self.encryption_context,
            &self.source_encryption_context,
            &self.destination_encryption_context,
        ]
    }

    fn resources(&self) -> impl Iterator<Item = (&str, &str)> {
        let named = [
            ("AWS::IAM::User", &self.user_name),
            ("AWS::IAM::Role", &self.role_name),
            ("AWS::IAM::Role", &self.role_arn),
            ("AWS::IAM::Group", &self.group_name),
            ("AWS::IAM::Policy", &self.policy_arn),
            ("AWS::IAM::AccessKey", &self.access_key_id),
        ];
        let named = named.into_iter();
        named.filter_map(|(kind, name)| Some((kind, name.text()?)))
    }
}

/// CloudTrail's code for what no policy allows.
fn is_denial(code: &str) -> bool {
    code.starts_with("AccessDenied")
}

/// A key's id, or an alias with `alias/`, out of an ARN; anything else as it is.
pub(super) fn bare_name(name: &str) -> &str {
    if !name.starts_with("arn:") {
        return name;
    }
    let Some(resource) = name.splitn(6, ':').nth(5) else {
        return name;
    };
    resource.strip_prefix("key/").unwrap_or(resource)
}

#[cfg(test)]
mod tests;
