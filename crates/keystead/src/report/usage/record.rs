//! What is read of a record.

use std::borrow::Cow;

use serde::Deserialize;

type Text<'a> = Cow<'a, str>;

/// A record in CloudTrail's shape, as far as it counts here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow, default)]
    user_identity: UserIdentity<'a>,
    #[serde(borrow)]
    pub(super) event_time: Text<'a>,
    #[serde(borrow)]
    pub(super) event_source: Text<'a>,
    #[serde(borrow)]
    pub(super) event_name: Text<'a>,
    #[serde(borrow)]
    event_type: Text<'a>,
    #[serde(borrow)]
    pub(super) aws_region: Text<'a>,
    #[serde(borrow)]
    pub(super) error_code: Option<Text<'a>>,
    #[serde(borrow)]
    request_parameters: Option<Parameters<'a>>,
    #[serde(borrow, default)]
    resources: Option<Vec<Resource<'a>>>,
    #[serde(borrow, default)]
    pub(super) recipient_account_id: Text<'a>,
    #[serde(borrow, rename = "sharedEventID")]
    pub(super) shared_event_id: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserIdentity<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    arn: Option<Text<'a>>,
    #[serde(borrow)]
    invoked_by: Option<Text<'a>>,
    #[serde(borrow)]
    session_context: Option<SessionContext<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionContext<'a> {
    #[serde(borrow)]
    session_issuer: Option<Issuer<'a>>,
}

#[derive(Debug, Deserialize)]
struct Issuer<'a> {
    #[serde(borrow)]
    arn: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters<'a> {
    #[serde(borrow)]
    key_pair_spec: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
struct Resource<'a> {
    #[serde(borrow, rename = "ARN")]
    arn: Option<Text<'a>>,
}

impl Record<'_> {
    /// Whether it is of a call, and not what the owner of a key is told of another account's.
    pub(super) fn is_call_by_caller(&self) -> bool {
        self.event_type == "AwsApiCall" && self.user_identity.kind.as_deref() != Some("AWSAccount")
    }

    /// Whether a service called for itself.
    pub(super) fn is_by_service(&self) -> bool {
        self.user_identity.kind.as_deref() == Some("AWSService")
    }

    /// Whether the call succeeded, or was a dry run.
    pub(super) fn is_billed(&self) -> bool {
        let error = self.error_code.as_deref();
        matches!(error, None | Some("DryRunOperationException"))
    }

    /// The ARNs of the keys that it is about, each once.
    pub(super) fn keys(&self) -> Vec<&str> {
        let resources = self.resources.iter().flatten();
        let arns = resources.filter_map(|resource| resource.arn.as_deref());
        let mut keys: Vec<_> = arns.filter(|arn| arn.contains(":key/")).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The spec of a data key pair that was asked for.
    pub(super) fn pair_spec(&self) -> Option<&str> {
        self.request_parameters.as_ref()?.key_pair_spec.as_deref()
    }

    /// Who called: the ARN of a user, or of the role or user whose session it was, or a service.
    pub(super) fn principal(&self) -> &str {
        let who = &self.user_identity;
        let issuer = who
            .session_context
            .as_ref()
            .and_then(|context| context.session_issuer.as_ref());
        let issuer = issuer.and_then(|issuer| issuer.arn.as_deref());
        let names = [issuer, who.arn.as_deref(), who.invoked_by.as_deref()];
        names.into_iter().flatten().next().unwrap_or("unknown")
    }
}
